//! Tables `authenticator` and `refused_attempt`.

use super::{Index, person};
use crate::model::person::{Person, PersonId};
use basis::{Id, Timestamp};
use kernel::db::{DbError, Row, Tx, Value};

/// A TOTP authenticator as stored.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its own id.
    pub id: Id,
    /// Name of the hash.
    pub algorithm: String,
    /// Sealed.
    pub secret: Vec<u8>,
    /// The newest step that was used.
    pub last_step: i64,
    /// Wrong codes in a row, the present attempt counted as one.
    pub failures: i64,
}

/// Adds an authenticator.
pub async fn insert(
    tx: &mut Tx,
    person: PersonId,
    id: Id,
    algorithm: &str,
    secret: &[u8],
) -> Result<(), DbError> {
    let sql = "INSERT INTO authenticator
            (person, id, kind, algorithm, secret, last_step, failures, locked_until, created)
        VALUES ($1, $2, 'totp', $3, $4, 0, 0, 0, $5)";
    let args: Vec<Value> =
        vec![person.into(), id.into(), algorithm.into(), secret.into(), tx.now().into()];
    tx.defer(sql, args).await
}

/// Revokes what the person has; answers how many were in use.
pub async fn revoke_all(tx: &mut Tx, person: PersonId) -> Result<u64, DbError> {
    let sql = "UPDATE authenticator SET revoked = $2 WHERE person = $1 AND revoked IS NULL";
    let now = tx.now();
    tx.exec(sql, &[person.into(), now.into()]).await
}

/// The person with this VID who can sign in.
pub async fn find_by_vid(tx: &mut Tx, index: Index) -> Result<Option<Person>, DbError> {
    let sql = "SELECT p.id AS person, p.reference
        FROM vid v JOIN person p ON p.id = v.person
        JOIN authenticator a ON a.person = p.id AND a.revoked IS NULL
        WHERE v.value_index = $1 AND v.revoked IS NULL";
    tx.opt(sql, &[index.into()]).await?.as_ref().map(person).transpose()
}

/// The person with this UIN who can sign in.
pub async fn find_by_uin(tx: &mut Tx, index: Index) -> Result<Option<Person>, DbError> {
    let sql = "SELECT p.id AS person, p.reference
        FROM person p JOIN authenticator a ON a.person = p.id AND a.revoked IS NULL
        WHERE p.uin_index = $1";
    tx.opt(sql, &[index.into()]).await?.as_ref().map(person).transpose()
}

/// Counts an attempt as failed until it is known to be good, and gives what it is checked against;
/// nothing while the authenticator is locked. The update also makes attempts at one person wait for
/// each other, so that many at once do not slip past the lock.
pub async fn begin_attempt(tx: &mut Tx, person: PersonId) -> Result<Option<Stored>, DbError> {
    let sql = "UPDATE authenticator SET failures = failures + 1
        WHERE person = $1 AND revoked IS NULL AND locked_until <= $2
        RETURNING id, algorithm, secret, last_step, failures";
    let now = tx.now();
    tx.opt(sql, &[person.into(), now.into()]).await?.as_ref().map(stored).transpose()
}

/// The attempt was good: no failure is left, and the step is used.
pub async fn succeed(tx: &mut Tx, person: PersonId, id: Id, step: i64) -> Result<(), DbError> {
    let sql = "UPDATE authenticator SET failures = 0, last_step = $3 WHERE person = $1 AND id = $2";
    tx.defer(sql, vec![person.into(), id.into(), step.into()]).await
}

/// Locks until a time.
pub async fn lock(tx: &mut Tx, person: PersonId, id: Id, until: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE authenticator SET locked_until = $3 WHERE person = $1 AND id = $2";
    tx.exec(sql, &[person.into(), id.into(), until.into()]).await.map(drop)
}

/// Counts an attempt that was not looked at: `unknown` or `locked`. Not deferred, so that it takes as
/// many round trips as a wrong code.
pub async fn count_refused(tx: &mut Tx, kind: &str) -> Result<(), DbError> {
    let sql = "INSERT INTO refused_attempt (hour, kind, attempts) VALUES ($1, $2, 1)
        ON CONFLICT (hour, kind) DO UPDATE SET attempts = refused_attempt.attempts + 1";
    let hour = tx.now().unix_seconds().div_euclid(3_600);
    tx.exec(sql, &[hour.into(), kind.into()]).await.map(drop)
}

fn stored(row: &Row) -> Result<Stored, DbError> {
    Ok(Stored {
        id: row.get("id")?,
        algorithm: row.get("algorithm")?,
        secret: row.get("secret")?,
        last_step: row.get("last_step")?,
        failures: row.get("failures")?,
    })
}
