//! Officers registered at this installation.

use contracts::MemberId;
use credential::Jwk;
use kernel::db::{DbError, Row, Tx};

use super::{json, parsed, to_json};

/// An officer's row.
#[derive(Debug, Clone)]
pub struct Officer {
    /// The member that registered the officer.
    pub member: MemberId,
    /// Id at the member; not a name.
    pub id: String,
    /// Public key that verifies sign-in assertions; none for one who signs in with a browser only.
    pub key: Option<Jwk>,
    /// Roles granted.
    pub roles: Vec<String>,
    /// False once dismissed.
    pub active: bool,
}

const ALL: &str = "SELECT member, id, public_key, roles, active FROM officer ORDER BY member, id";
const ONE: &str =
    "SELECT member, id, public_key, roles, active FROM officer WHERE member = $1 AND id = $2";

/// All officers.
pub async fn all(tx: &mut Tx) -> Result<Vec<Officer>, DbError> {
    tx.all(ALL, &[]).await?.iter().map(officer).collect()
}

/// One officer.
pub async fn find(tx: &mut Tx, member: &MemberId, id: &str) -> Result<Option<Officer>, DbError> {
    tx.opt(ONE, &[member.as_ref().into(), id.into()]).await?.as_ref().map(officer).transpose()
}

/// Adds or changes an officer.
pub async fn put(tx: &mut Tx, officer: &Officer) -> Result<(), DbError> {
    let sql = "INSERT INTO officer (member, id, public_key, roles, active, recorded) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (member, id) DO UPDATE SET public_key = excluded.public_key, roles = excluded.roles, active = excluded.active";
    let key = officer.key.as_ref().map(Jwk::public_json).transpose();
    let key = key.map_err(|_| DbError::Corrupt {
        column: "public_key".to_owned(),
        expected: "a public key",
    })?;
    let args = [
        officer.member.as_ref().into(),
        officer.id.as_str().into(),
        key.map(|key| to_json(&key)).unwrap_or_default().into(),
        officer.roles.join(" ").into(),
        officer.active.into(),
        tx.now().into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

fn officer(row: &Row) -> Result<Officer, DbError> {
    let roles: String = row.get("roles")?;
    // The column may not be empty in the other sense; no key is no text.
    let key: String = row.get("public_key")?;
    Ok(Officer {
        member: parsed(row, "member", "a member identifier")?,
        id: row.get("id")?,
        key: if key.is_empty() { None } else { Some(json(row, "public_key")?) },
        roles: roles.split_whitespace().map(str::to_owned).collect(),
        active: row.get("active")?,
    })
}
