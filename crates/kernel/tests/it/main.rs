//! The kernel against both engines.

mod audit;
mod db;
mod deferred;
mod delivery;
mod portability;

use kernel::db::{Db, DbError, Value};

/// Runs one statement in a transaction of its own.
async fn exec(db: &Db, sql: &'static str, args: Vec<Value>) -> Result<u64, DbError> {
    db.write(move |tx| Box::pin(async move { tx.exec(sql, &args).await })).await
}
