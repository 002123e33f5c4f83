//! Tables `application`, `application_event` and `number_series`.

use super::corrupt;
use crate::model::application::{Application, Happened, status_from, status_name};
use basis::Id;
use contracts::Pseudonym;
use kernel::db::{DbError, Row, Tx, Value};

/// An application falls into one of so many locks: lock rows stay for good, so there are not as many
/// as applications.
const LOCKS: u8 = 64;

/// Makes transactions on the same application, or of the same applicant, run one after the other.
pub async fn lock(tx: &mut Tx, id: Id) -> Result<(), DbError> {
    let bucket = id.as_bytes()[15] % LOCKS;
    tx.lock(&format!("application:{bucket}")).await
}

/// Adds an application with its sealed content.
pub async fn insert(tx: &mut Tx, one: &Application, content: Vec<u8>) -> Result<(), DbError> {
    let sql = "INSERT INTO application (id, subject, service, number, status, stage, taken_by,
            language, started, changed, submitted, decided, content)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let args: [Value; 13] = [
        one.id.into(),
        one.subject.0.into(),
        one.service.as_str().into(),
        one.number.clone().into(),
        status_name(one.status).into(),
        one.stage.into(),
        one.taken_by.clone().into(),
        one.language.as_str().into(),
        one.started.into(),
        one.changed.into(),
        one.submitted.into(),
        one.decided.into(),
        content.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// Writes where an application stands now.
pub async fn update(tx: &mut Tx, one: &Application) -> Result<(), DbError> {
    let sql = "UPDATE application SET number = $2, status = $3, stage = $4, taken_by = $5,
            changed = $6, submitted = $7, decided = $8
        WHERE id = $1";
    let args: [Value; 8] = [
        one.id.into(),
        one.number.clone().into(),
        status_name(one.status).into(),
        one.stage.into(),
        one.taken_by.clone().into(),
        one.changed.into(),
        one.submitted.into(),
        one.decided.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// Writes what an application says now, sealed.
pub async fn update_content(tx: &mut Tx, id: Id, content: Vec<u8>) -> Result<(), DbError> {
    let sql = "UPDATE application SET content = $2 WHERE id = $1";
    tx.exec(sql, &[id.into(), content.into()]).await.map(drop)
}

/// Deletes an application with its life.
pub async fn delete(tx: &mut Tx, id: Id) -> Result<(), DbError> {
    tx.exec("DELETE FROM application_event WHERE application = $1", &[id.into()]).await?;
    tx.exec("DELETE FROM application WHERE id = $1", &[id.into()]).await.map(drop)
}

/// One application and its sealed content.
pub async fn find(tx: &mut Tx, id: Id) -> Result<Option<(Application, Vec<u8>)>, DbError> {
    let sql = "SELECT id, subject, service, number, status, stage, taken_by, language, started,
            changed, submitted, decided, content
        FROM application WHERE id = $1";
    let row = tx.opt(sql, &[id.into()]).await?;
    row.map(|row| Ok((from_row(&row)?, row.get("content")?))).transpose()
}

/// The application with this number.
pub async fn find_numbered(tx: &mut Tx, number: &str) -> Result<Option<Application>, DbError> {
    let sql = "SELECT id, subject, service, number, status, stage, taken_by, language, started,
            changed, submitted, decided
        FROM application WHERE number = $1";
    tx.opt(sql, &[number.into()]).await?.as_ref().map(from_row).transpose()
}

/// The applicant's draft for a service.
pub async fn find_draft(
    tx: &mut Tx,
    subject: Pseudonym,
    service: &str,
) -> Result<Option<Id>, DbError> {
    let sql = "SELECT id FROM application
        WHERE subject = $1 AND service = $2 AND status = 'draft'";
    let row = tx.opt(sql, &[subject.0.into(), service.into()]).await?;
    row.map(|row| row.get("id")).transpose()
}

/// The applicant's applications, newest first.
pub async fn list_of(tx: &mut Tx, subject: Pseudonym) -> Result<Vec<Application>, DbError> {
    let sql = "SELECT id, subject, service, number, status, stage, taken_by, language, started,
            changed, submitted, decided
        FROM application WHERE subject = $1 ORDER BY changed DESC, id DESC LIMIT 200";
    tx.all(sql, &[subject.0.into()]).await?.iter().map(from_row).collect()
}

/// Applications in a status, oldest first.
pub async fn queue(tx: &mut Tx, status: &str) -> Result<Vec<Application>, DbError> {
    let sql = "SELECT id, subject, service, number, status, stage, taken_by, language, started,
            changed, submitted, decided
        FROM application WHERE status = $1 ORDER BY submitted, id LIMIT 200";
    tx.all(sql, &[status.into()]).await?.iter().map(from_row).collect()
}

/// Writes down what happened. The application's lock is held, so that the place is free.
pub async fn add_event(tx: &mut Tx, id: Id, happened: &Happened) -> Result<(), DbError> {
    let last = "SELECT COALESCE(MAX(position), 0) AS n FROM application_event
        WHERE application = $1";
    let last: i64 = tx.one(last, &[id.into()]).await?.get("n")?;
    let sql = "INSERT INTO application_event (application, position, at, kind, actor)
        VALUES ($1, $2, $3, $4, $5)";
    let args: [Value; 5] = [
        id.into(),
        (last + 1).into(),
        happened.at.into(),
        happened.kind.as_str().into(),
        happened.actor.as_str().into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// What happened, oldest first.
pub async fn events(tx: &mut Tx, id: Id) -> Result<Vec<Happened>, DbError> {
    let sql = "SELECT at, kind, actor FROM application_event
        WHERE application = $1 ORDER BY position";
    let rows = tx.all(sql, &[id.into()]).await?;
    let one = |row: &Row| {
        Ok(Happened { at: row.get("at")?, kind: row.get("kind")?, actor: row.get("actor")? })
    };
    rows.iter().map(one).collect()
}

/// The next number of a series, from 1.
pub async fn next_number(tx: &mut Tx, series: &str) -> Result<i64, DbError> {
    let sql = "INSERT INTO number_series (series, last) VALUES ($1, 1)
        ON CONFLICT (series) DO UPDATE SET last = number_series.last + 1 RETURNING last";
    tx.one(sql, &[series.into()]).await?.get("last")
}

fn from_row(row: &Row) -> Result<Application, DbError> {
    let status: String = row.get("status")?;
    Ok(Application {
        id: row.get("id")?,
        subject: Pseudonym(row.get("subject")?),
        service: row.get("service")?,
        number: row.get("number")?,
        status: status_from(&status).ok_or_else(|| corrupt("status", "a status"))?,
        stage: row.get("stage")?,
        taken_by: row.get("taken_by")?,
        language: row.get("language")?,
        started: row.get("started")?,
        changed: row.get("changed")?,
        submitted: row.get("submitted")?,
        decided: row.get("decided")?,
    })
}
