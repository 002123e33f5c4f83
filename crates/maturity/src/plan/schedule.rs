//! Months for actions: what comes first, and how much an owner can do at a time.

use std::collections::BTreeMap;

use super::actions::Draft;

/// When an action runs, and what it waited for.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    /// The first month is 1.
    pub(super) first_month: u32,
    pub(super) last_month: u32,
    /// The action whose end let this one begin.
    waited_for: Option<usize>,
}

/// A place in an owner's working time.
#[derive(Clone, Copy)]
struct Lane {
    free_from: u32,
    last: Option<usize>,
}

/// A slot for each draft. The most urgent action that may begin is placed first, on the owner's lane that is free
/// earliest. When actions wait for each other in a circle, which a checked instrument does not have, the most urgent of
/// them goes first.
pub(super) fn schedule(drafts: &[Draft], capacity_of: impl Fn(&str) -> usize) -> Vec<Slot> {
    let mut slots: Vec<Option<Slot>> = vec![None; drafts.len()];
    let mut lanes: BTreeMap<&str, Vec<Lane>> = BTreeMap::new();
    let mut open: Vec<usize> = (0..drafts.len()).collect();
    open.sort_by_key(|at| (drafts[*at].urgency, *at));
    while !open.is_empty() {
        let may_begin = |at: &usize| drafts[*at].after.iter().all(|first| slots[*first].is_some());
        let position = open.iter().position(may_begin).unwrap_or(0);
        let at = open.remove(position);
        let owner = drafts[at].owner.responsible.as_str();
        let lanes = lanes
            .entry(owner)
            .or_insert_with(|| vec![Lane { free_from: 1, last: None }; capacity_of(owner).max(1)]);
        slots[at] = Some(place(at, &drafts[at], &slots, lanes));
    }
    slots.into_iter().flatten().collect()
}

fn place(at: usize, draft: &Draft, slots: &[Option<Slot>], lanes: &mut [Lane]) -> Slot {
    let last_to_end =
        draft.after.iter().filter_map(|first| Some((slots[*first]?.last_month, *first))).max();
    let ready = last_to_end.map_or(1, |(month, _)| month + 1);
    // The lane that fits closest: free in time and latest, or else the one that is free earliest.
    let fits = |lane: &Lane| (lane.free_from.max(ready), ready.abs_diff(lane.free_from));
    let lane = lanes.iter_mut().min_by_key(|lane| fits(lane)).expect("an owner has a lane");
    let first_month = lane.free_from.max(ready);
    let waited_for =
        if lane.free_from > ready { lane.last } else { last_to_end.map(|(_, first)| first) };
    let last_month = first_month + draft.months.max(1) - 1;
    *lane = Lane { free_from: last_month + 1, last: Some(at) };
    Slot { first_month, last_month, waited_for }
}

/// Positions on the longest chain, first to last: who waited for whom, be it a result or a free owner.
pub(super) fn critical_path(slots: &[Slot]) -> Vec<usize> {
    let mut path = Vec::new();
    let ends_last = |at: &usize| (slots[*at].last_month, std::cmp::Reverse(*at));
    let mut next = (0..slots.len()).max_by_key(ends_last);
    while let Some(at) = next {
        path.push(at);
        next = slots[at].waited_for;
    }
    path.reverse();
    path
}
