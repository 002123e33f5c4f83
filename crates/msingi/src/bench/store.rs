//! The one table that the kernel is measured with.

use kernel::db::{Db, DbError, Migration, Value};

/// The table.
pub const SCHEMA: &[Migration] = &[Migration {
    name: "bench/0001",
    sql: "CREATE TABLE bench_row (id BYTEA PRIMARY KEY, caller BIGINT NOT NULL, at BIGINT NOT NULL)",
}];

/// Adds a row in a transaction of its own.
pub async fn insert(db: Db, caller: usize) -> Result<u64, DbError> {
    let caller = i64::try_from(caller).unwrap_or(0);
    db.write(move |tx| {
        Box::pin(async move {
            let args: [Value; 3] = [tx.mint().into(), caller.into(), tx.now().into()];
            tx.exec("INSERT INTO bench_row (id, caller, at) VALUES ($1, $2, $3)", &args).await
        })
    })
    .await
}
