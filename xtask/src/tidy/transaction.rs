//! No network inside a transaction.
//!
//! A heuristic: it reads the text between the brackets of `.write(...)` and `.read(...)` when a
//! closure stands there. What a called function does is out of its sight; on SQLite the writer
//! thread refuses a future that waits, so the tests see the rest.

use super::source::{RustText, close_of, find_words};
use super::tree::{File, Tree};
use super::{Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "no-wire-in-transaction",
    remedy: "ask first and open the transaction with the answer, or emit an event and let a job ask",
    check,
};

const OUTSIDE: &[&str] =
    &[".call(", "wire", "Wire", "reqwest", "TcpStream", "tokio::spawn", "sleep("];

fn check(tree: &Tree) -> Vec<Finding> {
    let product = tree.product();
    product.flat_map(|(file, rust)| check_file(file, rust)).collect()
}

fn check_file(file: &File, rust: &RustText) -> Vec<Finding> {
    let mut findings = Vec::new();
    for opening in [".write(", ".read("] {
        for (at, _) in rust.code.match_indices(opening) {
            let open = at + opening.len() - 1;
            let body = &rust.code[open..close_of(&rust.code, open)];
            if !body.contains('|') {
                continue; // a lock or a stream, not a transaction
            }
            for word in OUTSIDE {
                let found = find_words(body, word).into_iter();
                findings.extend(found.map(|offset| {
                    file.finding(open + offset, format!("`{word}` in a transaction"))
                }));
            }
        }
    }
    findings
}
