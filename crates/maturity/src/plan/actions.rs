//! From gaps to actions: gaps with one action are one, what is to find out is gathered by owner, and an action that
//! is longer than its owner can carry becomes several steps.

use std::collections::{BTreeMap, BTreeSet};

use super::reference::{Owner, reference};
use super::view::View;
use super::words::Language;
use crate::result::{ComponentValue, CostBand, Effort, Gap, GapKind};

/// Indicator of the operators' own maturity; it limits how long a project may be.
const OPERATOR_MATURITY: &str = "CAP-02";

/// An action before it has months.
pub(super) struct Draft<'a> {
    pub(super) title: String,
    /// Worst first; never empty.
    pub(super) gaps: Vec<&'a Gap>,
    pub(super) owner: &'static Owner,
    pub(super) phase: u8,
    pub(super) months: u32,
    pub(super) cost: CostBand,
    /// Positions of drafts that come first.
    pub(super) after: BTreeSet<usize>,
    /// 1 of `steps`.
    pub(super) step: u32,
    pub(super) steps: u32,
    /// Smaller goes first.
    pub(super) urgency: (u8, u8, u32, i64),
}

impl Draft<'_> {
    pub(super) fn lead(&self) -> &Gap {
        self.gaps[0]
    }

    /// Level that a gap has when this step ends.
    pub(super) fn level_after(&self, gap: &Gap) -> u8 {
        let from = gap.level.unwrap_or(0);
        let way = u32::from(gap.target.saturating_sub(from));
        let gone = (way * self.step).div_ceil(self.steps);
        from.saturating_add(u8::try_from(gone).unwrap_or(0)).min(gap.target)
    }
}

/// Whether a gap asks for knowledge instead of work.
pub(super) fn is_to_find_out(kind: GapKind) -> bool {
    matches!(kind, GapKind::Unevidenced | GapKind::Contradicted)
}

/// Actions in no order yet, with what each waits for.
pub(super) fn drafts<'a>(
    view: &View,
    gaps: &'a [Gap],
    components: &[ComponentValue],
) -> Vec<Draft<'a>> {
    let language = Language::of(view.instrument);
    let mut groups: BTreeMap<(String, &str), Vec<&Gap>> = BTreeMap::new();
    for gap in gaps {
        let owner = reference().owner_of(&gap.dimension).responsible.as_str();
        groups.entry((title(gap, language), owner)).or_default().push(gap);
    }
    // Titles are words of a language; ids are not. The plan must be one in every language.
    let mut groups: Vec<(String, Vec<&Gap>)> =
        groups.into_iter().map(|((title, _), gaps)| (title, gaps)).collect();
    groups.sort_by_key(|(_, gaps)| gaps.iter().map(|gap| gap.id.as_str()).min());
    let limit = months_limit(view);
    let mut drafts = Vec::new();
    for (title, gaps) in groups {
        let whole = whole(view, title, gaps, components);
        push_steps(&mut drafts, whole, limit);
    }
    link(view, &mut drafts);
    drafts
}

fn title(gap: &Gap, language: Language) -> String {
    if is_to_find_out(gap.kind) {
        language.gathered(gap.kind == GapKind::Unevidenced, &gap.owner)
    } else {
        gap.action.clone()
    }
}

fn whole<'a>(
    view: &View,
    title: String,
    mut gaps: Vec<&'a Gap>,
    components: &[ComponentValue],
) -> Draft<'a> {
    gaps.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.id.cmp(&b.id)));
    let lead = gaps[0];
    let phase = gaps.iter().map(|gap| phase(view, gap)).min().unwrap_or(1);
    let effort = gaps.iter().map(|gap| gap.effort).max().unwrap_or(Effort::Small);
    let worth = rank_of_component(lead, components);
    let class = match lead.kind {
        GapKind::Unsafe => 0,
        GapKind::Unevidenced | GapKind::Contradicted => 1,
        _ => 2,
    };
    Draft {
        owner: reference().owner_of(&lead.dimension),
        phase,
        months: effort.months(),
        cost: gaps.iter().map(|gap| gap.cost).max().unwrap_or(CostBand::Low),
        after: BTreeSet::new(),
        step: 1,
        steps: 1,
        urgency: (class, phase, worth, -lead.severity),
        title,
        gaps,
    }
}

/// Safeguards and finding out belong to the first phase, whatever they are about.
fn phase(view: &View, gap: &Gap) -> u8 {
    if gap.kind == GapKind::Unsafe || is_to_find_out(gap.kind) {
        return 1;
    }
    let Some(indicator) = view.indicator(&gap.indicator) else {
        return 1;
    };
    let layer = view.layer_of(&gap.dimension);
    reference().gap_rules.rule_for(indicator, layer, gap.level.unwrap_or(0)).phase
}

fn rank_of_component(gap: &Gap, components: &[ComponentValue]) -> u32 {
    let serves = |one: &&ComponentValue| {
        let component = reference().component(&one.building_block);
        component.is_some_and(|component| component.indicators.contains(&gap.indicator))
    };
    components.iter().filter(serves).map(|one| one.rank).min().unwrap_or(u32::MAX)
}

/// PAERA: projects of 6 to 9 months on the ground floor, up to 12 on level 1, 18 to 24 above. Unknown maturity gets
/// the shortest.
fn months_limit(view: &View) -> u32 {
    match view.level(OPERATOR_MATURITY) {
        None | Some(0) => 9,
        Some(1) => 12,
        Some(_) => 24,
    }
}

fn push_steps<'a>(drafts: &mut Vec<Draft<'a>>, whole: Draft<'a>, limit: u32) {
    let steps = whole.months.div_ceil(limit);
    for step in 1..=steps {
        let mut after = BTreeSet::new();
        if step > 1 {
            after.insert(drafts.len() - 1);
        }
        drafts.push(Draft {
            title: whole.title.clone(),
            gaps: whole.gaps.clone(),
            months: whole.months.div_ceil(steps),
            after,
            step,
            steps,
            ..whole
        });
    }
}

/// What comes first: indicators that an indicator depends on, the answer before the work, and safeguards before
/// anything grows.
fn link(view: &View, drafts: &mut [Draft]) {
    let mut last_of: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut known_by: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut safety = Vec::new();
    for (at, draft) in drafts.iter().enumerate().filter(|(_, draft)| draft.step == draft.steps) {
        let finds_out = is_to_find_out(draft.lead().kind);
        for gap in &draft.gaps {
            let index = if finds_out { &mut known_by } else { &mut last_of };
            index.entry(gap.indicator.clone()).or_default().push(at);
        }
        if draft.lead().kind == GapKind::Unsafe {
            safety.push(at);
        }
    }
    for (at, draft) in drafts.iter_mut().enumerate().filter(|(_, draft)| draft.step == 1) {
        if is_to_find_out(draft.lead().kind) {
            continue;
        }
        for gap in &draft.gaps {
            let needs = view.indicator(&gap.indicator).map_or(&[][..], |one| &one.depends_on);
            let first = needs.iter().filter_map(|id| last_of.get(id)).flatten();
            let answers = known_by.get(&gap.indicator).into_iter().flatten();
            draft.after.extend(first.chain(answers));
        }
        if draft.gaps.iter().any(|gap| grows(view, gap)) {
            draft.after.extend(&safety);
        }
        draft.after.remove(&at);
    }
}

/// Work that lets more people or data run over what is there already.
fn grows(view: &View, gap: &Gap) -> bool {
    let spreads =
        matches!(gap.kind, GapKind::Siloed | GapKind::NotInteroperable | GapKind::NotFunctional);
    spreads && ["core", "services", "regional"].contains(&view.layer_of(&gap.dimension))
}
