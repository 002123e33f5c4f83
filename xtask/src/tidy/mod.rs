//! The house rules as failing checks.
//!
//! A rule is a function from the tree to findings; it knows nothing of exceptions. Exceptions are
//! data in `xtask/exceptions.toml`, each with its reason, and one that is no longer needed fails
//! too, so the list can only shrink by itself. `tests/it` plants a violation of every rule in
//! [`RULES`] and sees that rule, and only that rule, fail.

mod clock;
mod demo;
mod exceptions;
mod layers;
mod length;
mod licences;
mod manifest;
mod migrations;
mod names;
mod prose;
mod purity;
mod source;
mod spdx;
mod sql;
mod sql_text;
mod transaction;
mod tree;

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use crate::shell::{self, Outcome};
pub use tree::Tree;

/// What a rule found: a file, a line (1-based) and what is wrong there.
pub struct Finding {
    path: String,
    line: usize,
    what: String,
}

/// A named check with the remedy that every one of its findings carries.
pub struct Rule {
    /// Short, stable, as written in `exceptions.toml`.
    pub name: &'static str,
    remedy: &'static str,
    check: fn(&Tree) -> Vec<Finding>,
}

/// A finding of a rule that no exception covers.
pub struct Violation {
    /// The rule's name.
    pub rule: &'static str,
    /// Relative to the root, with forward slashes.
    pub path: String,
    /// 1-based.
    pub line: usize,
    /// What stands there.
    pub what: String,
    /// What to do instead.
    pub remedy: &'static str,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Violation { rule, path, line, what, remedy } = self;
        write!(f, "{path}:{line}: [{rule}] {what}\n    remedy: {remedy}")
    }
}

/// Every rule, in the order in which violations are printed.
pub const RULES: &[Rule] = &[
    layers::IMPORTS,
    layers::DEV_ONLY,
    manifest::LINTS,
    manifest::VERSIONS,
    purity::DRIVERS,
    purity::AXUM,
    purity::MODEL,
    clock::RULE,
    transaction::RULE,
    sql::PLACE,
    sql::PORTABLE,
    sql::OWN_SCHEMA,
    sql::TYPES,
    migrations::RULE,
    length::LONG_FILE,
    length::KERNEL,
    names::VAGUE,
    names::DEAD_FILE,
    licences::LICENCES,
    licences::ONE_PROVIDER,
    demo::RULE,
    prose::MACHINE_PATHS,
    prose::WORDS,
    prose::LOCK_HOSTS,
];

/// Checks the tree under `root` against every rule. An error means the tree could not be read.
pub fn check(root: &Path) -> Outcome<Vec<Violation>> {
    let tree = Tree::load(root)?;
    check_tree(&tree)
}

fn check_tree(tree: &Tree) -> Outcome<Vec<Violation>> {
    let mut exceptions = exceptions::load(tree)?;
    let mut violations = Vec::new();
    for rule in RULES {
        for finding in (rule.check)(tree) {
            if exceptions.cover(rule.name, &finding) {
                continue;
            }
            let Finding { path, line, what } = finding;
            let (rule, remedy) = (rule.name, rule.remedy);
            violations.push(Violation { rule, path, line, what, remedy });
        }
    }
    violations.extend(exceptions.faults(tree));
    Ok(violations)
}

/// `cargo xtask tidy`.
pub(crate) fn task(args: &[String]) -> Outcome<ExitCode> {
    if let Some(extra) = args.first() {
        return Err(format!("tidy takes no arguments, got `{extra}`"));
    }
    let tree = Tree::load(&shell::workspace_root()?)?;
    let violations = check_tree(&tree)?;
    for violation in &violations {
        shell::complain(&violation.to_string());
    }
    shell::say(&length::kernel_summary(&tree));
    if violations.is_empty() {
        let (rules, files) = (RULES.len(), tree.files.len());
        shell::say(&format!("tidy: {rules} rules hold over {files} files"));
        return Ok(ExitCode::SUCCESS);
    }
    let word = if violations.len() == 1 { "violation" } else { "violations" };
    Err(format!("tidy: {} {word}", violations.len()))
}
