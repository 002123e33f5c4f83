//! How long somebody who guesses has to wait.

/// Wrong codes in a row that cost nothing.
const FREE: i64 = 5;
/// The first lock; it doubles with each further wrong code.
const FIRST_LOCK_SECONDS: i64 = 30;
/// The longest lock. Whoever is locked out by a stranger's guesses gets in again within the hour,
/// and three codes in a million an hour find nothing.
const LONGEST_LOCK_SECONDS: i64 = 3_600;

/// The pause after the `failures`-th wrong code in a row; none while it is a plain typing error.
#[must_use]
pub fn lock_seconds(failures: i64) -> Option<i64> {
    let beyond = failures - FREE;
    if beyond < 0 {
        return None;
    }
    Some((FIRST_LOCK_SECONDS << beyond.min(20)).min(LONGEST_LOCK_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_wrong_code_locks_and_each_further_one_longer() {
        let table = [
            (0, None),
            (1, None),
            (4, None),
            (5, Some(30)),
            (6, Some(60)),
            (7, Some(120)),
            (11, Some(1_920)),
            (12, Some(3_600)),
            (1_000_000, Some(3_600)),
        ];
        for (failures, seconds) in table {
            assert_eq!(lock_seconds(failures), seconds, "{failures}");
        }
    }
}
