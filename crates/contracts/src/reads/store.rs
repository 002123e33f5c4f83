//! The read log's table, the same in every block that holds facts about persons.
//!
//! A block lists [`MIGRATION`], [`SEALED_CASE`] and [`REFUSED`] among its own, writes an entry in the transaction
//! that reads the fact, and so answers only when the entry is durable.
//!
//! The case stands in the log sealed: it is the reader's own name of the person's matter, the same
//! in every register read for it, and two databases must share no value about one person.

mod append;

pub use append::append;

use kernel::db::{DbError, Migration, Row, Tx, Value};
use kernel::fields::{Fields, FieldsError, SubjectKey};

use super::{ReadEntry, ReadLog, ReadLogQuery};
use crate::context::Pseudonym;

/// Creates the table.
pub const MIGRATION: Migration = Migration {
    name: "read_log/0001_init",
    sql: include_str!("../../migrations/0001_read_log.sql"),
};

/// Lets the case stand sealed.
pub const SEALED_CASE: Migration = Migration {
    name: "read_log/0002_sealed_case",
    sql: include_str!("../../migrations/0002_sealed_case.sql"),
};

/// Lets an entry tell of an attempt that was refused.
pub const REFUSED: Migration = Migration {
    name: "read_log/0003_refused",
    sql: include_str!("../../migrations/0003_refused.sql"),
};

/// Whose key cases are sealed under: the log's own, so that an entry can move to another subject.
const LOG: &[u8] = b"read_log";
/// Label of a sealed case.
const CASE: &str = "case";

/// Most entries of one page.
const PAGE: u16 = 100;

/// Writes down that the subject's data were read, or that somebody was refused who asked for them.
///
/// # Errors
/// What database and key store say.
pub async fn insert(
    tx: &mut Tx,
    fields: &Fields,
    subject: Pseudonym,
    entry: &ReadEntry,
) -> Result<(), FieldsError> {
    let sql = "INSERT INTO read_log (subject, id, at, reader, officer, sealed_case, purpose, basis, reference, fields, self_read, refused)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let sealed_case = match &entry.case {
        Some(case) => Some(fields.seal(tx, LOG, CASE, case.as_bytes()).await?),
        None => None,
    };
    let args: [Value; 12] = [
        subject.0.into(),
        tx.mint().into(),
        entry.at.into(),
        entry.reader.to_string().into(),
        entry.officer.clone().into(),
        sealed_case.into(),
        entry.purpose.as_str().into(),
        entry.basis.as_str().into(),
        entry.basis_reference.as_str().into(),
        entry.fields.join(" ").into(),
        entry.self_read.into(),
        entry.refused.clone().into(),
    ];
    Ok(tx.exec(sql, &args).await.map(drop)?)
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
/// What database and key store say.
pub async fn list(
    tx: &mut Tx,
    fields: &Fields,
    subject: Pseudonym,
    query: &ReadLogQuery,
) -> Result<ReadLog, FieldsError> {
    let sql = "SELECT at, reader, officer, sealed_case, purpose, basis, reference, fields, self_read, refused FROM read_log
        WHERE subject = $1 AND at < $2 ORDER BY at DESC, id DESC LIMIT $3";
    let limit = i64::from(query.limit.unwrap_or(PAGE).clamp(1, PAGE));
    let before = query.before.map_or(i64::MAX, |at| at.micros());
    let rows = tx.all(sql, &[subject.0.into(), before.into(), (limit + 1).into()]).await?;
    let more = rows.len() as i64 > limit;
    let key = match fields.subject(tx, LOG).await {
        // No entry of this block names a case yet.
        Err(FieldsError::NoKey) => None,
        found => Some(found?),
    };
    let shown = rows.iter().take(usize::try_from(limit).unwrap_or(0));
    let entries = shown.map(|row| entry(row, key.as_ref())).collect::<Result<_, _>>()?;
    Ok(ReadLog { entries, more })
}

fn entry(row: &Row, key: Option<&SubjectKey>) -> Result<ReadEntry, FieldsError> {
    let fields: String = row.get("fields")?;
    let case = match row.get::<Option<Vec<u8>>>("sealed_case")? {
        Some(sealed) => Some(key.ok_or(FieldsError::NoKey)?.open_text(CASE, &sealed)?),
        None => None,
    };
    Ok(ReadEntry {
        at: row.get("at")?,
        reader: parsed(row, "reader", "a subsystem identifier")?,
        officer: row.get("officer")?,
        case,
        purpose: row.get("purpose")?,
        basis: parsed(row, "basis", "a kind of legal basis")?,
        basis_reference: row.get("reference")?,
        fields: fields.split_whitespace().map(str::to_owned).collect(),
        self_read: row.get("self_read")?,
        refused: row.get("refused")?,
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
