//! The read log's table, the same in every block that holds facts about persons.
//!
//! A block lists [`MIGRATION`] among its own, writes an entry in the transaction that reads the
//! fact, and so answers only when the entry is durable.

use kernel::db::{DbError, Migration, Row, Tx, Value};

use super::{ReadEntry, ReadLog, ReadLogQuery};
use crate::context::Pseudonym;

/// Creates the table.
pub const MIGRATION: Migration = Migration {
    name: "read_log/0001_init",
    sql: include_str!("../../migrations/0001_read_log.sql"),
};

/// Most entries of one page.
const PAGE: u16 = 100;

/// Writes down that the subject's data were read.
///
/// # Errors
/// Any [`DbError`].
pub async fn insert(tx: &mut Tx, subject: Pseudonym, entry: &ReadEntry) -> Result<(), DbError> {
    let sql = "INSERT INTO read_log (subject, id, at, reader, officer, case_ref, purpose, basis, reference, fields, self_read)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let args: [Value; 11] = [
        subject.0.into(),
        tx.mint().into(),
        entry.at.into(),
        entry.reader.to_string().into(),
        entry.officer.clone().into(),
        entry.case.clone().into(),
        entry.purpose.as_str().into(),
        entry.basis.as_str().into(),
        entry.basis_reference.as_str().into(),
        entry.fields.join(" ").into(),
        entry.self_read.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// Moves entries to the subject they turned out to be about: a fact may be read before anyone
/// knows the person, and is then logged under the fact's own id.
///
/// # Errors
/// Any [`DbError`].
pub async fn relink(tx: &mut Tx, from: Pseudonym, to: Pseudonym) -> Result<(), DbError> {
    let sql = "UPDATE read_log SET subject = $2 WHERE subject = $1";
    tx.exec(sql, &[from.0.into(), to.0.into()]).await.map(drop)
}

/// A page of the subject's entries, newest first.
///
/// # Errors
/// Any [`DbError`].
pub async fn list(
    tx: &mut Tx,
    subject: Pseudonym,
    query: &ReadLogQuery,
) -> Result<ReadLog, DbError> {
    let sql = "SELECT at, reader, officer, case_ref, purpose, basis, reference, fields, self_read FROM read_log
        WHERE subject = $1 AND at < $2 ORDER BY at DESC, id DESC LIMIT $3";
    let limit = i64::from(query.limit.unwrap_or(PAGE).clamp(1, PAGE));
    let before = query.before.map_or(i64::MAX, |at| at.micros());
    let rows = tx.all(sql, &[subject.0.into(), before.into(), (limit + 1).into()]).await?;
    let more = rows.len() as i64 > limit;
    let shown = rows.iter().take(usize::try_from(limit).unwrap_or(0));
    Ok(ReadLog { entries: shown.map(entry).collect::<Result<_, _>>()?, more })
}

fn entry(row: &Row) -> Result<ReadEntry, DbError> {
    let fields: String = row.get("fields")?;
    Ok(ReadEntry {
        at: row.get("at")?,
        reader: parsed(row, "reader", "a subsystem identifier")?,
        officer: row.get("officer")?,
        case: row.get("case_ref")?,
        purpose: row.get("purpose")?,
        basis: parsed(row, "basis", "a kind of legal basis")?,
        basis_reference: row.get("reference")?,
        fields: fields.split_whitespace().map(str::to_owned).collect(),
        self_read: row.get("self_read")?,
    })
}

fn parsed<T: std::str::FromStr>(
    row: &Row,
    column: &str,
    expected: &'static str,
) -> Result<T, DbError> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| DbError::Corrupt { column: column.to_owned(), expected })
}
