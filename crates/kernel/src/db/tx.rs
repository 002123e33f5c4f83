//! A transaction, the same on both engines.

use super::error::DbError;
use super::postgres::Postgres;
use super::row::Row;
use super::sqlite::Sqlite;
use super::table::Table;
use super::value::Value;
use basis::{Clock, Id, Rng, Timestamp};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use tokio::sync::Notify;

/// The future a transaction closure returns. It may await nothing but the transaction:
/// on SQLite a future that is not ready at once is refused.
pub type TxFuture<'t, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 't>>;

/// What all transactions of one database share.
pub(super) struct Shared {
    pub(super) block: String,
    pub(super) clock: Clock,
    pub(super) rng: Rng,
    /// Rung after a commit that wrote to the outbox.
    pub(super) emitted: Notify,
    /// Event topic and destination, set once at start.
    pub(super) subscriptions: OnceLock<Vec<(String, String)>>,
}

pub(super) enum Connection {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// An open transaction. Futures of the PostgreSQL side are boxed: they are large, and unboxed they
/// would make every closure's future as large, on SQLite too.
///
/// Statements are `'static` so that no value is ever pasted into SQL.
pub struct Tx {
    pub(super) connection: Connection,
    pub(super) shared: Arc<Shared>,
    pub(super) may_write: bool,
    pub(super) failed: bool,
    pub(super) contended: bool,
    pub(super) emitted: bool,
}

impl Tx {
    pub(super) fn new(connection: Connection, shared: Arc<Shared>, may_write: bool) -> Self {
        Self { connection, shared, may_write, failed: false, contended: false, emitted: false }
    }

    /// Runs a statement; answers how many rows it changed.
    ///
    /// # Errors
    /// Any [`DbError`]; after the first one every further statement answers [`DbError::Aborted`],
    /// on both engines alike.
    pub async fn exec(&mut self, sql: &'static str, args: &[Value]) -> Result<u64, DbError> {
        self.check(false, sql)?;
        let answer = match &mut self.connection {
            Connection::Sqlite(sqlite) => sqlite.exec(sql, args),
            Connection::Postgres(postgres) => Box::pin(postgres.exec(sql, args)).await,
        };
        self.noted(answer)
    }

    /// Runs a statement whose answer nobody needs. On PostgreSQL it travels with the next one, at the
    /// latest with the commit, which saves a round trip.
    ///
    /// # Errors
    /// As [`Tx::exec`]; on PostgreSQL a refusal is told by the statement or the commit that it
    /// travelled with, so that no closure can answer it.
    pub async fn defer(&mut self, sql: &'static str, args: Vec<Value>) -> Result<(), DbError> {
        self.check(false, sql)?;
        let answer = match &mut self.connection {
            Connection::Sqlite(sqlite) => sqlite.exec(sql, &args).map(drop),
            Connection::Postgres(postgres) => Box::pin(postgres.defer(sql, args)).await,
        };
        self.noted(answer)
    }

    /// All rows of a query, or of a statement with RETURNING.
    ///
    /// # Errors
    /// As [`Tx::exec`].
    pub async fn all(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<Row>, DbError> {
        self.check(true, sql)?;
        let answer = match &mut self.connection {
            Connection::Sqlite(sqlite) => sqlite.query(sql, args),
            Connection::Postgres(postgres) => Box::pin(postgres.query(sql, args)).await,
        };
        self.noted(answer)
    }

    /// The first row, if any.
    ///
    /// # Errors
    /// As [`Tx::exec`].
    pub async fn opt(&mut self, sql: &'static str, args: &[Value]) -> Result<Option<Row>, DbError> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// The first row, which must exist.
    ///
    /// # Errors
    /// [`DbError::NoRow`] when it does not; else as [`Tx::exec`].
    pub async fn one(&mut self, sql: &'static str, args: &[Value]) -> Result<Row, DbError> {
        self.opt(sql, args).await?.ok_or(DbError::NoRow)
    }

    /// Adds many rows: a prepared loop on SQLite; on PostgreSQL COPY, or an INSERT each for a few.
    /// `values` holds the rows one after the other, each as long as the table's column list.
    ///
    /// # Errors
    /// As [`Tx::defer`]: nobody waits for it on PostgreSQL.
    pub async fn append(&mut self, table: &'static Table, values: &[Value]) -> Result<(), DbError> {
        self.check(false, "")?;
        let answer = match &mut self.connection {
            Connection::Sqlite(sqlite) => sqlite.append(table, values),
            Connection::Postgres(postgres) => Box::pin(postgres.append(table, values)).await,
        };
        self.noted(answer)
    }

    /// Makes transactions with the same key run one after the other. SQLite has one writer anyway;
    /// on PostgreSQL a lock row is updated (no advisory locks: they break behind poolers).
    ///
    /// # Errors
    /// As [`Tx::exec`].
    pub async fn lock(&mut self, key: &str) -> Result<(), DbError> {
        if matches!(self.connection, Connection::Sqlite(_)) {
            return Ok(());
        }
        let insert = "INSERT INTO lock_row (name, taken) VALUES ($1, 0) ON CONFLICT DO NOTHING";
        self.defer(insert, vec![key.into()]).await?;
        self.exec("UPDATE lock_row SET taken = taken + 1 WHERE name = $1", &[key.into()]).await?;
        Ok(())
    }

    /// The database's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// A new UUIDv7 from the database's clock and randomness.
    #[must_use]
    pub fn mint(&self) -> Id {
        Id::mint(&self.shared.clock, &self.shared.rng)
    }

    /// The block whose database this is.
    pub(crate) fn block(&self) -> &str {
        &self.shared.block
    }

    /// Where events of `topic` go; see [`super::Db::subscribe`].
    pub(crate) fn destinations(&self, topic: &str) -> Vec<String> {
        let subscriptions = self.shared.subscriptions.get();
        let found = subscriptions.map(|all| all.iter().filter(|(name, _)| name == topic));
        found
            .map(|found| found.map(|(_, destination)| destination.clone()).collect())
            .unwrap_or_default()
    }

    /// Marks the transaction as collided, so that it is run again.
    pub(crate) fn collided(&mut self) -> DbError {
        self.contended = true;
        DbError::Contended
    }

    /// Marks that the outbox has work, so that its worker is woken after the commit.
    pub(crate) fn mark_emitted(&mut self) {
        self.emitted = true;
    }

    pub(super) fn reset(&mut self) {
        self.failed = false;
        self.contended = false;
        self.emitted = false;
    }

    pub(super) async fn ddl(&mut self, statement: &str) -> Result<(), DbError> {
        let answer = match &mut self.connection {
            Connection::Sqlite(sqlite) => sqlite.ddl(statement),
            Connection::Postgres(postgres) => Box::pin(postgres.ddl(statement)).await,
        };
        self.noted(answer)
    }

    fn check(&self, query: bool, sql: &str) -> Result<(), DbError> {
        if self.failed {
            return Err(DbError::Aborted);
        }
        let reads = query && (sql.starts_with("SELECT") || sql.starts_with("WITH"));
        if !self.may_write && !reads {
            return Err(DbError::ReadTransaction);
        }
        Ok(())
    }

    fn noted<T>(&mut self, answer: Result<T, DbError>) -> Result<T, DbError> {
        if let Err(error) = &answer {
            self.failed = true;
            self.contended = matches!(error, DbError::Contended);
        }
        answer
    }
}
