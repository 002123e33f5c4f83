//! Tables `reconciliation_run` and `reconciliation_difference`.

use super::Index;
use basis::{Id, Timestamp};
use kernel::db::{DbError, Row, Tx, Value};

/// A run as stored.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its id.
    pub id: Id,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub finished: Option<Timestamp>,
    /// Registrations compared.
    pub listed: i64,
    /// Registrations too young to be missed.
    pub pending: i64,
    /// Persons made up for.
    pub repaired: i64,
    /// Why it ended early.
    pub failure: Option<String>,
}

/// A difference as stored.
#[derive(Clone, Debug)]
pub struct Difference {
    /// `missing-person` or `missing-registration`.
    pub kind: String,
    /// Sealed.
    pub registration: Vec<u8>,
    /// When it was first seen.
    pub first_seen: Timestamp,
}

/// Writes down that a run begins.
pub async fn begin(tx: &mut Tx, id: Id) -> Result<(), DbError> {
    let sql = "INSERT INTO reconciliation_run (id, started, listed, pending, repaired)
        VALUES ($1, $2, 0, 0, 0)";
    let now = tx.now();
    tx.exec(sql, &[id.into(), now.into()]).await.map(drop)
}

/// Writes down how a run ended.
pub async fn finish(tx: &mut Tx, run: &Run) -> Result<(), DbError> {
    let sql = "UPDATE reconciliation_run
        SET finished = $2, listed = $3, pending = $4, repaired = $5, failure = $6 WHERE id = $1";
    let args: [Value; 6] = [
        run.id.into(),
        run.finished.into(),
        run.listed.into(),
        run.pending.into(),
        run.repaired.into(),
        run.failure.clone().into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// The newest run.
pub async fn last_run(tx: &mut Tx) -> Result<Option<Run>, DbError> {
    let sql = "SELECT id, started, finished, listed, pending, repaired, failure
        FROM reconciliation_run ORDER BY id DESC LIMIT 1";
    tx.opt(sql, &[]).await?.as_ref().map(run).transpose()
}

/// Notes a difference as seen by a run.
pub async fn note(
    tx: &mut Tx,
    kind: &str,
    index: Index,
    registration: &[u8],
    run: Id,
) -> Result<(), DbError> {
    let sql = "INSERT INTO reconciliation_difference (kind, value_index, registration, first_seen, last_run)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (kind, value_index) DO UPDATE SET last_run = excluded.last_run,
            first_seen = CASE WHEN reconciliation_difference.resolved IS NULL
                THEN reconciliation_difference.first_seen ELSE excluded.first_seen END,
            resolved = NULL";
    let args: [Value; 5] =
        [kind.into(), index.into(), registration.into(), tx.now().into(), run.into()];
    tx.exec(sql, &args).await.map(drop)
}

/// Marks a difference as gone.
pub async fn resolve(tx: &mut Tx, kind: &str, index: Index) -> Result<(), DbError> {
    let sql = "UPDATE reconciliation_difference SET resolved = $3
        WHERE kind = $1 AND value_index = $2 AND resolved IS NULL";
    let now = tx.now();
    tx.exec(sql, &[kind.into(), index.into(), now.into()]).await.map(drop)
}

/// Marks what a complete run did not see again as gone.
pub async fn resolve_unseen(tx: &mut Tx, run: Id) -> Result<(), DbError> {
    let sql = "UPDATE reconciliation_difference SET resolved = $2
        WHERE resolved IS NULL AND last_run <> $1";
    let now = tx.now();
    tx.exec(sql, &[run.into(), now.into()]).await.map(drop)
}

/// The differences that stand, oldest first.
pub async fn open(tx: &mut Tx, limit: i64) -> Result<Vec<Difference>, DbError> {
    let sql = "SELECT kind, registration, first_seen FROM reconciliation_difference
        WHERE resolved IS NULL ORDER BY first_seen, value_index LIMIT $1";
    tx.all(sql, &[limit.into()]).await?.iter().map(difference).collect()
}

/// How many differences stand.
pub async fn count_open(tx: &mut Tx) -> Result<i64, DbError> {
    let sql = "SELECT COUNT(*) AS n FROM reconciliation_difference WHERE resolved IS NULL";
    tx.one(sql, &[]).await?.get("n")
}

fn run(row: &Row) -> Result<Run, DbError> {
    Ok(Run {
        id: row.get("id")?,
        started: row.get("started")?,
        finished: row.get("finished")?,
        listed: row.get("listed")?,
        pending: row.get("pending")?,
        repaired: row.get("repaired")?,
        failure: row.get("failure")?,
    })
}

fn difference(row: &Row) -> Result<Difference, DbError> {
    Ok(Difference {
        kind: row.get("kind")?,
        registration: row.get("registration")?,
        first_seen: row.get("first_seen")?,
    })
}
