//! Table `delegation`: what the registrar let its posts do.

use crate::model::delegation::Delegation;
use kernel::db::{DbError, Tx, Value};

/// Makes transactions that give out numbers run one after the other.
pub async fn lock(tx: &mut Tx) -> Result<(), DbError> {
    tx.lock("delegation").await
}

/// First number and count of every range that was given out.
pub async fn ranges(tx: &mut Tx) -> Result<Vec<(i64, i64)>, DbError> {
    let sql = "SELECT first_number, numbers FROM delegation ORDER BY first_number";
    let rows = tx.all(sql, &[]).await?;
    rows.iter().map(|row| Ok((row.get("first_number")?, row.get("numbers")?))).collect()
}

pub async fn insert(tx: &mut Tx, given: &Delegation, officer: &str) -> Result<(), DbError> {
    let sql = "INSERT INTO delegation (id, post, first_number, numbers, valid_from, valid_until, officer, created)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let args: [Value; 8] = [
        given.id.into(),
        given.post.to_string().into(),
        given.first.into(),
        given.numbers.into(),
        given.from.into(),
        given.until.into(),
        officer.into(),
        tx.now().into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}
