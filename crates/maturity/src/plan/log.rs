//! Logarithms in whole numbers, so that no machine ranks services differently from another.

/// Binary digits after the point.
const DIGITS: u32 = 16;

/// `log2(1 + value)`, scaled by 2^16. Off by less than one unit in the last place.
fn log2_of_one_more(value: u64) -> i64 {
    let number = u128::from(value) + 1;
    let whole = number.ilog2();
    // The mantissa lies in [1, 2) with 63 binary digits: its square fits 128 bits.
    let mut mantissa = (number << 63) >> whole;
    let mut result = i64::from(whole);
    for _ in 0..DIGITS {
        mantissa = (mantissa * mantissa) >> 63;
        result *= 2;
        if mantissa >= 1 << 64 {
            result += 1;
            mantissa >>= 1;
        }
    }
    result
}

/// `log(1 + value) / log(1 + largest)` in thousandths; 0 where the largest is 0.
pub(super) fn share(value: u64, largest: u64) -> i64 {
    if largest == 0 {
        return 0;
    }
    log2_of_one_more(value) * 1000 / log2_of_one_more(largest)
}

#[cfg(test)]
mod tests {
    use super::{log2_of_one_more, share};

    #[test]
    fn powers_of_two_are_exact() {
        assert_eq!(log2_of_one_more(0), 0);
        assert_eq!(log2_of_one_more(1), 1 << 16);
        assert_eq!(log2_of_one_more(1023), 10 << 16);
        assert_eq!(log2_of_one_more(u64::MAX), 64 << 16);
    }

    #[test]
    fn other_numbers_agree_with_a_table_of_logarithms() {
        // log2(10) = 3.321928094887, log2(1001) = 9.967226258836
        assert_eq!(log2_of_one_more(9), 217_705);
        assert_eq!(log2_of_one_more(1000), 653_212);
        assert_eq!(share(9, 1000), 333);
        assert_eq!(share(1000, 1000), 1000);
        assert_eq!(share(0, 0), 0);
    }
}
