//! Every SQL string of an SMS gateway.

use super::model::{Entry, status_of, status_word};
use basis::Timestamp;
use kernel::db::{DbError, Row, Tx, Value};

pub async fn insert_sms(tx: &mut Tx, entry: &Entry) -> Result<(), DbError> {
    let sql = "INSERT INTO sms (known_as, content, sealed, client, purpose, ground, status,
            received, due, receipts_left, attempts)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let args: [Value; 11] = [
        entry.known_as.into(),
        entry.content.into(),
        entry.sealed.clone().into(),
        entry.client.as_str().into(),
        entry.purpose.as_str().into(),
        entry.ground.as_str().into(),
        status_word(entry.status).into(),
        entry.received.into(),
        entry.due.into(),
        entry.receipts_left.into(),
        entry.attempts.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

pub async fn find_sms(tx: &mut Tx, known_as: &[u8; 32]) -> Result<Option<Entry>, DbError> {
    let sql = "SELECT known_as, content, sealed, client, purpose, ground, status, received, due,
            receipts_left, attempts
        FROM sms WHERE known_as = $1";
    tx.opt(sql, &[(*known_as).into()]).await?.as_ref().map(entry).transpose()
}

/// Messages whose receipt is due, oldest first.
pub async fn due_sms(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<Entry>, DbError> {
    let sql = "SELECT known_as, content, sealed, client, purpose, ground, status, received, due,
            receipts_left, attempts
        FROM sms WHERE due <= $1 AND sealed IS NOT NULL ORDER BY due, known_as LIMIT $2";
    tx.all(sql, &[now.into(), limit.into()]).await?.iter().map(entry).collect()
}

/// The newest messages that are not forgotten.
pub async fn newest_sms(tx: &mut Tx, limit: i64) -> Result<Vec<Entry>, DbError> {
    let sql = "SELECT known_as, content, sealed, client, purpose, ground, status, received, due,
            receipts_left, attempts
        FROM sms WHERE sealed IS NOT NULL ORDER BY received DESC, known_as LIMIT $1";
    tx.all(sql, &[limit.into()]).await?.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<Entry, DbError> {
    let status: String = row.get("status")?;
    Ok(Entry {
        known_as: row.get("known_as")?,
        content: row.get("content")?,
        sealed: row.get("sealed")?,
        client: row.get("client")?,
        purpose: row.get("purpose")?,
        ground: row.get("ground")?,
        status: status_of(&status).ok_or_else(|| DbError::Corrupt {
            column: "status".to_owned(),
            expected: "sent, delivered or failed",
        })?,
        received: row.get("received")?,
        due: row.get("due")?,
        receipts_left: row.get("receipts_left")?,
        attempts: row.get("attempts")?,
    })
}

/// Notes where a message stands and what receipts are still to be given.
pub async fn set_progress(tx: &mut Tx, entry: &Entry) -> Result<(), DbError> {
    let sql = "UPDATE sms SET status = $2, due = $3, receipts_left = $4, attempts = $5
        WHERE known_as = $1";
    let args: [Value; 5] = [
        entry.known_as.into(),
        status_word(entry.status).into(),
        entry.due.into(),
        entry.receipts_left.into(),
        entry.attempts.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// Messages that arrived before a time and are not forgotten yet.
pub async fn old_sms(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<[u8; 32]>, DbError> {
    let sql = "SELECT known_as FROM sms WHERE received < $1 AND sealed IS NOT NULL
        ORDER BY received LIMIT $2";
    let rows = tx.all(sql, &[before.into(), limit.into()]).await?;
    rows.iter().map(|row| row.get("known_as")).collect()
}

pub async fn forget_sms(tx: &mut Tx, known_as: &[u8; 32]) -> Result<(), DbError> {
    let sql = "UPDATE sms SET sealed = NULL, due = NULL, receipts_left = 0 WHERE known_as = $1";
    tx.exec(sql, &[(*known_as).into()]).await.map(drop)
}
