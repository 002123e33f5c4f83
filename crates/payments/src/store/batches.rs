//! Batches.

use crate::model::batch::{Batch, state_from, state_name};
use crate::store::{corrupt, to_currency};
use basis::{Id, Timestamp};
use contracts::batches::BatchStatus;
use kernel::db::{DbError, Row, Tx, Value};

/// Adds a batch.
pub async fn insert(tx: &mut Tx, batch: &Batch) -> Result<(), DbError> {
    let sql = "INSERT INTO payment_batch (id, member, title, debit, currency, instructions, total, taken, taken_total,
            state, purpose, basis, opened_by, opened, planned, messages, resend_below)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8, $9, $10, $11, $12, FALSE, 0, 0)";
    let args: [Value; 12] = [
        batch.id.into(),
        batch.member.as_str().into(),
        batch.title.as_str().into(),
        batch.debit.into(),
        batch.currency.code().into(),
        batch.instructions.into(),
        batch.total.into(),
        state_name(batch.state).into(),
        batch.purpose.as_str().into(),
        batch.basis.as_str().into(),
        batch.opened_by.as_str().into(),
        batch.opened.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// The batch with this id.
pub async fn find(tx: &mut Tx, id: Id) -> Result<Option<Batch>, DbError> {
    let sql = "SELECT id, member, title, debit, currency, instructions, total, taken, taken_total, state, purpose, basis,
            opened_by, opened, closed_by, approved_by, approved, planned_after, planned, messages, resend_below
        FROM payment_batch WHERE id = $1";
    tx.opt(sql, &[id.into()]).await?.as_ref().map(to_batch).transpose()
}

/// Batches in a state that were opened before a moment, newest first.
pub async fn list(
    tx: &mut Tx,
    state: BatchStatus,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<Batch>, DbError> {
    let sql = "SELECT id, member, title, debit, currency, instructions, total, taken, taken_total, state, purpose, basis,
            opened_by, opened, closed_by, approved_by, approved, planned_after, planned, messages, resend_below
        FROM payment_batch WHERE state = $1 AND opened < $2 ORDER BY opened DESC, id DESC LIMIT $3";
    let args = [state_name(state).into(), before.into(), limit.into()];
    tx.all(sql, &args).await?.iter().map(to_batch).collect()
}

/// Counts instructions into an open batch; false if it is not open. Whoever closes it waits for this transaction.
pub async fn take(tx: &mut Tx, id: Id, count: i64, total: i64) -> Result<bool, DbError> {
    let sql = "UPDATE payment_batch SET taken = taken + $2, taken_total = taken_total + $3
        WHERE id = $1 AND state = 'open'";
    Ok(tx.exec(sql, &[id.into(), count.into(), total.into()]).await? == 1)
}

/// Notes who closed it; false if count or sum changed since they were looked at.
pub async fn close(
    tx: &mut Tx,
    batch: &Batch,
    officer: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    let sql = "UPDATE payment_batch SET state = 'closed', closed_by = $2, closed = $3
        WHERE id = $1 AND state = 'open' AND taken = $4 AND taken_total = $5";
    let counts = [batch.taken.into(), batch.taken_total.into()];
    let [taken, total] = counts;
    Ok(tx.exec(sql, &[batch.id.into(), officer.into(), now.into(), taken, total]).await? == 1)
}

/// Notes who approved it; false if it is not closed.
pub async fn approve(tx: &mut Tx, id: Id, officer: &str, now: Timestamp) -> Result<bool, DbError> {
    let sql = "UPDATE payment_batch SET state = 'approved', approved_by = $2, approved = $3
        WHERE id = $1 AND state = 'closed'";
    Ok(tx.exec(sql, &[id.into(), officer.into(), now.into()]).await? == 1)
}

/// Gives it up; false if it is past that.
pub async fn cancel(tx: &mut Tx, id: Id, now: Timestamp) -> Result<bool, DbError> {
    let sql = "UPDATE payment_batch SET state = 'cancelled', ended = $2
        WHERE id = $1 AND state IN ('open', 'closed')";
    Ok(tx.exec(sql, &[id.into(), now.into()]).await? == 1)
}

/// Has what failed so far tried again.
pub async fn resend(tx: &mut Tx, id: Id) -> Result<bool, DbError> {
    let sql =
        "UPDATE payment_batch SET state = 'approved', ended = NULL, resend_below = messages + 1
        WHERE id = $1 AND state IN ('approved', 'done')";
    Ok(tx.exec(sql, &[id.into()]).await? == 1)
}

/// Ends it.
pub async fn finish(tx: &mut Tx, id: Id, now: Timestamp) -> Result<bool, DbError> {
    let sql =
        "UPDATE payment_batch SET state = 'done', ended = $2 WHERE id = $1 AND state = 'approved'";
    Ok(tx.exec(sql, &[id.into(), now.into()]).await? == 1)
}

/// Notes how far it stands in messages.
pub async fn planned(tx: &mut Tx, batch: &Batch) -> Result<(), DbError> {
    let sql = "UPDATE payment_batch SET planned_after = $2, planned = $3, messages = $4, resend_below = $5 WHERE id = $1";
    let args: [Value; 5] = [
        batch.id.into(),
        batch.planned_after.clone().into(),
        batch.planned.into(),
        batch.messages.into(),
        batch.resend_below.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

fn to_batch(row: &Row) -> Result<Batch, DbError> {
    let state: String = row.get("state")?;
    let planned_after: Option<Vec<u8>> = row.get("planned_after")?;
    Ok(Batch {
        id: row.get("id")?,
        member: row.get("member")?,
        title: row.get("title")?,
        debit: row.get("debit")?,
        currency: to_currency(row)?,
        instructions: row.get("instructions")?,
        total: row.get("total")?,
        taken: row.get("taken")?,
        taken_total: row.get("taken_total")?,
        state: state_from(&state).ok_or_else(|| corrupt("state", "a state of a batch"))?,
        purpose: row.get("purpose")?,
        basis: row.get("basis")?,
        opened_by: row.get("opened_by")?,
        opened: row.get("opened")?,
        closed_by: row.get("closed_by")?,
        approved_by: row.get("approved_by")?,
        approved: row.get("approved")?,
        planned_after: planned_after.unwrap_or_default(),
        planned: row.get("planned")?,
        messages: row.get("messages")?,
        resend_below: row.get("resend_below")?,
    })
}
