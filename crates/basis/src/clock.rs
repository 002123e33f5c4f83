//! The clock: the only place in the workspace that asks for the time of day.

use crate::Timestamp;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Tells the time: the system's, or a test's. Cheap to clone; clones of a mock share its time.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    /// The anchor is what [`Clock::monotonic_micros`] counts from.
    System(Instant),
    Mock(MockClock),
}

/// Moves the time of the mock [`Clock`] it was made with.
#[derive(Clone)]
pub struct MockClock(Arc<Mutex<MockState>>);

struct MockState {
    now: Timestamp,
    elapsed_micros: i64,
}

impl Clock {
    /// The operating system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System(Instant::now()))
    }

    /// A clock that stands still at `start` until its [`MockClock`] moves it.
    #[must_use]
    pub fn mock(start: Timestamp) -> (Self, MockClock) {
        let mock = MockClock(Arc::new(Mutex::new(MockState { now: start, elapsed_micros: 0 })));
        (Self(Source::Mock(mock.clone())), mock)
    }

    /// The current time. It may step backwards when the operating system corrects its clock: measure durations with
    /// [`Clock::monotonic_micros`].
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System(_) => system_now(),
            Source::Mock(mock) => mock.state().now,
        }
    }

    /// Microseconds since this clock was made; never decreases. For durations and timeouts within one process.
    #[must_use]
    pub fn monotonic_micros(&self) -> i64 {
        match &self.0 {
            Source::System(anchor) => saturating_i64(anchor.elapsed().as_micros()),
            Source::Mock(mock) => mock.state().elapsed_micros,
        }
    }
}

impl MockClock {
    /// Moves the time by `seconds`, backwards if negative (a corrected clock; monotonic time then stands still).
    pub fn advance_seconds(&self, seconds: i64) {
        let mut state = self.state();
        let target = state.now.plus_seconds(seconds);
        state.move_to(target);
    }

    /// Sets the time. Monotonic time follows forwards and stands still backwards.
    pub fn set(&self, now: Timestamp) {
        self.state().move_to(now);
    }

    fn state(&self) -> MutexGuard<'_, MockState> {
        // A test that panicked while holding the lock left two plain numbers: nothing can be half-done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MockState {
    fn move_to(&mut self, target: Timestamp) {
        let passed = target.micros().saturating_sub(self.now.micros()).max(0);
        self.elapsed_micros = self.elapsed_micros.saturating_add(passed);
        self.now = target;
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::System(_) => f.write_str("Clock::system"),
            Source::Mock(mock) => write!(f, "Clock::mock({})", mock.state().now),
        }
    }
}

impl fmt::Debug for MockClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MockClock({})", self.state().now)
    }
}

fn system_now() -> Timestamp {
    let micros = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => saturating_i64(since.as_micros()),
        Err(before) => saturating_i64(before.duration().as_micros()).saturating_neg(),
    };
    Timestamp::from_micros(micros)
}

fn saturating_i64(micros: u128) -> i64 {
    i64::try_from(micros).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_shareable<T: Clone + Send + Sync + 'static>(_: &T) {}

    #[test]
    fn the_system_clock_is_after_this_was_written_and_moves() {
        let clock = Clock::system();
        assert_shareable(&clock);
        assert!(clock.now() > "2026-01-01T00:00:00Z".parse().unwrap());
        let first = clock.monotonic_micros();
        while clock.monotonic_micros() == first {
            std::hint::spin_loop();
        }
        assert!(clock.monotonic_micros() > first);
    }

    #[test]
    fn a_mock_stands_still_until_moved_and_its_clones_share_its_time() {
        let start = Timestamp::from_micros(5);
        let (clock, mock) = Clock::mock(start);
        assert_shareable(&mock);
        let clone = clock.clone();
        assert_eq!((clock.now(), clock.now()), (start, start));
        mock.advance_seconds(60);
        assert_eq!(clone.now(), Timestamp::from_micros(60_000_005));
        mock.clone().set(start);
        assert_eq!(clone.now(), start);
    }

    #[test]
    fn monotonic_time_of_a_mock_never_goes_back() {
        let (clock, mock) = Clock::mock(Timestamp::from_micros(1_000_000));
        assert_eq!(clock.monotonic_micros(), 0);
        mock.advance_seconds(2);
        mock.set(Timestamp::EPOCH);
        mock.advance_seconds(-1);
        assert_eq!(clock.monotonic_micros(), 2_000_000);
        mock.set(Timestamp::from_micros(500_000));
        assert_eq!(clock.monotonic_micros(), 3_500_000);
    }

    #[test]
    fn debug_shows_a_mocks_time() {
        let (clock, mock) = Clock::mock(Timestamp::EPOCH);
        assert_eq!(format!("{clock:?}"), "Clock::mock(1970-01-01T00:00:00Z)");
        assert_eq!(format!("{mock:?}"), "MockClock(1970-01-01T00:00:00Z)");
        assert_eq!(format!("{:?}", Clock::system()), "Clock::system");
    }
}
