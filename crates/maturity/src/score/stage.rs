//! The staged level of a country, and what holds it back.
//!
//! A level is reached when the weighted mean and every dimension reach what it asks, and from level 2 on, when every
//! critical indicator stands at 2 or more. What is unknown is not met: a critical indicator without a level, whether
//! unanswered, not planned or not asked by the profile, keeps the country at 1, and so does a dimension of which too
//! little is answered to name a band. A high level is a statement about a whole country, and must not come from
//! leaving out what would lower it.

use std::fmt;

use serde::Serialize;

use crate::instrument::{Instrument, MaturityLevel, TOP};
use crate::result::{DimensionScore, IndicatorScore, Points, Scores};
use crate::score::FULL_POINTS;

/// From this level on, every critical indicator must stand at [`CRITICAL_LEAST`].
const CRITICAL_FROM: u8 = 2;
/// Least level of a critical indicator.
pub const CRITICAL_LEAST: u8 = 2;

/// One thing that keeps a country from the next level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hindrance {
    /// A critical indicator below 2, or unknown.
    Critical { indicator: String, level: Option<u8>, not_planned: bool },
    /// Too little of the dimension is answered; thousandths.
    Coverage { dimension: String, coverage: i64, needs: i64 },
    /// The dimension scores too low.
    Dimension { dimension: String, score: Points, needs: Points },
    /// The mean is too low.
    Mean { mean: Points, needs: Points },
}

impl fmt::Display for Hindrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Critical { indicator, level: Some(level), .. } => {
                write!(
                    f,
                    "{indicator} is critical and stands at {level}: {CRITICAL_LEAST} is needed"
                )
            }
            Self::Critical { indicator, not_planned: true, .. } => {
                write!(f, "{indicator} is critical, and not planned or not asked")
            }
            Self::Critical { indicator, .. } => write!(f, "{indicator} is critical and not known"),
            Self::Coverage { dimension, coverage, needs } => {
                let (coverage, needs) = (Decimal(*coverage, 10), Decimal(*needs, 10));
                write!(
                    f,
                    "{dimension} is answered for {coverage} % of its weight: {needs} % is needed"
                )
            }
            Self::Dimension { dimension, score, needs } => {
                let (score, needs) = (Decimal(*score, 100), Decimal(*needs, 100));
                write!(f, "{dimension} scores {score}: {needs} is needed")
            }
            Self::Mean { mean, needs } => {
                let (mean, needs) = (Decimal(*mean, 100), Decimal(*needs, 100));
                write!(f, "the mean is {mean}: {needs} is needed")
            }
        }
    }
}

/// A whole number of tenths or hundredths.
struct Decimal(i64, i64);

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(value, unit) = *self;
        let digits = if unit == 100 { 2 } else { 1 };
        write!(f, "{}.{:0digits$}", value / unit, value % unit)
    }
}

impl Scores {
    /// What keeps the country from the next level, as values: `country.held_back_by` says the same in English.
    #[must_use]
    pub fn hindrances(&self, instrument: &Instrument) -> Vec<Hindrance> {
        hindrances(instrument, &self.dimensions, &self.indicators, self.country.mean)
    }
}

/// The highest level that is reached.
pub(super) fn level(
    instrument: &Instrument,
    dimensions: &[DimensionScore],
    indicators: &[IndicatorScore],
    mean: Points,
) -> u8 {
    ceiling(instrument, dimensions, indicators).min(by_mean(instrument, mean))
}

/// The highest level that dimensions and critical indicators allow, whatever the mean. Levels ask for no less than
/// those below them, so that this and [`by_mean`] can be found apart.
pub(super) fn ceiling(
    instrument: &Instrument,
    dimensions: &[DimensionScore],
    indicators: &[IndicatorScore],
) -> u8 {
    let allowed = instrument
        .levels
        .iter()
        .filter(|level| unmet(instrument, level, dimensions, indicators, FULL_POINTS).is_empty());
    allowed.map(|level| level.n).max().unwrap_or(0)
}

/// The highest level whose mean is reached.
pub(super) fn by_mean(instrument: &Instrument, mean: Points) -> u8 {
    let reached = instrument.levels.iter().filter(|level| mean >= 100 * level.mean_min);
    reached.map(|level| level.n).max().unwrap_or(0)
}

/// What is unmet of the level above the one reached: critical indicators first, then dimensions, both by weight, then
/// the mean.
pub(super) fn hindrances(
    instrument: &Instrument,
    dimensions: &[DimensionScore],
    indicators: &[IndicatorScore],
    mean: Points,
) -> Vec<Hindrance> {
    let reached = level(instrument, dimensions, indicators, mean);
    let next = instrument.levels.iter().find(|level| level.n == reached + 1);
    match next {
        Some(next) if reached < TOP => unmet(instrument, next, dimensions, indicators, mean),
        _ => Vec::new(),
    }
}

fn unmet(
    instrument: &Instrument,
    level: &MaturityLevel,
    dimensions: &[DimensionScore],
    indicators: &[IndicatorScore],
    mean: Points,
) -> Vec<Hindrance> {
    let mut unmet = Vec::new();
    if level.n >= CRITICAL_FROM {
        unmet.extend(critical(instrument, indicators));
    }
    let mut heaviest_first: Vec<&DimensionScore> = dimensions.iter().collect();
    heaviest_first.sort_by_key(|score| std::cmp::Reverse(weight(instrument, score)));
    unmet.extend(heaviest_first.into_iter().filter_map(|score| {
        dimension(score, 100 * level.dimension_min, instrument.rollup.band_needs_coverage)
    }));
    if mean < 100 * level.mean_min {
        unmet.push(Hindrance::Mean { mean, needs: 100 * level.mean_min });
    }
    unmet
}

fn critical(instrument: &Instrument, indicators: &[IndicatorScore]) -> Vec<Hindrance> {
    let pairs = instrument.indicators.iter().zip(indicators);
    let mut low: Vec<(i64, Hindrance)> = pairs
        .filter(|(asked, score)| {
            asked.critical && score.level.is_none_or(|level| level < CRITICAL_LEAST)
        })
        .map(|(asked, score)| {
            let weight = instrument.dimension(&asked.dimension).map_or(0, |found| found.weight);
            let hindrance = Hindrance::Critical {
                indicator: asked.id.clone(),
                level: score.level,
                not_planned: score.not_planned,
            };
            (weight * asked.weight, hindrance)
        })
        .collect();
    low.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    low.into_iter().map(|(_, hindrance)| hindrance).collect()
}

/// A level that asks nothing of dimensions asks no coverage of them either.
fn dimension(found: &DimensionScore, needs: Points, needs_coverage: i64) -> Option<Hindrance> {
    let dimension = found.id.clone();
    if needs == 0 {
        return None;
    }
    if found.score.is_none() || found.coverage < needs_coverage {
        let (coverage, needs) = (found.coverage, needs_coverage);
        return Some(Hindrance::Coverage { dimension, coverage, needs });
    }
    let score = found.score.unwrap_or(0);
    (score < needs).then_some(Hindrance::Dimension { dimension, score, needs })
}

/// A dimension's weight in the country's mean.
pub(super) fn weight(instrument: &Instrument, score: &DimensionScore) -> i64 {
    instrument.dimension(&score.id).map_or(0, |dimension| dimension.weight)
}
