//! `cargo xtask docs`: the pages that the product writes about itself.
//!
//! `msingi docs <folder>` writes them; this task puts them under `docs/`, or with `--check` compares
//! them with what is committed, so that no page can lie about the code.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::shell::{self, Outcome};

/// Folders under `docs/` that hold generated files only: what is not generated is left over there.
const GENERATED_FOLDERS: &[&str] = &["openapi"];

pub(crate) fn task(args: &[String]) -> Outcome<ExitCode> {
    let check = match args {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err("docs takes only --check".to_owned()),
    };
    let root = shell::workspace_root()?;
    let binary = shell::build_product(&root)?;
    let scratch = root.join("target").join("docs");
    if scratch.exists() {
        fs::remove_dir_all(&scratch).map_err(|e| format!("cannot empty target/docs: {e}"))?;
    }
    shell::must_succeed(Command::new(binary).arg("docs").arg(&scratch).current_dir(&root))?;
    let generated = read_all(&scratch)?;
    if generated.is_empty() {
        return Err("`msingi docs` wrote nothing".to_owned());
    }
    let docs = root.join("docs");
    let differences = compare(&generated, &docs)?;
    if !check {
        return write(&generated, &docs, &differences);
    }
    if differences.is_empty() {
        shell::say(&format!("docs: {} generated files are up to date", generated.len()));
        return Ok(ExitCode::SUCCESS);
    }
    let list: Vec<String> = differences.iter().map(Difference::to_string).collect();
    Err(format!("run `cargo xtask docs` and commit the result:\n{}", list.join("\n")))
}

enum Difference {
    Missing(PathBuf),
    Stale(PathBuf, usize),
    LeftOver(PathBuf),
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Difference::Missing(path) => write!(f, "  docs/{} is missing", path.display()),
            Difference::Stale(path, line) => {
                write!(f, "  docs/{} differs from line {line} on", path.display())
            }
            Difference::LeftOver(path) => {
                write!(f, "  docs/{} is generated no more", path.display())
            }
        }
    }
}

fn compare(generated: &BTreeMap<PathBuf, String>, docs: &Path) -> Outcome<Vec<Difference>> {
    let mut differences = Vec::new();
    for (path, text) in generated {
        match fs::read_to_string(docs.join(path)) {
            Err(_) => differences.push(Difference::Missing(path.clone())),
            Ok(committed) if committed == *text => {}
            Ok(committed) => {
                let pairs = committed.lines().zip(text.lines());
                let same = pairs.take_while(|(ours, theirs)| ours == theirs).count();
                differences.push(Difference::Stale(path.clone(), same + 1));
            }
        }
    }
    for folder in GENERATED_FOLDERS {
        for path in read_all(&docs.join(folder))?.into_keys() {
            let path = Path::new(folder).join(path);
            if !generated.contains_key(&path) {
                differences.push(Difference::LeftOver(path));
            }
        }
    }
    Ok(differences)
}

fn write(
    generated: &BTreeMap<PathBuf, String>,
    docs: &Path,
    differences: &[Difference],
) -> Outcome<ExitCode> {
    for difference in differences {
        let (Difference::Missing(path) | Difference::Stale(path, _) | Difference::LeftOver(path)) =
            difference;
        let target = docs.join(path);
        let done = match generated.get(path) {
            Some(text) => fs::create_dir_all(target.parent().unwrap_or(docs))
                .and_then(|()| fs::write(&target, text)),
            None => fs::remove_file(&target),
        };
        done.map_err(|e| format!("cannot change {}: {e}", target.display()))?;
    }
    shell::say(&format!("docs: {} files, {} changed", generated.len(), differences.len()));
    Ok(ExitCode::SUCCESS)
}

/// All files below `dir` by relative path; a missing folder is an empty one.
fn read_all(dir: &Path) -> Outcome<BTreeMap<PathBuf, String>> {
    let mut files = BTreeMap::new();
    let mut waiting = vec![dir.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
                continue;
            }
            let text = fs::read_to_string(&path)
                .map_err(|e| format!("cannot read {}: {e}", path.display()))?;
            let relative = path.strip_prefix(dir).unwrap_or(&path).to_path_buf();
            files.insert(relative, text);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_difference_is_found() {
        let name = format!("msingi-xtask-docs-{}", std::process::id());
        let docs = std::env::temp_dir().join(name);
        fs::create_dir_all(docs.join("openapi")).unwrap();
        fs::write(docs.join("audit-events.md"), "one\ntwo\n").unwrap();
        fs::write(docs.join("guide.md"), "written by hand").unwrap();
        fs::write(docs.join("openapi/gone.json"), "{}").unwrap();
        let generated = BTreeMap::from([
            (PathBuf::from("audit-events.md"), "one\n2\n".to_owned()),
            (PathBuf::from("openapi/consent.json"), "{}".to_owned()),
        ]);

        let found: Vec<String> =
            compare(&generated, &docs).unwrap().iter().map(Difference::to_string).collect();
        assert_eq!(
            found,
            [
                "  docs/audit-events.md differs from line 2 on",
                "  docs/openapi/consent.json is missing",
                "  docs/openapi/gone.json is generated no more",
            ]
        );

        let differences = compare(&generated, &docs).unwrap();
        write(&generated, &docs, &differences).unwrap();
        assert!(compare(&generated, &docs).unwrap().is_empty());
        assert!(docs.join("guide.md").exists());
        fs::remove_dir_all(&docs).unwrap();
    }
}
