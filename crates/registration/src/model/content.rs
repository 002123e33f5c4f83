//! What an application says: answers, and what registers answered. It lies sealed.

use super::package::{Package, Read};
use basis::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The longest answer, in bytes.
pub const ANSWER_BYTES_MAX: usize = 2_000;

/// Everything that an application says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// What the applicant wrote, by field.
    pub answers: BTreeMap<String, String>,
    /// Pages that were answered, even if with nothing.
    pub answered: BTreeSet<String>,
    /// What registers said, by read.
    pub reads: BTreeMap<String, Reading>,
    /// What the officer asked, or gave as reason.
    pub remark: Option<String>,
}

/// What a register said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// When it was asked.
    pub at: Timestamp,
    /// The facts by name, as text. Empty if it knows the person not, and the applicant answers.
    pub facts: BTreeMap<String, String>,
}

impl Content {
    /// What a register said about this fact.
    pub fn prefilled(&self, name: &str) -> Option<&str> {
        let found = self.reads.values().find_map(|reading| reading.facts.get(name));
        found.map(String::as_str)
    }

    /// The value of a field, whoever gave it.
    pub fn value(&self, name: &str) -> Option<&str> {
        let written = || self.answers.get(name).map(String::as_str);
        self.prefilled(name).or_else(written).filter(|text| !text.is_empty())
    }

    /// Keeps the answers of one page. What a register said cannot be overwritten here.
    pub fn answer(&mut self, step: &super::package::Step, answers: &BTreeMap<String, String>) {
        for field in &step.fields {
            let Some(text) = answers.get(&field.name) else { continue };
            if self.prefilled(&field.name).is_some() {
                continue;
            }
            let text = text.trim();
            if text.is_empty() {
                self.answers.remove(&field.name);
            } else {
                self.answers.insert(field.name.clone(), text.to_owned());
            }
        }
        self.answered.insert(step.name.clone());
    }

    /// Reads that no register has answered yet.
    pub fn unread<'p>(&self, package: &'p Package) -> Vec<&'p Read> {
        package.reads.iter().filter(|read| !self.reads.contains_key(&read.code)).collect()
    }

    /// Reads by consent that still matter: not answered by the register, and not made needless by
    /// the applicant, who may answer the page by hand and give no consent.
    pub fn consents_open<'p>(&self, package: &'p Package) -> Vec<&'p Read> {
        let unread = self.unread(package).into_iter().filter(|read| read.consent);
        unread.filter(|read| !self.answered_by_hand(package, read)).collect()
    }

    fn answered_by_hand(&self, package: &Package, read: &Read) -> bool {
        let mut asked = package.fields().filter(|(_, field)| read.map.contains_key(&field.name));
        asked.all(|(step, _)| self.answered.contains(&step.name))
    }
}
