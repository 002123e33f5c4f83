//! What goes out on each channel.

use crate::model::delivery::{Channel, Delivery, status_of, status_word};
use basis::{Id, Timestamp};
use contracts::Pseudonym;
use contracts::messaging::DeliveryStatus;
use kernel::db::{DbError, Row, Tx, Value};

pub async fn insert_delivery(tx: &mut Tx, delivery: &Delivery) -> Result<(), DbError> {
    let sql = "INSERT INTO delivery (id, message, subject, channel, status, reason, sealed,
            priority, attempts, queued, next_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let args: [Value; 11] = [
        delivery.id.into(),
        delivery.message.into(),
        delivery.subject.0.into(),
        delivery.channel.word().into(),
        status_word(delivery.status).into(),
        delivery.reason.as_deref().into(),
        delivery.sealed.clone().into(),
        delivery.priority.into(),
        delivery.attempts.into(),
        delivery.queued.into(),
        delivery.next_at.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

pub async fn find_delivery(tx: &mut Tx, id: Id) -> Result<Option<Delivery>, DbError> {
    let sql = "SELECT id, message, subject, channel, status, reason, sealed, priority, attempts,
            queued, next_at
        FROM delivery WHERE id = $1";
    tx.opt(sql, &[id.into()]).await?.as_ref().map(delivery).transpose()
}

pub async fn deliveries_of(tx: &mut Tx, message: Id) -> Result<Vec<Delivery>, DbError> {
    let sql = "SELECT id, message, subject, channel, status, reason, sealed, priority, attempts,
            queued, next_at
        FROM delivery WHERE message = $1 ORDER BY channel DESC";
    tx.all(sql, &[message.into()]).await?.iter().map(delivery).collect()
}

/// What is to be tried now, the most urgent first.
pub async fn due_deliveries(
    tx: &mut Tx,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Delivery>, DbError> {
    let sql = "SELECT id, message, subject, channel, status, reason, sealed, priority, attempts,
            queued, next_at
        FROM delivery WHERE status = 'queued' AND next_at <= $1
        ORDER BY priority, next_at, id LIMIT $2";
    tx.all(sql, &[now.into(), limit.into()]).await?.iter().map(delivery).collect()
}

/// Notes how a delivery stands, unless it stands otherwise than `from` by now: a receipt may overtake
/// the answer that it follows. Answers whether it was noted.
pub async fn set_progress(
    tx: &mut Tx,
    from: DeliveryStatus,
    delivery: &Delivery,
) -> Result<bool, DbError> {
    let sql =
        "UPDATE delivery SET status = $3, reason = $4, sealed = $5, attempts = $6, next_at = $7
        WHERE id = $1 AND status = $2";
    let args: [Value; 7] = [
        delivery.id.into(),
        status_word(from).into(),
        status_word(delivery.status).into(),
        delivery.reason.as_deref().into(),
        delivery.sealed.clone().into(),
        delivery.attempts.into(),
        delivery.next_at.into(),
    ];
    Ok(tx.exec(sql, &args).await? == 1)
}

fn delivery(row: &Row) -> Result<Delivery, DbError> {
    let (channel, status): (String, String) = (row.get("channel")?, row.get("status")?);
    let corrupt = |column: &str, expected| DbError::Corrupt { column: column.to_owned(), expected };
    Ok(Delivery {
        id: row.get("id")?,
        message: row.get("message")?,
        subject: Pseudonym(row.get("subject")?),
        channel: Channel::of(&channel).ok_or_else(|| corrupt("channel", "sms or email"))?,
        status: status_of(&status).ok_or_else(|| corrupt("status", "a delivery status"))?,
        reason: row.get("reason")?,
        sealed: row.get("sealed")?,
        priority: row.get("priority")?,
        attempts: row.get("attempts")?,
        queued: row.get("queued")?,
        next_at: row.get("next_at")?,
    })
}
