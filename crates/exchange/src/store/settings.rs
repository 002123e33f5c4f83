//! Single values of this installation.

use kernel::db::{DbError, Tx};

/// Root certificate of the instance, PEM without the armour: base64url of the DER.
pub const ROOT: &str = "root_certificate";
/// This installation's TLS certificate, base64url of the DER.
pub const CERTIFICATE: &str = "certificate";
/// The hub: JSON of its entry, as it was when this installation joined.
pub const HUB: &str = "hub";
/// The directory as fetched last, compact JWS.
pub const DIRECTORY: &str = "directory";
/// Version of this installation's own part.
pub const PART_VERSION: &str = "part_version";
/// Version of the own part that the hub has.
pub const PUBLISHED: &str = "published";
/// Version of the directory, on the hub.
pub const DIRECTORY_VERSION: &str = "directory_version";

/// A value, if set.
pub async fn find(tx: &mut Tx, name: &'static str) -> Result<Option<String>, DbError> {
    let row = tx.opt("SELECT value FROM setting WHERE name = $1", &[name.into()]).await?;
    row.map(|row| row.get("value")).transpose()
}

/// Sets a value.
pub async fn put(tx: &mut Tx, name: &'static str, value: &str) -> Result<(), DbError> {
    let sql = "INSERT INTO setting (name, value) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.exec(sql, &[name.into(), value.into()]).await.map(drop)
}

/// A version's value; 0 before it was first raised.
pub async fn counter(tx: &mut Tx, name: &'static str) -> Result<i64, DbError> {
    Ok(find(tx, name).await?.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// Raises a version and answers the new value: the time in microseconds, or one more than before.
/// By the time, because an installation restored from a backup would otherwise count again what
/// its peers have seen already, and be taken for out of date.
pub async fn raise(tx: &mut Tx, name: &'static str) -> Result<i64, DbError> {
    tx.lock(name).await?;
    let next = (counter(tx, name).await? + 1).max(tx.now().micros());
    put(tx, name, &next.to_string()).await?;
    Ok(next)
}
