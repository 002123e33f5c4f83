//! Tables `code_grant` and `used_assertion`.

use super::{clients, method, person};
use crate::model::claims::Claim;
use crate::model::method::name;
use crate::model::person::{Person, PersonId};
use basis::{Id, Timestamp};
use contracts::identity::SignInMethod;
use kernel::db::{DbError, Row, Tx, Value};

/// A grant to be written.
#[derive(Clone, Debug)]
pub struct New {
    /// Its id, also the access token's.
    pub id: Id,
    /// SHA-256 of the code.
    pub code: [u8; 32],
    /// For whom.
    pub relying_party: String,
    /// Of whom.
    pub person: PersonId,
    /// Where the code was sent.
    pub redirect_uri: String,
    /// RFC 7636.
    pub challenge: String,
    /// Sealed.
    pub nonce: Option<Vec<u8>>,
    /// `openid`, or `openid profile`.
    pub scope: String,
    /// Allowed by the person.
    pub claims: Vec<Claim>,
    /// When the person proved who they are.
    pub auth_time: Timestamp,
    /// How they proved it.
    pub method: SignInMethod,
    /// When the code ends.
    pub expires: Timestamp,
}

/// A grant as stored.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Its id.
    pub id: Id,
    /// For whom.
    pub relying_party: String,
    /// Of whom.
    pub person: Person,
    /// Where the code was sent.
    pub redirect_uri: String,
    /// RFC 7636.
    pub challenge: String,
    /// Sealed.
    pub nonce: Option<Vec<u8>>,
    /// What was granted.
    pub scope: String,
    /// Allowed by the person.
    pub claims: Vec<Claim>,
    /// When the person proved who they are.
    pub auth_time: Timestamp,
    /// How they proved it.
    pub method: SignInMethod,
    /// When the code ends.
    pub expires: Timestamp,
    /// When the code was exchanged.
    pub redeemed: Option<Timestamp>,
    /// When everything from it became void.
    pub revoked: Option<Timestamp>,
}

/// Adds a grant with its code.
pub async fn insert(tx: &mut Tx, new: &New) -> Result<(), DbError> {
    let sql = "INSERT INTO code_grant
            (id, code, relying_party, person, redirect_uri, challenge, nonce, scope, claims, auth_time, method,
             expires)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let args: Vec<Value> = vec![
        new.id.into(),
        new.code.into(),
        new.relying_party.as_str().into(),
        new.person.into(),
        new.redirect_uri.as_str().into(),
        new.challenge.as_str().into(),
        new.nonce.clone().into(),
        new.scope.as_str().into(),
        Claim::to_list(&new.claims).into(),
        new.auth_time.into(),
        name(new.method).into(),
        new.expires.into(),
    ];
    tx.defer(sql, args).await
}

/// The grant of a code.
pub async fn find_by_code(tx: &mut Tx, code: [u8; 32]) -> Result<Option<Grant>, DbError> {
    let sql =
        "SELECT g.id, g.relying_party, g.person, p.reference, g.redirect_uri, g.challenge, g.nonce,
            g.scope, g.claims, g.auth_time, g.method, g.expires, g.redeemed, g.revoked
        FROM code_grant g JOIN person p ON p.id = g.person WHERE g.code = $1";
    tx.opt(sql, &[code.into()]).await?.as_ref().map(grant).transpose()
}

/// The grant an access token names.
pub async fn find(tx: &mut Tx, id: Id) -> Result<Option<Grant>, DbError> {
    let sql =
        "SELECT g.id, g.relying_party, g.person, p.reference, g.redirect_uri, g.challenge, g.nonce,
            g.scope, g.claims, g.auth_time, g.method, g.expires, g.redeemed, g.revoked
        FROM code_grant g JOIN person p ON p.id = g.person WHERE g.id = $1";
    tx.opt(sql, &[id.into()]).await?.as_ref().map(grant).transpose()
}

/// Uses a code up; `false` when somebody else was faster.
pub async fn redeem(tx: &mut Tx, id: Id) -> Result<bool, DbError> {
    let sql = "UPDATE code_grant SET redeemed = $2 WHERE id = $1 AND redeemed IS NULL";
    let now = tx.now();
    Ok(tx.exec(sql, &[id.into(), now.into()]).await? == 1)
}

/// Makes everything from a grant void; `false` when it is so already.
pub async fn revoke(tx: &mut Tx, id: Id) -> Result<bool, DbError> {
    let sql = "UPDATE code_grant SET revoked = $2 WHERE id = $1 AND revoked IS NULL";
    let now = tx.now();
    Ok(tx.exec(sql, &[id.into(), now.into()]).await? == 1)
}

/// Uses a client assertion up; `false` when it was used before.
pub async fn use_assertion(
    tx: &mut Tx,
    relying_party: &str,
    jti: [u8; 32],
    forget: Timestamp,
) -> Result<bool, DbError> {
    let sql = "INSERT INTO used_assertion (relying_party, jti, forget) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";
    Ok(tx.exec(sql, &[relying_party.into(), jti.into(), forget.into()]).await? == 1)
}

/// Drops grants whose code ended before `ended`, and assertions that are worthless by themselves;
/// answers how many.
pub async fn purge(tx: &mut Tx, ended: Timestamp) -> Result<u64, DbError> {
    let now = tx.now();
    let grants = tx.exec("DELETE FROM code_grant WHERE expires < $1", &[ended.into()]).await?;
    let used = tx.exec("DELETE FROM used_assertion WHERE forget <= $1", &[now.into()]).await?;
    Ok(grants + used)
}

fn grant(row: &Row) -> Result<Grant, DbError> {
    Ok(Grant {
        id: row.get("id")?,
        relying_party: row.get("relying_party")?,
        person: person(row)?,
        redirect_uri: row.get("redirect_uri")?,
        challenge: row.get("challenge")?,
        nonce: row.get("nonce")?,
        scope: row.get("scope")?,
        claims: clients::claims(row)?,
        auth_time: row.get("auth_time")?,
        method: method(row)?,
        expires: row.get("expires")?,
        redeemed: row.get("redeemed")?,
        revoked: row.get("revoked")?,
    })
}
