//! What must hold of the migrations: one way from each earlier version, and no answer written over another.

use std::collections::BTreeSet;

use super::{Check, is_version};
use crate::instrument::{Migration, TOP};

impl Check<'_> {
    pub(super) fn migrations(&mut self) {
        let instrument = self.instrument;
        self.unique("migration from", instrument.migrations.iter().map(|step| step.from.as_str()));
        for step in &instrument.migrations {
            let path = format!("migration from {}", step.from);
            if !is_version(&step.from) || !is_version(&step.to) || step.from == step.to {
                self.fault(
                    path.clone(),
                    "`from` and `to` are two versions, such as 1.0.0 and 1.1.0",
                );
            }
            if !leads_here(step, &instrument.migrations, &instrument.version) {
                self.fault(
                    path.clone(),
                    format!("it does not lead to version {}", instrument.version),
                );
            }
            if step.to == instrument.version {
                let new = step.renamed.values().chain(step.split.values().flatten()).cloned();
                self.known_indicators(&path, new);
            }
            for levels in
                step.level_map.values().filter(|levels| levels.iter().any(|level| *level > TOP))
            {
                self.fault(
                    format!("{path}: level_map"),
                    format!("{levels:?} leaves the levels 0 to 4"),
                );
            }
            self.one_answer_each(&path, step);
        }
    }

    /// Two old indicators may not become one, nor one be told to become two different things.
    fn one_answer_each(&mut self, path: &str, step: &Migration) {
        let mut new = BTreeSet::new();
        for id in step.renamed.values().chain(step.split.values().flatten()) {
            if !new.insert(id) {
                self.fault(path, format!("{id} would get more than one answer"));
            }
        }
        let mut old = BTreeSet::new();
        for id in step.renamed.keys().chain(step.split.keys()).chain(&step.dropped) {
            if !old.insert(id) {
                self.fault(
                    path,
                    format!("{id} stands in more than one of renamed, split and dropped"),
                );
            }
        }
        for id in step.split.iter().filter(|(_, parts)| parts.is_empty()).map(|(id, _)| id) {
            self.fault(path, format!("{id} is split into nothing: list it under dropped"));
        }
    }
}

fn leads_here(step: &Migration, all: &[Migration], version: &str) -> bool {
    let mut at = step;
    for _ in 0..all.len() {
        if at.to == version {
            return true;
        }
        match all.iter().find(|next| next.from == at.to) {
            Some(next) => at = next,
            None => return false,
        }
    }
    false
}
