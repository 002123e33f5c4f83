//! Transaction closures a second: one insert each, durable before the answer.

use super::load::{Plan, closed_loop};
use super::report::Figure;
use super::store::{SCHEMA, insert};
use basis::{Clock, Rng};
use kernel::db::{Db, DbError, Storage};

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
