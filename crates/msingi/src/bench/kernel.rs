//! Transaction closures a second: one insert each, durable before the answer.

use super::load::{Plan, closed_loop};
use super::report::Figure;
use basis::{Clock, Rng};
use kernel::db::{Db, DbError, Migration, Storage, Value};

const SCHEMA: &[Migration] = &[Migration {
    name: "bench/0001",
    sql: "CREATE TABLE bench_row (id BYTEA PRIMARY KEY, caller BIGINT NOT NULL, at BIGINT NOT NULL)",
}];

/// Measures at 1, 64 and 1,024 callers.
///
/// # Errors
/// Any [`DbError`].
pub async fn measure(storage: &Storage, plan: &Plan) -> Result<Vec<Figure>, DbError> {
    let db = Db::open(storage, "bench", SCHEMA, Clock::system(), Rng::system()).await?;
    let mut figures = Vec::new();
    for callers in [1, 64, 1_024] {
        let inserting = db.clone();
        let runs =
            closed_loop(plan, callers, move |caller| insert(inserting.clone(), caller)).await?;
        let name = format!("{}: transaction closures, {callers} callers", db.engine());
        figures.push(Figure::of_runs(&name, "closures/s", &runs));
    }
    Ok(figures)
}

async fn insert(db: Db, caller: usize) -> Result<u64, DbError> {
    let caller = i64::try_from(caller).unwrap_or(0);
    db.write(move |tx| {
        Box::pin(async move {
            let args: [Value; 3] = [tx.mint().into(), caller.into(), tx.now().into()];
            tx.exec("INSERT INTO bench_row (id, caller, at) VALUES ($1, $2, $3)", &args).await
        })
    })
    .await
}
