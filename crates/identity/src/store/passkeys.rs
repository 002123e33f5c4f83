//! Tables `passkey` and `used_challenge`.

use super::{Index, person_id};
use crate::model::person::PersonId;
use basis::{Id, Timestamp};
use kernel::db::{DbError, Row, Tx, Value};

/// A passkey as stored.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its own id, not the one browsers know it by.
    pub id: Id,
    /// Whose.
    pub person: PersonId,
    /// Name, credential id and public key.
    pub sealed: Vec<u8>,
    /// Answers so far.
    pub counter: i64,
    /// Answers in a row that did not verify, the present one counted as one.
    pub failures: i64,
    /// When it was made.
    pub created: Timestamp,
    /// When it last answered.
    pub used: Option<Timestamp>,
}

/// Adds a passkey; `false` when there is one with this credential id.
pub async fn insert(
    tx: &mut Tx,
    person: PersonId,
    id: Id,
    index: Index,
    sealed: &[u8],
    counter: u32,
) -> Result<bool, DbError> {
    let sql = "INSERT INTO passkey
            (id, person, credential_index, sealed, counter, failures, locked_until, created)
        VALUES ($1, $2, $3, $4, $5, 0, 0, $6) ON CONFLICT DO NOTHING";
    let args: [Value; 6] =
        [id.into(), person.into(), index.into(), sealed.into(), counter.into(), tx.now().into()];
    Ok(tx.exec(sql, &args).await? == 1)
}

/// Counts an answer as failed until it is known to be good, and gives what it is checked against;
/// nothing when there is no such passkey or it is locked. As for codes, the update makes answers wait
/// for each other.
pub async fn begin_attempt(tx: &mut Tx, index: Index) -> Result<Option<Stored>, DbError> {
    let sql = "UPDATE passkey SET failures = failures + 1
        WHERE credential_index = $1 AND locked_until <= $2
        RETURNING id, person, sealed, counter, failures, created, used";
    let now = tx.now();
    tx.opt(sql, &[index.into(), now.into()]).await?.as_ref().map(stored).transpose()
}

/// The answer was good.
pub async fn succeed(tx: &mut Tx, id: Id, counter: u32) -> Result<(), DbError> {
    let sql = "UPDATE passkey SET failures = 0, counter = $2, used = $3 WHERE id = $1";
    let now = tx.now();
    tx.defer(sql, vec![id.into(), counter.into(), now.into()]).await
}

/// Locks until a time.
pub async fn lock(tx: &mut Tx, id: Id, until: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE passkey SET locked_until = $2 WHERE id = $1";
    tx.exec(sql, &[id.into(), until.into()]).await.map(drop)
}

/// A person's passkeys, oldest first.
pub async fn list(tx: &mut Tx, person: PersonId) -> Result<Vec<Stored>, DbError> {
    let sql = "SELECT id, person, sealed, counter, failures, created, used
        FROM passkey WHERE person = $1 ORDER BY created, id";
    tx.all(sql, &[person.into()]).await?.iter().map(stored).collect()
}

/// Removes a passkey of a person; `false` when they have no such one.
pub async fn delete(tx: &mut Tx, person: PersonId, id: Id) -> Result<bool, DbError> {
    let sql = "DELETE FROM passkey WHERE person = $1 AND id = $2";
    Ok(tx.exec(sql, &[person.into(), id.into()]).await? == 1)
}

/// Uses a challenge up; `false` when it was answered before.
pub async fn use_challenge(
    tx: &mut Tx,
    digest: [u8; 32],
    forget: Timestamp,
) -> Result<bool, DbError> {
    let sql = "INSERT INTO used_challenge (digest, forget) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    Ok(tx.exec(sql, &[digest.into(), forget.into()]).await? == 1)
}

/// Drops challenges that are worthless by themselves; answers how many.
pub async fn purge(tx: &mut Tx) -> Result<u64, DbError> {
    let now = tx.now();
    tx.exec("DELETE FROM used_challenge WHERE forget <= $1", &[now.into()]).await
}

fn stored(row: &Row) -> Result<Stored, DbError> {
    Ok(Stored {
        id: row.get("id")?,
        person: person_id(row)?,
        sealed: row.get("sealed")?,
        counter: row.get("counter")?,
        failures: row.get("failures")?,
        created: row.get("created")?,
        used: row.get("used")?,
    })
}
