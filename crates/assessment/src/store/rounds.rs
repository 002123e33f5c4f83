//! Rounds and who is to answer what in them.

use super::{read, written};
use crate::model::state::{Held, State};
use basis::Id;
use kernel::db::{DbError, Row, Tx, Value};
use std::collections::BTreeMap;

pub async fn insert(tx: &mut Tx, held: &Held) -> Result<(), DbError> {
    let sql = "INSERT INTO round (id, title, scope, state, revision, quorum, document, digest, opened, moved)
        VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8, $9)";
    let args: [Value; 9] = [
        held.id.into(),
        held.title.as_str().into(),
        held.scope.as_str().into(),
        held.state.as_str().into(),
        held.revision.into(),
        written(&held.quorum).into(),
        written(&held.document).into(),
        held.opened.into(),
        held.moved.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

pub async fn find(tx: &mut Tx, id: Id) -> Result<Option<Held>, DbError> {
    let sql = "SELECT id, title, scope, state, revision, quorum, document, digest, opened, moved
        FROM round WHERE id = $1";
    tx.opt(sql, &[id.into()]).await?.as_ref().map(held).transpose()
}

/// All, the latest first.
pub async fn all(tx: &mut Tx, limit: i64) -> Result<Vec<Held>, DbError> {
    let sql = "SELECT id, title, scope, state, revision, quorum, document, digest, opened, moved
        FROM round ORDER BY opened DESC, id DESC LIMIT $1";
    tx.all(sql, &[limit.into()]).await?.iter().map(held).collect()
}

/// Stores state, catalogue and digest as they are now.
pub async fn update(tx: &mut Tx, held: &Held) -> Result<(), DbError> {
    let sql = "UPDATE round SET state = $2, revision = $3, document = $4, digest = $5, moved = $6
        WHERE id = $1";
    let args: [Value; 6] = [
        held.id.into(),
        held.state.as_str().into(),
        held.revision.into(),
        written(&held.document).into(),
        held.digest.clone().into(),
        held.moved.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// Who is to answer, by indicator.
pub async fn assignments(tx: &mut Tx, round: Id) -> Result<BTreeMap<String, String>, DbError> {
    let sql = "SELECT indicator, institution FROM assignment WHERE round = $1";
    let pair = |row: &Row| Ok((row.get("indicator")?, row.get("institution")?));
    tx.all(sql, &[round.into()]).await?.iter().map(pair).collect()
}

pub async fn assign(
    tx: &mut Tx,
    round: Id,
    indicator: &str,
    institution: &str,
) -> Result<(), DbError> {
    let sql = "INSERT INTO assignment (round, indicator, institution) VALUES ($1, $2, $3)
        ON CONFLICT (round, indicator) DO UPDATE SET institution = excluded.institution";
    tx.exec(sql, &[round.into(), indicator.into(), institution.into()]).await.map(drop)
}

fn held(row: &Row) -> Result<Held, DbError> {
    let state: String = row.get("state")?;
    let damaged = || DbError::Corrupt { column: "state".to_owned(), expected: "a round's state" };
    Ok(Held {
        id: row.get("id")?,
        title: row.get("title")?,
        scope: row.get("scope")?,
        state: State::parse(&state).ok_or_else(damaged)?,
        revision: row.get("revision")?,
        quorum: read(row, "quorum")?,
        document: read(row, "document")?,
        digest: row.get("digest")?,
        opened: row.get("opened")?,
        moved: row.get("moved")?,
    })
}
