//! Every SQL string of the block, by noun.

pub mod answers;
pub mod evidence;
pub mod rounds;
pub mod sign_offs;

use kernel::db::{DbError, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value as JSON text.
fn written<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("what a round holds is JSON")
}

/// A column's JSON text as a value.
fn read<T: DeserializeOwned>(row: &Row, column: &'static str) -> Result<T, DbError> {
    let text: String = row.get(column)?;
    let damaged = |_| DbError::Corrupt { column: column.to_owned(), expected: "JSON of a round" };
    serde_json::from_str(&text).map_err(damaged)
}
