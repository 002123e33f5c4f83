//! Length: files stay readable in one sitting, and the kernel stays small.
//!
//! `xtask/ratchet.toml` lists the files that are longer than the limit with their present length.
//! A listed file may not grow, and a file that shrank lowers its entry, so the list only shrinks.
//! Functions are clippy's business: `too-many-lines-threshold` in clippy.toml.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::source::RustText;
use super::tree::{File, Tree};
use super::{Finding, Rule};
use crate::shell::Outcome;

pub(super) const RATCHET: &str = "xtask/ratchet.toml";

/// Lines, comments and tests included.
const FILE_LINES_MAX: usize = 600;

pub(super) const LONG_FILE: Rule = Rule {
    name: "long-file",
    remedy: "split the file by noun; the list in xtask/ratchet.toml may only shrink",
    check: long_files,
};

pub(super) const KERNEL: Rule = Rule {
    name: "kernel-budget",
    remedy: "move what a single block uses into that block; raise the cap only by an ADR",
    check: kernel,
};

/// `xtask/ratchet.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ratchet {
    /// Cap on the kernel's lines of code: no blank lines, comments or tests.
    kernel_code_lines_max: usize,
    /// Path to present length, for files over the limit.
    #[serde(default)]
    long_files: BTreeMap<String, usize>,
}

impl Ratchet {
    pub(super) fn parse(file: Option<&File>) -> Outcome<Ratchet> {
        let file = file.ok_or_else(|| format!("{RATCHET} is missing"))?;
        toml::from_str(&file.text).map_err(|e| format!("{RATCHET}: {e}"))
    }
}

fn long_files(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, _) in tree.rust() {
        let lines = file.text.lines().count();
        let complaint = match tree.ratchet.long_files.get(&file.path) {
            None if lines <= FILE_LINES_MAX => continue,
            None => format!("{lines} lines, {FILE_LINES_MAX} allowed"),
            Some(_) if lines <= FILE_LINES_MAX => "short enough now: delete its entry".to_owned(),
            Some(listed) if lines > *listed => format!("{lines} lines, grown from {listed}"),
            Some(listed) if lines < *listed => format!("lower its entry from {listed} to {lines}"),
            Some(_) => continue,
        };
        findings.push(file.finding(file.text.len(), complaint));
    }
    let listed = tree.ratchet.long_files.keys();
    let gone = listed.filter(|path| tree.file(path).is_none());
    findings.extend(gone.map(|path| {
        let what = format!("{path} does not exist: delete its entry");
        Finding { path: RATCHET.to_owned(), line: 1, what }
    }));
    findings
}

fn kernel(tree: &Tree) -> Vec<Finding> {
    let (lines, cap) = (kernel_lines(tree), tree.ratchet.kernel_code_lines_max);
    if lines <= cap {
        return Vec::new();
    }
    let what = format!("the kernel has {lines} lines of code, {cap} allowed");
    vec![Finding { path: "crates/kernel/src/lib.rs".to_owned(), line: 1, what }]
}

/// One line for the reader of every run.
pub(super) fn kernel_summary(tree: &Tree) -> String {
    let (lines, cap) = (kernel_lines(tree), tree.ratchet.kernel_code_lines_max);
    format!("kernel: {lines} lines of code of {cap} allowed")
}

fn kernel_lines(tree: &Tree) -> usize {
    let kernel = tree.rust().filter(|(file, _)| file.is_under("crates/kernel/src"));
    kernel.filter(|(file, _)| !file.is_test()).map(|(_, rust)| code_lines(rust)).sum()
}

fn code_lines(rust: &RustText) -> usize {
    let mut at = 0;
    let mut lines = 0;
    for line in rust.code.split_inclusive('\n') {
        // A line inside a long literal is blank here and is not counted: it is text, not code.
        if !line.trim().is_empty() && !rust.is_test(at) {
            lines += 1;
        }
        at += line.len();
    }
    lines
}
