//! Names of files: no junk drawers, and no file that the compiler never sees.

use super::source::find_words;
use super::tree::{File, Tree};
use super::{Finding, Rule};

pub(super) const VAGUE: Rule = Rule {
    name: "vague-name",
    remedy: "name the module by what it holds; a thing used once lives where it is used",
    check: vague,
};

pub(super) const DEAD_FILE: Rule =
    Rule { name: "dead-file", remedy: "declare it with `mod`, or delete it", check: dead_files };

const DRAWERS: &[&str] = &["utils", "util", "common", "helpers", "helper", "misc", "stuff"];

fn vague(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, rust) in tree.rust() {
        let stem = file.name().strip_suffix(".rs").unwrap_or_default();
        let mut parts = file.folders().chain([stem]);
        if let Some(drawer) = parts.find(|part| DRAWERS.contains(part)) {
            findings.push(file.finding(0, format!("`{drawer}` in a path")));
        }
        for drawer in DRAWERS {
            let inline = format!("mod {drawer} {{");
            let found = find_words(&rust.code, &inline).into_iter();
            findings.extend(found.map(|at| file.finding(at, format!("`mod {drawer}`"))));
        }
    }
    findings
}

fn dead_files(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, _) in tree.rust().filter(|(file, _)| is_module(file)) {
        let folder = file.crate_dir().unwrap_or_default();
        let name = module_name(file);
        let declaration = format!("mod {name};");
        let mut sources = tree.rust().filter(|(other, _)| other.is_under(folder));
        if !sources.any(|(_, rust)| !find_words(&rust.code, &declaration).is_empty()) {
            findings.push(file.finding(0, format!("no `{declaration}` in {folder}")));
        }
    }
    findings
}

/// Roots of a crate, a test binary, an example or a benchmark need no declaration.
fn is_module(file: &File) -> bool {
    let Some(folder) = file.crate_dir() else {
        return false;
    };
    let inside = &file.path[folder.len() + 1..];
    let by_itself = ["lib.rs", "main.rs", "build.rs"].contains(&file.name());
    let binary = ["tests", "benches", "examples", "src/bin"]
        .iter()
        .any(|root| inside == format!("{root}/{}", file.name()));
    !by_itself && !binary
}

fn module_name(file: &File) -> &str {
    if file.name() == "mod.rs" {
        return file.folders().last().unwrap_or_default();
    }
    file.name().strip_suffix(".rs").unwrap_or_default()
}
