//! How far the result hangs on the weights: the same scores under 2,000 other weightings of the dimensions.

use crate::instrument::Instrument;
use crate::result::{DimensionScore, IndicatorScore, Sensitivity};
use crate::score::{stage, tally};

const DRAWS: u32 = 2_000;
/// Each weight is multiplied by 500 to 1500 thousandths.
const LEAST: u64 = 500;
const SPAN: u64 = 1_001;
/// Fixed, so that a report can be computed again. The number has no meaning.
const SEED: u64 = 0x5eed_0f0a_55e5_5ed0;

pub(super) fn sensitivity(
    instrument: &Instrument,
    dimensions: &[DimensionScore],
    indicators: &[IndicatorScore],
) -> Sensitivity {
    let answered: Vec<(i64, i64)> = dimensions
        .iter()
        .filter_map(|score| score.score.map(|points| (stage::weight(instrument, score), points)))
        .collect();
    let ceiling = stage::ceiling(instrument, dimensions, indicators);
    let mut draws = SplitMix(SEED);
    let mut means = Vec::new();
    let mut levels = [0; 5];
    for _ in 0..DRAWS {
        let drawn = answered.iter().map(|(weight, points)| (weight * draws.factor(), *points));
        let mean = tally::mean(drawn).unwrap_or(0);
        let level = stage::by_mean(instrument, mean).min(ceiling);
        levels[usize::from(level)] += 1;
        means.push(mean);
    }
    Sensitivity {
        draws: DRAWS,
        mean_low: means.iter().copied().min().unwrap_or(0),
        mean_high: means.iter().copied().max().unwrap_or(0),
        levels,
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, and the same on every machine. Not for secrets.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Thousandths.
    fn factor(&mut self) -> i64 {
        i64::try_from(LEAST + self.next() % SPAN).expect("at most 1500")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_splitmix64() {
        // First outputs for the seed 1234567, as published with the algorithm.
        let mut draws = SplitMix(1_234_567);
        assert_eq!(draws.next(), 6_457_827_717_110_365_317);
        assert_eq!(draws.next(), 3_203_168_211_198_807_973);
    }
}
