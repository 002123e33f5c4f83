//! The tables of a post: delegations it holds, what it registered under them, the link.

use crate::model::delegation::Delegation;
use crate::model::held::{Held, Link};
use basis::Id;
use kernel::db::{DbError, Row, Tx, Value};

/// Counts for the status.
#[derive(Clone, Copy, Default)]
pub struct Counts {
    pub registered: i64,
    pub waiting: i64,
    pub conflicts: i64,
}

/// Makes transactions that take numbers run one after the other.
pub async fn lock(tx: &mut Tx) -> Result<(), DbError> {
    tx.lock("held_delegation").await
}

/// `true` when it was not held yet.
pub async fn hold(tx: &mut Tx, given: &Delegation, token: &str) -> Result<bool, DbError> {
    let sql = "INSERT INTO held_delegation (id, token, first_number, numbers, used, valid_from, valid_until, taken)
        VALUES ($1, $2, $3, $4, 0, $5, $6, $7) ON CONFLICT DO NOTHING";
    let args: [Value; 7] = [
        given.id.into(),
        token.into(),
        given.first.into(),
        given.numbers.into(),
        given.from.into(),
        given.until.into(),
        tx.now().into(),
    ];
    Ok(tx.exec(sql, &args).await? == 1)
}

/// All that were ever taken in, in that order.
pub async fn held(tx: &mut Tx) -> Result<Vec<Held>, DbError> {
    let sql = "SELECT id, token, first_number, numbers, used, valid_from, valid_until
        FROM held_delegation ORDER BY taken, id";
    tx.all(sql, &[]).await?.iter().map(held_from).collect()
}

fn held_from(row: &Row) -> Result<Held, DbError> {
    Ok(Held {
        id: row.get("id")?,
        token: row.get("token")?,
        first: row.get("first_number")?,
        numbers: row.get("numbers")?,
        used: row.get("used")?,
        from: row.get("valid_from")?,
        until: row.get("valid_until")?,
    })
}

/// Takes the next number of a delegation.
pub async fn use_number(tx: &mut Tx, delegation: Id) -> Result<(), DbError> {
    let sql = "UPDATE held_delegation SET used = used + 1 WHERE id = $1";
    tx.exec(sql, &[delegation.into()]).await.map(drop)
}

pub async fn insert(
    tx: &mut Tx,
    registration: Id,
    delegation: Id,
    serial: i64,
) -> Result<(), DbError> {
    let sql = "INSERT INTO post_birth (registration, delegation, serial, outcome, reasons)
        VALUES ($1, $2, $3, 'waiting', '')";
    tx.exec(sql, &[registration.into(), delegation.into(), serial.into()]).await.map(drop)
}

/// The next that wait: of one delegation, in the order in which they were registered; with the officer.
pub async fn waiting(
    tx: &mut Tx,
    delegation: Id,
    limit: i64,
) -> Result<Vec<(Id, String)>, DbError> {
    let sql = "SELECT post_birth.registration AS registration, birth.registrar AS registrar FROM post_birth
        JOIN birth ON birth.id = post_birth.registration
        WHERE outcome = 'waiting' AND delegation = $1 ORDER BY serial LIMIT $2";
    let rows = tx.all(sql, &[delegation.into(), limit.into()]).await?;
    rows.iter().map(|row| Ok((row.get("registration")?, row.get("registrar")?))).collect()
}

/// Those that an officer of the registrar looks at.
pub async fn in_conflict(tx: &mut Tx, limit: i64) -> Result<Vec<Id>, DbError> {
    let sql = "SELECT registration FROM post_birth WHERE outcome = 'conflict'
        ORDER BY delegation, serial LIMIT $1";
    tx.all(sql, &[limit.into()]).await?.iter().map(|row| row.get("registration")).collect()
}

/// What the registrar said.
pub async fn mark(
    tx: &mut Tx,
    registration: Id,
    outcome: &str,
    reasons: &str,
) -> Result<(), DbError> {
    let sql = "UPDATE post_birth SET outcome = $2, reasons = $3 WHERE registration = $1";
    tx.exec(sql, &[registration.into(), outcome.into(), reasons.into()]).await.map(drop)
}

pub async fn counts(tx: &mut Tx) -> Result<Counts, DbError> {
    let sql = "SELECT outcome, COUNT(*) AS n FROM post_birth GROUP BY outcome";
    let mut counts = Counts::default();
    for row in tx.all(sql, &[]).await? {
        let (outcome, n): (String, i64) = (row.get("outcome")?, row.get("n")?);
        counts.registered += n;
        match outcome.as_str() {
            "waiting" => counts.waiting = n,
            "conflict" => counts.conflicts = n,
            _ => {}
        }
    }
    Ok(counts)
}

pub async fn keep_key(tx: &mut Tx, kid: &str, jwk: &str) -> Result<(), DbError> {
    let sql = "INSERT INTO registrar_key (kid, jwk) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    tx.exec(sql, &[kid.into(), jwk.into()]).await.map(drop)
}

/// The registrar's public keys as far as they are known here.
pub async fn keys(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    let sql = "SELECT jwk FROM registrar_key ORDER BY kid";
    tx.all(sql, &[]).await?.iter().map(|row| row.get("jwk")).collect()
}

pub async fn link(tx: &mut Tx) -> Result<Link, DbError> {
    let sql = "SELECT failures, next_at, asked, last_error FROM post_link WHERE id = 1";
    let Some(row) = tx.opt(sql, &[]).await? else { return Ok(Link::default()) };
    Ok(Link {
        failures: row.get("failures")?,
        next_at: row.get("next_at")?,
        asked: row.get("asked")?,
        last_error: row.get("last_error")?,
    })
}

pub async fn set_link(tx: &mut Tx, link: &Link) -> Result<(), DbError> {
    let sql = "INSERT INTO post_link (id, failures, next_at, asked, last_error) VALUES (1, $1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE SET failures = excluded.failures, next_at = excluded.next_at,
            asked = excluded.asked, last_error = excluded.last_error";
    let args: [Value; 4] = [
        link.failures.into(),
        link.next_at.into(),
        link.asked.into(),
        link.last_error.as_str().into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}
