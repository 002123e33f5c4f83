//! Sums over a group of indicators, and what follows from them.

use crate::instrument::{Indicator, Instrument, TOP};
use crate::result::{IndicatorScore, Measured, Points};
use crate::score::{FULL_POINTS, stage};

/// Weights and levels of those indicators that are asked and planned.
#[derive(Default)]
pub(super) struct Tally {
    /// Weight of all.
    weight: i64,
    /// Weight of those with a level.
    answered: i64,
    /// Level times weight.
    sum: i64,
    /// One of them does not answer its probe.
    pub(super) unavailable: bool,
}

impl Tally {
    pub(super) fn of<'s>(pairs: impl Iterator<Item = (&'s Indicator, &'s IndicatorScore)>) -> Self {
        let mut tally = Self::default();
        for (asked, score) in pairs.filter(|(_, score)| !score.not_planned) {
            tally.weight += asked.weight;
            tally.unavailable |= matches!(score.measured, Measured::Unavailable | Measured::Lost);
            if let Some(level) = score.level {
                tally.answered += asked.weight;
                tally.sum += asked.weight * i64::from(level);
            }
        }
        tally
    }

    pub(super) fn is_empty(&self) -> bool {
        self.weight == 0
    }

    /// Over what is answered; none when nothing is.
    pub(super) fn score(&self) -> Option<Points> {
        points(self.sum, self.answered)
    }

    /// With every unknown at 0.
    pub(super) fn low(&self) -> Points {
        points(self.sum, self.weight).unwrap_or(0)
    }

    /// With every unknown at 4.
    pub(super) fn high(&self) -> Points {
        let unknown = i64::from(TOP) * (self.weight - self.answered);
        points(self.sum + unknown, self.weight).unwrap_or(FULL_POINTS)
    }

    /// Thousandths of the weight that are answered, rounded down: 79.96 % is not 80 %.
    pub(super) fn coverage(&self) -> i64 {
        if self.weight == 0 { 0 } else { 1000 * self.answered / self.weight }
    }

    /// Level by score alone; none below the coverage that a band needs.
    pub(super) fn band(&self, instrument: &Instrument) -> Option<u8> {
        let score = self.score()?;
        if self.coverage() < instrument.rollup.band_needs_coverage {
            return None;
        }
        Some(stage::by_mean(instrument, score))
    }
}

/// The mean of levels as points, rounded to the nearest hundredth.
fn points(sum: i64, weight: i64) -> Option<Points> {
    (weight > 0).then(|| nearest(FULL_POINTS * sum, i64::from(TOP) * weight))
}

/// Weighted mean, rounded to the nearest; none without weight.
pub(super) fn mean(values: impl Iterator<Item = (i64, i64)>) -> Option<i64> {
    let (weight, sum) = sums(values);
    (weight > 0).then(|| nearest(sum, weight))
}

/// Weighted mean of shares, rounded down; 0 without weight.
pub(super) fn share(values: impl Iterator<Item = (i64, i64)>) -> i64 {
    let (weight, sum) = sums(values);
    if weight > 0 { sum / weight } else { 0 }
}

fn sums(values: impl Iterator<Item = (i64, i64)>) -> (i64, i64) {
    values.fold((0, 0), |(weights, sum), (weight, value)| (weights + weight, sum + weight * value))
}

fn nearest(numerator: i64, denominator: i64) -> i64 {
    (2 * numerator + denominator) / (2 * denominator)
}
