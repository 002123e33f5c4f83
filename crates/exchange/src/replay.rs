//! Remembers messages of the last minutes, so that none is acted on twice.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Mutex, PoisonError};

use basis::{Id, Timestamp};

use crate::message::{WINDOW_SECONDS, first_id_at};

/// Message ids within the freshness window. Ids are UUIDv7, so the oldest come first and those
/// too old to be accepted anyway are dropped. After a restart it is filled from the hop log.
#[derive(Debug, Default)]
pub struct Seen(Mutex<BTreeSet<Id>>);

impl Seen {
    /// Notes a message; false if it was noted before.
    pub fn insert(&self, message: Id, now: Timestamp) -> bool {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = first_id_at(now.plus_seconds(-WINDOW_SECONDS - 1));
        while ids.first().is_some_and(|id| *id < oldest) {
            ids.pop_first();
        }
        ids.insert(message)
    }

    /// Notes messages of the time before a restart.
    pub fn fill(&self, messages: impl IntoIterator<Item = Id>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(messages);
    }
}

/// Ids that are of no use any more until a time: of sign-in assertions that were used, until they have expired by
/// themselves.
#[derive(Debug, Default)]
pub struct SeenUntil(Mutex<HashSet<(i64, String)>>);

impl SeenUntil {
    /// Notes `id`, which is of no use after `expires` (Unix seconds); false if noted before.
    pub fn insert(&self, id: String, expires: i64, now: i64) -> bool {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ids.retain(|(until, _)| *until >= now);
        ids.insert((expires, id))
    }

    /// Whether `id` was noted and has not expired.
    pub fn has(&self, id: &str) -> bool {
        let ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ids.iter().any(|(_, noted)| noted == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::{Clock, Rng};

    #[test]
    fn a_message_counts_once_and_old_ones_are_forgotten() {
        let (clock, mock) = Clock::mock(Timestamp::from_micros(1_800_000_000_000_000));
        let (seen, rng) = (Seen::default(), Rng::seeded(1));
        let id = Id::mint(&clock, &rng);
        assert!(seen.insert(id, clock.now()));
        assert!(!seen.insert(id, clock.now()));
        mock.advance_seconds(WINDOW_SECONDS + 2);
        assert!(seen.insert(Id::mint(&clock, &rng), clock.now()));
        assert_eq!(seen.0.lock().unwrap().len(), 1, "the old id takes no memory");
    }

    #[test]
    fn an_assertion_counts_once_until_it_expires() {
        let seen = SeenUntil::default();
        assert!(seen.insert("a".to_owned(), 100, 50));
        assert!(!seen.insert("a".to_owned(), 100, 60));
        assert!(seen.insert("b".to_owned(), 300, 200));
        assert_eq!(seen.0.lock().unwrap().len(), 1);
    }
}
