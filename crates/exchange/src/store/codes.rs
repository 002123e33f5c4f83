//! Officers' one-time codes, and sessions at the desk that ended early.

use basis::{Id, Timestamp};
use contracts::MemberId;
use kernel::db::{DbError, Row, Tx};

/// What an attempt is checked against.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The secret, sealed.
    pub secret: Vec<u8>,
    /// The last step that was used.
    pub last_step: i64,
    /// Attempts since the last good one, this one included.
    pub failures: i64,
}

/// Gives an officer a secret, in place of any other.
pub async fn put(tx: &mut Tx, member: &MemberId, id: &str, secret: Vec<u8>) -> Result<(), DbError> {
    let sql = "INSERT INTO officer_code (member, id, secret, last_step, failures, locked_until, recorded)
        VALUES ($1, $2, $3, 0, 0, 0, $4)
        ON CONFLICT (member, id) DO UPDATE SET secret = excluded.secret, last_step = 0, failures = 0,
            locked_until = 0, recorded = excluded.recorded";
    let now = tx.now();
    tx.exec(sql, &[member.as_ref().into(), id.into(), secret.into(), now.into()]).await.map(drop)
}

/// Takes an officer's secret away.
pub async fn delete(tx: &mut Tx, member: &MemberId, id: &str) -> Result<(), DbError> {
    let sql = "DELETE FROM officer_code WHERE member = $1 AND id = $2";
    tx.exec(sql, &[member.as_ref().into(), id.into()]).await.map(drop)
}

/// Whether an officer has one.
pub async fn has(tx: &mut Tx, member: &MemberId, id: &str) -> Result<bool, DbError> {
    let sql = "SELECT id FROM officer_code WHERE member = $1 AND id = $2";
    Ok(tx.opt(sql, &[member.as_ref().into(), id.into()]).await?.is_some())
}

/// Counts an attempt as failed until it is known to be good, and gives what it is checked against;
/// nothing while the officer is locked, or has no code. The update also makes attempts at one officer
/// wait for each other, so that many at once do not slip past the lock.
pub async fn begin_attempt(
    tx: &mut Tx,
    member: &MemberId,
    id: &str,
) -> Result<Option<Stored>, DbError> {
    let sql = "UPDATE officer_code SET failures = failures + 1
        WHERE member = $1 AND id = $2 AND locked_until <= $3
        RETURNING secret, last_step, failures";
    let now = tx.now();
    let args = [member.as_ref().into(), id.into(), now.into()];
    tx.opt(sql, &args).await?.as_ref().map(stored).transpose()
}

/// The attempt was good: no failure is left, and the step is used.
pub async fn succeed(tx: &mut Tx, member: &MemberId, id: &str, step: i64) -> Result<(), DbError> {
    let sql = "UPDATE officer_code SET failures = 0, last_step = $3 WHERE member = $1 AND id = $2";
    tx.exec(sql, &[member.as_ref().into(), id.into(), step.into()]).await.map(drop)
}

/// Locks until a time.
pub async fn lock(
    tx: &mut Tx,
    member: &MemberId,
    id: &str,
    until: Timestamp,
) -> Result<(), DbError> {
    let sql = "UPDATE officer_code SET locked_until = $3 WHERE member = $1 AND id = $2";
    tx.exec(sql, &[member.as_ref().into(), id.into(), until.into()]).await.map(drop)
}

/// Counts an attempt that was not looked at: `unknown` or `locked`.
pub async fn count_refused(tx: &mut Tx, kind: &str) -> Result<(), DbError> {
    let sql = "INSERT INTO refused_attempt (hour, kind, attempts) VALUES ($1, $2, 1)
        ON CONFLICT (hour, kind) DO UPDATE SET attempts = refused_attempt.attempts + 1";
    let hour = tx.now().unix_seconds().div_euclid(3_600);
    tx.exec(sql, &[hour.into(), kind.into()]).await.map(drop)
}

/// Attempts since an hour that were not looked at.
pub async fn refused_since(tx: &mut Tx, hour: i64) -> Result<i64, DbError> {
    let sql = "SELECT CAST(COALESCE(SUM(attempts), 0) AS BIGINT) AS attempts FROM refused_attempt WHERE hour >= $1";
    tx.one(sql, &[hour.into()]).await?.get("attempts")
}

/// Ends a session, and forgets those that have ended by themselves.
pub async fn end_session(tx: &mut Tx, id: Id, expires: i64) -> Result<(), DbError> {
    let now = tx.now().unix_seconds();
    tx.exec("DELETE FROM ended_session WHERE expires <= $1", &[now.into()]).await?;
    let sql = "INSERT INTO ended_session (id, expires) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
    tx.exec(sql, &[id.into(), expires.into()]).await.map(drop)
}

/// Sessions that ended early, with the time they would have ended anyway, Unix seconds.
pub async fn ended_sessions(tx: &mut Tx) -> Result<Vec<(Id, i64)>, DbError> {
    let sql = "SELECT id, expires FROM ended_session WHERE expires > $1";
    let now = tx.now().unix_seconds();
    let rows = tx.all(sql, &[now.into()]).await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("expires")?))).collect()
}

fn stored(row: &Row) -> Result<Stored, DbError> {
    Ok(Stored {
        secret: row.get("secret")?,
        last_step: row.get("last_step")?,
        failures: row.get("failures")?,
    })
}
