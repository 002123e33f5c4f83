//! Tables `birth` and `import_batch`, for many births at once.

use super::{Marks, SealedBirth, birth, digest, place};
use basis::Id;
use kernel::db::{ColumnType, DbError, Table, Tx, Value};
use std::collections::HashMap;

static BIRTH: Table = Table {
    name: "birth",
    columns: &[
        ("id", ColumnType::Bytes),
        ("number", ColumnType::Text),
        ("sealed", ColumnType::Bytes),
        ("registrar", ColumnType::Text),
        ("effective", ColumnType::Int),
        ("recorded", ColumnType::Int),
        ("mother", ColumnType::Bytes),
        ("likeness", ColumnType::Bytes),
        ("entry", ColumnType::Bytes),
        ("batch", ColumnType::Bytes),
    ],
};

/// Entries looked for with one statement: a fixed number, so that the statement is one text.
const AT_ONCE: usize = 40;

/// Adds the births of a batch.
pub async fn append(
    tx: &mut Tx,
    births: &[(SealedBirth, Marks)],
    registrar: &str,
    batch: Id,
) -> Result<(), DbError> {
    let mut rows: Vec<Value> = Vec::with_capacity(births.len() * BIRTH.columns.len());
    for (birth, marks) in births {
        rows.extend([
            birth.id.into(),
            birth.number.as_str().into(),
            birth.sealed.as_slice().into(),
            registrar.into(),
            birth.effective.into(),
            birth.recorded.into(),
            digest(marks.mother),
            digest(marks.likeness),
            digest(marks.entry),
            batch.into(),
        ]);
    }
    tx.append(&BIRTH, &rows).await
}

/// Registrations that were made of these entries, by the entry's digest.
pub async fn entered(
    tx: &mut Tx,
    entries: &[[u8; 32]],
) -> Result<HashMap<[u8; 32], SealedBirth>, DbError> {
    let sql = "SELECT entry, id, number, sealed, subject, effective, recorded FROM birth
        WHERE entry IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
            $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35,
            $36, $37, $38, $39, $40)";
    let mut found = HashMap::new();
    for some in entries.chunks(AT_ONCE) {
        // The last portion is filled up with what is asked anyway.
        let args: Vec<Value> =
            some.iter().cycle().take(AT_ONCE).map(|entry| (*entry).into()).collect();
        for row in tx.all(sql, &args).await? {
            found.insert(row.get("entry")?, birth(&row)?);
        }
    }
    Ok(found)
}

/// Notes a batch and the reach of its ids.
pub async fn insert_batch(
    tx: &mut Tx,
    batch: Id,
    reach: (Id, Id),
    births: i64,
    officer: &str,
) -> Result<(), DbError> {
    let sql = "INSERT INTO import_batch (id, from_id, to_id, births, officer, recorded)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let args: [Value; 6] = [
        batch.into(),
        reach.0.into(),
        reach.1.into(),
        births.into(),
        officer.into(),
        tx.now().into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// Births of a batch with an id above `after`, ascending; none if there is no such batch.
pub async fn of_batch(
    tx: &mut Tx,
    batch: Id,
    after: Option<Id>,
    limit: i64,
) -> Result<Option<Vec<SealedBirth>>, DbError> {
    let sql = "SELECT from_id, to_id FROM import_batch WHERE id = $1";
    let Some(row) = tx.opt(sql, &[batch.into()]).await? else { return Ok(None) };
    let (from, to): (Id, Id) = (row.get("from_id")?, row.get("to_id")?);
    let sql = "SELECT id, number, sealed, subject, effective, recorded FROM birth
        WHERE id > $1 AND id >= $2 AND id <= $3 AND batch = $4 ORDER BY id LIMIT $5";
    let args = [place(after), from.into(), to.into(), batch.into(), limit.into()];
    Ok(Some(tx.all(sql, &args).await?.iter().map(birth).collect::<Result<_, _>>()?))
}
