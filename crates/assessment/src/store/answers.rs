//! Answers with their history. Rows are added, never changed.

use super::{read, written};
use basis::{Id, Timestamp};
use kernel::db::{DbError, Row, Tx, Value};
use maturity::round::Answer;

/// What a revision did.
pub const ANSWERED: &str = "answered";
/// A reviewer added a word.
pub const REVIEWED: &str = "reviewed";
/// It came with a file.
pub const IMPORTED: &str = "imported";

/// One revision of an answer.
#[derive(Clone, Debug)]
pub struct Given {
    pub indicator: String,
    pub revision: i64,
    pub step: String,
    pub answer: Answer,
    pub actor: String,
    pub at: Timestamp,
}

pub async fn insert(tx: &mut Tx, round: Id, given: &Given) -> Result<(), DbError> {
    let sql = "INSERT INTO answer (round, indicator, revision, step, answer, actor, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let args: [Value; 7] = [
        round.into(),
        given.indicator.as_str().into(),
        given.revision.into(),
        given.step.as_str().into(),
        written(&given.answer).into(),
        given.actor.as_str().into(),
        given.at.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// The latest revision of each answer.
pub async fn latest(tx: &mut Tx, round: Id) -> Result<Vec<Given>, DbError> {
    let sql = "SELECT a.indicator, a.revision, a.step, a.answer, a.actor, a.at FROM answer a
        WHERE a.round = $1 AND a.revision =
            (SELECT MAX(b.revision) FROM answer b WHERE b.round = a.round AND b.indicator = a.indicator)
        ORDER BY a.indicator";
    tx.all(sql, &[round.into()]).await?.iter().map(given).collect()
}

/// Every revision of an answer, the latest first.
pub async fn history(tx: &mut Tx, round: Id, indicator: &str) -> Result<Vec<Given>, DbError> {
    let sql = "SELECT indicator, revision, step, answer, actor, at FROM answer
        WHERE round = $1 AND indicator = $2 ORDER BY revision DESC";
    tx.all(sql, &[round.into(), indicator.into()]).await?.iter().map(given).collect()
}

fn given(row: &Row) -> Result<Given, DbError> {
    Ok(Given {
        indicator: row.get("indicator")?,
        revision: row.get("revision")?,
        step: row.get("step")?,
        answer: read(row, "answer")?,
        actor: row.get("actor")?,
        at: row.get("at")?,
    })
}
