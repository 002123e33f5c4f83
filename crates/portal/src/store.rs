//! Every SQL string of the block.

use crate::model::session::SignIn;
use basis::{Id, Timestamp};
use kernel::db::{DbError, Tx, Value};

/// A session as it is stored.
#[derive(Clone)]
pub struct SessionRow {
    /// For the audit trail.
    pub id: Id,
    /// Blind index of the resident; the subject of the encryption.
    pub resident: Vec<u8>,
    /// Who it is, encrypted.
    pub sealed: Vec<u8>,
}

/// Keeps a sign-in until it comes back.
///
/// # Errors
/// Any [`DbError`].
pub async fn insert_sign_in(tx: &mut Tx, sign_in: &SignIn) -> Result<(), DbError> {
    let sql = "INSERT INTO sign_in (state, browser, nonce, verifier, next, expires)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let args: [Value; 6] = [
        sign_in.state.clone().into(),
        sign_in.browser.clone().into(),
        sign_in.nonce.as_str().into(),
        sign_in.verifier.as_str().into(),
        sign_in.next.as_str().into(),
        sign_in.expires.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// Takes a sign-in out: it can be taken once.
///
/// # Errors
/// Any [`DbError`].
pub async fn take_sign_in(tx: &mut Tx, state: &[u8]) -> Result<Option<SignIn>, DbError> {
    let sql =
        "DELETE FROM sign_in WHERE state = $1 RETURNING browser, nonce, verifier, next, expires";
    let Some(row) = tx.opt(sql, &[state.into()]).await? else { return Ok(None) };
    Ok(Some(SignIn {
        state: state.to_vec(),
        browser: row.get("browser")?,
        nonce: row.get("nonce")?,
        verifier: row.get("verifier")?,
        next: row.get("next")?,
        expires: row.get("expires")?,
    }))
}

/// Opens a session under the digest of its token.
///
/// # Errors
/// Any [`DbError`].
pub async fn insert_session(
    tx: &mut Tx,
    token: &[u8],
    session: &SessionRow,
    expires: Timestamp,
) -> Result<(), DbError> {
    let sql = "INSERT INTO session (token, id, resident, sealed, created, expires)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let now = tx.now();
    let args: [Value; 6] = [
        token.into(),
        session.id.into(),
        session.resident.clone().into(),
        session.sealed.clone().into(),
        now.into(),
        expires.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// The session with this token, unless it has ended.
///
/// # Errors
/// Any [`DbError`].
pub async fn find_session(tx: &mut Tx, token: &[u8]) -> Result<Option<SessionRow>, DbError> {
    let sql = "SELECT id, resident, sealed FROM session WHERE token = $1 AND expires > $2";
    let now = tx.now();
    let Some(row) = tx.opt(sql, &[token.into(), now.into()]).await? else { return Ok(None) };
    let (id, resident, sealed) = (row.get("id")?, row.get("resident")?, row.get("sealed")?);
    Ok(Some(SessionRow { id, resident, sealed }))
}

/// Ends a session; answers its id if there was one.
///
/// # Errors
/// Any [`DbError`].
pub async fn delete_session(tx: &mut Tx, token: &[u8]) -> Result<Option<Id>, DbError> {
    let sql = "DELETE FROM session WHERE token = $1 RETURNING id";
    let row = tx.opt(sql, &[token.into()]).await?;
    row.map(|row| row.get("id")).transpose()
}

/// Removes what has expired; answers how many rows.
///
/// # Errors
/// Any [`DbError`].
pub async fn delete_expired(tx: &mut Tx) -> Result<u64, DbError> {
    let now = tx.now();
    let sign_ins = tx.exec("DELETE FROM sign_in WHERE expires <= $1", &[now.into()]).await?;
    let sessions = tx.exec("DELETE FROM session WHERE expires <= $1", &[now.into()]).await?;
    Ok(sign_ins + sessions)
}
