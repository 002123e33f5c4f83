//! Every SQL string of the block.

pub mod delegations;
pub mod handed_in;
pub mod import;
pub mod post;

use basis::{Id, Timestamp};
use contracts::Pseudonym;
use contracts::civil::BirthListed;
use kernel::db::{DbError, Row, Tx, Value};

/// A birth with its facts still sealed.
#[derive(Clone)]
pub struct SealedBirth {
    pub id: Id,
    pub number: String,
    pub sealed: Vec<u8>,
    pub subject: Option<Pseudonym>,
    pub effective: Timestamp,
    pub recorded: Timestamp,
}

/// What a birth is found by: keyed digests.
#[derive(Clone, Copy, Default)]
pub struct Marks {
    /// Of the mother's pseudonym, where she is known.
    pub mother: Option<[u8; 32]>,
    /// Of name, date and place.
    pub likeness: Option<[u8; 32]>,
    /// Of the reference in the paper book.
    pub entry: Option<[u8; 32]>,
}

fn digest(value: Option<[u8; 32]>) -> Value {
    value.map_or(Value::Null, Value::from)
}

pub async fn insert_birth(
    tx: &mut Tx,
    birth: &SealedBirth,
    marks: Marks,
    registrar: &str,
) -> Result<(), DbError> {
    let sql = "INSERT INTO birth (id, number, sealed, subject, registrar, effective, recorded, mother, likeness)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let args: [Value; 9] = [
        birth.id.into(),
        birth.number.as_str().into(),
        birth.sealed.as_slice().into(),
        birth.subject.map(|subject| subject.0).into(),
        registrar.into(),
        birth.effective.into(),
        birth.recorded.into(),
        digest(marks.mother),
        digest(marks.likeness),
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
    let rows = tx.all(sql, &[place(after), limit.into()]).await?;
    rows.iter()
        .map(|row| Ok(BirthListed { registration: row.get("id")?, recorded: row.get("recorded")? }))
        .collect()
}

/// As [`births_after`], with what they say.
pub async fn sealed_after(
    tx: &mut Tx,
    after: Option<Id>,
    limit: i64,
) -> Result<Vec<SealedBirth>, DbError> {
    let sql = "SELECT id, number, sealed, subject, effective, recorded FROM birth
        WHERE id > $1 ORDER BY id LIMIT $2";
    tx.all(sql, &[place(after), limit.into()]).await?.iter().map(birth).collect()
}

/// The place after an id in the order of ids; before all of them if none.
fn place(after: Option<Id>) -> Value {
    Value::Bytes(after.map_or_else(Vec::new, |id| id.as_bytes().to_vec()))
}

/// Births of one mother, ascending.
pub async fn of_mother(
    tx: &mut Tx,
    mother: [u8; 32],
    limit: i64,
) -> Result<Vec<SealedBirth>, DbError> {
    let sql = "SELECT id, number, sealed, subject, effective, recorded FROM birth
        WHERE mother = $1 ORDER BY id LIMIT $2";
    tx.all(sql, &[mother.into(), limit.into()]).await?.iter().map(birth).collect()
}

/// A birth of the same name, date and place.
pub async fn alike(tx: &mut Tx, likeness: [u8; 32]) -> Result<Option<Id>, DbError> {
    let sql = "SELECT id FROM birth WHERE likeness = $1 ORDER BY id LIMIT 1";
    tx.opt(sql, &[likeness.into()]).await?.map(|row| row.get("id")).transpose()
}

/// The birth with this certificate number.
pub async fn numbered(tx: &mut Tx, number: &str) -> Result<Option<Id>, DbError> {
    let sql = "SELECT id FROM birth WHERE number = $1";
    tx.opt(sql, &[number.into()]).await?.map(|row| row.get("id")).transpose()
}

/// Gives a birth another number.
pub async fn renumber(tx: &mut Tx, id: Id, number: &str) -> Result<(), DbError> {
    let sql = "UPDATE birth SET number = $2 WHERE id = $1";
    tx.exec(sql, &[id.into(), number.into()]).await.map(drop)
}

/// `true` when the registration was not linked yet.
pub async fn link_birth(tx: &mut Tx, id: Id, subject: Pseudonym) -> Result<bool, DbError> {
    let sql = "UPDATE birth SET subject = $2 WHERE id = $1 AND subject IS NULL";
    Ok(tx.exec(sql, &[id.into(), subject.0.into()]).await? == 1)
}
