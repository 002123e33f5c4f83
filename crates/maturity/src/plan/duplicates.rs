//! Systems that do the same work side by side.

use std::collections::{BTreeMap, BTreeSet};

use crate::result::Duplicate;
use crate::round::{Round, System};

/// By Building Block: systems of two or more institutions that do its work themselves, though nothing shared is used.
#[must_use]
pub fn duplicates(round: &Round) -> Vec<Duplicate> {
    let by_id: BTreeMap<&str, &System> =
        round.systems.iter().map(|system| (system.id.as_str(), system)).collect();
    let blocks: BTreeSet<&String> =
        round.systems.iter().flat_map(|system| &system.capabilities).collect();
    blocks.into_iter().filter_map(|block| duplicate(block, round, &by_id)).collect()
}

fn duplicate(block: &str, round: &Round, by_id: &BTreeMap<&str, &System>) -> Option<Duplicate> {
    let does_it = |system: &&System| system.capabilities.iter().any(|one| one == block);
    let uses_shared = |system: &System| {
        let used = system.uses.iter().filter_map(|id| by_id.get(id.as_str()));
        used.copied().any(|other| other.shared && does_it(&other))
    };
    let own: Vec<&System> = round
        .systems
        .iter()
        .filter(|system| does_it(system) && !system.shared && !uses_shared(system))
        .collect();
    let institutions: BTreeSet<&String> = own.iter().map(|system| &system.institution).collect();
    if institutions.len() < 2 {
        return None;
    }
    let mut systems: Vec<String> = own.iter().map(|system| system.id.clone()).collect();
    systems.sort();
    Some(Duplicate {
        building_block: block.to_owned(),
        systems,
        institutions: institutions.into_iter().cloned().collect(),
        shared: shared_system_for(block, round).map(|system| system.id.clone()),
    })
}

/// The shared system that does a Building Block's work: the first by id.
pub(super) fn shared_system_for<'a>(block: &str, round: &'a Round) -> Option<&'a System> {
    let fits = |system: &&System| system.shared && system.capabilities.iter().any(|c| c == block);
    round.systems.iter().filter(fits).min_by(|a, b| a.id.cmp(&b.id))
}
