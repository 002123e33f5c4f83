//! Words that do not belong into the tree: paths of one machine, promises in comments, hosts of
//! package registries in lock files.

use super::source::find_words;
use super::tree::{File, Tree};
use super::{Finding, Rule};

pub(super) const MACHINE_PATHS: Rule = Rule {
    name: "machine-path",
    remedy: "use a path relative to the root, or take it from the environment or the command line",
    check: machine_paths,
};

pub(super) const WORDS: Rule = Rule {
    name: "banned-word",
    remedy: "do it now, or write an issue; and say allow list and block list",
    check: words,
};

pub(super) const LOCK_HOSTS: Rule = Rule {
    name: "lock-hosts",
    remedy: "lock names, versions and hashes only (npm: omit-lockfile-registry-resolved=true), so \
             that a country can install from its own mirror",
    check: lock_hosts,
};

/// Top folders that differ from machine to machine.
const FOLDERS: &[&str] = &["root", "home", "tmp", "work", "Users"];

/// Put together here so that this file does not contain them.
const BANNED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("black", "list"),
    concat!("white", "list"),
    concat!("Lorem", " ipsum"),
];

fn machine_paths(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        for folder in FOLDERS {
            let needle = format!("/{folder}/");
            let found = file.text.match_indices(&needle).map(|(at, _)| at);
            let absolute = found.filter(|at| starts_a_path(&file.text, *at));
            findings.extend(absolute.map(|at| file.finding(at, format!("`{needle}`"))));
        }
    }
    findings
}

/// Whether nothing stands before the slash that would make it the middle of a path or an address.
fn starts_a_path(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back().unwrap_or(' ');
    before.is_whitespace() || "\"'`(=:,[<>|".contains(before)
}

fn words(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        for word in BANNED {
            let found = find_words(&file.text, word).into_iter();
            findings.extend(found.map(|at| file.finding(at, format!("`{word}`"))));
        }
    }
    findings
}

fn lock_hosts(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| is_foreign_lock(file)) {
        for needle in ["\"resolved\": \"http", "index-url"] {
            let found = file.text.match_indices(needle);
            findings.extend(found.map(|(at, _)| file.finding(at, "the address of a registry")));
        }
    }
    findings
}

fn is_foreign_lock(file: &File) -> bool {
    file.name() == "package-lock.json" || file.name().starts_with("requirements")
}
