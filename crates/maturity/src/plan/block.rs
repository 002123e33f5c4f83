//! How far a Building Block stands, from the indicators that name it.

use std::collections::{BTreeMap, BTreeSet};

use crate::instrument::{Indicator, Instrument};
use crate::result::{IndicatorScore, Scores};
use crate::round::{Round, Target};

/// The exchange between institutions.
pub(super) const EXCHANGE: &str = "information-mediator";

/// In a hint, stands for every Building Block.
pub(super) const ALL: &str = "all";

/// From this level on a component carries a service; readiness counts no more than this.
pub(super) const ESTABLISHED: u8 = 3;

/// Building Blocks with the levels and plans of one round.
pub(super) struct Blocks<'i> {
    instrument: &'i Instrument,
    round: &'i Round,
    scores: BTreeMap<&'i str, &'i IndicatorScore>,
}

impl<'i> Blocks<'i> {
    pub(super) fn new(instrument: &'i Instrument, round: &'i Round, scores: &'i Scores) -> Self {
        let scores = scores.indicators.iter().map(|score| (score.id.as_str(), score)).collect();
        Self { instrument, round, scores }
    }

    /// Level of a Building Block: the weighted mean, rounded down, of the answered indicators that speak of it most
    /// directly. None when nobody answered one of them: unknown, not 0.
    pub(super) fn level(&self, block: &str) -> Option<u8> {
        self.tiers(block).iter().find_map(|tier| self.mean(tier))
    }

    /// The country decided not to build it: every indicator that says whether it exists is not planned.
    pub(super) fn declined(&self, block: &str) -> bool {
        let tiers = self.tiers(block);
        let Some(first) = tiers.iter().find(|tier| !tier.is_empty()) else { return false };
        first.iter().all(|indicator| {
            matches!(self.round.targets.get(&indicator.id), Some(Target::NotPlanned { .. }))
        })
    }

    /// Every Building Block that the instrument, a service or a system names.
    pub(super) fn names(&self) -> BTreeSet<String> {
        let hints = self.instrument.indicators.iter().flat_map(|i| &i.gap.building_blocks);
        let needs = self.round.services.iter().flat_map(|service| &service.needs);
        hints.chain(needs).filter(|block| *block != ALL).cloned().collect()
    }

    /// Indicators of a Building Block, the most direct first: does it exist, is it its core dimension's matter, is it
    /// what the indicator is first about, is it named at all.
    fn tiers(&self, block: &str) -> [Vec<&'i Indicator>; 4] {
        let of = |chosen: &dyn Fn(&Indicator) -> bool| -> Vec<&'i Indicator> {
            self.instrument.indicators.iter().filter(|indicator| chosen(indicator)).collect()
        };
        let first = |i: &Indicator| i.gap.building_blocks.first().is_some_and(|b| b == block);
        [
            of(&|i| first(i) && self.says_whether_it_exists(i)),
            of(&|i| first(i) && self.is_core(i)),
            of(&first),
            of(&|i| i.gap.building_blocks.iter().any(|named| named == block)),
        ]
    }

    fn says_whether_it_exists(&self, indicator: &Indicator) -> bool {
        let cells = self.instrument.matrix.iter();
        cells
            .filter(|c| c.question == "exist_functional")
            .any(|c| c.indicators.contains(&indicator.id))
    }

    fn is_core(&self, indicator: &Indicator) -> bool {
        self.instrument.dimension(&indicator.dimension).is_some_and(|d| d.layer == "core")
    }

    fn mean(&self, indicators: &[&Indicator]) -> Option<u8> {
        let (mut sum, mut weights) = (0, 0);
        for indicator in indicators {
            let score = self.scores.get(indicator.id.as_str());
            let Some(level) = score.and_then(|score| score.level) else { continue };
            sum += indicator.weight * i64::from(level);
            weights += indicator.weight;
        }
        if weights == 0 {
            return None;
        }
        u8::try_from(sum / weights).ok()
    }
}
