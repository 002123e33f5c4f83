//! Gaps: where a level is below what the country wants, where a claim is not carried, and where nobody knows.
//!
//! An indicator that is not planned, or whose target is reached, has no gap. Unknown is not a gap by itself: it
//! becomes "find out" for critical indicators and for components that a service of the catalogue needs; other
//! unknowns show as coverage.

use std::collections::BTreeSet;

use super::gap_rules::GapRule;
use super::reference::{Component, Reference, reference};
use super::view::View;
use super::words::Language;
use crate::instrument::{Indicator, Instrument};
use crate::result::{
    CostBand, Effort, Gap, GapKind, GateAnswer, IndicatorScore, Measured, RankedService, Scores,
};
use crate::round::Round;

/// Gate that says: running at scale ahead of its safeguards.
const UNSAFE_GATE: &str = "UNSAFE";
/// Below it something is not yet there in earnest, and a critical indicator holds the country back.
const PARTIAL: u8 = 2;
/// Highest level that a claim without evidence reaches.
const BARE_CLAIM: u8 = 1;

/// All gaps, worst first; of equals by id.
#[must_use]
pub fn gaps(
    instrument: &Instrument,
    round: &Round,
    scores: &Scores,
    services: &[RankedService],
) -> Vec<Gap> {
    let finder = Finder {
        view: View::new(instrument, scores),
        data: reference(),
        language: Language::of(instrument),
        unsafe_ones: held_back_by_safety(scores),
        needed: indicators_of_needed_components(round),
        services,
    };
    let mut gaps = Vec::new();
    for score in scores.indicators.iter().filter(|score| !score.not_planned) {
        let Some(indicator) = finder.view.indicator(&score.id) else {
            continue;
        };
        let found = finder.find(indicator, score);
        gaps.extend(found.into_iter().map(|found| finder.gap(indicator, score, &found)));
    }
    gaps.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.id.cmp(&b.id)));
    gaps
}

/// Indicators named by the red gate, which are below what it asks.
fn held_back_by_safety(scores: &Scores) -> BTreeSet<&str> {
    let red =
        |id: &str| scores.gates.iter().find(|gate| gate.id == id && gate.state == GateAnswer::Red);
    let because = red(UNSAFE_GATE).map_or(&[][..], |gate| gate.because.as_slice());
    because.iter().map(String::as_str).collect()
}

fn indicators_of_needed_components(round: &Round) -> BTreeSet<&'static str> {
    let needs = round.services.iter().flat_map(|service| &service.needs);
    let components = needs.filter_map(|block| reference().component(block));
    components.flat_map(|component| &component.indicators).map(String::as_str).collect()
}

/// One gap that was found, before it is written out.
struct Found {
    kind: GapKind,
    /// Levels to go.
    distance: u8,
    effort: Effort,
    cost: CostBand,
}

impl Found {
    fn small(kind: GapKind, distance: u8) -> Self {
        Self { kind, distance, effort: Effort::Small, cost: CostBand::Low }
    }
}

struct Finder<'a> {
    view: View<'a>,
    data: &'static Reference,
    language: Language,
    unsafe_ones: BTreeSet<&'a str>,
    needed: BTreeSet<&'static str>,
    services: &'a [RankedService],
}

impl Finder<'_> {
    fn find(&self, indicator: &Indicator, score: &IndicatorScore) -> Vec<Found> {
        let mut found = Vec::new();
        if score.contradicted {
            found.push(Found::small(GapKind::Contradicted, contradiction(score)));
        }
        let Some(level) = score.level else {
            if indicator.critical || self.needed.contains(indicator.id.as_str()) {
                // The distance is not known either; one level keeps the weight and the criticality in the order.
                found.push(Found::small(GapKind::Unevidenced, 1));
            }
            return found;
        };
        if level >= score.target {
            return found;
        }
        let distance = score.target - level;
        if is_unproven(score, level) {
            found.push(Found::small(GapKind::Unevidenced, distance));
            return found;
        }
        found.push(self.below_target(indicator, score, level, distance));
        found
    }

    fn below_target(
        &self,
        indicator: &Indicator,
        score: &IndicatorScore,
        level: u8,
        distance: u8,
    ) -> Found {
        let layer = self.view.layer_of(&indicator.dimension);
        let rule = self.data.gap_rules.rule_for(indicator, layer, level);
        let (effort, cost) = self.size(indicator, level, distance, rule);
        let is_unsafe = level < PARTIAL && self.unsafe_ones.contains(indicator.id.as_str());
        if is_unsafe {
            return Found { kind: GapKind::Unsafe, distance, effort, cost };
        }
        if does_not_work(score) {
            return Found::small(GapKind::NotFunctional, distance);
        }
        Found { kind: rule.kind, distance, effort, cost }
    }

    /// Founding a component has the component's size; one level to go is one size less than the rule's.
    fn size(
        &self,
        indicator: &Indicator,
        level: u8,
        distance: u8,
        rule: &GapRule,
    ) -> (Effort, CostBand) {
        let stands_for = |one: &&Component| one.indicators.contains(&indicator.id);
        match self.data.components.iter().find(stands_for) {
            Some(component) if level == 0 => match component.effort {
                Effort::Small => (Effort::Small, CostBand::Low),
                Effort::Medium => (Effort::Medium, CostBand::Middle),
                Effort::Large => (Effort::Large, CostBand::High),
            },
            _ if distance == 1 && rule.effort == Effort::Large => (Effort::Medium, rule.cost),
            _ if distance == 1 => (Effort::Small, rule.cost),
            _ => (rule.effort, rule.cost),
        }
    }

    fn gap(&self, indicator: &Indicator, score: &IndicatorScore, found: &Found) -> Gap {
        let blocks_services = self.services_waiting_for(indicator);
        let owner = self.data.owner_of(&indicator.dimension);
        Gap {
            id: format!("GAP-{}-{}", found.kind.code(), indicator.id),
            kind: found.kind,
            indicator: indicator.id.clone(),
            dimension: indicator.dimension.clone(),
            level: score.level,
            target: score.target,
            severity: self.severity(indicator, found.distance, blocks_services.len()),
            owner: self.data.role_name(&owner.responsible, self.language),
            effort: found.effort,
            cost: found.cost,
            action: self.action(indicator, score, found.kind),
            building_blocks: indicator.gap.building_blocks.clone(),
            products: self.products(indicator, score, found.kind),
            exit_test: self.language.exit_test(indicator, score.target),
            blocks_services,
            outside_govstack: self.data.gap_rules.is_outside_govstack(indicator),
        }
    }

    /// Services that lack a component whose level this indicator makes.
    fn services_waiting_for(&self, indicator: &Indicator) -> Vec<String> {
        let stands_for = |block: &String| {
            let component = self.data.component(block);
            component.is_some_and(|component| component.indicators.contains(&indicator.id))
        };
        let waiting = self.services.iter().filter(|service| service.missing.iter().any(stands_for));
        waiting.map(|service| service.id.clone()).collect()
    }

    /// (target - level) x weight x (2 if critical) x (1 + share of services blocked), in hundredths.
    fn severity(&self, indicator: &Indicator, distance: u8, blocked: usize) -> i64 {
        let critical = if indicator.critical { 2 } else { 1 };
        let all = self.services.len().max(1) as i64;
        let share = blocked as i64 * 100 / all;
        i64::from(distance) * indicator.weight * critical * (100 + share)
    }

    fn action(&self, indicator: &Indicator, score: &IndicatorScore, kind: GapKind) -> String {
        match kind {
            GapKind::Contradicted => self.language.correct(indicator),
            GapKind::Unevidenced if score.level.is_none() => self.language.find_out(indicator),
            GapKind::Unevidenced => self.language.bring_evidence(indicator),
            GapKind::NotFunctional if does_not_work(score) => self.language.repair(indicator),
            _ => indicator.gap.action.clone(),
        }
    }

    /// Products only where something may have to be chosen; where a thing exists, nothing is to be bought.
    fn products(
        &self,
        indicator: &Indicator,
        score: &IndicatorScore,
        kind: GapKind,
    ) -> Vec<String> {
        let to_choose = match kind {
            GapKind::Missing | GapKind::DependentOnOne => true,
            GapKind::Unsafe | GapKind::Excluding => score.level == Some(0),
            _ => false,
        };
        if !to_choose {
            return Vec::new();
        }
        self.data.products_for(&indicator.gap.building_blocks)
    }
}

/// The claim is higher than what its evidence carries, and nothing else holds it down.
fn is_unproven(score: &IndicatorScore, level: u8) -> bool {
    let Some(claimed) = score.claimed else {
        return false;
    };
    let held_by_evidence = level == score.cap && claimed > level;
    held_by_evidence && ((claimed >= PARTIAL && score.cap <= BARE_CLAIM) || claimed >= score.target)
}

/// Claimed to exist, but the probe found less, or it has been down for longer than the window.
fn does_not_work(score: &IndicatorScore) -> bool {
    let claimed_to_exist = score.claimed.is_some_and(|claimed| claimed >= PARTIAL);
    match score.measured {
        Measured::Lost => true,
        Measured::Level(level) => claimed_to_exist && level < PARTIAL,
        Measured::No | Measured::CannotBe | Measured::Unavailable => false,
    }
}

fn contradiction(score: &IndicatorScore) -> u8 {
    match (score.claimed, score.measured) {
        (Some(claimed), Measured::Level(level)) => claimed.abs_diff(level).max(1),
        _ => 1,
    }
}

impl GapKind {
    /// The kind inside an id: `NOT-FUNCTIONAL`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "MISSING",
            Self::NotFunctional => "NOT-FUNCTIONAL",
            Self::Siloed => "SILOED",
            Self::NotInteroperable => "NOT-INTEROPERABLE",
            Self::Ungoverned => "UNGOVERNED",
            Self::Unsafe => "UNSAFE",
            Self::Excluding => "EXCLUDING",
            Self::Unevidenced => "UNEVIDENCED",
            Self::Contradicted => "CONTRADICTED",
            Self::DependentOnOne => "DEPENDENT-ON-ONE",
        }
    }
}
