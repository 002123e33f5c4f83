//! Gaps become tasks, and tasks get an order: what the instrument says depends on each other, safeguards before scale,
//! law and mandate before the component that they carry.

use std::collections::{BTreeMap, BTreeSet};

use crate::instrument::{Dimension, Instrument};
use crate::plan::gap_kind::LEAST;
use crate::result::{ComponentValue, Effort, Gap, GapKind};

/// Layers whose work widens the use of something: it waits for red safeguards.
const SCALING: [&str; 3] = ["core", "services", "regional"];

/// Layers of law and of institutions.
const GOVERNING: [&str; 2] = ["layer2", "layer3"];

/// One action before it has a date.
pub(super) struct Task<'g> {
    pub(super) title: String,
    pub(super) gaps: Vec<&'g Gap>,
    /// Role that does it.
    pub(super) owner: &'g str,
    pub(super) months: u32,
    /// Tasks that must be finished before, by index.
    pub(super) after: BTreeSet<usize>,
    /// Smaller goes first where both could.
    pub(super) priority: Priority,
}

/// Urgency, rank of the component, then severity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Priority {
    urgency: Urgency,
    component: u32,
    severity: std::cmp::Reverse<i64>,
    gap: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    /// Red safeguards, and what they wait for.
    Unsafe,
    /// What must be known, and the law and mandates of what follows.
    Ground,
    Rest,
}

/// Tasks in the order of priority.
pub(super) fn tasks<'g>(
    instrument: &Instrument,
    gaps: &'g [Gap],
    components: &[ComponentValue],
) -> Vec<Task<'g>> {
    let needs = Needs::of(instrument);
    let mut groups: BTreeMap<(String, &str, BTreeSet<&str>), Vec<&Gap>> = BTreeMap::new();
    for gap in gaps {
        let key = if finds_out(gap) {
            (format!("Find out: {}", gap.dimension), gap.owner.as_str(), BTreeSet::new())
        } else {
            (gap.action.clone(), gap.owner.as_str(), needs.of_gap(gap))
        };
        groups.entry(key).or_default().push(gap);
    }
    let mut tasks: Vec<Task<'g>> =
        groups.into_values().map(|gaps| task(instrument, gaps, components)).collect();
    tasks.sort_by(|a, b| a.priority.cmp(&b.priority));
    connect(instrument, &needs, &mut tasks);
    tasks
}

/// Nobody knows the level.
pub(super) fn finds_out(gap: &Gap) -> bool {
    gap.kind == GapKind::Unevidenced && gap.level.is_none()
}

fn task<'g>(
    instrument: &Instrument,
    mut gaps: Vec<&'g Gap>,
    components: &[ComponentValue],
) -> Task<'g> {
    gaps.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.id.cmp(&b.id)));
    let first = gaps[0];
    let title = match instrument.dimension(&first.dimension) {
        Some(Dimension { name, .. }) if finds_out(first) && gaps.len() > 1 => {
            format!("Find out what is not known: {name}")
        }
        _ => first.action.clone(),
    };
    let effort = gaps.iter().map(|gap| gap.effort).max().unwrap_or(Effort::Small);
    Task {
        title,
        owner: &first.owner,
        months: effort.months(),
        after: BTreeSet::new(),
        priority: priority(instrument, &gaps, components),
        gaps,
    }
}

fn priority(instrument: &Instrument, gaps: &[&Gap], components: &[ComponentValue]) -> Priority {
    let ground = |gap: &&&Gap| finds_out(gap) || governs(instrument, gap);
    let urgency = if gaps.iter().any(|gap| gap.kind == GapKind::Unsafe) {
        Urgency::Unsafe
    } else if gaps.iter().any(|gap| ground(&gap)) {
        Urgency::Ground
    } else {
        Urgency::Rest
    };
    let named = |component: &&ComponentValue| {
        gaps.iter().any(|gap| gap.building_blocks.contains(&component.building_block))
    };
    let component = components.iter().filter(named).map(|component| component.rank).min();
    let severity = gaps.iter().map(|gap| gap.severity).sum();
    Priority {
        urgency,
        component: component.unwrap_or(u32::MAX),
        severity: std::cmp::Reverse(severity),
        gap: gaps[0].id.clone(),
    }
}

/// Law or an institution that is hardly there.
fn governs(instrument: &Instrument, gap: &Gap) -> bool {
    let weak = gap.level.is_some_and(|level| level < LEAST);
    weak && gap.kind == GapKind::Ungoverned && layer_is(instrument, gap, &GOVERNING)
}

fn layer_is(instrument: &Instrument, gap: &Gap, layers: &[&str]) -> bool {
    let dimension = instrument.dimension(&gap.dimension);
    dimension.is_some_and(|dimension| layers.contains(&dimension.layer.as_str()))
}

/// Everything that an indicator depends on, through others too.
struct Needs<'i>(BTreeMap<&'i str, BTreeSet<&'i str>>);

impl<'i> Needs<'i> {
    fn of(instrument: &'i Instrument) -> Self {
        let mut direct: BTreeMap<&str, &Vec<String>> = BTreeMap::new();
        for indicator in &instrument.indicators {
            direct.insert(&indicator.id, &indicator.depends_on);
        }
        let mut all = BTreeMap::new();
        for indicator in &instrument.indicators {
            let mut found = BTreeSet::new();
            let mut open: Vec<&str> = indicator.depends_on.iter().map(String::as_str).collect();
            while let Some(next) = open.pop() {
                if found.insert(next) {
                    open.extend(
                        direct.get(next).into_iter().flat_map(|ids| ids.iter()).map(String::as_str),
                    );
                }
            }
            all.insert(indicator.id.as_str(), found);
        }
        Self(all)
    }

    /// Finding out waits for nothing. Gaps that share an action are one task only if they wait for the
    /// same: then the order of tasks has no circle, because that of indicators has none.
    fn of_gap(&self, gap: &Gap) -> BTreeSet<&'i str> {
        if finds_out(gap) {
            return BTreeSet::new();
        }
        self.0.get(gap.indicator.as_str()).cloned().unwrap_or_default()
    }
}

/// Draws the arrows: the instrument's first, because they always hold; then ours, as far as they close no circle.
fn connect(instrument: &Instrument, needs: &Needs<'_>, tasks: &mut [Task<'_>]) {
    let of_indicator: BTreeMap<&str, usize> = tasks
        .iter()
        .enumerate()
        .flat_map(|(index, task)| task.gaps.iter().map(move |gap| (gap.indicator.as_str(), index)))
        .collect();
    for (index, task) in tasks.iter_mut().enumerate() {
        let waits = task.gaps.iter().flat_map(|gap| needs.of_gap(gap));
        let found = waits.filter_map(|id| of_indicator.get(id).copied());
        task.after = found.filter(|before| *before != index).collect();
    }
    let mut ours = safeguards_first(instrument, tasks);
    ours.extend(governed_first(instrument, tasks, &of_indicator));
    for (before, after) in ours {
        if before != after && !waits_for(tasks, before, after) {
            tasks[after].after.insert(before);
        }
    }
    hurry_what_safeguards_wait_for(tasks);
    reduce(tasks);
}

/// Leaves out what follows from other arrows: a reader sees what a task waits for last.
fn reduce(tasks: &mut [Task<'_>]) {
    for index in 0..tasks.len() {
        let all = tasks[index].after.clone();
        let follows = |before: usize| {
            all.iter().any(|other| *other != before && waits_for(tasks, *other, before))
        };
        let kept = all.iter().copied().filter(|before| !follows(*before)).collect();
        tasks[index].after = kept;
    }
}

fn safeguards_first(instrument: &Instrument, tasks: &[Task<'_>]) -> Vec<(usize, usize)> {
    let is_unsafe = |task: &Task<'_>| task.priority.urgency == Urgency::Unsafe;
    let scales = |task: &Task<'_>| {
        !is_unsafe(task)
            && task.gaps.iter().any(|gap| !finds_out(gap) && layer_is(instrument, gap, &SCALING))
    };
    let mut pairs = Vec::new();
    for before in (0..tasks.len()).filter(|index| is_unsafe(&tasks[*index])) {
        let after = (0..tasks.len()).filter(|index| scales(&tasks[*index]));
        pairs.extend(after.map(|after| (before, after)));
    }
    pairs
}

/// Per component of the matrix: weak law and institutions of its "governed" cell before its "exists" cell.
fn governed_first(
    instrument: &Instrument,
    tasks: &[Task<'_>],
    of_indicator: &BTreeMap<&str, usize>,
) -> Vec<(usize, usize)> {
    let cells = |question: &'static str| {
        instrument.matrix.iter().filter(move |cell| cell.question == question)
    };
    let task_of = |id: &String| of_indicator.get(id.as_str()).copied();
    let mut pairs = Vec::new();
    for governed in cells("governed") {
        let law = governed.indicators.iter().filter_map(task_of);
        let law = law.filter(|index| tasks[*index].gaps.iter().any(|gap| governs(instrument, gap)));
        for before in law {
            let exists = cells("exist_functional").filter(|c| c.component == governed.component);
            let after = exists.flat_map(|cell| cell.indicators.iter().filter_map(task_of));
            let after = after.filter(|index| !tasks[*index].gaps.iter().any(|gap| finds_out(gap)));
            pairs.extend(after.map(|after| (before, after)));
        }
    }
    pairs
}

/// Whether `task` waits for `other`, through others too.
fn waits_for(tasks: &[Task<'_>], task: usize, other: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![task];
    while let Some(index) = open.pop() {
        if index == other {
            return true;
        }
        if seen.insert(index) {
            open.extend(&tasks[index].after);
        }
    }
    false
}

fn hurry_what_safeguards_wait_for(tasks: &mut [Task<'_>]) {
    let is_urgent = |task: &Task<'_>| task.priority.urgency == Urgency::Unsafe;
    let mut open: Vec<usize> = (0..tasks.len()).filter(|index| is_urgent(&tasks[*index])).collect();
    while let Some(index) = open.pop() {
        for before in tasks[index].after.clone() {
            if !is_urgent(&tasks[before]) {
                tasks[before].priority.urgency = Urgency::Unsafe;
                open.push(before);
            }
        }
    }
}
