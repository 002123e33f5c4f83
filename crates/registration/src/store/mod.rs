//! Every SQL string of the block: functions that bind and map, and decide nothing.

pub mod applications;
pub mod awards;
pub mod bindings;
pub mod runs;
pub mod steps;

use kernel::db::DbError;

fn corrupt(column: &str, expected: &'static str) -> DbError {
    DbError::Corrupt { column: column.to_owned(), expected }
}
