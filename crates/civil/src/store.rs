//! Every SQL string of the block.

use basis::{Id, Timestamp};
use contracts::Pseudonym;
use contracts::civil::BirthListed;
use kernel::db::{DbError, Row, Tx, Value};

/// A birth with its facts still sealed.
pub struct SealedBirth {
    pub id: Id,
    pub number: String,
    pub sealed: Vec<u8>,
    pub subject: Option<Pseudonym>,
    pub effective: Timestamp,
    pub recorded: Timestamp,
}

pub async fn insert_birth(
    tx: &mut Tx,
    birth: &SealedBirth,
    registrar: &str,
) -> Result<(), DbError> {
    let sql = "INSERT INTO birth (id, number, sealed, subject, registrar, effective, recorded)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let args: [Value; 7] = [
        birth.id.into(),
        birth.number.as_str().into(),
        birth.sealed.as_slice().into(),
        birth.subject.map(|subject| subject.0).into(),
        registrar.into(),
        birth.effective.into(),
        birth.recorded.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

pub async fn find_birth(tx: &mut Tx, id: Id) -> Result<Option<SealedBirth>, DbError> {
    let sql = "SELECT id, number, sealed, subject, effective, recorded FROM birth WHERE id = $1";
    tx.opt(sql, &[id.into()]).await?.as_ref().map(birth).transpose()
}

fn birth(row: &Row) -> Result<SealedBirth, DbError> {
    Ok(SealedBirth {
        id: row.get("id")?,
        number: row.get("number")?,
        sealed: row.get("sealed")?,
        subject: row.get::<Option<Id>>("subject")?.map(Pseudonym),
        effective: row.get("effective")?,
        recorded: row.get("recorded")?,
    })
}

/// Registrations with an id above `after`, ascending.
pub async fn births_after(
    tx: &mut Tx,
    after: Option<Id>,
    limit: i64,
) -> Result<Vec<BirthListed>, DbError> {
    let sql = "SELECT id, recorded FROM birth WHERE id > $1 ORDER BY id LIMIT $2";
    let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    let rows = tx.all(sql, &[after.into(), limit.into()]).await?;
    rows.iter()
        .map(|row| Ok(BirthListed { registration: row.get("id")?, recorded: row.get("recorded")? }))
        .collect()
}

/// `true` when the registration was not linked yet.
pub async fn link_birth(tx: &mut Tx, id: Id, subject: Pseudonym) -> Result<bool, DbError> {
    let sql = "UPDATE birth SET subject = $2 WHERE id = $1 AND subject IS NULL";
    Ok(tx.exec(sql, &[id.into(), subject.0.into()]).await? == 1)
}
