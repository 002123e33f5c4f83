//! Table `individual`.

use super::{Page, subject, subject_value};
use contracts::Pseudonym;
use kernel::db::{DbError, Row, Tx};

/// An individual as stored: how others name them is encrypted under their key.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The person.
    pub subject: Pseudonym,
    /// Encrypted [`crate::model::individual::Naming`], if anybody said.
    pub naming: Option<Vec<u8>>,
}

/// Adds the person if they are new here.
pub async fn insert_if_new(tx: &mut Tx, subject: Pseudonym) -> Result<(), DbError> {
    let sql = "INSERT INTO individual (subject) VALUES ($1) ON CONFLICT DO NOTHING";
    tx.exec(sql, &[subject_value(subject)]).await.map(drop)
}

/// Writes how others name the person.
pub async fn update(tx: &mut Tx, subject: Pseudonym, naming: Option<&[u8]>) -> Result<(), DbError> {
    let sql = "UPDATE individual SET naming = $2 WHERE subject = $1";
    tx.exec(sql, &[subject_value(subject), naming.into()]).await.map(drop)
}

/// One person.
pub async fn find(tx: &mut Tx, subject: Pseudonym) -> Result<Option<Stored>, DbError> {
    let sql = "SELECT subject, naming FROM individual WHERE subject = $1";
    tx.opt(sql, &[subject_value(subject)]).await?.as_ref().map(from_row).transpose()
}

/// All persons, in an order that tells nothing.
pub async fn list(tx: &mut Tx, page: Page) -> Result<Vec<Stored>, DbError> {
    let sql = "SELECT subject, naming FROM individual ORDER BY subject LIMIT $1 OFFSET $2";
    tx.all(sql, &page.args()).await?.iter().map(from_row).collect()
}

/// Deletes the person: only when they are forgotten. Answers whether they were here.
pub async fn delete(tx: &mut Tx, subject: Pseudonym) -> Result<bool, DbError> {
    let sql = "DELETE FROM individual WHERE subject = $1";
    Ok(tx.exec(sql, &[subject_value(subject)]).await? > 0)
}

fn from_row(row: &Row) -> Result<Stored, DbError> {
    Ok(Stored { subject: subject(row)?, naming: row.get("naming")? })
}
