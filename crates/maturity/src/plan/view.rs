//! Scores by id, and the level of a component.

use std::collections::BTreeMap;

use super::reference::reference;
use crate::instrument::{Indicator, Instrument};
use crate::result::{IndicatorScore, Scores};

/// Instrument and scores, looked up by id.
pub(super) struct View<'a> {
    pub(super) instrument: &'a Instrument,
    scores: BTreeMap<&'a str, &'a IndicatorScore>,
    indicators: BTreeMap<&'a str, &'a Indicator>,
}

impl<'a> View<'a> {
    pub(super) fn new(instrument: &'a Instrument, scores: &'a Scores) -> Self {
        Self {
            instrument,
            scores: scores.indicators.iter().map(|score| (score.id.as_str(), score)).collect(),
            indicators: instrument.indicators.iter().map(|one| (one.id.as_str(), one)).collect(),
        }
    }

    pub(super) fn indicator(&self, id: &str) -> Option<&'a Indicator> {
        self.indicators.get(id).copied()
    }

    pub(super) fn score(&self, id: &str) -> Option<&'a IndicatorScore> {
        self.scores.get(id).copied()
    }

    pub(super) fn level(&self, id: &str) -> Option<u8> {
        self.score(id)?.level
    }

    /// `core`, `layer1`, ...; empty for a dimension that the instrument does not have.
    pub(super) fn layer_of(&self, dimension: &str) -> &'a str {
        let found = self.instrument.dimensions.iter().find(|entry| entry.id == dimension);
        found.map_or("", |entry| entry.layer.as_str())
    }

    /// Lowest known level among the indicators that stand for the component; none when nothing is known.
    pub(super) fn component_level(&self, building_block: &str) -> Option<u8> {
        let component = reference().component(building_block)?;
        component.indicators.iter().filter_map(|id| self.level(id)).min()
    }
}
