//! Tables `run` and `run_line`.

use super::corrupt;
use crate::model::run::Run;
use basis::{Id, Timestamp};
use kernel::db::{ColumnType, DbError, Row, Table, Tx, Value};

static RUN_LINE: Table = Table {
    name: "run_line",
    columns: &[
        ("run", ColumnType::Bytes),
        ("position", ColumnType::Int),
        ("award", ColumnType::Bytes),
        ("instruction", ColumnType::Bytes),
        ("minor", ColumnType::Int),
    ],
};

/// One instruction of a run, with its id and the payee's token sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLine {
    /// Its place, from 1.
    pub position: i64,
    /// The award.
    pub award: Id,
    /// The instruction's id, sealed.
    pub instruction: Vec<u8>,
    /// The payee token, sealed.
    pub payee: Vec<u8>,
    /// How much.
    pub minor: i64,
}

/// Adds a run.
pub async fn insert(tx: &mut Tx, run: &Run) -> Result<(), DbError> {
    let sql = "INSERT INTO run (id, service, month, state, opened_by, opened, lines, total, sent,
            attempts, due)
        VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, 0, $7)";
    let args: [Value; 7] = [
        run.id.into(),
        run.service.as_str().into(),
        run.month.as_str().into(),
        run.state.as_str().into(),
        run.opened_by.as_str().into(),
        run.opened.into(),
        run.due.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// Writes how far a run is. `false` when another process has moved it on since `seen` was read.
pub async fn update(tx: &mut Tx, seen: &Run, run: &Run) -> Result<bool, DbError> {
    let sql = "UPDATE run SET state = $2, approved_by = $3, after = $4, lines = $5, total = $6,
            sent = $7, attempts = $8, due = $9, problem = $10
        WHERE id = $1 AND state = $11 AND lines = $12 AND sent = $13";
    let args: [Value; 13] = [
        run.id.into(),
        run.state.as_str().into(),
        run.approved_by.clone().into(),
        run.after.into(),
        run.lines.into(),
        run.total.into(),
        run.sent.into(),
        run.attempts.into(),
        run.due.into(),
        run.problem.clone().into(),
        seen.state.as_str().into(),
        seen.lines.into(),
        seen.sent.into(),
    ];
    Ok(tx.exec(sql, &args).await? == 1)
}

/// One run.
pub async fn find(tx: &mut Tx, id: Id) -> Result<Option<Run>, DbError> {
    let sql = "SELECT id, service, month, state, opened_by, approved_by, opened, after, lines,
            total, sent, attempts, due, problem
        FROM run WHERE id = $1";
    tx.opt(sql, &[id.into()]).await?.as_ref().map(from_row).transpose()
}

/// The run of a month.
pub async fn find_of(tx: &mut Tx, service: &str, month: &str) -> Result<Option<Run>, DbError> {
    let sql = "SELECT id, service, month, state, opened_by, approved_by, opened, after, lines,
            total, sent, attempts, due, problem
        FROM run WHERE service = $1 AND month = $2";
    tx.opt(sql, &[service.into(), month.into()]).await?.as_ref().map(from_row).transpose()
}

/// Runs, newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<Run>, DbError> {
    let sql = "SELECT id, service, month, state, opened_by, approved_by, opened, after, lines,
            total, sent, attempts, due, problem
        FROM run ORDER BY month DESC, service LIMIT 100";
    tx.all(sql, &[]).await?.iter().map(from_row).collect()
}

/// Runs that a job moves on, as far as they are due.
pub async fn moving(tx: &mut Tx, now: Timestamp) -> Result<Vec<Run>, DbError> {
    let sql = "SELECT id, service, month, state, opened_by, approved_by, opened, after, lines,
            total, sent, attempts, due, problem
        FROM run WHERE state IN ('gathering', 'gathered', 'sending', 'sent') AND due <= $1
        ORDER BY opened";
    tx.all(sql, &[now.into()]).await?.iter().map(from_row).collect()
}

/// Adds instructions: position, award, sealed id and amount each.
pub async fn append_lines(
    tx: &mut Tx,
    run: Id,
    lines: &[(i64, Id, Vec<u8>, i64)],
) -> Result<(), DbError> {
    let mut values = Vec::with_capacity(lines.len() * RUN_LINE.columns.len());
    for (position, award, instruction, minor) in lines {
        let row: [Value; 5] = [
            run.into(),
            (*position).into(),
            (*award).into(),
            instruction.as_slice().into(),
            (*minor).into(),
        ];
        values.extend(row);
    }
    tx.append(&RUN_LINE, &values).await
}

/// Instructions after a position.
pub async fn lines(tx: &mut Tx, run: Id, after: i64, limit: i64) -> Result<Vec<RunLine>, DbError> {
    let sql = "SELECT l.position, l.award, l.instruction, l.minor, a.payee
        FROM run_line l JOIN award a ON a.id = l.award
        WHERE l.run = $1 AND l.position > $2 ORDER BY l.position LIMIT $3";
    let rows = tx.all(sql, &[run.into(), after.into(), limit.into()]).await?;
    let one = |row: &Row| {
        Ok(RunLine {
            position: row.get("position")?,
            award: row.get("award")?,
            instruction: row.get("instruction")?,
            payee: row.get("payee")?,
            minor: row.get("minor")?,
        })
    };
    rows.iter().map(one).collect()
}

fn from_row(row: &Row) -> Result<Run, DbError> {
    let state: String = row.get("state")?;
    Ok(Run {
        id: row.get("id")?,
        service: row.get("service")?,
        month: row.get("month")?,
        state: state.parse().map_err(|_| corrupt("state", "a state of a run"))?,
        opened_by: row.get("opened_by")?,
        approved_by: row.get("approved_by")?,
        opened: row.get("opened")?,
        after: row.get("after")?,
        lines: row.get("lines")?,
        total: row.get("total")?,
        sent: row.get("sent")?,
        attempts: row.get("attempts")?,
        due: row.get("due")?,
        problem: row.get("problem")?,
    })
}
