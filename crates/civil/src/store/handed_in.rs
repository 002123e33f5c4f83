//! Table `handed_in`: what posts handed in, and what became of it.

use super::{Marks, digest};
use basis::{Id, Timestamp};
use contracts::civil::posts::PostOutcome;
use kernel::db::{DbError, Row, Tx, Value};

/// A registration that a post handed in.
#[derive(Clone)]
pub struct HandedIn {
    pub registration: Id,
    pub delegation: Id,
    pub post: String,
    /// Keyed digest of what was handed in.
    pub content: [u8; 32],
    /// Its number in the register, or the one the post gave out.
    pub number: String,
    pub outcome: PostOutcome,
    /// Codes with spaces between.
    pub reasons: String,
    /// The birth that it may be the same as, or was merged into.
    pub other: Option<Id>,
    pub marks: Marks,
    /// The facts, while it does not stand in the register.
    pub sealed: Option<Vec<u8>>,
    pub officer: String,
    pub recorded: Timestamp,
    pub received: Timestamp,
}

/// Makes transactions that take in what posts hand in run one after the other: each must see what the
/// one before took in to find what is alike.
pub async fn lock(tx: &mut Tx) -> Result<(), DbError> {
    tx.lock("handed_in").await
}

pub async fn insert(tx: &mut Tx, one: &HandedIn) -> Result<(), DbError> {
    let sql =
        "INSERT INTO handed_in (registration, delegation, post, content, number, outcome, reasons,
            other, mother, likeness, sealed, officer, recorded, received)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let args: [Value; 14] = [
        one.registration.into(),
        one.delegation.into(),
        one.post.as_str().into(),
        one.content.into(),
        one.number.as_str().into(),
        one.outcome.as_str().into(),
        one.reasons.as_str().into(),
        one.other.into(),
        digest(one.marks.mother),
        digest(one.marks.likeness),
        one.sealed.clone().into(),
        one.officer.as_str().into(),
        one.recorded.into(),
        one.received.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

pub async fn find(tx: &mut Tx, registration: Id) -> Result<Option<HandedIn>, DbError> {
    let sql =
        "SELECT registration, delegation, post, content, number, outcome, reasons, other, mother,
            likeness, sealed, officer, recorded, received
        FROM handed_in WHERE registration = $1";
    tx.opt(sql, &[registration.into()]).await?.as_ref().map(from_row).transpose()
}

/// Those that wait for an officer, oldest first.
pub async fn conflicts(
    tx: &mut Tx,
    after: Option<Id>,
    limit: i64,
) -> Result<Vec<HandedIn>, DbError> {
    let sql = "SELECT registration, delegation, post, content, number, outcome, reasons, other, mother,
            likeness, sealed, officer, recorded, received
        FROM handed_in WHERE outcome = 'conflict' AND registration > $1 ORDER BY registration LIMIT $2";
    tx.all(sql, &[super::place(after), limit.into()]).await?.iter().map(from_row).collect()
}

/// How an officer decided about one that was in conflict.
pub struct Decision<'d> {
    pub registration: Id,
    pub outcome: PostOutcome,
    pub number: &'d str,
    pub other: Option<Id>,
    /// What stays sealed here: nothing once it stands in the register.
    pub sealed: Option<Vec<u8>>,
    pub officer: &'d str,
    pub sealed_remark: Vec<u8>,
}

/// `true` when it was in conflict until now.
pub async fn decide(tx: &mut Tx, decision: Decision<'_>) -> Result<bool, DbError> {
    let sql =
        "UPDATE handed_in SET outcome = $2, number = $3, other = $4, sealed = $5, resolved_by = $6,
            resolved = $7, sealed_remark = $8
        WHERE registration = $1 AND outcome = 'conflict'";
    let args: [Value; 8] = [
        decision.registration.into(),
        decision.outcome.as_str().into(),
        decision.number.into(),
        decision.other.into(),
        decision.sealed.into(),
        decision.officer.into(),
        tx.now().into(),
        decision.sealed_remark.into(),
    ];
    Ok(tx.exec(sql, &args).await? == 1)
}

fn from_row(row: &Row) -> Result<HandedIn, DbError> {
    let outcome: String = row.get("outcome")?;
    Ok(HandedIn {
        registration: row.get("registration")?,
        delegation: row.get("delegation")?,
        post: row.get("post")?,
        content: row.get("content")?,
        number: row.get("number")?,
        outcome: outcome.parse().map_err(|_| DbError::Corrupt {
            column: "outcome".to_owned(),
            expected: "an outcome",
        })?,
        reasons: row.get("reasons")?,
        other: row.get("other")?,
        marks: Marks { mother: row.get("mother")?, likeness: row.get("likeness")?, entry: None },
        sealed: row.get("sealed")?,
        officer: row.get("officer")?,
        recorded: row.get("recorded")?,
        received: row.get("received")?,
    })
}
