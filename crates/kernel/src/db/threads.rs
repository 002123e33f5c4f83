//! SQLite's writer thread, which shares commits, and how a closure runs on it and on the readers.

use super::error::DbError;
use super::tx::{Connection, Tx, TxFuture};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll, Waker};
use tokio::sync::mpsc;

/// Tells a waiting caller how its closure and the commit went.
pub(super) type Reply = Box<dyn FnOnce(Result<(), DbError>) + Send>;
/// A closure on its way to a thread; it gets an error instead of a transaction when none could begin.
pub(super) type Job = Box<dyn FnOnce(Result<&mut Tx, DbError>) -> Reply + Send>;

/// Closures that share one commit at the most.
const SHARED: usize = 1_024;

/// Starts the writer thread; it ends when the last sender is gone.
pub(super) fn start_writer(block: &str, tx: Tx) -> Result<mpsc::Sender<Job>, DbError> {
    let (sender, jobs) = mpsc::channel(4 * SHARED);
    spawn(&format!("{block}-write"), move || write_loop(tx, jobs))?;
    Ok(sender)
}

pub(super) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), DbError> {
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread
        .spawn(work)
        .map(drop)
        .map_err(|error| DbError::Unavailable(format!("thread {name}: {error}")))
}

/// No timer: a batch is whatever queued up while the previous commit ran.
fn write_loop(mut tx: Tx, mut jobs: mpsc::Receiver<Job>) {
    let mut replies: Vec<Reply> = Vec::with_capacity(SHARED);
    while let Some(first) = jobs.blocking_recv() {
        if let Err(error) = control(&tx, "BEGIN IMMEDIATE") {
            first(Err(error.clone()))(Err(error));
            continue;
        }
        let mut emitted = false;
        let mut next = Some(first);
        while let Some(job) = next {
            replies.push(job(Ok(&mut tx)));
            emitted |= tx.emitted;
            next = if replies.len() < SHARED { jobs.try_recv().ok() } else { None };
        }
        let committed = control(&tx, "COMMIT");
        if committed.is_err() {
            // The engine may have rolled back by itself already; then this says so and changes nothing.
            let _ = control(&tx, "ROLLBACK");
        }
        if emitted && committed.is_ok() {
            tx.shared.emitted.notify_one();
        }
        for reply in replies.drain(..) {
            reply(committed.clone());
        }
    }
}

/// Runs one closure inside the open transaction so that its failure undoes its own statements only.
pub(super) fn in_savepoint<T, E, F>(tx: &mut Tx, closure: F) -> Result<T, E>
where
    F: for<'t> FnOnce(&'t mut Tx) -> TxFuture<'t, T, E>,
    E: From<DbError>,
{
    tx.reset();
    control(tx, "SAVEPOINT closure")?;
    let outcome = ready(tx, closure);
    if outcome.is_ok() && !tx.failed {
        control(tx, "RELEASE closure")?;
        return outcome;
    }
    tx.emitted = false;
    control(tx, "ROLLBACK TO closure")?;
    control(tx, "RELEASE closure")?;
    // A closure that swallows a failed statement would commit half its work.
    outcome.and_then(|_| Err(DbError::Aborted.into()))
}

/// Polls the closure's future once: it has nothing to wait for but this thread.
pub(super) fn ready<T, E, F>(tx: &mut Tx, closure: F) -> Result<T, E>
where
    F: for<'t> FnOnce(&'t mut Tx) -> TxFuture<'t, T, E>,
    E: From<DbError>,
{
    let polled = catch_unwind(AssertUnwindSafe(|| {
        closure(tx).as_mut().poll(&mut Context::from_waker(Waker::noop()))
    }));
    match polled {
        Ok(Poll::Ready(outcome)) => outcome,
        Ok(Poll::Pending) => {
            tx.failed = true;
            Err(DbError::Closure("it awaited something other than its transaction".to_owned())
                .into())
        }
        Err(panic) => {
            tx.failed = true;
            Err(DbError::Closure(panic_text(panic.as_ref())).into())
        }
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "it panicked".to_owned())
}

pub(super) fn control(tx: &Tx, sql: &str) -> Result<(), DbError> {
    match &tx.connection {
        Connection::Sqlite(sqlite) => sqlite.control(sql),
        Connection::Postgres(_) => unreachable!("these threads own SQLite connections only"),
    }
}
