//! Logarithms without floats: a rank may not depend on the machine it was computed on.

/// Bits behind the binary point.
const FRACTION_BITS: u32 = 16;

/// log2(1 + value), in units of 2^-16.
fn log2_of_one_more(value: u64) -> u64 {
    let number = value.saturating_add(1);
    let whole = u64::from(63 - number.leading_zeros());
    // The mantissa in [1, 2), with 31 bits behind the point; each squaring brings one more bit of the logarithm.
    let mut mantissa = (number << number.leading_zeros()) >> 32;
    let mut log = whole;
    for _ in 0..FRACTION_BITS {
        mantissa = (mantissa * mantissa) >> 31;
        log <<= 1;
        if mantissa >= 1 << 32 {
            mantissa >>= 1;
            log |= 1;
        }
    }
    log
}

/// log(1 + value) / log(1 + largest), in thousandths; 0 when the largest is 0.
pub(crate) fn share_of_largest(value: u64, largest: u64) -> i64 {
    let divisor = log2_of_one_more(largest);
    if divisor == 0 {
        return 0;
    }
    let thousandths = (log2_of_one_more(value.min(largest)) * 1000 + divisor / 2) / divisor;
    i64::try_from(thousandths).unwrap_or(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_two_have_whole_logarithms() {
        for power in 0..63 {
            assert_eq!(log2_of_one_more((1 << power) - 1), power << FRACTION_BITS);
        }
    }

    #[test]
    fn shares_are_those_of_a_pocket_calculator() {
        // ln(1001)/ln(1000001) = 0.50007; ln(51)/ln(101) = 0.85195; ln(250001)/ln(4000001) = 0.81761
        let cases = [(1000, 1_000_000, 500), (50, 100, 852), (250_000, 4_000_000, 818)];
        for (value, largest, share) in cases {
            assert_eq!(share_of_largest(value, largest), share, "{value} of {largest}");
        }
    }

    #[test]
    fn the_ends_hold() {
        assert_eq!(share_of_largest(0, 10), 0);
        assert_eq!(share_of_largest(0, 0), 0);
        assert_eq!(share_of_largest(u64::MAX, u64::MAX), 1000);
        assert!(share_of_largest(30, 1000) > 400, "a logarithm lifts small values");
    }

    #[test]
    fn a_larger_value_never_has_a_smaller_share() {
        let mut before = 0;
        for value in 0..5000 {
            let share = share_of_largest(value, 5000);
            assert!(share >= before, "{value}");
            before = share;
        }
    }
}
