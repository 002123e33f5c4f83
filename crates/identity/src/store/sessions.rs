//! Table `login_session`.

use super::{method, person};
use crate::model::method::name;
use crate::model::person::Person;
use basis::Timestamp;
use contracts::identity::SignInMethod;
use kernel::db::{DbError, Row, Tx, Value};

/// A browser in which somebody is signed in.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// Who.
    pub person: Person,
    /// SHA-256 of the request it began with.
    pub request: [u8; 32],
    /// When they proved it.
    pub auth_time: Timestamp,
    /// How they proved it.
    pub method: SignInMethod,
}

/// Adds a session.
pub async fn insert(
    tx: &mut Tx,
    token: [u8; 32],
    session: &Session,
    expires: Timestamp,
) -> Result<(), DbError> {
    let sql = "INSERT INTO login_session (token, person, request, auth_time, method, expires)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let args: Vec<Value> = vec![
        token.into(),
        session.person.id.into(),
        session.request.into(),
        session.auth_time.into(),
        name(session.method).into(),
        expires.into(),
    ];
    tx.defer(sql, args).await
}

/// The session of a cookie, while it runs.
pub async fn find(tx: &mut Tx, token: [u8; 32]) -> Result<Option<Session>, DbError> {
    let sql = "SELECT s.person, p.reference, s.request, s.auth_time, s.method
        FROM login_session s JOIN person p ON p.id = s.person
        WHERE s.token = $1 AND s.expires > $2";
    let now = tx.now();
    tx.opt(sql, &[token.into(), now.into()]).await?.as_ref().map(session).transpose()
}

/// Ends a session; `false` when there was none.
pub async fn delete(tx: &mut Tx, token: [u8; 32]) -> Result<bool, DbError> {
    let sql = "DELETE FROM login_session WHERE token = $1";
    Ok(tx.exec(sql, &[token.into()]).await? == 1)
}

/// Drops sessions that have ended; answers how many.
pub async fn purge(tx: &mut Tx) -> Result<u64, DbError> {
    let now = tx.now();
    tx.exec("DELETE FROM login_session WHERE expires <= $1", &[now.into()]).await
}

fn session(row: &Row) -> Result<Session, DbError> {
    Ok(Session {
        person: person(row)?,
        request: row.get("request")?,
        auth_time: row.get("auth_time")?,
        method: method(row)?,
    })
}
