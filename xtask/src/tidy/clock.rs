//! Time and randomness are handed in: only `basis` may ask the machine for them.

use super::source::find_words;
use super::tree::Tree;
use super::{Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "clock-and-chance",
    remedy: "take a basis::Clock or basis::Rng as an argument, so that tests decide what time it \
             is and what the dice say",
    check,
};

const SOURCES: &[&str] = &[
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "Utc::now",
    "Local::now",
    "rand::",
    "thread_rng",
    "getrandom",
    "SystemRandom",
    "Uuid::now_v7",
    "Uuid::new_v4",
];

fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, rust) in tree.product().filter(|(file, _)| !file.is_under("crates/basis")) {
        for source in SOURCES {
            let found = find_words(&rust.code, source);
            findings.extend(found.into_iter().map(|at| file.finding(at, format!("`{source}`"))));
        }
    }
    findings
}
