//! Table `step`.

use basis::{Id, Timestamp};
use kernel::db::{DbError, Row, Tx, Value};

/// What is to be told to another block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its id; what is sent is idempotent by it.
    pub id: Id,
    /// For which application.
    pub application: Id,
    /// The message's template; none where the payee is to be registered.
    pub template: Option<String>,
    /// How often it failed.
    pub attempts: i64,
    /// True once it was done.
    pub done: bool,
    /// Why it failed last.
    pub problem: Option<String>,
}

/// Adds a step that is due at once.
pub async fn insert(
    tx: &mut Tx,
    id: Id,
    application: Id,
    template: Option<&str>,
) -> Result<(), DbError> {
    let sql = "INSERT INTO step (id, application, kind, template, state, due, attempts)
        VALUES ($1, $2, $3, $4, 'waiting', $5, 0)";
    let kind = if template.is_some() { "message" } else { "payee" };
    let args: [Value; 5] =
        [id.into(), application.into(), kind.into(), template.into(), tx.now().into()];
    tx.exec(sql, &args).await.map(drop)
}

/// Steps that are due, the oldest first.
pub async fn due(tx: &mut Tx, limit: i64) -> Result<Vec<Step>, DbError> {
    let sql = "SELECT id, application, template, state, attempts, problem FROM step
        WHERE state = 'waiting' AND due <= $1 ORDER BY due, id LIMIT $2";
    let now = tx.now();
    tx.all(sql, &[now.into(), limit.into()]).await?.iter().map(from_row).collect()
}

/// All steps of an application.
pub async fn of_application(tx: &mut Tx, application: Id) -> Result<Vec<Step>, DbError> {
    let sql = "SELECT id, application, template, state, attempts, problem FROM step
        WHERE application = $1 ORDER BY id";
    tx.all(sql, &[application.into()]).await?.iter().map(from_row).collect()
}

/// Marks a step as done.
pub async fn finish(tx: &mut Tx, id: Id) -> Result<(), DbError> {
    let sql = "UPDATE step SET state = 'done', problem = NULL WHERE id = $1";
    tx.exec(sql, &[id.into()]).await.map(drop)
}

/// Puts a step off after a failure.
pub async fn put_off(tx: &mut Tx, id: Id, due: Timestamp, problem: &str) -> Result<(), DbError> {
    let sql = "UPDATE step SET due = $2, attempts = attempts + 1, problem = $3
        WHERE id = $1 AND state = 'waiting'";
    tx.exec(sql, &[id.into(), due.into(), problem.into()]).await.map(drop)
}

fn from_row(row: &Row) -> Result<Step, DbError> {
    let state: String = row.get("state")?;
    Ok(Step {
        id: row.get("id")?,
        application: row.get("application")?,
        template: row.get("template")?,
        attempts: row.get("attempts")?,
        done: state == "done",
        problem: row.get("problem")?,
    })
}
