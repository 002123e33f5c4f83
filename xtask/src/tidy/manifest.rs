//! Manifests: every crate takes the workspace's lints and the workspace's versions.

use toml::{Table, Value};

use super::tree::Tree;
use super::{Finding, Rule};

pub(super) const LINTS: Rule = Rule {
    name: "workspace-lints",
    remedy: "write `[lints]` with `workspace = true` in the crate's Cargo.toml",
    check: lints,
};

pub(super) const VERSIONS: Rule = Rule {
    name: "versions-in-root",
    remedy: "put the version into [workspace.dependencies] of the root and write \
             `<name>.workspace = true` here",
    check: versions,
};

fn lints(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &tree.members {
        let manifest = tree.manifest_of(package).map(|file| parse(&file.text));
        let lints = manifest.as_ref().and_then(|table| table.get("lints"));
        if !lints.is_some_and(inherits) {
            let what = format!("`{}` does not take the workspace's lints", package.name);
            findings.push(tree.manifest_finding(package, "[lints]", what));
        }
    }
    findings
}

fn versions(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &tree.members {
        let manifest = tree.manifest_of(package).map(|file| parse(&file.text)).unwrap_or_default();
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(Value::Table(imports)) = manifest.get(section) else {
                continue;
            };
            for (name, _) in imports.iter().filter(|(_, import)| !inherits(import)) {
                let what = format!("`{}` sets its own version of `{name}`", package.name);
                findings.push(tree.manifest_finding(package, name, what));
            }
        }
    }
    findings
}

/// Whether the table says `workspace = true`.
fn inherits(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}

/// Cargo has read the manifest before us, so a syntax error cannot occur here.
fn parse(text: &str) -> Table {
    text.parse().unwrap_or_default()
}
