//! Giving rows their positions and chaining them.

use super::{Entry, link};
use crate::db::{Db, DbError, Tx, Value};
use serde::{Deserialize, Serialize};

/// Rows sealed in one transaction, so that sealing a backlog does not hold up the block.
const AT_ONCE: i64 = 500;

/// A sealed row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// 1 for the first row of the database.
    pub position: i64,
    /// The row's stored digest.
    pub digest: [u8; 32],
    /// The chain's value after this row.
    pub chain: [u8; 32],
    /// What the row holds now.
    pub entry: Entry,
}

/// Seals what is not sealed yet; answers the position of the last sealed row, 0 when there is none.
///
/// # Errors
/// Any [`DbError`].
pub async fn seal(db: &Db) -> Result<i64, DbError> {
    loop {
        let (position, is_all) = db.write(|tx| Box::pin(seal_some(tx))).await?;
        if is_all {
            return Ok(position);
        }
    }
}

/// The position of the last sealed row after this, and whether none is left.
async fn seal_some(tx: &mut Tx) -> Result<(i64, bool), DbError> {
    tx.lock("audit.seal").await?;
    let (mut position, mut chain) = last(tx).await?;
    let unsealed = "SELECT id, at, event, actor, object, detail FROM audit
        WHERE position IS NULL ORDER BY id LIMIT $1";
    let rows = tx.all(unsealed, &[AT_ONCE.into()]).await?;
    for row in &rows {
        let entry = Entry::from_row(row)?;
        let digest = entry.digest();
        position += 1;
        chain = link(&chain, position, &digest);
        let args: Vec<Value> = vec![position.into(), digest.into(), chain.into(), entry.id.into()];
        tx.defer("UPDATE audit SET position = $1, digest = $2, chain = $3 WHERE id = $4", args)
            .await?;
    }
    Ok((position, rows.len() < AT_ONCE as usize))
}

async fn last(tx: &mut Tx) -> Result<(i64, [u8; 32]), DbError> {
    let sql = "SELECT position, chain FROM audit WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1";
    match tx.opt(sql, &[]).await? {
        Some(row) => Ok((row.get("position")?, row.get("chain")?)),
        None => Ok((0, [0; 32])),
    }
}

/// Position and chain value of the last sealed row; `(0, zeros)` when there is none.
///
/// # Errors
/// Any [`DbError`].
pub async fn head(db: &Db) -> Result<(i64, [u8; 32]), DbError> {
    db.read(|tx| Box::pin(last(tx))).await
}

/// How many rows wait to be sealed; counted no further than 10,000.
///
/// # Errors
/// Any [`DbError`].
pub async fn unsealed(db: &Db) -> Result<i64, DbError> {
    let sql = "SELECT COUNT(*) AS n FROM (SELECT id FROM audit WHERE position IS NULL LIMIT 10000) AS some";
    db.read(move |tx| Box::pin(async move { tx.one(sql, &[]).await?.get("n") })).await
}

/// Sealed rows after `position`, in order, at most `limit`.
///
/// # Errors
/// Any [`DbError`]; [`DbError::Corrupt`] names a column that no longer holds what was written.
pub async fn sealed_after(db: &Db, position: i64, limit: i64) -> Result<Vec<Sealed>, DbError> {
    let sql = "SELECT position, digest, chain, id, at, event, actor, object, detail FROM audit
        WHERE position > $1 ORDER BY position LIMIT $2";
    let rows = db.read(move |tx| {
        Box::pin(async move { tx.all(sql, &[position.into(), limit.into()]).await })
    });
    let rows: Vec<crate::db::Row> = rows.await?;
    rows.iter()
        .map(|row| {
            Ok(Sealed {
                position: row.get("position")?,
                digest: row.get("digest")?,
                chain: row.get("chain")?,
                entry: Entry::from_row(row)?,
            })
        })
        .collect()
}
