//! Table `record`.

use super::code;
use crate::model::record::Record;
use crate::model::register::RegisterCode;
use basis::Id;
use contracts::Pseudonym;
use kernel::db::{ColumnType, DbError, Row, Table, Tx, Value};
use std::collections::HashMap;

static RECORD: Table = Table {
    name: "record",
    columns: &[
        ("id", ColumnType::Bytes),
        ("register", ColumnType::Text),
        ("subject", ColumnType::Bytes),
        ("latest", ColumnType::Int),
        ("deleted", ColumnType::Bool),
        ("recorded", ColumnType::Int),
    ],
};

/// A subject falls into one of so many locks: lock rows stay for good, so there are not as many as
/// persons.
const LOCKS: u8 = 64;

/// Makes transactions that create records of the same subject run one after the other.
pub async fn lock(tx: &mut Tx, subject: Pseudonym) -> Result<(), DbError> {
    let bucket = subject.as_bytes()[15] % LOCKS;
    tx.lock(&format!("record:{bucket}")).await
}

/// Adds a record.
pub async fn insert(tx: &mut Tx, record: &Record) -> Result<(), DbError> {
    let sql = "INSERT INTO record (id, register, subject, latest, deleted, recorded)
        VALUES ($1, $2, $3, $4, $5, $6)";
    tx.exec(sql, &values(record)).await.map(drop)
}

/// Adds many records.
pub async fn append(tx: &mut Tx, records: &[Record]) -> Result<(), DbError> {
    let rows: Vec<Value> = records.iter().flat_map(values).collect();
    tx.append(&RECORD, &rows).await
}

/// Moves a record on to its next revision. `false` when it is not at the revision before any more.
pub async fn update(tx: &mut Tx, record: &Record) -> Result<bool, DbError> {
    let sql = "UPDATE record SET latest = $2, deleted = $3, recorded = $4
        WHERE id = $1 AND latest = $2 - 1";
    let args: [Value; 4] =
        [record.id.into(), record.latest.into(), record.deleted.into(), record.recorded.into()];
    Ok(tx.exec(sql, &args).await? == 1)
}

/// One record.
pub async fn find(tx: &mut Tx, id: Id) -> Result<Option<Record>, DbError> {
    let sql = "SELECT id, register, subject, latest, deleted, recorded FROM record WHERE id = $1";
    tx.opt(sql, &[id.into()]).await?.as_ref().map(from_row).transpose()
}

/// The subject's record in a register.
pub async fn find_of(
    tx: &mut Tx,
    register: &RegisterCode,
    subject: Pseudonym,
) -> Result<Option<Record>, DbError> {
    let sql = "SELECT id, register, subject, latest, deleted, recorded FROM record
        WHERE subject = $1 AND register = $2";
    let args = [subject.0.into(), register.as_str().into()];
    tx.opt(sql, &args).await?.as_ref().map(from_row).transpose()
}

/// Subjects looked for with one statement: a fixed number, so that the statement is one text.
const AT_ONCE: usize = 40;

/// The records of these subjects in a register, as far as they have one.
pub async fn find_many(
    tx: &mut Tx,
    register: &RegisterCode,
    subjects: &[Pseudonym],
) -> Result<HashMap<Pseudonym, Record>, DbError> {
    let sql = "SELECT id, register, subject, latest, deleted, recorded FROM record
        WHERE register = $1 AND subject IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
            $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34,
            $35, $36, $37, $38, $39, $40, $41)";
    let mut found = HashMap::new();
    for some in subjects.chunks(AT_ONCE) {
        // The last portion is filled up with what is asked anyway.
        let asked = some.iter().cycle().take(AT_ONCE).map(|subject| Value::from(subject.0));
        let args: Vec<Value> = std::iter::once(register.as_str().into()).chain(asked).collect();
        for row in tx.all(sql, &args).await? {
            let record = from_row(&row)?;
            found.insert(record.subject, record);
        }
    }
    Ok(found)
}

fn values(record: &Record) -> [Value; 6] {
    [
        record.id.into(),
        record.register.as_str().into(),
        record.subject.0.into(),
        record.latest.into(),
        record.deleted.into(),
        record.recorded.into(),
    ]
}

fn from_row(row: &Row) -> Result<Record, DbError> {
    Ok(Record {
        id: row.get("id")?,
        register: code(row, "register")?,
        subject: Pseudonym(row.get("subject")?),
        latest: row.get("latest")?,
        deleted: row.get("deleted")?,
        recorded: row.get("recorded")?,
    })
}
