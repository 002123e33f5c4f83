//! Grievances and their numbers.

use basis::Id;
use contracts::Pseudonym;
use contracts::governance::GrievanceStatus;
use kernel::db::{DbError, Row, Tx, Value};

use crate::model::grievance::{Held, status_name, status_of};

/// A grievance with its words still sealed.
pub struct Sealed {
    pub held: Held,
    pub words: Vec<u8>,
    pub answer: Option<Vec<u8>>,
}

/// The next number of a series, from 1.
pub async fn next_number(tx: &mut Tx, series: &str) -> Result<i64, DbError> {
    let sql = "INSERT INTO number_series (series, last) VALUES ($1, 1)
        ON CONFLICT (series) DO UPDATE SET last = number_series.last + 1 RETURNING last";
    tx.one(sql, &[series.into()]).await?.get("last")
}

pub async fn insert(tx: &mut Tx, grievance: &Sealed) -> Result<(), DbError> {
    let sql = "INSERT INTO grievance (id, number, subject, status, sealed_words, lodged, due)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let held = &grievance.held;
    let args: [Value; 7] = [
        held.id.into(),
        held.number.as_str().into(),
        held.subject.0.into(),
        status_name(held.status).into(),
        grievance.words.as_slice().into(),
        held.lodged.into(),
        held.due.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

pub async fn find(tx: &mut Tx, id: Id) -> Result<Option<Sealed>, DbError> {
    let sql = "SELECT id, number, subject, status, sealed_words, sealed_answer, officer, lodged, due, answered
        FROM grievance WHERE id = $1";
    tx.opt(sql, &[id.into()]).await?.as_ref().map(sealed).transpose()
}

pub async fn find_by_number(tx: &mut Tx, number: &str) -> Result<Option<Sealed>, DbError> {
    let sql = "SELECT id, number, subject, status, sealed_words, sealed_answer, officer, lodged, due, answered
        FROM grievance WHERE number = $1";
    tx.opt(sql, &[number.into()]).await?.as_ref().map(sealed).transpose()
}

/// A person's, newest first.
pub async fn of_subject(
    tx: &mut Tx,
    subject: Pseudonym,
    limit: i64,
) -> Result<Vec<Sealed>, DbError> {
    let sql = "SELECT id, number, subject, status, sealed_words, sealed_answer, officer, lodged, due, answered
        FROM grievance WHERE subject = $1 ORDER BY lodged DESC, number DESC LIMIT $2";
    tx.all(sql, &[subject.0.into(), limit.into()]).await?.iter().map(sealed).collect()
}

/// Those of one status, by when an answer is due.
pub async fn of_status(
    tx: &mut Tx,
    status: GrievanceStatus,
    limit: i64,
) -> Result<Vec<Held>, DbError> {
    let sql = "SELECT id, number, subject, status, officer, lodged, due, answered
        FROM grievance WHERE status = $1 ORDER BY due, number LIMIT $2";
    tx.all(sql, &[status_name(status).into(), limit.into()]).await?.iter().map(held).collect()
}

/// Those answered, newest answer first.
pub async fn answered(tx: &mut Tx, limit: i64) -> Result<Vec<Held>, DbError> {
    let sql = "SELECT id, number, subject, status, officer, lodged, due, answered
        FROM grievance WHERE status = 'answered' ORDER BY answered DESC, number DESC LIMIT $1";
    tx.all(sql, &[limit.into()]).await?.iter().map(held).collect()
}

pub async fn set_taken_up(tx: &mut Tx, held: &Held) -> Result<(), DbError> {
    let sql = "UPDATE grievance SET status = $2, officer = $3, taken_up = $4 WHERE id = $1";
    let args: [Value; 4] = [
        held.id.into(),
        status_name(held.status).into(),
        held.officer.clone().into(),
        tx.now().into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

pub async fn set_answered(tx: &mut Tx, held: &Held, answer: &[u8]) -> Result<(), DbError> {
    let sql = "UPDATE grievance SET status = $2, sealed_answer = $3, answered = $4 WHERE id = $1";
    let args: [Value; 4] =
        [held.id.into(), status_name(held.status).into(), answer.into(), held.answered.into()];
    tx.exec(sql, &args).await.map(drop)
}

fn sealed(row: &Row) -> Result<Sealed, DbError> {
    Ok(Sealed {
        held: held(row)?,
        words: row.get("sealed_words")?,
        answer: row.get("sealed_answer")?,
    })
}

fn held(row: &Row) -> Result<Held, DbError> {
    let status: String = row.get("status")?;
    let damaged = || DbError::Corrupt { column: "status".to_owned(), expected: "a status" };
    Ok(Held {
        id: row.get("id")?,
        number: row.get("number")?,
        subject: Pseudonym(row.get("subject")?),
        status: status_of(&status).ok_or_else(damaged)?,
        officer: row.get("officer")?,
        lodged: row.get("lodged")?,
        due: row.get("due")?,
        answered: row.get("answered")?,
    })
}
