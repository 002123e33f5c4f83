//! The tree that rules look at: text files, crates and the dependency graph, each read once.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::source::RustText;
use super::{Finding, length};
use crate::shell::{self, Outcome};

/// Folders that hold nothing of ours: outputs, downloaded packages, local state.
const NOT_OURS: &[&str] = &["target", ".git", "node_modules", ".venv", "__pycache__"];

/// The crate that is shipped.
const BINARY: &str = "msingi";

/// The targets whose dependencies are judged: where the product runs.
const TARGETS: &[&str] = &["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];

/// Everything the rules look at.
pub struct Tree {
    pub(super) files: Vec<File>,
    pub(super) members: Vec<Package>,
    pub(super) packages: Vec<Resolved>,
    pub(super) built: BTreeSet<String>,
    pub(super) ratchet: length::Ratchet,
}

/// A text file; binary files are not read.
pub(super) struct File {
    /// Relative to the root, with forward slashes.
    pub(super) path: String,
    pub(super) text: String,
    /// Present for `.rs` files.
    pub(super) rust: Option<RustText>,
}

/// A member of the workspace as its manifest declares it.
#[derive(Deserialize)]
pub(super) struct Package {
    pub(super) name: String,
    manifest_path: String,
    pub(super) dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// `dev`, `build`, or absent for a normal dependency.
    pub(super) kind: Option<String>,
}

/// A package that cargo has to fetch for the workspace, tests and build scripts included.
#[derive(Deserialize)]
pub(super) struct Resolved {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) license: Option<String>,
    /// Absent for the workspace's own crates.
    pub(super) source: Option<String>,
}

#[derive(Deserialize)]
struct Metadata<P> {
    packages: Vec<P>,
}

impl Tree {
    /// Reads the tree. Fails when a folder is unreadable or cargo refuses the manifests.
    pub fn load(root: &Path) -> Outcome<Tree> {
        let mut files = Vec::new();
        collect(root, root, &mut files)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        // A check must not change what it checks.
        let lock: &[&str] = if root.join("Cargo.lock").exists() { &["--locked"] } else { &[] };
        let members = metadata(root, &["--no-deps"])?;
        let targets = TARGETS.iter().flat_map(|target| ["--filter-platform", target]);
        let packages = metadata(root, &targets.chain(lock.iter().copied()).collect::<Vec<_>>())?;
        let built = built_into_binary(root, lock)?;
        let ratchet = length::Ratchet::parse(find(&files, length::RATCHET))?;
        Ok(Tree { files, members, packages, built, ratchet })
    }

    pub(super) fn file(&self, path: &str) -> Option<&File> {
        find(&self.files, path)
    }

    /// Every Rust file with its split text.
    pub(super) fn rust(&self) -> impl Iterator<Item = (&File, &RustText)> {
        let files = self.files.iter();
        files.filter_map(|file| Some((file, file.rust.as_ref()?)))
    }

    /// Every Rust file of the product: `crates/`, not this tool.
    pub(super) fn product(&self) -> impl Iterator<Item = (&File, &RustText)> {
        self.rust().filter(|(file, _)| file.is_under("crates"))
    }

    /// A finding in a crate's manifest, at the line that starts with `key`.
    pub(super) fn manifest_finding(&self, package: &Package, key: &str, what: String) -> Finding {
        let path = self.manifest_of(package).map_or("Cargo.toml", |file| file.path.as_str());
        let text = self.manifest_of(package).map_or("", |file| file.text.as_str());
        let line = text.lines().position(|line| line.starts_with(key));
        Finding { path: path.to_owned(), line: line.map_or(1, |at| at + 1), what }
    }

    /// The manifest of a member, found by its path's tail since cargo reports absolute paths.
    pub(super) fn manifest_of(&self, package: &Package) -> Option<&File> {
        let reported = package.manifest_path.replace('\\', "/");
        let manifests = self.files.iter().filter(|file| file.name() == "Cargo.toml");
        let ours = manifests.filter(|file| reported.ends_with(&format!("/{}", file.path)));
        ours.max_by_key(|file| file.path.len())
    }
}

impl File {
    /// The last part of the path.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether the file lies in the folder, or is the file itself.
    pub(super) fn is_under(&self, folder: &str) -> bool {
        let tail = self.path.strip_prefix(folder);
        tail.is_some_and(|tail| tail.is_empty() || tail.starts_with('/'))
    }

    /// Whether the file is `<layer>.rs` or lies in a folder `<layer>/`.
    pub(super) fn is_layer(&self, layer: &str) -> bool {
        let stem = self.name().strip_suffix(".rs");
        stem == Some(layer) || self.folders().any(|folder| folder == layer)
    }

    /// Whether the file is compiled for tests only.
    pub(super) fn is_test(&self) -> bool {
        self.name() == "tests.rs" || self.folders().any(|folder| folder == "tests")
    }

    /// The folders above the file, outermost first.
    pub(super) fn folders(&self) -> impl Iterator<Item = &str> {
        let above = self.path.rsplit_once('/').map_or("", |(folders, _)| folders);
        above.split('/').filter(|folder| !folder.is_empty())
    }

    /// `crates/<name>` or `xtask`, the folder of the crate that the file belongs to.
    pub(super) fn crate_dir(&self) -> Option<&str> {
        if self.is_under("xtask") {
            return Some("xtask");
        }
        let tail = self.path.strip_prefix("crates/")?;
        let (name, _) = tail.split_once('/')?;
        Some(&self.path[.."crates/".len() + name.len()])
    }

    /// A finding at a byte offset of the text.
    pub(super) fn finding(&self, at: usize, what: impl Into<String>) -> Finding {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        Finding { path: self.path.clone(), line, what: what.into() }
    }
}

fn find<'f>(files: &'f [File], path: &str) -> Option<&'f File> {
    files.iter().find(|file| file.path == path)
}

fn collect(root: &Path, dir: &Path, files: &mut Vec<File>) -> Outcome<()> {
    let unreadable = |e| format!("cannot read {}: {e}", dir.display());
    for entry in fs::read_dir(dir).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() {
            let local_data = dir == root && entry.file_name() == "data";
            if !local_data && !is_not_ours(&entry.file_name()) {
                collect(root, &path, files)?;
            }
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else {
            continue; // not text
        };
        let relative = path.strip_prefix(root).unwrap_or(&path);
        let path = relative.to_string_lossy().replace('\\', "/");
        let rust = path.ends_with(".rs").then(|| RustText::scan(&text));
        files.push(File { path, text, rust });
    }
    Ok(())
}

fn is_not_ours(folder: &OsStr) -> bool {
    NOT_OURS.iter().any(|name| folder == *name)
}

fn metadata<P: DeserializeOwned>(root: &Path, options: &[&str]) -> Outcome<Vec<P>> {
    let mut command = shell::cargo(root);
    command.args(["metadata", "--format-version", "1"]).args(options);
    let json = shell::capture(&mut command)?;
    let metadata: Metadata<P> = serde_json::from_str(&json)
        .map_err(|e| format!("cargo metadata spoke an unknown format: {e}"))?;
    Ok(metadata.packages)
}

/// The names of all packages that are compiled into the binary, tests left aside. `cargo metadata`
/// also lists what a feature could bring in, so the resolved tree is asked for.
fn built_into_binary(root: &Path, lock: &[&str]) -> Outcome<BTreeSet<String>> {
    let mut command = shell::cargo(root);
    command.args(["tree", "--package", BINARY, "--edges", "normal,build"]);
    command.args(["--prefix", "none", "--format", "{p}"]).args(lock);
    let lines = shell::capture(&mut command)?;
    let names = lines.lines().filter_map(|line| line.split_ascii_whitespace().next());
    Ok(names.map(str::to_owned).collect())
}
