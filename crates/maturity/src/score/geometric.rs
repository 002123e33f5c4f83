//! Weighted geometric mean without floats: two machines cannot differ in the last digit.

use crate::result::Points;
use crate::score::FULL_POINTS;

/// Bits after the point of a logarithm. The error stays far below half a hundredth of a point.
const FRACTION_BITS: u32 = 40;

/// Rounded to the nearest hundredth; 0 if a value is 0 or there is none.
pub(super) fn mean(values: impl Iterator<Item = (i64, Points)>) -> Points {
    let values: Vec<(i64, Points)> = values.collect();
    let weight: i128 = values.iter().map(|(weight, _)| i128::from(*weight)).sum();
    if weight == 0 || values.iter().any(|(_, points)| *points <= 0) {
        return 0;
    }
    // In halves of a hundredth, so that "nearest" is a comparison of whole numbers.
    let sum = values.iter().map(|(weight, points)| i128::from(*weight) * log2(2 * *points)).sum();
    let reaches = |points: Points| weight * log2(2 * points - 1) <= sum;
    let (mut low, mut high) = (0, FULL_POINTS);
    while low < high {
        let middle = (low + high + 1) / 2;
        if reaches(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}

/// Logarithm to the base 2 of a whole number of at least 1, with [`FRACTION_BITS`] bits after the point: each squaring
/// of the mantissa yields one bit.
fn log2(value: i64) -> i128 {
    let value = value.unsigned_abs().max(1);
    let whole = value.ilog2();
    let mut mantissa = u128::from(value) << (63 - whole);
    let mut log = i128::from(whole);
    for _ in 0..FRACTION_BITS {
        mantissa = (mantissa * mantissa) >> 63;
        log <<= 1;
        if mantissa >> 64 > 0 {
            mantissa >>= 1;
            log |= 1;
        }
    }
    log
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[(i64, Points)], expected: Points) {
        assert_eq!(mean(values.iter().copied()), expected, "{values:?}");
    }

    #[test]
    fn matches_means_known_by_hand() {
        check(&[(1, 7_500)], 7_500);
        check(&[(3, 1), (2, 1)], 1);
        check(&[(1, 10_000), (1, 10_000)], 10_000);
        check(&[(1, 2_500), (1, 10_000)], 5_000);
        check(&[(1, 5_000), (1, 7_500)], 6_124); // 61.237
        check(&[(3, 1_000), (1, 10_000)], 1_778); // 17.783
        check(&[(2, 0), (1, 10_000)], 0);
        check(&[], 0);
    }
}
