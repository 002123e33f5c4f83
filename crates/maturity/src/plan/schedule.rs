//! Tasks get their months: as early as what they wait for and their owner's capacity allow.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::order::Task;

/// How many actions an owner can carry at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capacity {
    pub each: u32,
    /// Roles that carry more or fewer, by id.
    pub of_role: BTreeMap<String, u32>,
}

impl Default for Capacity {
    fn default() -> Self {
        Self { each: 2, of_role: BTreeMap::new() }
    }
}

impl Capacity {
    /// At least one: an owner without any capacity has no plan.
    fn of(&self, role: &str) -> u32 {
        self.of_role.get(role).copied().unwrap_or(self.each).max(1)
    }
}

/// First and last month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Months {
    pub(super) first: u32,
    pub(super) last: u32,
}

/// Months by index of the task. Where more could start than the owner can carry, the smaller priority starts.
pub(super) fn schedule(tasks: &[Task<'_>], capacity: &Capacity) -> Vec<Months> {
    let mut order: Vec<usize> = (0..tasks.len()).collect();
    order.sort_by(|a, b| tasks[*a].priority.cmp(&tasks[*b].priority));
    let mut placed: BTreeMap<usize, Months> = BTreeMap::new();
    let mut month = 1;
    while placed.len() < tasks.len() {
        let finished: BTreeSet<usize> =
            placed.iter().filter(|(_, m)| m.last < month).map(|(index, _)| *index).collect();
        let mut busy: BTreeMap<&str, u32> = BTreeMap::new();
        for (index, _) in placed.iter().filter(|(_, months)| months.last >= month) {
            *busy.entry(tasks[*index].owner).or_default() += 1;
        }
        for index in &order {
            let task = &tasks[*index];
            let ready = task.after.is_subset(&finished) && !placed.contains_key(index);
            let load = busy.entry(task.owner).or_default();
            if !ready || *load >= capacity.of(task.owner) {
                continue;
            }
            *load += 1;
            placed.insert(*index, Months { first: month, last: month + task.months - 1 });
        }
        // Nothing changes before the next task ends; without a circle one is always running.
        let ends = placed.values().map(|months| months.last).filter(|last| *last >= month);
        month = ends.min().unwrap_or(month) + 1;
    }
    placed.into_values().collect()
}

/// Indices of the longest chain of tasks that wait for each other, in order: its months cannot be shortened by capacity.
pub(super) fn longest_chain(tasks: &[Task<'_>], months: &[Months]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..tasks.len()).collect();
    order.sort_by_key(|index| (months[*index].first, *index));
    let mut length: BTreeMap<usize, (u32, Option<usize>)> = BTreeMap::new();
    for index in order {
        let before = tasks[index].after.iter().map(|before| (length[before].0, *before)).max();
        let so_far = before.map_or(0, |(length, _)| length);
        length.insert(index, (so_far + tasks[index].months, before.map(|(_, index)| index)));
    }
    let longest =
        length.iter().max_by_key(|(index, (months, _))| (*months, std::cmp::Reverse(**index)));
    let mut chain = Vec::new();
    let mut at = longest.map(|(index, _)| *index);
    while let Some(index) = at {
        chain.push(index);
        at = length[&index].1;
    }
    chain.reverse();
    chain
}
