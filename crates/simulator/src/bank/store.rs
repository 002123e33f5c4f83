//! Every SQL string of a bank.

use super::model::{Books, Entry, money, status_code, status_of};
use basis::{Money, Timestamp};
use contracts::rails::RailStatus;
use kernel::db::{ColumnType, DbError, Row, Table, Tx, Value};

static TRANSFER: Table = Table {
    name: "bank_transfer",
    columns: &[
        ("known_as", ColumnType::Bytes),
        ("content", ColumnType::Bytes),
        ("sealed", ColumnType::Bytes),
        ("member", ColumnType::Text),
        ("client", ColumnType::Text),
        ("ground", ColumnType::Text),
        ("status", ColumnType::Text),
        ("reason", ColumnType::Text),
        ("amount", ColumnType::Int),
        ("currency", ColumnType::Text),
        ("position", ColumnType::Int),
        ("received", ColumnType::Int),
        ("booked", ColumnType::Int),
        ("due", ColumnType::Int),
        ("reports_left", ColumnType::Int),
        ("attempts", ColumnType::Int),
    ],
};

pub async fn append_entries(tx: &mut Tx, entries: &[Entry]) -> Result<(), DbError> {
    let values: Vec<Value> = entries.iter().flat_map(values).collect();
    tx.append(&TRANSFER, &values).await
}

fn values(entry: &Entry) -> [Value; 16] {
    [
        entry.known_as.into(),
        entry.content.into(),
        entry.sealed.as_slice().into(),
        entry.member.as_str().into(),
        entry.client.as_str().into(),
        entry.ground.as_str().into(),
        status_code(entry.status).into(),
        entry.reason.as_deref().into(),
        entry.amount.minor().into(),
        entry.amount.currency().code().into(),
        entry.position.into(),
        entry.received.into(),
        entry.booked.into(),
        entry.due.into(),
        entry.reports_left.into(),
        entry.attempts.into(),
    ]
}

pub async fn find_entry(tx: &mut Tx, known_as: &[u8; 32]) -> Result<Option<Entry>, DbError> {
    let sql = "SELECT known_as, content, sealed, member, client, ground, status, reason, amount,
            currency, position, received, booked, due, reports_left, attempts
        FROM bank_transfer WHERE known_as = $1";
    tx.opt(sql, &[(*known_as).into()]).await?.as_ref().map(entry).transpose()
}

/// What the bank must turn to, oldest first.
pub async fn due_entries(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<Entry>, DbError> {
    let sql = "SELECT known_as, content, sealed, member, client, ground, status, reason, amount,
            currency, position, received, booked, due, reports_left, attempts
        FROM bank_transfer WHERE due <= $1 ORDER BY due, known_as LIMIT $2";
    tx.all(sql, &[now.into(), limit.into()]).await?.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<Entry, DbError> {
    Ok(Entry {
        known_as: row.get("known_as")?,
        content: row.get("content")?,
        sealed: row.get("sealed")?,
        member: row.get("member")?,
        client: row.get("client")?,
        ground: row.get("ground")?,
        status: status(row)?,
        reason: row.get("reason")?,
        amount: amount(row, "amount")?,
        position: row.get("position")?,
        received: row.get("received")?,
        booked: row.get("booked")?,
        due: row.get("due")?,
        reports_left: row.get("reports_left")?,
        attempts: row.get("attempts")?,
    })
}

fn status(row: &Row) -> Result<RailStatus, DbError> {
    let code: String = row.get("status")?;
    status_of(&code).ok_or_else(|| corrupt("status", "ACCP, ACSC or RJCT"))
}

fn amount(row: &Row, column: &str) -> Result<Money, DbError> {
    let (minor, currency): (i64, String) = (row.get(column)?, row.get("currency")?);
    money(minor, &currency).ok_or_else(|| corrupt("currency", "an ISO 4217 code"))
}

fn corrupt(column: &str, expected: &'static str) -> DbError {
    DbError::Corrupt { column: column.to_owned(), expected }
}

/// The last position of the books; 0 while they are empty.
pub async fn last_position(tx: &mut Tx) -> Result<i64, DbError> {
    let sql = "SELECT COALESCE(MAX(position), 0) AS last FROM bank_transfer";
    tx.one(sql, &[]).await?.get("last")
}

pub async fn book(tx: &mut Tx, entry: &Entry) -> Result<(), DbError> {
    let sql = "UPDATE bank_transfer SET status = $2, position = $3, booked = $4
        WHERE known_as = $1";
    let args = vec![
        entry.known_as.into(),
        status_code(entry.status).into(),
        entry.position.into(),
        entry.booked.into(),
    ];
    tx.defer(sql, args).await
}

/// Notes how often a transfer is still to be reported, and when.
pub async fn set_report(tx: &mut Tx, entry: &Entry) -> Result<(), DbError> {
    let sql = "UPDATE bank_transfer SET due = $2, reports_left = $3, attempts = $4
        WHERE known_as = $1";
    let args = vec![
        entry.known_as.into(),
        entry.due.into(),
        entry.reports_left.into(),
        entry.attempts.into(),
    ];
    tx.defer(sql, args).await
}

/// A member's bookings after a position.
pub async fn bookings(
    tx: &mut Tx,
    member: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Entry>, DbError> {
    let sql = "SELECT known_as, content, sealed, member, client, ground, status, reason, amount,
            currency, position, received, booked, due, reports_left, attempts
        FROM bank_transfer WHERE position > $2 AND member = $1 ORDER BY position LIMIT $3";
    tx.all(sql, &[member.into(), after.into(), limit.into()]).await?.iter().map(entry).collect()
}

pub async fn books(tx: &mut Tx) -> Result<Books, DbError> {
    let mut books = Books { booked: 0, accepted: 0, rejected: 0, sums: Vec::new() };
    let sql = "SELECT status, COUNT(*) AS n FROM bank_transfer GROUP BY status ORDER BY status";
    for row in tx.all(sql, &[]).await? {
        let n = row.get("n")?;
        match status(&row)? {
            RailStatus::Booked => books.booked = n,
            RailStatus::Accepted => books.accepted = n,
            RailStatus::Rejected => books.rejected = n,
        }
    }
    let sql = "SELECT currency, CAST(SUM(amount) AS BIGINT) AS total FROM bank_transfer
        WHERE position IS NOT NULL GROUP BY currency ORDER BY currency";
    for row in tx.all(sql, &[]).await? {
        books.sums.push(amount(&row, "total")?);
    }
    Ok(books)
}

pub async fn find_behaviour(tx: &mut Tx) -> Result<Option<String>, DbError> {
    let sql = "SELECT behaviour FROM bank_behaviour WHERE singleton = 1";
    tx.opt(sql, &[]).await?.map(|row| row.get("behaviour")).transpose()
}

pub async fn put_behaviour(tx: &mut Tx, behaviour: &str) -> Result<(), DbError> {
    let sql = "INSERT INTO bank_behaviour (singleton, behaviour) VALUES (1, $1)
        ON CONFLICT (singleton) DO UPDATE SET behaviour = excluded.behaviour";
    tx.exec(sql, &[behaviour.into()]).await.map(drop)
}
