//! Exceptions from rules: explicit, few, each with its reason, none longer than it is needed.

use serde::Deserialize;

use super::{Finding, RULES, Tree, Violation};
use crate::shell::Outcome;

const FILE: &str = "xtask/exceptions.toml";
const RULE: &str = "exceptions";

/// The list with a mark on each entry that covered something.
pub(super) struct Exceptions {
    entries: Vec<(Exception, bool)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    exception: Vec<Exception>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    rule: String,
    /// A file, or the start of a path.
    path: String,
    /// What the finding must speak of; absent = any.
    what: Option<String>,
    reason: String,
}

/// Reads the list; a tree without one has no exceptions.
pub(super) fn load(tree: &Tree) -> Outcome<Exceptions> {
    let text = tree.file(FILE).map_or("", |file| file.text.as_str());
    let list: List = toml::from_str(text).map_err(|e| format!("{FILE}: {e}"))?;
    let entries = list.exception.into_iter().map(|e| (e, false)).collect();
    Ok(Exceptions { entries })
}

impl Exceptions {
    /// Whether an entry covers the finding; marks the entry as needed.
    pub(super) fn cover(&mut self, rule: &str, finding: &Finding) -> bool {
        for (exception, needed) in &mut self.entries {
            if exception.covers(rule, finding) {
                *needed = true;
                return true;
            }
        }
        false
    }

    /// Entries that are not needed, name no rule, or give no reason.
    pub(super) fn faults(&self, tree: &Tree) -> Vec<Violation> {
        let text = tree.file(FILE).map_or("", |file| file.text.as_str());
        let starts: Vec<usize> = (1..)
            .zip(text.lines())
            .filter(|(_, line)| line.trim() == "[[exception]]")
            .map(|(number, _)| number)
            .collect();
        let entries = self.entries.iter().enumerate();
        let faults = entries.filter_map(|(at, (exception, needed))| {
            let (what, remedy) = exception.fault(*needed)?;
            let line = starts.get(at).copied().unwrap_or(1);
            Some(Violation { rule: RULE, path: FILE.to_owned(), line, what, remedy })
        });
        faults.collect()
    }
}

impl Exception {
    fn covers(&self, rule: &str, finding: &Finding) -> bool {
        let speaks_of = |what: &String| finding.what.contains(what.as_str());
        self.rule == rule
            && finding.path.starts_with(&self.path)
            && self.what.as_ref().is_none_or(speaks_of)
    }

    fn fault(&self, needed: bool) -> Option<(String, &'static str)> {
        let Exception { rule, path, reason, .. } = self;
        if !RULES.iter().any(|known| known.name == rule) {
            return Some((format!("there is no rule `{rule}`"), "correct the rule's name"));
        }
        if reason.trim().is_empty() {
            return Some((format!("`{rule}` in {path} without a reason"), "say why"));
        }
        if !needed {
            return Some((
                format!("nothing in {path} needs `{rule}` any more"),
                "delete the entry",
            ));
        }
        None
    }
}
