//! Cursors of the comparison, and what it found.

use crate::model::message::Difference;
use crate::store::to_currency;
use basis::{Currency, Id, Timestamp};
use kernel::db::{DbError, Row, Tx, Value};

/// A clearing account, and how far it was compared.
pub struct Clearing {
    /// The provider.
    pub provider: String,
    /// What it counts in.
    pub currency: Currency,
    /// The account.
    pub account: Id,
    /// Its postings up to here are compared.
    pub ledger_after: i64,
}

/// Providers with the position up to which their statements were read.
pub async fn providers(tx: &mut Tx) -> Result<Vec<(String, i64)>, DbError> {
    let sql = "SELECT provider, statement_after FROM payment_provider ORDER BY provider";
    let rows = tx.all(sql, &[]).await?;
    rows.iter().map(|row| Ok((row.get("provider")?, row.get("statement_after")?))).collect()
}

/// Moves a provider's cursor; false if another run was faster.
pub async fn move_statement(
    tx: &mut Tx,
    provider: &str,
    (from, to): (i64, i64),
    lines: i64,
) -> Result<bool, DbError> {
    let sql =
        "UPDATE payment_provider SET statement_after = $3, statement_lines = statement_lines + $4
        WHERE provider = $1 AND statement_after = $2";
    Ok(tx.exec(sql, &[provider.into(), from.into(), to.into(), lines.into()]).await? == 1)
}

/// All clearing accounts.
pub async fn clearings(tx: &mut Tx) -> Result<Vec<Clearing>, DbError> {
    let sql = "SELECT provider, currency, account, ledger_after FROM payment_clearing ORDER BY provider, currency";
    let read = |row: &Row| {
        Ok(Clearing {
            provider: row.get("provider")?,
            currency: to_currency(row)?,
            account: row.get("account")?,
            ledger_after: row.get("ledger_after")?,
        })
    };
    tx.all(sql, &[]).await?.iter().map(read).collect()
}

/// Moves a clearing account's cursor; false if another run was faster.
pub async fn move_ledger(
    tx: &mut Tx,
    clearing: &Clearing,
    to: i64,
    (posted, returned): (i64, i64),
) -> Result<bool, DbError> {
    let sql = "UPDATE payment_clearing SET ledger_after = $4, posted = posted + $5, returned = returned + $6
        WHERE provider = $1 AND currency = $2 AND ledger_after = $3";
    let args: [Value; 6] = [
        clearing.provider.as_str().into(),
        clearing.currency.code().into(),
        clearing.ledger_after.into(),
        to.into(),
        posted.into(),
        returned.into(),
    ];
    Ok(tx.exec(sql, &args).await? == 1)
}

/// How many postings stand on clearing accounts, less those that went back; how many lines on statements; differences.
pub async fn counts(tx: &mut Tx) -> Result<(i64, i64, i64), DbError> {
    let postings =
        "SELECT CAST(COALESCE(SUM(posted - returned), 0) AS BIGINT) AS n FROM payment_clearing";
    let lines =
        "SELECT CAST(COALESCE(SUM(statement_lines), 0) AS BIGINT) AS n FROM payment_provider";
    let differences = "SELECT COUNT(*) AS n FROM payment_difference";
    let postings = tx.one(postings, &[]).await?.get("n")?;
    let lines = tx.one(lines, &[]).await?.get("n")?;
    Ok((postings, lines, tx.one(differences, &[]).await?.get("n")?))
}

/// Notes a difference, once.
pub async fn differ(tx: &mut Tx, found: &Difference) -> Result<(), DbError> {
    let sql = "INSERT INTO payment_difference (transfer, kind, provider, amount, currency, position, found)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let now = tx.now();
    let args: [Value; 7] = [
        found.transfer.into(),
        found.kind.into(),
        found.provider.as_str().into(),
        found.amount.into(),
        found.currency.code().into(),
        found.position.into(),
        now.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// Takes a difference back that has solved itself.
pub async fn agree(tx: &mut Tx, transfer: Id, kind: &'static str) -> Result<(), DbError> {
    let sql = "DELETE FROM payment_difference WHERE transfer = $1 AND kind = $2";
    tx.exec(sql, &[transfer.into(), kind.into()]).await.map(drop)
}

/// A difference as it was noted.
pub struct Noted {
    /// The transfer.
    pub transfer: Id,
    /// What is wrong.
    pub kind: String,
    /// The provider concerned.
    pub provider: String,
    /// How much, in minor units.
    pub amount: i64,
    /// In what.
    pub currency: Currency,
    /// In the provider's statement or the ledger's log.
    pub position: Option<i64>,
    /// When it was found.
    pub found: Timestamp,
}

/// Differences, newest first.
pub async fn differences(tx: &mut Tx, limit: i64) -> Result<Vec<Noted>, DbError> {
    let sql =
        "SELECT transfer, kind, provider, amount, currency, position, found FROM payment_difference
        ORDER BY found DESC, transfer LIMIT $1";
    let read = |row: &Row| {
        Ok(Noted {
            transfer: row.get("transfer")?,
            kind: row.get("kind")?,
            provider: row.get("provider")?,
            amount: row.get("amount")?,
            currency: to_currency(row)?,
            position: row.get("position")?,
            found: row.get("found")?,
        })
    };
    tx.all(sql, &[limit.into()]).await?.iter().map(read).collect()
}
