//! What a post holds: delegations with numbers left, and a link that comes and goes.

use super::delegation::NoNumber;
use basis::{Id, Timestamp};

/// A delegation that was taken in, and how many of its numbers are used.
#[derive(Clone, Debug)]
pub struct Held {
    /// The delegation.
    pub id: Id,
    /// As the registrar signed it.
    pub token: String,
    /// First number.
    pub first: i64,
    /// How many numbers.
    pub numbers: i64,
    /// How many of them are given out.
    pub used: i64,
    /// From when, in microseconds since 1970.
    pub from: i64,
    /// Until when; not included.
    pub until: i64,
}

impl Held {
    /// Numbers that are not given out.
    #[must_use]
    pub const fn left(&self) -> i64 {
        self.numbers - self.used
    }

    /// Whether something can be registered under it now.
    #[must_use]
    pub const fn is_in_force(&self, now: Timestamp) -> bool {
        self.from <= now.micros() && now.micros() < self.until
    }
}

/// The delegation to register under now: the first with time and numbers left.
///
/// # Errors
/// [`NoNumber`], why there is none.
pub fn choose(held: &[Held], now: Timestamp) -> Result<&Held, NoNumber> {
    let mut in_force = held.iter().filter(|one| one.is_in_force(now)).peekable();
    if in_force.peek().is_some() {
        return in_force.find(|one| one.left() > 0).ok_or(NoNumber::UsedUp);
    }
    match held {
        [] => Err(NoNumber::NoDelegation),
        all if all.iter().any(|one| one.from > now.micros()) => Err(NoNumber::NotYet),
        _ => Err(NoNumber::Ended),
    }
}

/// How the link to the registrar is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Failures in a row.
    pub failures: i64,
    /// Not before, in microseconds since 1970.
    pub next_at: i64,
    /// When conflicts were asked about last, in microseconds since 1970.
    pub asked: i64,
    /// What the last attempt met with; empty after a success.
    pub last_error: String,
}

/// The longest pause between two attempts, in seconds.
const PAUSE_SECONDS_MAX: i64 = 60;
/// Between two questions about conflicts, in seconds.
const ASK_SECONDS: i64 = 30;

impl Link {
    /// After an attempt that failed: the pause doubles from a second to a minute.
    #[must_use]
    pub fn failed(&self, now: Timestamp, error: String) -> Self {
        let doubled = 1_i64 << self.failures.clamp(0, 6);
        let next = now.plus_seconds(doubled.min(PAUSE_SECONDS_MAX));
        Self {
            failures: self.failures + 1,
            next_at: next.micros(),
            last_error: error,
            ..self.clone()
        }
    }

    /// After an attempt that was answered.
    #[must_use]
    pub const fn answered(&self) -> Self {
        Self { failures: 0, next_at: 0, asked: self.asked, last_error: String::new() }
    }

    /// Whether it is time to ask about conflicts.
    #[must_use]
    pub fn is_time_to_ask(&self, now: Timestamp) -> bool {
        now.seconds_since(Timestamp::from_micros(self.asked)) >= ASK_SECONDS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(numbers: i64, used: i64, from: i64, until: i64) -> Held {
        let (id, token) = (Id::from_bytes([1; 16]), String::new());
        Held { id, token, first: 0, numbers, used, from, until }
    }

    #[test]
    fn the_first_with_time_and_numbers_left_is_used() {
        let now = Timestamp::from_micros(50);
        let chosen = |all: &[Held]| choose(all, now).map(|one| one.numbers);
        assert_eq!(chosen(&[]), Err(NoNumber::NoDelegation));
        assert_eq!(chosen(&[held(1, 1, 0, 100)]), Err(NoNumber::UsedUp));
        assert_eq!(chosen(&[held(1, 0, 0, 50)]), Err(NoNumber::Ended));
        assert_eq!(chosen(&[held(1, 0, 51, 60)]), Err(NoNumber::NotYet));
        assert_eq!(chosen(&[held(1, 0, 0, 50), held(2, 2, 0, 100), held(3, 2, 0, 100)]), Ok(3));
    }

    #[test]
    fn pauses_grow_to_a_minute_and_end_with_an_answer() {
        let (mut link, now) = (Link::default(), Timestamp::from_micros(0));
        let mut pauses = Vec::new();
        for _ in 0..9 {
            link = link.failed(now, "no link".to_owned());
            pauses.push(link.next_at / 1_000_000);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(link.answered(), Link::default());
    }
}
