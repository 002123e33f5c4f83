//! SQLite's reader threads: they come when a closure finds none at leisure, and go when nobody needs them.
//!
//! Each holds a connection of its own, which costs a few hundred kilobytes: the parsed schema, statements, pages. Most
//! blocks are not read from for hours, so an installation at rest keeps none of them.

use super::error::DbError;
use super::threads::{Job, control, spawn};
use super::tx::Tx;
use basis::Clock;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Threads that read each block's file; more do not help on two cores.
const READERS: usize = 2;
/// How long a reader that nobody needs stays.
const REST: Duration = Duration::from_secs(10);

/// Opens a reader's connection.
type Open = Box<dyn Fn() -> Result<Tx, DbError> + Send + Sync>;

/// The readers of one block. The threads end when it is dropped.
pub(super) struct Readers(Arc<Pool>);

struct Pool {
    block: String,
    clock: Clock,
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
    pub(super) fn new(block: &str, clock: Clock, open: Open) -> Self {
        let (block, state) = (block.to_owned(), Mutex::default());
        Self(Arc::new(Pool { block, clock, open, state, changed: Condvar::new() }))
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
            match &mut connection {
                Ok(tx) => run(tx, job),
                Err(error) => job(Err(error.clone()))(Err(error.clone())),
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
                state.running > 1 && u128::try_from(rested).unwrap_or(0) > REST.as_micros();
            if state.over || is_spare {
                break;
            }
            state.waiting += 1;
            let (woken, wait) =
                self.changed.wait_timeout(state, REST).unwrap_or_else(PoisonError::into_inner);
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

fn run(tx: &mut Tx, job: Job) {
    match control(tx, "BEGIN") {
        Ok(()) => {
            let reply = job(Ok(&mut *tx));
            reply(control(tx, "COMMIT"));
        }
        Err(error) => job(Err(error.clone()))(Err(error)),
    }
}
