//! Whoever got hold of a database and changes it behind the back of its code. What the audit trail
//! is for is shown with this.

use super::processes::failed;
use super::stage::StageError;
use super::store;
use crate::boot;
use kernel::config::Config;
use kernel::db::DbError;

/// Puts another officer's number into a row of the civil register's audit trail.
///
/// # Errors
/// When the database cannot be opened.
pub async fn change_a_row(config: &Config) -> Result<(), StageError> {
    let wrong = |error: &dyn std::fmt::Display| failed("changing a row", error);
    let place = boot::place(config).map_err(|error| wrong(&error))?;
    let databases = boot::databases(config).map_err(|error| wrong(&error))?;
    let civil = databases.into_iter().find(|(block, _)| *block == "civil");
    let (block, tables) = civil.ok_or_else(|| wrong(&"no civil register is run here"))?;
    let ctx = place.ctx(block, tables, "intruder").await.map_err(|error| wrong(&error))?;
    let changed: Result<u64, DbError> = ctx.db.write(|tx| Box::pin(store::change_a_row(tx))).await;
    match changed {
        Ok(1) => Ok(()),
        Ok(_) => Err(wrong(&"there is no second row yet")),
        Err(error) => Err(wrong(&error)),
    }
}
