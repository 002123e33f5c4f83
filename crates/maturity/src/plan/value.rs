//! What a component unlocks: the impact of the services that wait for it, shared among all that each waits for.

use std::collections::BTreeSet;

use crate::plan::block::Blocks;
use crate::result::{ComponentValue, Effort, RankedService};

/// Components that take a country years to found: those on which the others stand.
const CORE: [&str; 4] = ["identity", "payments", "information-mediator", "digital-registries"];

/// Components that services lack, in the order in which to found them: the most value for the effort first, then the
/// same again as if that one stood. `value` is the share before any of them stands. What the country decided not to
/// build is left out.
pub(super) fn components(services: &[RankedService], blocks: &Blocks<'_>) -> Vec<ComponentValue> {
    let mut open: BTreeSet<&String> =
        services.iter().flat_map(|service| &service.missing).collect();
    open.retain(|block| !blocks.declined(block));
    let at_first = open.clone();
    let mut ranked = Vec::new();
    while let Some(block) = best(&open, services, blocks) {
        open.remove(block);
        let waits = |service: &&RankedService| service.missing.contains(block);
        let level = blocks.level(block);
        ranked.push(ComponentValue {
            building_block: block.clone(),
            level,
            value: value(block, &at_first, services),
            effort: effort(block, level),
            rank: u32::try_from(ranked.len()).unwrap_or(u32::MAX).saturating_add(1),
            unlocks: services.iter().filter(waits).map(|service| service.id.clone()).collect(),
        });
    }
    ranked
}

/// Most value for the months; the first by name among equals.
fn best<'s>(
    open: &BTreeSet<&'s String>,
    services: &[RankedService],
    blocks: &Blocks<'_>,
) -> Option<&'s String> {
    let worth = |block: &str| {
        let months = i64::from(effort(block, blocks.level(block)).months());
        value(block, open, services) * 72 / months
    };
    // `max_by_key` takes the last of equals: reversed, that is the first.
    open.iter().rev().max_by_key(|block| worth(block)).copied()
}

fn value(block: &str, open: &BTreeSet<&String>, services: &[RankedService]) -> i64 {
    let mut sum = 0;
    for service in services {
        if !service.missing.iter().any(|missing| missing == block) {
            continue;
        }
        let waits_for = service.missing.iter().filter(|missing| open.contains(missing)).count();
        sum += service.impact / i64::try_from(waits_for.max(1)).unwrap_or(i64::MAX);
    }
    sum
}

/// An unknown level is planned for as if all were to do: a plan that is too short helps nobody.
fn effort(block: &str, level: Option<u8>) -> Effort {
    match level {
        Some(2..) => Effort::Small,
        Some(1) => Effort::Medium,
        _ if CORE.contains(&block) => Effort::Large,
        _ => Effort::Medium,
    }
}

impl Effort {
    /// Most months that it takes.
    #[must_use]
    pub fn months(self) -> u32 {
        match self {
            Self::Small => 3,
            Self::Medium => 9,
            Self::Large => 24,
        }
    }
}
