//! Storage: one SQL text for SQLite and PostgreSQL behind a small facade.
//!
//! A block has one [`Db`]. All work is a closure over a [`Tx`]:
//!
//! ```ignore
//! self.db.write(move |tx| Box::pin(async move {
//!     store::insert_record(tx, &record).await?;
//!     Ok(record)
//! })).await
//! ```
//!
//! On SQLite the closure runs on the block's writer thread inside a savepoint, and closures that
//! wait together share one durable commit. On PostgreSQL it runs in a transaction of its own and
//! is run again after a serialization failure or deadlock, which is why closures are `Clone`.
//! The answer comes only after the commit is durable.
//!
//! Invariants: no driver type leaves this folder; a closure awaits nothing but its transaction.

mod copy;
mod error;
mod migrate;
mod postgres;
mod provision;
mod readers;
mod row;
mod size;
mod sql;
mod sqlite;
mod table;
mod threads;
mod tx;
mod value;

pub use error::DbError;
pub use migrate::Migration;
pub use provision::{PostgresPlace, drop_schemas};
pub use row::Row;
pub use table::{ColumnType, Table};
pub use tx::{Tx, TxFuture};
pub use value::{FromValue, Value};

use basis::{Clock, Rng};
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use futures_util::future::BoxFuture;
use postgres::Postgres;
use readers::Readers;
use sqlite::{Sqlite, Use};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use threads::Job;
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::NoTls;
use tx::{Connection, Shared};

/// Attempts before a colliding PostgreSQL transaction is given up.
const ATTEMPTS: u32 = 10;

/// Where an installation keeps its databases.
#[derive(Clone)]
pub enum Storage {
    /// One file a block in a directory.
    Sqlite {
        /// Directory; created if missing.
        directory: PathBuf,
        /// Page cache of each block's writer in KiB; readers get a quarter of it.
        cache_kib: u32,
    },
    /// One schema and role a block on a server.
    Postgres(PostgresPlace),
}

/// A block's database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    engine: Engine,
}

enum Engine {
    Sqlite { writer: mpsc::Sender<Job>, readers: Readers, path: PathBuf },
    Postgres(Pool),
}

impl Db {
    /// Opens the database of `block`, creating and migrating it where needed.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] or [`DbError::ReadOnly`] naming file or server;
    /// [`DbError::Migration`] when an applied migration was changed.
    pub async fn open(
        storage: &Storage,
        block: &str,
        migrations: &[Migration],
        clock: Clock,
        rng: Rng,
    ) -> Result<Self, DbError> {
        let shared = Arc::new(Shared {
            block: block.to_owned(),
            clock,
            rng,
            emitted: tokio::sync::Notify::new(),
            subscriptions: std::sync::OnceLock::new(),
        });
        let engine = match storage {
            Storage::Sqlite { directory, cache_kib } => {
                open_sqlite(directory, block, *cache_kib, &shared)?
            }
            Storage::Postgres(place) => Engine::Postgres(open_postgres(place, block).await?),
        };
        let db = Self { inner: Arc::new(Inner { shared, engine }) };
        let applied = migrate::run(&db, migrations).await?;
        if !applied.is_empty() {
            tracing::info!(block, count = applied.len(), "Applied migrations to {block}");
        }
        Ok(db)
    }

    /// Runs a closure that may write, and commits it durably.
    ///
    /// # Errors
    /// What the closure answers (its statements are undone), or a [`DbError`] of the commit.
    pub async fn write<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> TxFuture<'t, T, E> + Clone + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.inner.engine {
            Engine::Sqlite { writer, .. } => {
                let (job, answer) = job(threads::in_savepoint, closure);
                writer.send(job).await.map_err(|_| stopped())?;
                answer.await.map_err(|_| stopped())?
            }
            Engine::Postgres(pool) => Box::pin(self.write_postgres(pool, closure)).await,
        }
    }

    /// Runs a closure that only reads. On SQLite it sees one snapshot; on PostgreSQL each
    /// statement sees what was committed before it (READ COMMITTED).
    ///
    /// # Errors
    /// What the closure answers, or a [`DbError`].
    pub async fn read<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> TxFuture<'t, T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.inner.engine {
            Engine::Sqlite { readers, .. } => {
                let (job, answer) = job(threads::ready, closure);
                readers.send(job)?;
                answer.await.map_err(|_| stopped())?
            }
            Engine::Postgres(pool) => closure(&mut self.postgres(pool.clone(), false).await?).await,
        }
    }

    /// Names where events go: pairs of topic and destination. The first call counts; before it,
    /// and for topics not named, events have no subscriber and leave no row.
    pub fn subscribe(&self, subscriptions: Vec<(String, String)>) {
        let _ = self.inner.shared.subscriptions.set(subscriptions);
    }

    /// Waits until a transaction of this process has written to the outbox.
    pub async fn emitted(&self) {
        self.inner.shared.emitted.notified().await;
    }

    /// The block's name.
    #[must_use]
    pub fn block(&self) -> &str {
        &self.inner.shared.block
    }

    /// The clock that transactions use.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.shared.clock
    }

    /// The randomness that transactions use.
    #[must_use]
    pub fn rng(&self) -> &Rng {
        &self.inner.shared.rng
    }

    /// `sqlite` or `postgres`.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match &self.inner.engine {
            Engine::Sqlite { .. } => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }

    /// The database file, on SQLite.
    #[must_use]
    pub fn path(&self) -> Option<&std::path::Path> {
        match &self.inner.engine {
            Engine::Sqlite { path, .. } => Some(path),
            Engine::Postgres(_) => None,
        }
    }

    async fn write_postgres<T, E, F>(&self, pool: &Pool, closure: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> TxFuture<'t, T, E> + Clone,
        E: From<DbError>,
    {
        for attempt in 1..=ATTEMPTS {
            let mut tx = self.postgres(pool.clone(), true).await?;
            let outcome = closure.clone()(&mut tx).await;
            let good = outcome.is_ok() && !tx.failed;
            let finished = finish(&mut tx, good).await;
            let contended = tx.contended || matches!(finished, Err(DbError::Contended));
            if contended && attempt < ATTEMPTS {
                drop(tx);
                self.pause(attempt).await;
                continue;
            }
            let value = outcome?;
            finished?;
            if tx.failed {
                return Err(DbError::Aborted.into());
            }
            if tx.emitted {
                self.inner.shared.emitted.notify_one();
            }
            return Ok(value);
        }
        Err(DbError::Contended.into())
    }

    /// A connection in a transaction. Boxed here once, and not within every caller's future.
    fn postgres(&self, pool: Pool, may_write: bool) -> BoxFuture<'static, Result<Tx, DbError>> {
        let shared = self.inner.shared.clone();
        Box::pin(async move {
            let client =
                pool.get().await.map_err(|error| DbError::Unavailable(pool_text(&error)))?;
            let mut connection = Postgres::new(client);
            if may_write {
                connection.begin();
            }
            Ok(Tx::new(Connection::Postgres(connection), shared, may_write))
        })
    }

    /// Waits a random while, longer with each attempt, so that colliding transactions part.
    async fn pause(&self, attempt: u32) {
        let longest_micros = 500_u64 << attempt.min(8);
        let micros = self.inner.shared.rng.u64_below(longest_micros);
        tokio::time::sleep(Duration::from_micros(micros)).await;
    }
}

async fn finish(tx: &mut Tx, good: bool) -> Result<(), DbError> {
    let Connection::Postgres(postgres) = &mut tx.connection else { return Ok(()) };
    match good {
        true => Box::pin(postgres.commit()).await,
        false => Box::pin(postgres.rollback()).await,
    }
}

fn pool_text(error: &deadpool_postgres::PoolError) -> String {
    match error {
        deadpool_postgres::PoolError::Backend(driver) => match driver.as_db_error() {
            Some(db) => format!("PostgreSQL: {}", db.message()),
            None => format!("PostgreSQL: {driver}"),
        },
        other => format!("PostgreSQL: {other}"),
    }
}

/// Wraps a closure for a thread, and the channel its answer comes back on.
fn job<T, E, F>(
    run: impl FnOnce(&mut Tx, F) -> Result<T, E> + Send + 'static,
    closure: F,
) -> (Job, oneshot::Receiver<Result<T, E>>)
where
    F: Send + 'static,
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let job: Job = Box::new(move |tx| {
        let outcome = tx.map_err(E::from).and_then(|tx| run(tx, closure));
        Box::new(move |committed| {
            let answer = outcome.and_then(|value| committed.map(|()| value).map_err(E::from));
            // The caller may have gone; the commit stands all the same.
            let _ = reply.send(answer);
        })
    });
    (job, answer)
}

fn stopped() -> DbError {
    DbError::Unavailable("its thread has stopped".to_owned())
}

fn open_sqlite(
    directory: &std::path::Path,
    block: &str,
    cache_kib: u32,
    shared: &Arc<Shared>,
) -> Result<Engine, DbError> {
    std::fs::create_dir_all(directory)
        .map_err(|error| DbError::Unavailable(format!("{}: {error}", directory.display())))?;
    let path = directory.join(format!("{block}.db"));
    let sqlite = Connection::Sqlite(Sqlite::open(&path, Use::Write, cache_kib)?);
    let writer = threads::start_writer(block, Tx::new(sqlite, shared.clone(), true))?;
    let (file, own) = (path.clone(), shared.clone());
    let open = move || {
        let sqlite = Connection::Sqlite(Sqlite::open(&file, Use::Read, cache_kib / 4)?);
        Ok(Tx::new(sqlite, own.clone(), false))
    };
    let readers = Readers::new(block, shared.clock.clone(), readers::REST, Box::new(open));
    Ok(Engine::Sqlite { writer, readers, path })
}

async fn open_postgres(place: &PostgresPlace, block: &str) -> Result<Pool, DbError> {
    let config = place.provision(block).await?;
    let manager = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    Pool::builder(Manager::from_config(config, NoTls, manager))
        .max_size(place.pool)
        .runtime(deadpool_postgres::Runtime::Tokio1)
        .build()
        .map_err(|error| DbError::Unavailable(format!("PostgreSQL pool: {error}")))
}
