//! Who does what when, why in this order, and what shows that it is done.

use std::collections::{BTreeMap, BTreeSet};

use crate::instrument::Instrument;
use crate::plan::catalogue::CATALOGUES;
use crate::plan::order::{self, Task};
use crate::plan::schedule::{self, Capacity, Months};
use crate::result::{
    Action, ComponentValue, CostBand, Gap, Milestone, Phase, Raci, Roadmap, Scores,
};
use crate::round::Round;

/// The four phases with the last month in which an action of each begins.
const PHASES: [(&str, u32); 4] = [
    ("Inception", 6),
    ("First high-priority use cases", 18),
    ("Initial transformation", 36),
    ("Transformation at scale", u32::MAX),
];

/// The roadmap with two actions at a time for each owner.
#[must_use]
pub fn roadmap(
    instrument: &Instrument,
    _round: &Round,
    _scores: &Scores,
    gaps: &[Gap],
    components: &[ComponentValue],
) -> Roadmap {
    roadmap_with(instrument, gaps, components, &Capacity::default())
}

/// The roadmap for owners of this capacity. Actions are numbered in the order of their first month.
#[must_use]
pub fn roadmap_with(
    instrument: &Instrument,
    gaps: &[Gap],
    components: &[ComponentValue],
    capacity: &Capacity,
) -> Roadmap {
    let tasks = order::tasks(instrument, gaps, components);
    let months = schedule::schedule(&tasks, capacity);
    let ids = ids(&tasks, &months);
    let mut actions: Vec<Action> = (0..tasks.len())
        .map(|index| action(instrument, &tasks[index], months[index], index, &ids))
        .collect();
    actions.sort_by(|a, b| {
        (a.first_month, a.id.len(), &a.id).cmp(&(b.first_month, b.id.len(), &b.id))
    });
    let chain = schedule::longest_chain(&tasks, &months);
    Roadmap {
        phases: phases(&actions),
        milestones: milestones(instrument, &tasks, &months),
        critical_path: chain.iter().map(|index| ids[index].clone()).collect(),
        months: actions.iter().map(|action| action.last_month).max().unwrap_or(0),
        actions,
    }
}

fn ids(tasks: &[Task<'_>], months: &[Months]) -> BTreeMap<usize, String> {
    let mut order: Vec<usize> = (0..tasks.len()).collect();
    order.sort_by_key(|index| (months[*index].first, tasks[*index].priority.clone()));
    (1..).zip(order).map(|(number, index)| (index, format!("ACT-{number:02}"))).collect()
}

fn action(
    instrument: &Instrument,
    task: &Task<'_>,
    months: Months,
    index: usize,
    ids: &BTreeMap<usize, String>,
) -> Action {
    let first = task.gaps[0];
    let owner = CATALOGUES.owner(&first.dimension);
    let cost = task.gaps.iter().map(|gap| gap.cost).max().unwrap_or(CostBand::Low);
    let mut depends_on: Vec<String> = task.after.iter().map(|before| ids[before].clone()).collect();
    depends_on.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    Action {
        id: ids[&index].clone(),
        phase: phase_of(months.first),
        title: task.title.clone(),
        deliverable: joined(task.gaps.iter().map(|gap| deliverable(instrument, gap))),
        gaps: task.gaps.iter().map(|gap| gap.id.clone()).collect(),
        first_month: months.first,
        last_month: months.last,
        depends_on,
        raci: Raci {
            responsible: owner.responsible.clone(),
            accountable: owner.accountable.clone(),
            consulted: owner.consulted.clone(),
            informed: owner.informed.clone(),
        },
        decision_body: owner.decision_body.clone(),
        standards: standards(task),
        cost,
        funding: funding(cost).to_owned(),
        indicator: first.indicator.clone(),
        exit_test: joined(task.gaps.iter().map(|gap| gap.exit_test.clone())),
    }
}

fn phase_of(month: u32) -> u8 {
    (1..).zip(PHASES).find(|(_, (_, last))| month <= *last).map_or(4, |(number, _)| number)
}

/// What stands at the end: the text of the level to be reached.
fn deliverable(instrument: &Instrument, gap: &Gap) -> String {
    if order::finds_out(gap) {
        return format!("{} answered, with evidence", gap.indicator);
    }
    let level = instrument
        .indicator(&gap.indicator)
        .and_then(|indicator| indicator.levels.get(usize::from(gap.target)));
    format!("{} at {}: {}", gap.indicator, gap.target, level.map_or("", String::as_str))
}

/// Different sentences once each, in their order.
fn joined(sentences: impl Iterator<Item = String>) -> String {
    let mut once: Vec<String> = Vec::new();
    for sentence in sentences {
        if !once.contains(&sentence) {
            once.push(sentence);
        }
    }
    once.join("; ")
}

fn standards(task: &Task<'_>) -> Vec<String> {
    let blocks: BTreeSet<&String> = task.gaps.iter().flat_map(|gap| &gap.building_blocks).collect();
    let mut standards = Vec::new();
    for standard in blocks.iter().flat_map(|block| CATALOGUES.standards_of(block)) {
        if !standards.contains(standard) {
            standards.push(standard.clone());
        }
    }
    standards
}

fn funding(cost: CostBand) -> &'static str {
    match cost {
        CostBand::Low => "running budget of the owner",
        CostBand::Middle => "multi-year budget line",
        CostBand::High => "multi-year budget line with a development partner",
    }
}

/// Phases that have actions. They overlap where an action of one still runs when the next begins.
fn phases(actions: &[Action]) -> Vec<Phase> {
    let mut phases = Vec::new();
    for (n, (name, _)) in (1..).zip(PHASES) {
        let inside = || actions.iter().filter(|action| action.phase == n);
        let first = inside().map(|action| action.first_month).min();
        let last = inside().map(|action| action.last_month).max();
        let (Some(first_month), Some(last_month)) = (first, last) else { continue };
        phases.push(Phase { n, name: name.to_owned(), first_month, last_month });
    }
    phases
}

/// Critical indicators, in the month in which they should stand at their target. What has to be found out first
/// promises no level.
fn milestones(instrument: &Instrument, tasks: &[Task<'_>], months: &[Months]) -> Vec<Milestone> {
    let mut milestones = Vec::new();
    for (task, months) in tasks.iter().zip(months) {
        for gap in task.gaps.iter().filter(|gap| !order::finds_out(gap)) {
            let Some(indicator) = instrument.indicator(&gap.indicator) else { continue };
            if !indicator.critical {
                continue;
            }
            milestones.push(Milestone {
                month: months.last,
                says: format!("{} stands at {}", indicator.title, gap.target),
                indicator: gap.indicator.clone(),
                level: gap.target,
            });
        }
    }
    milestones.sort_by(|a, b| (a.month, &a.indicator).cmp(&(b.month, &b.indicator)));
    milestones
}
