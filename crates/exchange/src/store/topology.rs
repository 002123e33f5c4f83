//! On the hub: installations, what they published, and tokens to join.

use basis::Timestamp;
use contracts::MemberId;
use kernel::db::{DbError, Row, Tx};

use super::{json, to_json};
use crate::model::Installation;

/// A token to join, as stored.
#[derive(Debug, Clone)]
pub struct JoinToken {
    /// Name the installation will have.
    pub installation: String,
    /// Members it may host.
    pub members: Vec<MemberId>,
    /// Of no use after.
    pub expires: Timestamp,
    /// When it was used.
    pub used: Option<Timestamp>,
}

/// All installations by name.
pub async fn installations(tx: &mut Tx) -> Result<Vec<Installation>, DbError> {
    let sql = "SELECT name, address, fingerprint, sign_key, seal_key, members FROM installation ORDER BY name";
    tx.all(sql, &[]).await?.iter().map(installation).collect()
}

/// Adds an installation, or replaces it when it joins anew.
pub async fn put_installation(tx: &mut Tx, entry: &Installation) -> Result<(), DbError> {
    let sql = "INSERT INTO installation (name, address, fingerprint, sign_key, seal_key, members, joined)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (name) DO UPDATE SET address = excluded.address, fingerprint = excluded.fingerprint,
            sign_key = excluded.sign_key, seal_key = excluded.seal_key, members = excluded.members, joined = excluded.joined";
    let args = [
        entry.name.as_str().into(),
        entry.address.as_str().into(),
        entry.fingerprint.as_str().into(),
        to_json(&entry.sign_key).into(),
        to_json(&entry.seal_key).into(),
        members_text(&entry.members).into(),
        tx.now().into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// The parts published, as signed.
pub async fn parts(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    let rows = tx.all("SELECT jws FROM part ORDER BY installation", &[]).await?;
    rows.iter().map(|row| row.get("jws")).collect()
}

/// Keeps a part if it is newer than the one kept; false if it is not.
pub async fn put_part(
    tx: &mut Tx,
    installation: &str,
    version: i64,
    jws: &str,
) -> Result<bool, DbError> {
    let sql = "INSERT INTO part (installation, version, jws) VALUES ($1, $2, $3)
        ON CONFLICT (installation) DO UPDATE SET version = excluded.version, jws = excluded.jws
        WHERE part.version < excluded.version";
    Ok(tx.exec(sql, &[installation.into(), version.into(), jws.into()]).await? == 1)
}

/// Forgets the part of an installation, so that one that joins anew may start counting again.
pub async fn drop_part(tx: &mut Tx, installation: &str) -> Result<(), DbError> {
    tx.exec("DELETE FROM part WHERE installation = $1", &[installation.into()]).await.map(drop)
}

/// Keeps a token by its digest.
pub async fn insert_token(tx: &mut Tx, digest: [u8; 32], token: &JoinToken) -> Result<(), DbError> {
    let sql =
        "INSERT INTO join_token (digest, installation, members, expires) VALUES ($1, $2, $3, $4)";
    let args = [
        digest.into(),
        token.installation.as_str().into(),
        members_text(&token.members).into(),
        token.expires.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// The token with this digest.
pub async fn find_token(tx: &mut Tx, digest: [u8; 32]) -> Result<Option<JoinToken>, DbError> {
    let sql = "SELECT installation, members, expires, used FROM join_token WHERE digest = $1";
    let Some(row) = tx.opt(sql, &[digest.into()]).await? else { return Ok(None) };
    Ok(Some(JoinToken {
        installation: row.get("installation")?,
        members: members(&row)?,
        expires: row.get("expires")?,
        used: row.get("used")?,
    }))
}

/// Marks a token as used; false if someone was faster.
pub async fn use_token(tx: &mut Tx, digest: [u8; 32]) -> Result<bool, DbError> {
    let sql = "UPDATE join_token SET used = $2 WHERE digest = $1 AND used IS NULL";
    let now = tx.now();
    Ok(tx.exec(sql, &[digest.into(), now.into()]).await? == 1)
}

fn installation(row: &Row) -> Result<Installation, DbError> {
    Ok(Installation {
        name: row.get("name")?,
        address: row.get("address")?,
        fingerprint: row.get("fingerprint")?,
        sign_key: json(row, "sign_key")?,
        seal_key: json(row, "seal_key")?,
        members: members(row)?,
    })
}

fn members(row: &Row) -> Result<Vec<MemberId>, DbError> {
    let text: String = row.get("members")?;
    let corrupt =
        |_| DbError::Corrupt { column: "members".to_owned(), expected: "member identifiers" };
    text.split_whitespace().map(|id| id.parse().map_err(corrupt)).collect()
}

fn members_text(members: &[MemberId]) -> String {
    let ids: Vec<&str> = members.iter().map(AsRef::as_ref).collect();
    ids.join(" ")
}
