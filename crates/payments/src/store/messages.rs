//! Messages, and the providers they go to.

use crate::model::message::{Key, Message};
use crate::store::{to_bytes, to_payee};
use basis::{Currency, Id, Timestamp};
use contracts::batches::Tally;
use kernel::db::{DbError, Row, Tx, Value};

/// Adds a message, which is planned then.
pub async fn insert(tx: &mut Tx, message: &Message) -> Result<(), DbError> {
    let sql = "INSERT INTO payment_message (batch, number, provider, state, first_payee, last_payee, planned, due, tries,
            open, paid, rejected, failed, paid_total)
        VALUES ($1, $2, $3, 0, $4, $5, $6, $6, 0, $7, 0, 0, 0, 0)";
    let args: [Value; 7] = [
        message.key.batch.into(),
        message.key.number.into(),
        message.provider.as_str().into(),
        to_bytes(message.first),
        to_bytes(message.last),
        message.planned.into(),
        message.open.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// The message.
pub async fn find(tx: &mut Tx, key: Key) -> Result<Option<Message>, DbError> {
    let sql =
        "SELECT batch, number, provider, first_payee, last_payee, planned, tries, open, rejected
        FROM payment_message WHERE batch = $1 AND number = $2";
    tx.opt(sql, &[key.batch.into(), key.number.into()]).await?.as_ref().map(to_message).transpose()
}

/// Messages that are made and not posted, of any batch.
pub async fn planned(tx: &mut Tx, limit: i64) -> Result<Vec<Message>, DbError> {
    let sql =
        "SELECT batch, number, provider, first_payee, last_payee, planned, tries, open, rejected
        FROM payment_message WHERE state = 0 ORDER BY batch, number LIMIT $1";
    tx.all(sql, &[limit.into()]).await?.iter().map(to_message).collect()
}

/// Messages of a provider that are to be sent now, those that wait longest first.
pub async fn due(
    tx: &mut Tx,
    provider: &str,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Message>, DbError> {
    let sql =
        "SELECT batch, number, provider, first_payee, last_payee, planned, tries, open, rejected
        FROM payment_message WHERE state = 1 AND provider = $1 AND due <= $2 ORDER BY due LIMIT $3";
    let args = [provider.into(), now.into(), limit.into()];
    tx.all(sql, &args).await?.iter().map(to_message).collect()
}

/// Providers for whom something is to be sent now, less those that are left alone for a while.
pub async fn due_providers(tx: &mut Tx, now: Timestamp) -> Result<Vec<String>, DbError> {
    let sql = "SELECT p.provider FROM payment_provider p WHERE p.not_before <= $1 AND EXISTS
            (SELECT 1 FROM payment_message m WHERE m.state = 1 AND m.provider = p.provider AND m.due <= $1)
        ORDER BY p.provider";
    tx.all(sql, &[now.into()]).await?.iter().map(|row| row.get("provider")).collect()
}

/// Messages whose instructions have ended and were not compared yet, after a key.
pub async fn ended(tx: &mut Tx, after: Key, limit: i64) -> Result<Vec<Message>, DbError> {
    let sql =
        "SELECT batch, number, provider, first_payee, last_payee, planned, tries, open, rejected
        FROM payment_message WHERE state = 2 AND (batch > $1 OR (batch = $1 AND number > $2))
        ORDER BY batch, number LIMIT $3";
    let args = [after.batch.into(), after.number.into(), limit.into()];
    tx.all(sql, &args).await?.iter().map(to_message).collect()
}

/// Messages below a number in which something failed.
pub async fn with_failed(
    tx: &mut Tx,
    batch: Id,
    below: i64,
    limit: i64,
) -> Result<Vec<Message>, DbError> {
    let sql = "SELECT batch, number, provider, first_payee, last_payee, planned, tries, open, rejected
        FROM payment_message WHERE batch = $1 AND number < $2 AND failed > 0 ORDER BY number LIMIT $3";
    let args = [batch.into(), below.into(), limit.into()];
    tx.all(sql, &args).await?.iter().map(to_message).collect()
}

/// Notes that the transfers of a message are in the ledger.
pub async fn note_posted(tx: &mut Tx, key: Key) -> Result<(), DbError> {
    let sql = "UPDATE payment_message SET state = 1 WHERE batch = $1 AND number = $2 AND state = 0";
    tx.exec(sql, &[key.batch.into(), key.number.into()]).await.map(drop)
}

/// Notes when a message is to be sent next. First in a transaction that changes its instructions: others that do wait.
pub async fn touch(tx: &mut Tx, key: Key, tries: i64, due: Timestamp) -> Result<(), DbError> {
    let sql =
        "UPDATE payment_message SET tries = tries + $3, due = $4 WHERE batch = $1 AND number = $2";
    tx.exec(sql, &[key.batch.into(), key.number.into(), tries.into(), due.into()]).await.map(drop)
}

/// As [`touch`], and leaves the time as it is.
pub async fn hold(tx: &mut Tx, key: Key) -> Result<(), DbError> {
    let sql = "UPDATE payment_message SET tries = tries WHERE batch = $1 AND number = $2";
    tx.exec(sql, &[key.batch.into(), key.number.into()]).await.map(drop)
}

/// Counts a message's instructions anew, and ends it if none is left to wait for.
pub async fn recount(tx: &mut Tx, message: &Message) -> Result<(), DbError> {
    let sums = "SELECT
            CAST(COALESCE(SUM(CASE WHEN state = 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS open,
            CAST(COALESCE(SUM(CASE WHEN state = 1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS paid,
            CAST(COALESCE(SUM(CASE WHEN state = 2 THEN 1 ELSE 0 END), 0) AS BIGINT) AS rejected,
            CAST(COALESCE(SUM(CASE WHEN state = 3 THEN 1 ELSE 0 END), 0) AS BIGINT) AS failed,
            CAST(COALESCE(SUM(CASE WHEN state = 1 THEN amount ELSE 0 END), 0) AS BIGINT) AS paid_total
        FROM payment_instruction WHERE batch = $1 AND payee >= $2 AND payee <= $3 AND message = $4";
    let Message { key, first, last, .. } = message;
    let args = [key.batch.into(), to_bytes(*first), to_bytes(*last), key.number.into()];
    let row = tx.one(sums, &args).await?;
    let (open, rejected): (i64, i64) = (row.get("open")?, row.get("rejected")?);
    let update = "UPDATE payment_message SET open = $3, paid = $4, rejected = $5, failed = $6, paid_total = $7,
            state = CASE WHEN CAST($3 AS BIGINT) + CAST($5 AS BIGINT) = 0 AND state < 3 THEN 2 ELSE state END
        WHERE batch = $1 AND number = $2";
    let args: [Value; 7] = [
        key.batch.into(),
        key.number.into(),
        open.into(),
        row.get::<i64>("paid")?.into(),
        rejected.into(),
        row.get::<i64>("failed")?.into(),
        row.get::<i64>("paid_total")?.into(),
    ];
    tx.exec(update, &args).await.map(drop)
}

/// Notes that a message matches postings and statement.
pub async fn note_reconciled(tx: &mut Tx, key: Key) -> Result<(), DbError> {
    let sql = "UPDATE payment_message SET state = 3 WHERE batch = $1 AND number = $2 AND state = 2";
    tx.exec(sql, &[key.batch.into(), key.number.into()]).await.map(drop)
}

/// Whether every message of a batch has ended.
pub async fn all_ended(tx: &mut Tx, batch: Id) -> Result<bool, DbError> {
    let sql = "SELECT number FROM payment_message WHERE batch = $1 AND state < 2 LIMIT 1";
    Ok(tx.opt(sql, &[batch.into()]).await?.is_none())
}

/// Where the instructions of a batch stand, of which `taken` were taken.
pub async fn tally(tx: &mut Tx, batch: Id, taken: i64) -> Result<Tally, DbError> {
    let sql = "SELECT
            CAST(COALESCE(SUM(CASE WHEN state > 0 THEN open + rejected ELSE 0 END), 0) AS BIGINT) AS sent,
            CAST(COALESCE(SUM(paid), 0) AS BIGINT) AS paid,
            CAST(COALESCE(SUM(failed), 0) AS BIGINT) AS failed,
            CAST(COALESCE(SUM(paid_total), 0) AS BIGINT) AS paid_total
        FROM payment_message WHERE batch = $1";
    let row = tx.one(sql, &[batch.into()]).await?;
    let (sent, paid, failed) = (row.get("sent")?, row.get("paid")?, row.get("failed")?);
    let waiting = taken - sent - paid - failed;
    Ok(Tally { waiting, sent, paid, failed, paid_minor: row.get("paid_total")? })
}

/// How many instructions are paid or on their way, in all batches.
pub async fn on_their_way(tx: &mut Tx) -> Result<i64, DbError> {
    let sql = "SELECT CAST(COALESCE(SUM(open + paid + rejected), 0) AS BIGINT) AS some FROM payment_message WHERE state > 0";
    tx.one(sql, &[]).await?.get("some")
}

/// The clearing account of a provider in a currency.
pub async fn clearing(
    tx: &mut Tx,
    provider: &str,
    currency: Currency,
) -> Result<Option<Id>, DbError> {
    let sql = "SELECT account FROM payment_clearing WHERE provider = $1 AND currency = $2";
    let row = tx.opt(sql, &[provider.into(), currency.code().into()]).await?;
    row.map(|row| row.get("account")).transpose()
}

/// Notes the clearing account of a provider.
pub async fn insert_clearing(
    tx: &mut Tx,
    provider: &str,
    currency: Currency,
    account: Id,
) -> Result<(), DbError> {
    let known = "INSERT INTO payment_provider (provider, failures, not_before, statement_after, statement_lines)
        VALUES ($1, 0, 0, 0, 0) ON CONFLICT DO NOTHING";
    tx.exec(known, &[provider.into()]).await?;
    let sql =
        "INSERT INTO payment_clearing (provider, currency, account, ledger_after, posted, returned)
        VALUES ($1, $2, $3, 0, 0, 0)";
    tx.exec(sql, &[provider.into(), currency.code().into(), account.into()]).await.map(drop)
}

/// How often a provider failed in a row.
pub async fn failures(tx: &mut Tx, provider: &str) -> Result<i64, DbError> {
    let sql = "SELECT failures FROM payment_provider WHERE provider = $1";
    tx.opt(sql, &[provider.into()]).await?.map_or(Ok(0), |row| row.get("failures"))
}

/// Notes how a provider answers.
pub async fn note_failures(
    tx: &mut Tx,
    provider: &str,
    failures: i64,
    not_before: Timestamp,
    error: Option<&str>,
) -> Result<(), DbError> {
    let sql = "UPDATE payment_provider SET failures = $2, not_before = $3, last_error = $4 WHERE provider = $1";
    let args =
        [provider.into(), failures.into(), not_before.into(), error.map(str::to_owned).into()];
    tx.exec(sql, &args).await.map(drop)
}

fn to_message(row: &Row) -> Result<Message, DbError> {
    Ok(Message {
        key: Key { batch: row.get("batch")?, number: row.get("number")? },
        provider: row.get("provider")?,
        first: to_payee(row, "first_payee")?,
        last: to_payee(row, "last_payee")?,
        planned: row.get("planned")?,
        tries: row.get("tries")?,
        open: row.get("open")?,
        rejected: row.get("rejected")?,
    })
}
