//! Table `revision`.

use super::Page;
use crate::model::revision::{Predecessor, Revision};
use basis::Id;
use kernel::db::{DbError, Row, Tx, Value};

/// Adds a revision. Two that follow the same one cannot both be added.
pub async fn insert(tx: &mut Tx, revision: &Revision) -> Result<(), DbError> {
    let sql = "INSERT INTO revision (id, schema_name, object, number, snapshot, hash, chain, seal, recorded)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let args: [Value; 9] = [
        revision.id.into(),
        revision.schema.as_str().into(),
        revision.object.into(),
        revision.number.into(),
        revision.snapshot.as_str().into(),
        (*revision.hash.as_bytes()).into(),
        (*revision.chain.as_bytes()).into(),
        revision.seal.as_str().into(),
        revision.recorded.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// One revision of an object.
pub async fn find(tx: &mut Tx, object: Id, id: Id) -> Result<Option<Revision>, DbError> {
    let sql = "SELECT r.id, r.schema_name, r.object, r.number, r.snapshot, r.hash, r.chain, r.seal, r.recorded,
            p.hash AS before_hash, p.seal AS before_seal
        FROM revision r
        LEFT JOIN revision p ON p.object = r.object AND p.number = r.number - 1
        WHERE r.id = $1 AND r.object = $2";
    tx.opt(sql, &[id.into(), object.into()]).await?.as_ref().map(from_row).transpose()
}

/// The object a revision belongs to.
pub async fn find_object(tx: &mut Tx, id: Id) -> Result<Option<Id>, DbError> {
    let row = tx.opt("SELECT object FROM revision WHERE id = $1", &[id.into()]).await?;
    row.map(|row| row.get("object")).transpose()
}

/// An object's latest revision.
pub async fn last(tx: &mut Tx, object: Id) -> Result<Option<Revision>, DbError> {
    let sql = "SELECT r.id, r.schema_name, r.object, r.number, r.snapshot, r.hash, r.chain, r.seal, r.recorded,
            p.hash AS before_hash, p.seal AS before_seal
        FROM revision r
        LEFT JOIN revision p ON p.object = r.object AND p.number = r.number - 1
        WHERE r.object = $1 ORDER BY r.number DESC LIMIT 1";
    tx.opt(sql, &[object.into()]).await?.as_ref().map(from_row).transpose()
}

/// An object's revisions, oldest first.
pub async fn list(tx: &mut Tx, object: Id, page: Page) -> Result<Vec<Revision>, DbError> {
    let sql = "SELECT r.id, r.schema_name, r.object, r.number, r.snapshot, r.hash, r.chain, r.seal, r.recorded,
            p.hash AS before_hash, p.seal AS before_seal
        FROM revision r
        LEFT JOIN revision p ON p.object = r.object AND p.number = r.number - 1
        WHERE r.object = $1 ORDER BY r.number LIMIT $2 OFFSET $3";
    let [limit, offset] = page.args();
    let rows = tx.all(sql, &[object.into(), limit, offset]).await?;
    rows.iter().map(from_row).collect()
}

/// Deletes an object's revisions: only when a person is forgotten.
pub async fn delete_all(tx: &mut Tx, object: Id) -> Result<(), DbError> {
    tx.exec("DELETE FROM revision WHERE object = $1", &[object.into()]).await.map(drop)
}

fn from_row(row: &Row) -> Result<Revision, DbError> {
    let before: Option<String> = row.get("before_seal")?;
    let predecessor = match before {
        Some(seal) => Some(Predecessor { hash: row.get("before_hash")?, seal }),
        None => None,
    };
    Ok(Revision {
        id: row.get("id")?,
        schema: row.get("schema_name")?,
        object: row.get("object")?,
        number: row.get("number")?,
        snapshot: row.get("snapshot")?,
        hash: row.get("hash")?,
        chain: row.get("chain")?,
        seal: row.get("seal")?,
        recorded: row.get("recorded")?,
        predecessor,
    })
}
