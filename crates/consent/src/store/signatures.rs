//! Table `record_signature`.

use super::subject_value;
use basis::Id;
use contracts::Pseudonym;
use kernel::db::{DbError, Tx, Value};

/// Writes a record's signature in place of any before; `sealed` is encrypted under the person's key.
pub async fn put(
    tx: &mut Tx,
    record: Id,
    subject: Pseudonym,
    sealed: &[u8],
) -> Result<(), DbError> {
    let sql = "INSERT INTO record_signature (record, subject, signature) VALUES ($1, $2, $3)
        ON CONFLICT (record) DO UPDATE SET signature = excluded.signature";
    let args: [Value; 3] = [record.into(), subject_value(subject), sealed.into()];
    tx.exec(sql, &args).await.map(drop)
}

/// A record's signature, encrypted.
pub async fn find(tx: &mut Tx, record: Id) -> Result<Option<Vec<u8>>, DbError> {
    let sql = "SELECT signature FROM record_signature WHERE record = $1";
    let row = tx.opt(sql, &[record.into()]).await?;
    row.map(|row| row.get("signature")).transpose()
}

/// Deletes a record's signature: when the record changes, or a person is forgotten.
pub async fn delete(tx: &mut Tx, record: Id) -> Result<(), DbError> {
    tx.exec("DELETE FROM record_signature WHERE record = $1", &[record.into()]).await.map(drop)
}
