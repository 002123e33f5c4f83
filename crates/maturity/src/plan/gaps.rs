//! What is missing for the country's own targets, each with an owner, an action and the test that shows it closed.

use std::collections::BTreeSet;

use crate::instrument::{Auto, Indicator, Instrument};
use crate::plan::block::{ALL, Blocks};
use crate::plan::catalogue::CATALOGUES;
use crate::plan::gap_kind::{self, LEAST};
use crate::result::{
    CostBand, Effort, Gap, GapKind, GateAnswer, IndicatorScore, RankedService, Scores,
};
use crate::round::Round;

/// Gate that no plan may put off.
const UNSAFE_GATE: &str = "UNSAFE";

/// Beside whole layers: GovStack specifies gateways, not payment rails, and no rules for private markets.
const OUTSIDE: [&str; 2] = ["PAY-01", "LEG-07"];

/// The layer of networks, power and hosting, which GovStack does not offer.
const INFRASTRUCTURE: &str = "layer1";

/// Gaps between levels and targets, the gravest first. What is not planned is no gap, and neither is what reached its
/// target; only a red gate of missing safeguards overrules both. An unknown critical indicator is a gap whose action
/// is to find out.
#[must_use]
pub fn gaps(
    instrument: &Instrument,
    round: &Round,
    scores: &Scores,
    services: &[RankedService],
) -> Vec<Gap> {
    let finder = Finder {
        instrument,
        blocks: Blocks::new(instrument, round, scores),
        services,
        red: red_safeguards(scores),
    };
    let pairs = instrument.indicators.iter().zip(&scores.indicators);
    let mut gaps: Vec<Gap> =
        pairs.filter_map(|(indicator, score)| finder.gap(indicator, score)).collect();
    gaps.sort_by(|a, b| {
        let key = |gap: &Gap| (gap.kind != GapKind::Unsafe, -gap.severity);
        key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
    });
    gaps
}

/// Safeguards that stand below what the red gate asks. The gate also names the components that run at scale.
fn red_safeguards(scores: &Scores) -> BTreeSet<&str> {
    let gates = scores.gates.iter();
    let red = gates.filter(|gate| gate.id == UNSAFE_GATE && gate.state == GateAnswer::Red);
    let names: BTreeSet<&str> = red.flat_map(|gate| &gate.because).map(String::as_str).collect();
    let low = |score: &&IndicatorScore| score.level.is_some_and(|level| level < LEAST);
    let weak = scores.indicators.iter().filter(low).map(|score| score.id.as_str());
    weak.filter(|id| names.contains(id)).collect()
}

struct Finder<'i> {
    instrument: &'i Instrument,
    blocks: Blocks<'i>,
    services: &'i [RankedService],
    red: BTreeSet<&'i str>,
}

impl Finder<'_> {
    fn gap(&self, indicator: &Indicator, score: &IndicatorScore) -> Option<Gap> {
        let red = self.red.contains(indicator.id.as_str());
        if score.not_planned && !red {
            return None;
        }
        let target = if red { score.target.max(LEAST) } else { score.target };
        match score.level {
            Some(level) if level >= target => return None,
            None if !indicator.critical || target == 0 => return None,
            _ => {}
        }
        let kind = gap_kind::kind(indicator, score, red, &self.blocks);
        let blocks_services = self.blocked(indicator);
        let distance = distance(score.level, target);
        let effort = effort(indicator, work(kind, score, target));
        Some(Gap {
            id: format!("GAP-{}-{}", kind.code(), indicator.id),
            kind,
            indicator: indicator.id.clone(),
            dimension: indicator.dimension.clone(),
            level: score.level,
            target,
            severity: self.severity(indicator, distance, blocks_services.len()),
            owner: CATALOGUES.owner(&indicator.dimension).responsible.clone(),
            effort,
            cost: cost(kind, indicator, effort),
            action: action(kind, indicator, score, target),
            building_blocks: indicator.gap.building_blocks.clone(),
            products: products(kind, indicator),
            exit_test: self.exit_test(kind, indicator, target),
            blocks_services,
            outside_govstack: self.outside(indicator),
        })
    }

    /// Services that wait for a component which the indicator is about.
    fn blocked(&self, indicator: &Indicator) -> Vec<String> {
        let named = &indicator.gap.building_blocks;
        let every = named.iter().any(|block| block == ALL);
        let waits = |service: &&RankedService| {
            service.missing.iter().any(|block| every || named.contains(block))
        };
        self.services.iter().filter(waits).map(|service| service.id.clone()).collect()
    }

    /// Hundredths: distance, weight, twice if critical, and up to twice again by the share of services that wait.
    fn severity(&self, indicator: &Indicator, distance: u8, blocked: usize) -> i64 {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let share = 100 * count(blocked) / count(self.services.len().max(1));
        let critical = if indicator.critical { 2 } else { 1 };
        i64::from(distance) * indicator.weight * critical * (100 + share)
    }

    fn exit_test(&self, kind: GapKind, indicator: &Indicator, target: u8) -> String {
        let probe = self.instrument.probes.iter().find(|p| indicator.probes.contains(&p.id));
        if let (Some(probe), true) = (probe, indicator.auto != Auto::None)
            && kind != GapKind::Unevidenced
        {
            return format!("{}: {}", probe.id, probe.passes);
        }
        let kinds: Vec<&str> = indicator.evidence.iter().map(|kind| kind.name()).collect();
        format!("evidence for level {target}: {}", kinds.join(" or "))
    }

    fn outside(&self, indicator: &Indicator) -> bool {
        let dimension = self.instrument.dimension(&indicator.dimension);
        dimension.is_some_and(|d| d.layer == INFRASTRUCTURE)
            || OUTSIDE.contains(&indicator.id.as_str())
    }
}

/// Levels to climb. What is unknown may be nothing or all: one step, to find out.
fn distance(level: Option<u8>, target: u8) -> u8 {
    level.map_or(1, |level| target.saturating_sub(level))
}

/// By levels to climb times weight, which stands for size: one level is small, the whole way of a weighty matter large.
/// Networks take years from two levels on.
fn effort(indicator: &Indicator, distance: u8) -> Effort {
    if indicator.dimension == "INF" && distance >= 2 {
        return Effort::Large;
    }
    match i64::from(distance) * indicator.weight {
        ..=3 => Effort::Small,
        4..=6 => Effort::Medium,
        _ => Effort::Large,
    }
}

/// Words cost less than systems, and systems less than networks.
fn cost(kind: GapKind, indicator: &Indicator, effort: Effort) -> CostBand {
    match effort {
        Effort::Small => CostBand::Low,
        Effort::Medium => CostBand::Middle,
        Effort::Large if kind == GapKind::Ungoverned => CostBand::Middle,
        Effort::Large
            if indicator.gap.building_blocks.is_empty() && indicator.dimension != "INF" =>
        {
            CostBand::Middle
        }
        Effort::Large => CostBand::High,
    }
}

/// Levels that work must climb: where only the proof is missing, from the claim on.
fn work(kind: GapKind, score: &IndicatorScore, target: u8) -> u8 {
    match (kind, score.claimed) {
        (GapKind::Unevidenced, Some(claimed)) => target.saturating_sub(claimed),
        _ => distance(score.level, target),
    }
}

fn action(kind: GapKind, indicator: &Indicator, score: &IndicatorScore, target: u8) -> String {
    match kind {
        GapKind::Unevidenced if score.level.is_none() => format!("Find out: {}", indicator.title),
        GapKind::Unevidenced if work(kind, score, target) == 0 => {
            format!("Collect evidence: {}", indicator.title)
        }
        GapKind::Contradicted => format!("Correct the answer or the system: {}", indicator.title),
        _ => indicator.gap.action.clone(),
    }
}

/// No product closes a gap of law, proof or repair.
fn products(kind: GapKind, indicator: &Indicator) -> Vec<String> {
    let buys = matches!(
        kind,
        GapKind::Missing | GapKind::Siloed | GapKind::NotInteroperable | GapKind::DependentOnOne
    );
    if buys { CATALOGUES.products_for(&indicator.gap.building_blocks) } else { Vec::new() }
}

impl GapKind {
    /// The word in ids.
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
