//! SQLite's reader threads: they come when a closure finds none at leisure, and go when nobody needs them.
//!
//! Each holds a connection of its own, which costs about 200 kB: the parsed schema, statements, pages. Most blocks are
//! not read from for hours; at rest only those keep a reader whose background work reads.

use super::error::DbError;
use super::threads::{Job, control, spawn};
use super::tx::Tx;
use basis::Clock;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Threads that read each block's file; more do not help on two cores.
const READERS: usize = 2;
/// How long a reader that nobody needs stays, in an installation.
pub(super) const REST: Duration = Duration::from_secs(10);

/// Opens a reader's connection.
type Open = Box<dyn Fn() -> Result<Tx, DbError> + Send + Sync>;

/// The readers of one block. The threads end when it is dropped.
pub(super) struct Readers(Arc<Pool>);

struct Pool {
    block: String,
    clock: Clock,
    rest: Duration,
    open: Open,
    state: Mutex<State>,
    /// Rung when there is a job, and when all is over.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// Threads there are.
    running: usize,
    /// Those of them that wait for a job.
    waiting: usize,
    /// When a job last found no reader at leisure, by the monotonic clock.
    pressed_at_micros: i64,
    over: bool,
}

impl Readers {
    /// Readers that stay for `rest` when nobody needs them.
    pub(super) fn new(block: &str, clock: Clock, rest: Duration, open: Open) -> Self {
        let (block, state) = (block.to_owned(), Mutex::default());
        Self(Arc::new(Pool { block, clock, rest, open, state, changed: Condvar::new() }))
    }

    /// Has a reader run the job.
    pub(super) fn send(&self, job: Job) -> Result<(), DbError> {
        let pool = &self.0;
        let mut state = pool.state();
        state.jobs.push_back(job);
        if state.jobs.len() > state.waiting {
            state.pressed_at_micros = pool.clock.monotonic_micros();
            if state.running < READERS {
                let own = pool.clone();
                spawn(&format!("{}-read{}", pool.block, state.running), move || own.work())?;
                state.running += 1;
            }
        }
        drop(state);
        pool.changed.notify_one();
        Ok(())
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.0.state().over = true;
        self.0.changed.notify_all();
    }
}

impl Pool {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A reader's life.
    fn work(&self) {
        let mut connection = (self.open)();
        while let Some(job) = self.next() {
            if connection.is_err() {
                connection = (self.open)();
            }
            let opened = connection.as_mut().map_err(|error| error.clone());
            match opened.and_then(|tx| control(tx, "BEGIN").map(|()| tx)) {
                Ok(tx) => job(Ok(&mut *tx))(control(tx, "COMMIT")),
                Err(error) => job(Err(error.clone()))(Err(error)),
            }
        }
    }

    /// The next job; `None` when this reader is to go.
    fn next(&self) -> Option<Job> {
        let mut state = self.state();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            let rested = self.clock.monotonic_micros() - state.pressed_at_micros;
            // Background work may come every other second, and one reader is enough for it.
            let is_spare =
                state.running > 1 && u128::try_from(rested).unwrap_or(0) > self.rest.as_micros();
            if state.over || is_spare {
                break;
            }
            state.waiting += 1;
            let (woken, wait) =
                self.changed.wait_timeout(state, self.rest).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            state.waiting -= 1;
            if wait.timed_out() && state.jobs.is_empty() {
                break;
            }
        }
        state.running -= 1;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::sqlite::{Sqlite, Use};
    use super::super::tx::{Connection, Shared};
    use super::*;
    use basis::Rng;
    use std::sync::mpsc;

    const SHORT: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_secs(10);

    fn readers(rest: Duration) -> Readers {
        let (clock, rng) = (Clock::system(), Rng::seeded(1));
        let (emitted, subscriptions) = Default::default();
        let block = "test".to_owned();
        let shared = Shared { block, clock: clock.clone(), rng, emitted, subscriptions };
        let shared = Arc::new(shared);
        let open = move || {
            let sqlite = Sqlite::open(std::path::Path::new(":memory:"), Use::Write, 64)?;
            Ok(Tx::new(Connection::Sqlite(sqlite), shared.clone(), false))
        };
        Readers::new("test", clock, rest, Box::new(open))
    }

    /// A job that says that it began and goes on when it may.
    fn job(began: &mpsc::Sender<()>) -> (Job, mpsc::Sender<()>) {
        let (go_on, may) = mpsc::channel();
        let began = began.clone();
        let job: Job = Box::new(move |tx| {
            tx.expect("opens");
            began.send(()).expect("heard");
            may.recv_timeout(LONG).expect("told to go on");
            Box::new(|_| {})
        });
        (job, go_on)
    }

    fn wait_for(readers: &Readers, running: usize) {
        for _ in 0..1_000 {
            if readers.0.state().running == running {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{} readers run, not {running}", readers.0.state().running);
    }

    #[test]
    fn readers_come_when_there_is_work_and_go_after_a_rest() {
        let readers = readers(SHORT);
        assert_eq!(readers.0.state().running, 0, "none before the first job");
        let (began, begun) = mpsc::channel();
        let jobs: Vec<_> = (0..READERS + 1)
            .map(|_| {
                let (job, go_on) = job(&began);
                readers.send(job).expect("taken");
                go_on
            })
            .collect();
        for _ in 0..READERS {
            begun.recv_timeout(LONG).expect("begins beside the other");
        }
        assert!(begun.recv_timeout(SHORT).is_err(), "no more than there are readers at once");
        for go_on in &jobs {
            go_on.send(()).expect("goes on");
        }
        begun.recv_timeout(LONG).expect("the last one is not forgotten");
        wait_for(&readers, 0);
        let (job, go_on) = job(&began);
        readers.send(job).expect("taken");
        begun.recv_timeout(LONG).expect("one comes back");
        go_on.send(()).expect("goes on");
    }

    #[test]
    fn one_reader_is_enough_for_work_that_comes_now_and_then() {
        let readers = readers(4 * SHORT);
        let (began, begun) = mpsc::channel();
        let both: Vec<_> = (0..READERS).map(|_| job(&began)).collect();
        let mut waiting = Vec::new();
        for (job, go_on) in both {
            readers.send(job).expect("taken");
            waiting.push(go_on);
        }
        for go_on in &waiting {
            begun.recv_timeout(LONG).expect("begins");
            go_on.send(()).expect("goes on");
        }
        for _ in 0..1_000 {
            std::thread::sleep(SHORT);
            let (job, go_on) = job(&began);
            go_on.send(()).expect("goes on");
            readers.send(job).expect("taken");
            begun.recv_timeout(LONG).expect("begins");
            if readers.0.state().running == 1 {
                return;
            }
        }
        panic!("the spare reader stays");
    }
}
