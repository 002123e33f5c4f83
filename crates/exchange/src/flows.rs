//! What passes, by service and hour: counted as it passes, so that nobody has to read the hop log for it.
//!
//! The counts live in memory. What was before the last start is counted from the log when somebody looks for the
//! first time, and no further back than [`READ_BACK_MAX`] calls.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use basis::Timestamp;
use tokio::sync::OnceCell;

use crate::error::ExchangeError;
use crate::exchange::Exchange;
use crate::hops::Direction;
use crate::message::first_id_at;
use crate::store;

/// How far back the view goes, hours.
pub(crate) const HOURS: i64 = 24;
/// Calls read from the log after a start at most.
pub(crate) const READ_BACK_MAX: i64 = 20_000;
/// Services by hour that are kept apart; whoever names services that are not there fills no memory.
const KEPT_MAX: usize = 10_000;
/// What is counted together beyond that.
const OTHERS: &str = "…";

/// Upper ends of the classes of duration, microseconds; the last class is open.
const CLASSES: [i64; 12] = [
    1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000,
    5_000_000,
];

/// Calls of one service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// All, refused ones too.
    pub calls: u64,
    /// Refused by the exchange.
    pub refused: u64,
    /// Answered with a status of 500 or more.
    pub failed: u64,
    durations: [u32; CLASSES.len() + 1],
}

impl Tally {
    fn answered(&mut self, status: i64, micros: i64) {
        self.failed += u64::from(status >= 500);
        let class = CLASSES.iter().position(|end| micros < *end).unwrap_or(CLASSES.len());
        self.durations[class] = self.durations[class].saturating_add(1);
    }

    /// Answers that came, whatever they said.
    pub fn answers(&self) -> u64 {
        self.durations.iter().map(|count| u64::from(*count)).sum()
    }

    /// Calls that the exchange let pass and that came to nothing: answered with a status of 500 or more, or
    /// not answered; those under way are among them for a moment.
    pub fn in_vain(&self) -> u64 {
        self.failed + self.calls.saturating_sub(self.refused + self.answers())
    }

    /// Adds what another one counted.
    pub fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.refused += other.refused;
        self.failed += other.failed;
        for (own, more) in self.durations.iter_mut().zip(other.durations) {
            *own = own.saturating_add(more);
        }
    }

    /// The time within which `percent` of the answers came, microseconds, rounded up to the end of a class. None
    /// without answers, and where it lies in the open class.
    pub fn within(&self, percent: u64) -> Option<i64> {
        let wanted = (self.answers() * percent).div_ceil(100).max(1);
        let mut counted = 0;
        for (end, count) in CLASSES.iter().zip(self.durations) {
            counted += u64::from(count);
            if counted >= wanted {
                return Some(*end);
            }
        }
        None
    }
}

/// One row of the log, as far as it counts.
pub struct Passed {
    /// When it was asked.
    pub at: Timestamp,
    /// This end.
    pub direction: Direction,
    /// What was asked.
    pub service: String,
    /// Whether the exchange refused it.
    pub refused: bool,
    /// Status, and when the answer came.
    pub answer: Option<(i64, Timestamp)>,
}

/// Hour since 1970, end, service.
type Key = (i64, Direction, String);

/// The counts. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flows {
    kept: Arc<Mutex<BTreeMap<Key, Tally>>>,
    /// Set once the log has been read back.
    pub(crate) read_back: Arc<OnceCell<()>>,
}

impl Flows {
    /// A call was logged.
    pub(crate) fn asked(&self, at: Timestamp, direction: Direction, service: &str, refused: bool) {
        self.count(at, direction, service, |tally| {
            tally.calls += 1;
            tally.refused += u64::from(refused);
        });
    }

    /// Its answer came, `micros` later.
    pub(crate) fn answered(
        &self,
        at: Timestamp,
        direction: Direction,
        service: &str,
        status: i64,
        micros: i64,
    ) {
        self.count(at, direction, service, |tally| tally.answered(status, micros));
    }

    fn count(
        &self,
        at: Timestamp,
        direction: Direction,
        service: &str,
        how: impl FnOnce(&mut Tally),
    ) {
        let hour = hour_of(at);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        while kept.first_key_value().is_some_and(|((first, ..), _)| *first < hour - HOURS) {
            kept.pop_first();
        }
        let mut key = (hour, direction, service.to_owned());
        if kept.len() >= KEPT_MAX && !kept.contains_key(&key) {
            key.2 = OTHERS.to_owned();
        }
        how(kept.entry(key).or_default());
    }

    /// What passed in the last hours, the present one included.
    pub(crate) fn since(&self, now: Timestamp) -> Vec<(Key, Tally)> {
        let first = hour_of(now) - HOURS + 1;
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = kept.iter().filter(|((hour, ..), _)| *hour >= first);
        fresh.map(|(key, tally)| (key.clone(), *tally)).collect()
    }

    fn take(&self, passed: Passed) {
        let Passed { at, direction, service, refused, answer } = passed;
        self.asked(at, direction, &service, refused);
        if let Some((status, answered)) = answer {
            self.answered(at, direction, &service, status, answered.micros() - at.micros());
        }
    }
}

/// The hour a time is in, since 1970.
pub(crate) fn hour_of(at: Timestamp) -> i64 {
    at.unix_seconds().div_euclid(3_600)
}

impl Exchange {
    /// What passed in the last [`HOURS`], by hour, end and service.
    pub(crate) async fn flows(&self) -> Result<Vec<(Key, Tally)>, ExchangeError> {
        let flows = self.0.hops.flows();
        flows.read_back.get_or_try_init(|| self.read_back()).await?;
        Ok(flows.since(self.0.ctx.clock.now()))
    }

    async fn read_back(&self) -> Result<(), ExchangeError> {
        let from = first_id_at(self.0.ctx.clock.now().plus_seconds(-HOURS * 3_600));
        let until = self.0.started;
        let read =
            self.0.ctx.db.read(move |tx| {
                Box::pin(store::hops::passed_between(tx, from, until, READ_BACK_MAX))
            });
        let passed: Vec<Passed> = read.await?;
        passed.into_iter().for_each(|passed| self.0.hops.flows().take(passed));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(hours * 3_600 + 60)
    }

    #[test]
    fn durations_are_told_by_class() {
        let mut tally = Tally::default();
        assert_eq!(tally.within(50), None, "nothing answered");
        for _ in 0..95 {
            tally.answered(200, 1_500);
        }
        for _ in 0..5 {
            tally.answered(503, 9_000_000);
        }
        assert_eq!((tally.within(50), tally.within(95)), (Some(2_000), Some(2_000)));
        assert_eq!(tally.within(99), None, "in the open class");
        assert_eq!(tally.failed, 5);
    }

    #[test]
    fn what_got_no_answer_came_to_nothing() {
        let mut tally = Tally { calls: 10, refused: 2, ..Tally::default() };
        (0..5).for_each(|_| tally.answered(200, 1));
        tally.answered(503, 1);
        assert_eq!((tally.answers(), tally.in_vain()), (6, 3));
    }

    #[test]
    fn a_day_is_kept_and_no_more() {
        let flows = Flows::default();
        for hour in 0..60 {
            flows.asked(at(hour), Direction::Local, "TB/a", hour % 2 == 0);
        }
        let seen = flows.since(at(59));
        assert_eq!(seen.len(), 24);
        let sum =
            |count: fn(&Tally) -> u64| seen.iter().map(|(_, tally)| count(tally)).sum::<u64>();
        assert_eq!((sum(|tally| tally.calls), sum(|tally| tally.refused)), (24, 12));
    }

    #[test]
    fn made_up_services_fill_no_memory() {
        let flows = Flows::default();
        for number in 0..2 * KEPT_MAX {
            flows.asked(at(1), Direction::In, &format!("TB/{number}"), true);
        }
        let kept = flows.since(at(1));
        assert_eq!(kept.len(), KEPT_MAX + 1);
        let others = kept.iter().find(|((.., service), _)| service == OTHERS);
        assert_eq!(others.map(|(_, tally)| tally.calls), Some(10_000));
    }
}
