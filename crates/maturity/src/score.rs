//! From answers, evidence and measurements to levels: indicators first, then dimensions, the twelve cells, the gates
//! and the country.
//!
//! Means and gates do not touch each other: a red gate is shown on its cell and never lowers a score, because a
//! better answer must not lower a mean. What caps the country's level are the critical indicators ([`stage`]).
//!
//! "Not planned", by a target or by the profile, takes an indicator out of every mean and out of coverage. Gates and
//! the critical indicators look at facts, not at plans: they use the level where there is an answer and count it as
//! unknown where there is none. So nobody gets past a gate by not planning what it asks for.

use std::collections::BTreeMap;

use crate::instrument::{Indicator, Instrument};
use crate::result::{CountryScore, DimensionScore, GateState, IndicatorScore, Points, Scores};
use crate::round::Round;
use tally::Tally;

mod days;
mod evidence;
mod gate;
mod geometric;
mod indicator;
mod matrix;
mod measured;
mod sensitivity;
pub mod stage;
mod tally;

/// 100.00 points.
pub const FULL_POINTS: Points = 10_000;

/// Scores a round under an instrument. The same two give the same scores everywhere.
#[must_use]
pub fn score(instrument: &Instrument, round: &Round) -> Scores {
    let score = |asked| indicator::score(instrument, round, asked);
    let indicators: Vec<IndicatorScore> = instrument.indicators.iter().map(score).collect();
    let pairs = Pairs::new(instrument, &indicators);
    let gates: Vec<GateState> =
        instrument.gates.iter().map(|gate| gate::state(gate, &pairs)).collect();
    let matrix = matrix::cells(instrument, &pairs, &gates);
    let dimensions: Vec<DimensionScore> = instrument
        .dimensions
        .iter()
        .filter_map(|dimension| dimension_score(instrument, &dimension.id, &pairs))
        .collect();
    let country = country(instrument, &dimensions, &indicators);
    let sensitivity = sensitivity::sensitivity(instrument, &dimensions, &indicators);
    Scores { country, dimensions, indicators, matrix, gates, sensitivity }
}

/// Indicators with their scores, by id.
struct Pairs<'s>(BTreeMap<&'s str, (&'s Indicator, &'s IndicatorScore)>);

impl<'s> Pairs<'s> {
    fn new(instrument: &'s Instrument, scores: &'s [IndicatorScore]) -> Self {
        let pairs = instrument.indicators.iter().zip(scores);
        Self(pairs.map(|(asked, score)| (asked.id.as_str(), (asked, score))).collect())
    }

    fn get(&self, id: &str) -> Option<(&'s Indicator, &'s IndicatorScore)> {
        self.0.get(id).copied()
    }
}

/// None when nothing of the dimension is asked and planned.
fn dimension_score(instrument: &Instrument, id: &str, pairs: &Pairs<'_>) -> Option<DimensionScore> {
    let its_own = pairs.0.values().filter(|(asked, _)| asked.dimension == id);
    let tally = Tally::of(its_own.copied());
    if tally.is_empty() {
        return None;
    }
    Some(DimensionScore {
        id: id.to_owned(),
        score: tally.score(),
        low: tally.low(),
        high: tally.high(),
        coverage: tally.coverage(),
        band: tally.band(instrument),
        unavailable: tally.unavailable,
    })
}

fn country(
    instrument: &Instrument,
    dimensions: &[DimensionScore],
    indicators: &[IndicatorScore],
) -> CountryScore {
    let weight = |score: &DimensionScore| stage::weight(instrument, score);
    let weighted = |points: fn(&DimensionScore) -> Points| {
        tally::mean(dimensions.iter().map(|score| (weight(score), points(score))))
    };
    let answered =
        || dimensions.iter().filter_map(|score| score.score.map(|points| (weight(score), points)));
    let weakest = dimensions.iter().filter(|score| score.score.is_some());
    let weakest = weakest.min_by_key(|score| score.score);
    let mean = tally::mean(answered()).unwrap_or(0);
    let level = stage::level(instrument, dimensions, indicators, mean);
    let next = stage::hindrances(instrument, dimensions, indicators, mean);
    CountryScore {
        mean,
        low: weighted(|score| score.low).unwrap_or(0),
        high: weighted(|score| score.high).unwrap_or(FULL_POINTS),
        geometric: geometric::mean(answered()),
        weakest: weakest.map(|score| score.id.clone()).unwrap_or_default(),
        level,
        held_back_by: next.iter().map(ToString::to_string).collect(),
        coverage: tally::share(dimensions.iter().map(|score| (weight(score), score.coverage))),
    }
}
