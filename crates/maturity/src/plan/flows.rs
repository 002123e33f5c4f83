//! Who gives data to whom, and by which way.

use std::collections::{BTreeMap, BTreeSet};

use crate::result::{FlowCell, FlowMatrix};
use crate::round::Round;

/// A flow's path over the shared exchange; all others are beside it.
pub(super) const OVER_EXCHANGE: &str = "exchange";

/// Institution by institution; only pairs with a flow have a cell. `calls` counts what was seen: a flow of which one
/// was only told adds none.
#[must_use]
pub fn flows(round: &Round) -> FlowMatrix {
    let mut institutions: BTreeSet<String> =
        round.institutions.iter().map(|institution| institution.id.clone()).collect();
    let mut cells: BTreeMap<(&str, &str), FlowCell> = BTreeMap::new();
    for flow in &round.flows {
        institutions.extend([flow.from.clone(), flow.to.clone()]);
        let cell = cells.entry((&flow.from, &flow.to)).or_insert_with(|| FlowCell {
            from: flow.from.clone(),
            to: flow.to.clone(),
            calls: 0,
            over_exchange: 0,
            beside: 0,
            without_agreement: 0,
        });
        cell.calls = cell.calls.saturating_add(flow.calls.unwrap_or(0));
        if flow.path == OVER_EXCHANGE {
            cell.over_exchange += 1;
        } else {
            cell.beside += 1;
        }
        if flow.agreement.as_ref().is_none_or(String::is_empty) {
            cell.without_agreement += 1;
        }
    }
    FlowMatrix {
        institutions: institutions.into_iter().collect(),
        cells: cells.into_values().collect(),
    }
}
