//! Systems that do the same work side by side.

use std::collections::{BTreeMap, BTreeSet};

use crate::result::Duplicate;
use crate::round::{Round, System};

/// Every institution keeps registers of its own matter: two of them are no duplicate.
pub(super) const OWN_MATTER: &str = "digital-registries";

/// Building Blocks whose work several systems do, or one beside a shared system that it does not use.
#[must_use]
pub fn duplicates(round: &Round) -> Vec<Duplicate> {
    let mut by_block: BTreeMap<&str, Vec<&System>> = BTreeMap::new();
    for system in &round.systems {
        for block in system.capabilities.iter().collect::<BTreeSet<_>>() {
            by_block.entry(block).or_default().push(system);
        }
    }
    by_block.remove(OWN_MATTER);
    by_block.into_iter().filter_map(|(block, systems)| duplicate(block, &systems)).collect()
}

fn duplicate(block: &str, systems: &[&System]) -> Option<Duplicate> {
    let shared = systems.iter().filter(|system| system.shared).map(|system| &system.id).min();
    let silos: Vec<&&System> = systems.iter().filter(|system| !system.shared).collect();
    let enough = if shared.is_some() { 1 } else { 2 };
    if silos.len() < enough {
        return None;
    }
    let ids: BTreeSet<String> = silos.iter().map(|system| system.id.clone()).collect();
    let owners: BTreeSet<String> = silos.iter().map(|system| system.institution.clone()).collect();
    Some(Duplicate {
        building_block: block.to_owned(),
        systems: ids.into_iter().collect(),
        institutions: owners.into_iter().collect(),
        shared: shared.cloned(),
    })
}
