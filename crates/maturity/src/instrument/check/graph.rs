//! Cycles among indicators that depend on each other: a roadmap cannot put them in order.

use std::collections::BTreeMap;

use crate::instrument::Indicator;

/// Ids of indicators from which a way of dependencies leads back, or which lie between two such cycles.
///
/// Whoever has nothing left to wait for, or nobody left who waits for it, is taken away until nobody is.
pub(super) fn on_a_cycle(indicators: &[Indicator]) -> Vec<String> {
    let mut left: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for indicator in indicators {
        left.entry(&indicator.id)
            .or_default()
            .extend(indicator.depends_on.iter().map(String::as_str));
    }
    loop {
        let free: Vec<&str> = left.keys().copied().filter(|id| is_free(id, &left)).collect();
        if free.is_empty() {
            return left.into_keys().map(str::to_owned).collect();
        }
        for id in free {
            left.remove(id);
        }
    }
}

fn is_free(id: &str, left: &BTreeMap<&str, Vec<&str>>) -> bool {
    let waits = left[id].iter().any(|other| left.contains_key(other));
    let is_waited_for = left.values().any(|others| others.contains(&id));
    !waits || !is_waited_for
}
