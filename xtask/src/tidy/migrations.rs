//! Migrations: numbered without gaps, and each one really compiled in.

use std::collections::BTreeMap;

use super::tree::{File, Tree};
use super::{Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "migrations",
    remedy: "name it NNNN_what.sql with the next number, and include it by include_str! in the \
             crate's list",
    check,
};

fn check(tree: &Tree) -> Vec<Finding> {
    let mut folders: BTreeMap<String, Vec<&File>> = BTreeMap::new();
    for file in tree.files.iter().filter(|file| file.path.contains("/migrations/")) {
        let folder = file.folders().collect::<Vec<_>>().join("/");
        folders.entry(folder).or_default().push(file);
    }
    let mut findings = Vec::new();
    for files in folders.values() {
        // `tree.files` is sorted, so the numbers must simply count up.
        for (number, file) in (1..).zip(files) {
            if !file.name().starts_with(&format!("{number:04}_")) || !file.name().ends_with(".sql")
            {
                let what = format!("expected a migration with the number {number:04}");
                findings.push(file.finding(0, what));
            }
            if !is_included(tree, file) {
                findings.push(file.finding(0, "no source file of the crate includes it"));
            }
        }
    }
    findings
}

fn is_included(tree: &Tree, migration: &File) -> bool {
    let folder = migration.crate_dir().unwrap_or_default();
    let tail = format!("migrations/{}", migration.name());
    let mut sources = tree.rust().filter(|(file, _)| file.is_under(folder));
    sources.any(|(_, rust)| rust.strings.iter().any(|literal| literal.text.ends_with(&tail)))
}
