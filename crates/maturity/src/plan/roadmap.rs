//! The roadmap: actions in order, with months, roles, phases and milestones.

use std::collections::{BTreeMap, BTreeSet};

use super::actions::{Draft, drafts, is_to_find_out};
use super::reference::{Owner, reference};
use super::schedule::{Slot, critical_path, schedule};
use super::view::View;
use super::words::Language;
use crate::instrument::Instrument;
use crate::result::{Action, ComponentValue, Gap, Milestone, Phase, Raci, Roadmap, Scores};
use crate::round::Round;

/// Actions that an owner can do at a time, unless told otherwise.
const PARALLEL: usize = 2;
const PHASES: std::ops::RangeInclusive<u8> = 1..=4;

/// What a plan is made under.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// Actions that an owner can do at a time; 0 counts as 1.
    pub parallel: usize,
    /// The same for single owners, by id of the role.
    pub parallel_of: BTreeMap<String, usize>,
    /// Ids of gaps that nobody closes.
    pub left_open: BTreeSet<String>,
}

impl Default for Conditions {
    fn default() -> Self {
        Self { parallel: PARALLEL, parallel_of: BTreeMap::new(), left_open: BTreeSet::new() }
    }
}

/// The roadmap that closes all gaps. The round is not read yet: everything that the plan needs stands in the scores
/// and gaps.
#[must_use]
pub fn roadmap(
    instrument: &Instrument,
    _round: &Round,
    scores: &Scores,
    gaps: &[Gap],
    components: &[ComponentValue],
) -> Roadmap {
    roadmap_under(&Conditions::default(), instrument, scores, gaps, components)
}

/// The roadmap under other conditions.
#[must_use]
pub fn roadmap_under(
    conditions: &Conditions,
    instrument: &Instrument,
    scores: &Scores,
    gaps: &[Gap],
    components: &[ComponentValue],
) -> Roadmap {
    let view = View::new(instrument, scores);
    let to_close: Vec<Gap> =
        gaps.iter().filter(|gap| !conditions.left_open.contains(&gap.id)).cloned().collect();
    let drafts = drafts(&view, &to_close, components);
    let slots = schedule(&drafts, |owner| {
        conditions.parallel_of.get(owner).copied().unwrap_or(conditions.parallel)
    });
    let names = names(&drafts, &slots);
    let language = Language::of(instrument);
    let mut actions: Vec<Action> =
        (0..drafts.len()).map(|at| action(&view, language, &drafts, &slots, &names, at)).collect();
    actions.sort_by(|a, b| a.id.cmp(&b.id));
    Roadmap {
        phases: phases(&actions, language),
        milestones: milestones(&view, language, &drafts, &slots),
        critical_path: critical_path(&slots).into_iter().map(|at| names[at].clone()).collect(),
        months: slots.iter().map(|slot| slot.last_month).max().unwrap_or(0),
        actions,
    }
}

/// `ACT-001`, counted by first month and urgency, with as many digits as the longest needs so that they sort.
fn names(drafts: &[Draft], slots: &[Slot]) -> Vec<String> {
    let mut order: Vec<usize> = (0..drafts.len()).collect();
    order.sort_by_key(|at| (slots[*at].first_month, drafts[*at].urgency, *at));
    let width = drafts.len().to_string().len().max(2);
    let mut names = vec![String::new(); drafts.len()];
    for (number, at) in (1..).zip(order) {
        names[at] = format!("ACT-{number:0width$}");
    }
    names
}

fn action(
    view: &View,
    language: Language,
    drafts: &[Draft],
    slots: &[Slot],
    names: &[String],
    at: usize,
) -> Action {
    let (draft, slot) = (&drafts[at], slots[at]);
    let lead = draft.lead();
    let level = draft.level_after(lead);
    let indicator = view.indicator(&lead.indicator);
    let reached = indicator.and_then(|one| one.levels.get(usize::from(level)).cloned());
    let deliverable = if is_to_find_out(lead.kind) { None } else { reached };
    let exit_test = indicator.map(|one| language.exit_test(one, level));
    let blocks: Vec<String> =
        draft.gaps.iter().flat_map(|gap| gap.building_blocks.clone()).collect();
    Action {
        id: names[at].clone(),
        phase: draft.phase,
        title: language.step(&draft.title, draft.step, draft.steps),
        deliverable: deliverable.unwrap_or_else(|| language.answered()),
        gaps: draft.gaps.iter().map(|gap| gap.id.clone()).collect(),
        first_month: slot.first_month,
        last_month: slot.last_month,
        depends_on: draft
            .after
            .iter()
            .map(|first| names[*first].clone())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        raci: raci(draft.owner, language),
        decision_body: reference().role_name(&draft.owner.decision_body, language),
        standards: reference().standards_for(&blocks),
        cost: draft.cost,
        funding: language.funding(draft.cost),
        indicator: lead.indicator.clone(),
        exit_test: exit_test.unwrap_or_else(|| lead.exit_test.clone()),
    }
}

fn raci(owner: &Owner, language: Language) -> Raci {
    let name = |id: &String| reference().role_name(id, language);
    Raci {
        responsible: name(&owner.responsible),
        accountable: name(&owner.accountable),
        consulted: owner.consulted.iter().map(name).collect(),
        informed: owner.informed.iter().map(name).collect(),
    }
}

/// Phases overlap where an early phase has a long action; one without actions is left out.
fn phases(actions: &[Action], language: Language) -> Vec<Phase> {
    let mut phases = Vec::new();
    for n in PHASES {
        let of_it = || actions.iter().filter(|action| action.phase == n);
        let first = of_it().map(|action| action.first_month).min();
        let last = of_it().map(|action| action.last_month).max();
        if let (Some(first_month), Some(last_month)) = (first, last) {
            phases.push(Phase { n, name: language.phase(n), first_month, last_month });
        }
    }
    phases
}

/// A level reached by work; finding out reaches none.
fn milestones(view: &View, language: Language, drafts: &[Draft], slots: &[Slot]) -> Vec<Milestone> {
    let mut milestones = Vec::new();
    for (draft, slot) in drafts.iter().zip(slots) {
        for gap in draft.gaps.iter().filter(|gap| !is_to_find_out(gap.kind)) {
            let Some(indicator) = view.indicator(&gap.indicator) else {
                continue;
            };
            let level = draft.level_after(gap);
            milestones.push(Milestone {
                month: slot.last_month,
                says: language.milestone(indicator, level),
                indicator: gap.indicator.clone(),
                level,
            });
        }
    }
    milestones
        .sort_by(|a, b| (a.month, &a.indicator, a.level).cmp(&(b.month, &b.indicator, b.level)));
    milestones
}
