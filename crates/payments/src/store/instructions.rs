//! Instructions.

use crate::model::instruction::{Kept, Line, Payee, State};
use crate::model::message::{Key, Message, Unplanned};
use crate::store::{corrupt, to_bytes, to_payee};
use basis::{Id, Timestamp};
use contracts::Pseudonym;
use contracts::batches::FailedInstruction;
use kernel::db::{ColumnType, DbError, Row, Table, Tx, Value};

const INSTRUCTIONS: Table = Table {
    name: "payment_instruction",
    columns: &[
        ("batch", ColumnType::Bytes),
        ("payee", ColumnType::Bytes),
        ("id", ColumnType::Bytes),
        ("amount", ColumnType::Int),
        ("reference", ColumnType::Text),
        ("message", ColumnType::Int),
        ("revision", ColumnType::Int),
        ("state", ColumnType::Int),
    ],
};

/// An instruction with where its payee is paid.
pub struct Sendable {
    /// Whom to pay, as the programme knows them.
    pub payee: Payee,
    /// Its id at the provider.
    pub transfer: Id,
    /// How much, in minor units.
    pub amount: i64,
    /// Printed on the payee's statement.
    pub reference: String,
    /// Whom to pay, as this block knows them.
    pub subject: Pseudonym,
    /// The account, sealed.
    pub account: Vec<u8>,
}

/// Adds instructions.
pub async fn append(tx: &mut Tx, batch: Id, lines: &[Line]) -> Result<(), DbError> {
    let mut values = Vec::with_capacity(lines.len() * INSTRUCTIONS.columns.len());
    for line in lines {
        let row: [Value; 8] = [
            batch.into(),
            to_bytes(line.payee),
            line.id.into(),
            line.amount.into(),
            line.reference.as_str().into(),
            0.into(),
            0.into(),
            State::Open.number().into(),
        ];
        values.extend(row);
    }
    tx.append(&INSTRUCTIONS, &values).await
}

/// The instruction with this id of its programme.
pub async fn find(tx: &mut Tx, id: Id) -> Result<Option<Kept>, DbError> {
    let sql = "SELECT batch, payee, id, amount, reference, message, state, transfer, reason, ended, booked
        FROM payment_instruction WHERE id = $1";
    tx.opt(sql, &[id.into()]).await?.as_ref().map(to_kept).transpose()
}

/// The instruction of a batch that pays this payee.
pub async fn find_payee(tx: &mut Tx, batch: Id, payee: Payee) -> Result<Option<Kept>, DbError> {
    let sql = "SELECT batch, payee, id, amount, reference, message, state, transfer, reason, ended, booked
        FROM payment_instruction WHERE batch = $1 AND payee = $2";
    tx.opt(sql, &[batch.into(), to_bytes(payee)]).await?.as_ref().map(to_kept).transpose()
}

/// The instruction that went, or once went, under this id. It goes under another now if it was sent again.
pub async fn find_transfer(tx: &mut Tx, transfer: Id) -> Result<Option<Kept>, DbError> {
    if let Some(kept) = find(tx, transfer).await? {
        return Ok(Some(kept));
    }
    let sql = "SELECT batch, payee FROM payment_resend WHERE transfer = $1";
    let Some(row) = tx.opt(sql, &[transfer.into()]).await? else { return Ok(None) };
    find_payee(tx, row.get("batch")?, to_payee(&row, "payee")?).await
}

/// Instructions of a batch after a payee, which stand in no message, with where their payees are paid.
pub async fn unplanned(
    tx: &mut Tx,
    batch: Id,
    after: &[u8],
    limit: i64,
) -> Result<Vec<Unplanned>, DbError> {
    let sql = "SELECT i.payee, i.id, i.transfer, i.amount, b.provider, b.revision
        FROM payment_instruction i LEFT JOIN payment_beneficiary b ON b.payee = i.payee AND b.revision =
            (SELECT MAX(r.revision) FROM payment_beneficiary r WHERE r.payee = i.payee)
        WHERE i.batch = $1 AND i.payee > $2 ORDER BY i.payee LIMIT $3";
    tx.all(sql, &[batch.into(), after.into(), limit.into()])
        .await?
        .iter()
        .map(to_unplanned)
        .collect()
}

/// What failed in a message, with where its payees are paid now.
pub async fn failed_of(
    tx: &mut Tx,
    message: &Message,
) -> Result<Vec<(Unplanned, String)>, DbError> {
    let sql = "SELECT i.payee, i.id, i.transfer, i.amount, i.reason, b.provider, b.revision
        FROM payment_instruction i LEFT JOIN payment_beneficiary b ON b.payee = i.payee AND b.revision =
            (SELECT MAX(r.revision) FROM payment_beneficiary r WHERE r.payee = i.payee)
        WHERE i.batch = $1 AND i.payee >= $2 AND i.payee <= $3 AND i.message = $4 AND i.state = 3 ORDER BY i.payee";
    let rows = tx.all(sql, &within(message)).await?;
    let pair = |row: &Row| {
        Ok((to_unplanned(row)?, row.get::<Option<String>>("reason")?.unwrap_or_default()))
    };
    rows.iter().map(pair).collect()
}

/// Puts an instruction into a message.
pub async fn put_into(tx: &mut Tx, key: Key, member: &Unplanned) -> Result<(), DbError> {
    let sql = "UPDATE payment_instruction SET message = $3, revision = $4 WHERE batch = $1 AND payee = $2";
    let revision = member.destination.as_ref().map_or(0, |(_, revision)| *revision);
    let args = [key.batch.into(), to_bytes(member.payee), key.number.into(), revision.into()];
    tx.defer(sql, args.to_vec()).await
}

/// Has an instruction that failed go again under a new id, and keeps the link.
pub async fn renew(
    tx: &mut Tx,
    key: Key,
    member: &Unplanned,
    (previous, previous_message, reason): (Id, i64, &str),
) -> Result<(), DbError> {
    let link = "INSERT INTO payment_resend (transfer, batch, payee, previous, previous_message, reason, made)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let now = tx.now();
    let args: [Value; 7] = [
        member.transfer.into(),
        key.batch.into(),
        to_bytes(member.payee),
        previous.into(),
        previous_message.into(),
        reason.into(),
        now.into(),
    ];
    tx.exec(link, &args).await?;
    let reopen = "UPDATE payment_instruction SET transfer = $3, state = 0, reason = NULL, ended = NULL, booked = NULL
        WHERE batch = $1 AND payee = $2";
    let args = [key.batch.into(), to_bytes(member.payee), member.transfer.into()];
    tx.exec(reopen, &args).await?;
    put_into(tx, key, member).await
}

/// The instructions of a message.
pub async fn members(tx: &mut Tx, message: &Message) -> Result<Vec<Kept>, DbError> {
    let sql = "SELECT batch, payee, id, amount, reference, message, state, transfer, reason, ended, booked
        FROM payment_instruction WHERE batch = $1 AND payee >= $2 AND payee <= $3 AND message = $4 ORDER BY payee";
    tx.all(sql, &within(message)).await?.iter().map(to_kept).collect()
}

/// The open instructions of a message with the accounts of their payees.
pub async fn sendable(tx: &mut Tx, message: &Message) -> Result<Vec<Sendable>, DbError> {
    let sql = "SELECT i.payee, i.id, i.transfer, i.amount, i.reference, b.subject, b.account
        FROM payment_instruction i JOIN payment_beneficiary b ON b.payee = i.payee AND b.revision = i.revision
        WHERE i.batch = $1 AND i.payee >= $2 AND i.payee <= $3 AND i.message = $4 AND i.state = 0 ORDER BY i.payee";
    let rows = tx.all(sql, &within(message)).await?;
    let read = |row: &Row| {
        Ok(Sendable {
            payee: to_payee(row, "payee")?,
            transfer: to_transfer(row)?,
            amount: row.get("amount")?,
            reference: row.get("reference")?,
            subject: Pseudonym(row.get("subject")?),
            account: row.get("account")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Ends all open instructions of a message as paid.
pub async fn pay_all(tx: &mut Tx, message: &Message, at: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE payment_instruction SET state = 1, ended = $5
        WHERE batch = $1 AND payee >= $2 AND payee <= $3 AND message = $4 AND state = 0";
    let mut args = within(message).to_vec();
    args.push(at.into());
    tx.exec(sql, &args).await.map(drop)
}

/// Moves an instruction of a message from one state to another; nothing happens if it is not in the first.
pub async fn settle(
    tx: &mut Tx,
    key: Key,
    payee: Payee,
    (from, to): (State, State),
    reason: Option<&str>,
) -> Result<bool, DbError> {
    let sql = "UPDATE payment_instruction SET state = $5, reason = COALESCE($6, reason), ended = COALESCE(ended, $7)
        WHERE batch = $1 AND payee = $2 AND message = $3 AND state = $4";
    let now = tx.now();
    let args: [Value; 7] = [
        key.batch.into(),
        to_bytes(payee),
        key.number.into(),
        from.number().into(),
        to.number().into(),
        reason.map(str::to_owned).into(),
        now.into(),
    ];
    Ok(tx.exec(sql, &args).await? == 1)
}

/// Notes where in the provider's statement an instruction stands.
pub async fn note_booked(tx: &mut Tx, kept: &Kept, position: i64) -> Result<(), DbError> {
    let sql = "UPDATE payment_instruction SET booked = $3 WHERE batch = $1 AND payee = $2";
    tx.defer(sql, vec![kept.batch.into(), to_bytes(kept.payee), position.into()]).await
}

/// What failed in a batch, at most `limit`.
pub async fn failed(tx: &mut Tx, batch: Id, limit: i64) -> Result<Vec<FailedInstruction>, DbError> {
    let sql = "SELECT i.id, i.amount, i.reason FROM payment_message m JOIN payment_instruction i
            ON i.batch = m.batch AND i.payee >= m.first_payee AND i.payee <= m.last_payee AND i.message = m.number
        WHERE m.batch = $1 AND m.failed > 0 AND i.state = 3 ORDER BY i.payee LIMIT $2";
    let rows = tx.all(sql, &[batch.into(), limit.into()]).await?;
    let read = |row: &Row| {
        let reason: Option<String> = row.get("reason")?;
        let (id, minor) = (row.get("id")?, row.get("amount")?);
        Ok(FailedInstruction { id, minor, reason: reason.unwrap_or_default() })
    };
    rows.iter().map(read).collect()
}

fn within(message: &Message) -> [Value; 4] {
    let Message { key, first, last, .. } = message;
    [key.batch.into(), to_bytes(*first), to_bytes(*last), key.number.into()]
}

fn to_transfer(row: &Row) -> Result<Id, DbError> {
    let renewed: Option<Id> = row.get("transfer")?;
    renewed.map_or_else(|| row.get("id"), Ok)
}

fn to_unplanned(row: &Row) -> Result<Unplanned, DbError> {
    let provider: Option<String> = row.get("provider")?;
    let revision: Option<i64> = row.get("revision")?;
    Ok(Unplanned {
        payee: to_payee(row, "payee")?,
        transfer: to_transfer(row)?,
        amount: row.get("amount")?,
        destination: provider.zip(revision),
    })
}

fn to_kept(row: &Row) -> Result<Kept, DbError> {
    let state = State::from_number(row.get("state")?);
    Ok(Kept {
        batch: row.get("batch")?,
        payee: to_payee(row, "payee")?,
        id: row.get("id")?,
        transfer: to_transfer(row)?,
        amount: row.get("amount")?,
        reference: row.get("reference")?,
        message: row.get("message")?,
        state: state.ok_or_else(|| corrupt("state", "a state of an instruction"))?,
        reason: row.get("reason")?,
        ended: row.get("ended")?,
        booked: row.get("booked")?,
    })
}
