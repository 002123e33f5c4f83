//! Numbers on certificates: the year of registration, eleven digits and a Verhoeff check digit over
//! them, `2026-381920471224`.
//!
//! Numbers whose eleven digits begin with 9 are given out in ranges to posts without a link. All others
//! are random, so that they tell nothing of the order.

use basis::{Rng, Timestamp, verhoeff};

/// Digits before the check digit.
const DIGITS: usize = 11;
/// The first number for posts.
pub const FIRST_FOR_POSTS: i64 = 90_000_000_000;
/// The last number for posts.
pub const LAST_FOR_POSTS: i64 = 99_999_999_999;

/// A random number of the registrar.
#[must_use]
pub fn certificate_number(now: Timestamp, rng: &Rng) -> String {
    let digits = format!("{}{}", rng.u64_below(9), rng.digits(DIGITS - 1));
    format!("{}-{}", year(now), verhoeff::append(&digits))
}

/// The certificate number that a post makes of one of its numbers.
#[must_use]
pub fn of_post(now: Timestamp, number: i64) -> String {
    format!("{}-{}", year(now), verhoeff::append(&format!("{number:011}")))
}

/// The number that a certificate of the year of `recorded` was made of; none if it cannot be one.
#[must_use]
pub fn number_in(certificate: &str, recorded: Timestamp) -> Option<i64> {
    let (of_year, digits) = certificate.split_once('-')?;
    let whole = digits.len() == DIGITS + 1 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if of_year != year(recorded) || !whole || !verhoeff::is_valid(digits) {
        return None;
    }
    digits[..DIGITS].parse().ok()
}

fn year(at: Timestamp) -> String {
    at.to_rfc3339().chars().take(4).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-03-14T08:00:00Z".parse().expect("a time")
    }

    #[test]
    fn certificate_numbers_carry_year_and_check_digit_and_leave_the_posts_theirs() {
        let rng = Rng::seeded(1);
        for _ in 0..200 {
            let certificate = certificate_number(now(), &rng);
            let (year, digits) = certificate.split_once('-').expect("two parts");
            assert_eq!((year, digits.len()), ("2026", 12));
            assert!(verhoeff::is_valid(digits));
            assert!(number_in(&certificate, now()).expect("a number") < FIRST_FOR_POSTS);
        }
    }

    #[test]
    fn a_posts_number_comes_back_and_a_changed_one_does_not() {
        let certificate = of_post(now(), FIRST_FOR_POSTS + 7);
        assert_eq!(number_in(&certificate, now()), Some(FIRST_FOR_POSTS + 7));
        let next_year = "2027-03-14T08:00:00Z".parse().expect("a time");
        assert_eq!(number_in(&certificate, next_year), None);
        for bad in ["", "2026", "2026-1", "2026-90000000007x", "2026-900000000071"] {
            assert_eq!(number_in(bad, now()), None, "{bad}");
        }
    }
}
