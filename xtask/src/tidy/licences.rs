//! What the product is made of: permissive licences, and one provider of cryptography.

use super::tree::{Resolved, Tree};
use super::{Finding, Rule, spdx};

pub(super) const LICENCES: Rule = Rule {
    name: "licences",
    remedy: "choose a permissively licensed crate; one MPL-2.0 crate needs an exception by name",
    check: licences,
};

pub(super) const ONE_PROVIDER: Rule = Rule {
    name: "one-provider",
    remedy: "turn the feature off that brings it in; aws-lc-rs is the one provider of \
             cryptography, kernel::db the one way to a database",
    check: one_provider,
};

/// Permissive, or (the last) a permissive licence for data.
const PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "CDLA-Permissive-2.0",
];

/// Not built into the product, with tests left aside: oracles may use them.
const BANNED: &[&str] = &["native-tls", "openssl", "openssl-sys", "ring", "rsa", "sqlx"];

fn licences(tree: &Tree) -> Vec<Finding> {
    let foreign = tree.packages.iter().filter(|package| !is_member(tree, package));
    let unfit = foreign.filter(|package| {
        let expression = package.license.as_deref().unwrap_or_default();
        !spdx::is_satisfied(expression, &|name| PERMISSIVE.contains(&name))
    });
    let described = unfit.map(|package| {
        let licence = package.license.as_deref().unwrap_or("no licence field");
        let what = format!("{} {}: {licence}", package.name, package.version);
        in_lock(tree, &package.name, what)
    });
    described.collect()
}

fn one_provider(tree: &Tree) -> Vec<Finding> {
    let banned = BANNED.iter().filter(|name| tree.built.contains(**name));
    banned.map(|name| in_lock(tree, name, format!("`{name}` is built into msingi"))).collect()
}

fn is_member(tree: &Tree, package: &Resolved) -> bool {
    package.source.is_none() && tree.members.iter().any(|member| member.name == package.name)
}

fn in_lock(tree: &Tree, name: &str, what: String) -> Finding {
    let path = "Cargo.lock";
    let text = tree.file(path).map_or("", |file| file.text.as_str());
    let entry = format!("name = \"{name}\"");
    let line = text.lines().position(|line| line == entry);
    Finding { path: path.to_owned(), line: line.map_or(1, |at| at + 1), what }
}
