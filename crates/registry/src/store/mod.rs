//! Every SQL string of the block: functions that bind and map, and decide nothing.

pub mod records;
pub mod registers;
pub mod revisions;
pub mod schemas;

use crate::model::register::RegisterCode;
use kernel::db::{DbError, Row};

/// A column that holds a register's code.
fn code(row: &Row, column: &str) -> Result<RegisterCode, DbError> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| corrupt(column, "the code of a register"))
}

fn corrupt(column: &str, expected: &'static str) -> DbError {
    DbError::Corrupt { column: column.to_owned(), expected }
}
