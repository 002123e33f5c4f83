//! Table `sign_in`.

use crate::model::person::PersonId;
use basis::{Id, Timestamp};
use kernel::db::{DbError, Tx, Value};

/// A sign-in as stored.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its id, to which the seal is bound.
    pub id: Id,
    /// Sealed.
    pub entry: Vec<u8>,
}

/// Adds a sign-in.
pub async fn insert(tx: &mut Tx, person: PersonId, id: Id, entry: &[u8]) -> Result<(), DbError> {
    let sql = "INSERT INTO sign_in (person, id, at, entry) VALUES ($1, $2, $3, $4)";
    let args: Vec<Value> = vec![person.into(), id.into(), tx.now().into(), entry.into()];
    tx.defer(sql, args).await
}

/// A person's sign-ins before a time, newest first.
pub async fn list(
    tx: &mut Tx,
    person: PersonId,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<Stored>, DbError> {
    let sql = "SELECT id, entry FROM sign_in WHERE person = $1 AND at < $2
        ORDER BY at DESC, id DESC LIMIT $3";
    let rows = tx.all(sql, &[person.into(), before.into(), limit.into()]).await?;
    rows.iter().map(|row| Ok(Stored { id: row.get("id")?, entry: row.get("entry")? })).collect()
}
