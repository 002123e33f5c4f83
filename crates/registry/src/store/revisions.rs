//! Table `revision`: rows are only ever added.

use crate::model::record::Revision;
use basis::{Id, Timestamp};
use kernel::db::{ColumnType, DbError, Row, Table, Tx, Value};

static REVISION: Table = Table {
    name: "revision",
    columns: &[
        ("record", ColumnType::Bytes),
        ("revision", ColumnType::Int),
        ("schema_version", ColumnType::Int),
        ("effective", ColumnType::Int),
        ("recorded", ColumnType::Int),
        ("actor", ColumnType::Text),
        ("case_ref", ColumnType::Text),
        ("deleted", ColumnType::Bool),
        ("content", ColumnType::Bytes),
    ],
};

/// Adds a revision.
pub async fn insert(tx: &mut Tx, revision: &Revision) -> Result<(), DbError> {
    let sql = "INSERT INTO revision (record, revision, schema_version, effective, recorded, actor,
            case_ref, deleted, content)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    tx.exec(sql, &values(revision)).await.map(drop)
}

/// Adds many revisions.
pub async fn append(tx: &mut Tx, revisions: &[Revision]) -> Result<(), DbError> {
    let rows: Vec<Value> = revisions.iter().flat_map(values).collect();
    tx.append(&REVISION, &rows).await
}

/// The revision that was the latest at a recorded time.
pub async fn find_at(tx: &mut Tx, record: Id, at: Timestamp) -> Result<Option<Revision>, DbError> {
    let sql =
        "SELECT record, revision, schema_version, effective, recorded, actor, case_ref, deleted,
            content
        FROM revision WHERE record = $1 AND recorded <= $2 ORDER BY revision DESC LIMIT 1";
    tx.opt(sql, &[record.into(), at.into()]).await?.as_ref().map(from_row).transpose()
}

/// Revisions before number `before`, newest first.
pub async fn list(
    tx: &mut Tx,
    record: Id,
    before: i64,
    limit: i64,
) -> Result<Vec<Revision>, DbError> {
    let sql =
        "SELECT record, revision, schema_version, effective, recorded, actor, case_ref, deleted,
            content
        FROM revision WHERE record = $1 AND revision < $2 ORDER BY revision DESC LIMIT $3";
    let args = [record.into(), before.into(), limit.into()];
    tx.all(sql, &args).await?.iter().map(from_row).collect()
}

fn values(revision: &Revision) -> [Value; 9] {
    [
        revision.record.into(),
        revision.revision.into(),
        revision.schema_version.into(),
        revision.effective.into(),
        revision.recorded.into(),
        revision.actor.as_str().into(),
        revision.case.clone().into(),
        revision.deleted.into(),
        revision.sealed.as_slice().into(),
    ]
}

fn from_row(row: &Row) -> Result<Revision, DbError> {
    Ok(Revision {
        record: row.get("record")?,
        revision: row.get("revision")?,
        schema_version: row.get("schema_version")?,
        effective: row.get("effective")?,
        recorded: row.get("recorded")?,
        actor: row.get("actor")?,
        case: row.get("case_ref")?,
        deleted: row.get("deleted")?,
        sealed: row.get("content")?,
    })
}
