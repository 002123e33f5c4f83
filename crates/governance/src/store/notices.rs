//! Persons who are still to be told of an answer.

use basis::{Id, Timestamp};
use kernel::db::{DbError, Row, Tx};

/// Somebody to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    pub grievance: Id,
    pub attempts: i64,
}

pub async fn insert(tx: &mut Tx, grievance: Id) -> Result<(), DbError> {
    let sql = "INSERT INTO notice (grievance, due, attempts) VALUES ($1, $2, 0)";
    tx.exec(sql, &[grievance.into(), tx.now().into()]).await.map(drop)
}

/// Those to be tried now, the longest waiting first.
pub async fn due(tx: &mut Tx, limit: i64) -> Result<Vec<Notice>, DbError> {
    let sql = "SELECT grievance, attempts FROM notice WHERE sent IS NULL AND due <= $1 ORDER BY due LIMIT $2";
    let notice =
        |row: &Row| Ok(Notice { grievance: row.get("grievance")?, attempts: row.get("attempts")? });
    tx.all(sql, &[tx.now().into(), limit.into()]).await?.iter().map(notice).collect()
}

/// `true` the first time.
pub async fn set_sent(tx: &mut Tx, grievance: Id) -> Result<bool, DbError> {
    let sql = "UPDATE notice SET sent = $2 WHERE grievance = $1 AND sent IS NULL";
    Ok(tx.exec(sql, &[grievance.into(), tx.now().into()]).await? == 1)
}

pub async fn put_off(tx: &mut Tx, grievance: Id, until: Timestamp) -> Result<(), DbError> {
    let sql =
        "UPDATE notice SET attempts = attempts + 1, due = $2 WHERE grievance = $1 AND sent IS NULL";
    tx.exec(sql, &[grievance.into(), until.into()]).await.map(drop)
}
