//! Table `schema_version`.

use super::corrupt;
use crate::model::register::RegisterCode;
use crate::model::schema::Schema;
use basis::Timestamp;
use kernel::db::{DbError, Tx, Value};

/// A version of a register's schema.
pub struct SchemaVersion {
    /// From 1.
    pub version: i64,
    /// The schema.
    pub schema: Schema,
    /// When it was saved last.
    pub saved: Timestamp,
    /// Since when it is published; none for a draft.
    pub published: Option<Timestamp>,
}

/// Writes the draft of a version; an earlier draft of it is gone.
pub async fn save(
    tx: &mut Tx,
    register: &RegisterCode,
    version: i64,
    schema: &Schema,
    by: &str,
) -> Result<(), DbError> {
    let sql = "INSERT INTO schema_version (register, version, document, saved, saved_by)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (register, version) DO UPDATE
        SET document = excluded.document, saved = excluded.saved, saved_by = excluded.saved_by
        WHERE schema_version.published IS NULL";
    let args: [Value; 5] = [
        register.as_str().into(),
        version.into(),
        schema.document().to_string().into(),
        tx.now().into(),
        by.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// Marks a draft as published.
pub async fn publish(
    tx: &mut Tx,
    register: &RegisterCode,
    version: i64,
    by: &str,
) -> Result<(), DbError> {
    let sql = "UPDATE schema_version SET published = $3, published_by = $4
        WHERE register = $1 AND version = $2 AND published IS NULL";
    let args: [Value; 4] = [register.as_str().into(), version.into(), tx.now().into(), by.into()];
    tx.exec(sql, &args).await.map(drop)
}

/// One version.
pub async fn find(
    tx: &mut Tx,
    register: &RegisterCode,
    version: i64,
) -> Result<Option<SchemaVersion>, DbError> {
    let sql = "SELECT document, saved, published FROM schema_version
        WHERE register = $1 AND version = $2";
    let Some(row) = tx.opt(sql, &[register.as_str().into(), version.into()]).await? else {
        return Ok(None);
    };
    let document: String = row.get("document")?;
    let document =
        serde_json::from_str(&document).map_err(|_| corrupt("document", "a JSON document"))?;
    Ok(Some(SchemaVersion {
        version,
        schema: Schema::stored(document),
        saved: row.get("saved")?,
        published: row.get("published")?,
    }))
}
