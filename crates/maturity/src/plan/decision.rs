//! What becomes of a system, and which components are to be built.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::block::{Blocks, ESTABLISHED};
use crate::plan::flows::OVER_EXCHANGE;
use crate::plan::gap_kind::LEAST;
use crate::result::{Decision, Gap, Verdict};
use crate::round::{Round, System};

/// Interfaces that no other system can call.
const CLOSED: [&str; 3] = ["none", "file", "paper"];

/// Shared systems, by the Building Block whose work they do; the first by id.
pub(super) fn shared(round: &Round) -> BTreeMap<&str, &System> {
    let mut systems: Vec<&System> = round.systems.iter().filter(|system| system.shared).collect();
    systems.sort_by(|a, b| a.id.cmp(&b.id));
    let mut by_block = BTreeMap::new();
    for system in systems {
        for block in &system.capabilities {
            by_block.entry(block.as_str()).or_insert(system);
        }
    }
    by_block
}

/// One decision a system, in the order of ids, then one for each component to be built.
pub(super) fn decisions(round: &Round, blocks: &Blocks<'_>, gaps: &[Gap]) -> Vec<Decision> {
    let shared = shared(round);
    let mut systems: Vec<&System> = round.systems.iter().collect();
    systems.sort_by(|a, b| a.id.cmp(&b.id));
    let mut decisions: Vec<Decision> = systems
        .iter()
        .map(|system| {
            if system.shared {
                of_shared(system, blocks)
            } else {
                of_own(system, &shared, round, blocks)
            }
        })
        .collect();
    decisions.extend(to_build(round, blocks, gaps, &shared));
    decisions
}

fn decision(system: &System, verdict: Verdict, block: Option<&String>, reason: String) -> Decision {
    Decision { system: system.id.clone(), verdict, reason, building_block: block.cloned() }
}

/// A shared system is kept or mended, never thrown away by a draft.
fn of_shared(system: &System, blocks: &Blocks<'_>) -> Decision {
    let known = system.capabilities.iter().filter_map(|b| blocks.level(b).map(|level| (level, b)));
    let Some((level, block)) = known.min() else {
        let reason = "no level of its component is known: find out before anything is changed";
        return decision(system, Verdict::Keep, system.capabilities.first(), reason.to_owned());
    };
    if level < ESTABLISHED {
        let reason = format!("{block} stands at {level}: {ESTABLISHED} is needed to carry others");
        return decision(system, Verdict::Adapt, Some(block), reason);
    }
    if is_closed(system) {
        let reason = format!("{block} offers no interface that others can call");
        return decision(system, Verdict::Adapt, Some(block), reason);
    }
    let reason = format!("shared, and {block} stands at {level}");
    decision(system, Verdict::Keep, Some(block), reason)
}

/// A system of one institution gives up what a shared one does for all.
fn of_own(
    system: &System,
    shared: &BTreeMap<&str, &System>,
    round: &Round,
    blocks: &Blocks<'_>,
) -> Decision {
    let own_matter = |block: &&String| *block != super::duplicates::OWN_MATTER;
    let common: Vec<&String> = system.capabilities.iter().filter(own_matter).collect();
    let offered: Vec<(&String, &str)> = common
        .iter()
        .filter_map(|block| shared.get(block.as_str()).map(|s| (*block, s.id.as_str())))
        .collect();
    let Some((block, by)) = offered.first() else { return of_lonely(system, &common, round) };
    let nothing_else = offered.len() == system.capabilities.len();
    let moved = offered.iter().all(|(_, by)| system.uses.iter().any(|used| used == by));
    if nothing_else && moved {
        let reason = format!("{by} does its work already, and it does nothing else");
        return decision(system, Verdict::Retire, Some(block), reason);
    }
    if nothing_else {
        let until = match &system.contract_ends {
            Some(day) => format!("; its contract ends {day}"),
            None => String::new(),
        };
        let reason = format!("{by} is shared and does the same work{until}{}", wait(block, blocks));
        return decision(system, Verdict::Replace, Some(block), reason);
    }
    if moved {
        let reason = format!("uses {by} instead of its own {block}");
        return decision(system, Verdict::Keep, Some(block), reason);
    }
    let wait = wait(block, blocks);
    let reason = format!("gives up its own {block} for the shared {by}, and keeps the rest{wait}");
    decision(system, Verdict::Adapt, Some(block), reason)
}

/// Nobody moves onto something that does not carry yet.
fn wait(block: &str, blocks: &Blocks<'_>) -> String {
    match blocks.level(block) {
        Some(ESTABLISHED..) => String::new(),
        Some(level) => format!("; not before {block} stands at {ESTABLISHED} instead of {level}"),
        None => format!("; not before the level of {block} is known"),
    }
}

/// Nothing shared could take its place.
fn of_lonely(system: &System, common: &[&String], round: &Round) -> Decision {
    let block = system.capabilities.first();
    if let Some(block) = common.first() {
        let reason =
            format!("does {block} by itself until a shared one stands: prepare its interface");
        return decision(system, Verdict::Adapt, Some(block), reason);
    }
    let gives =
        |flow: &&crate::round::Flow| flow.from == system.institution && flow.path != OVER_EXCHANGE;
    if is_closed(system) && round.flows.iter().any(|flow| gives(&flow)) {
        let reason = "its institution gives data beside the exchange: it needs an open interface";
        return decision(system, Verdict::Adapt, block, reason.to_owned());
    }
    let reason = "does its institution's own work, and nothing shared could take its place";
    decision(system, Verdict::Keep, block, reason.to_owned())
}

fn is_closed(system: &System) -> bool {
    !system.interfaces.iter().any(|interface| !CLOSED.contains(&interface.as_str()))
}

/// Components that a service or a gap asks for, that no shared system provides and that do not stand.
fn to_build(
    round: &Round,
    blocks: &Blocks<'_>,
    gaps: &[Gap],
    shared: &BTreeMap<&str, &System>,
) -> Vec<Decision> {
    let asked = gaps.iter().flat_map(|gap| &gap.building_blocks);
    let needed = round.services.iter().flat_map(|service| &service.needs);
    let mut wanted: BTreeSet<&String> = asked.chain(needed).collect();
    wanted.retain(|block| *block != super::block::ALL && !shared.contains_key(block.as_str()));
    let mut builds = Vec::new();
    for block in wanted {
        let reason = match blocks.level(block) {
            Some(LEAST..) => continue,
            _ if blocks.declined(block) => continue,
            Some(level) => format!("stands at {level}, and no shared system provides it"),
            None => "no shared system provides it; its level is not known".to_owned(),
        };
        builds.push(Decision {
            system: block.clone(),
            verdict: Verdict::Build,
            reason,
            building_block: Some(block.clone()),
        });
    }
    builds
}
