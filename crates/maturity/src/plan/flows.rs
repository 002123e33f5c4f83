//! Who gives data to whom, institution by institution.

use std::collections::{BTreeMap, BTreeSet};

use crate::result::{FlowCell, FlowMatrix};
use crate::round::Round;

/// Path of a flow that runs over the national exchange.
pub(super) const EXCHANGE: &str = "exchange";

/// Every institution of the round, also those without a flow: an empty row is a finding.
#[must_use]
pub fn flows(round: &Round) -> FlowMatrix {
    let mut names: BTreeSet<String> = round.institutions.iter().map(|i| i.id.clone()).collect();
    let mut cells: BTreeMap<(String, String), FlowCell> = BTreeMap::new();
    for flow in &round.flows {
        let from = institution_behind(round, &flow.from);
        let to = institution_behind(round, &flow.to);
        names.extend([from.clone(), to.clone()]);
        let cell = cells.entry((from.clone(), to.clone())).or_insert_with(|| FlowCell {
            from,
            to,
            calls: 0,
            over_exchange: 0,
            beside: 0,
            without_agreement: 0,
        });
        cell.calls = cell.calls.saturating_add(flow.calls.unwrap_or(0));
        if flow.path == EXCHANGE {
            cell.over_exchange += 1;
        } else {
            cell.beside += 1;
        }
        if flow.agreement.as_deref().is_none_or(|agreement| agreement.trim().is_empty()) {
            cell.without_agreement += 1;
        }
    }
    FlowMatrix { institutions: names.into_iter().collect(), cells: cells.into_values().collect() }
}

/// A flow may name a system: the matrix counts its institution.
pub(super) fn institution_behind(round: &Round, end: &str) -> String {
    let system = round.systems.iter().find(|system| system.id == end);
    system.map_or_else(|| end.to_owned(), |system| system.institution.clone())
}
