//! Every SQL text of the exchange, by noun.

pub mod codes;
pub mod hops;
pub mod members;
pub mod officers;
pub mod rights;
pub mod settings;
pub mod topology;

use std::str::FromStr;

use kernel::db::{DbError, Migration, Row};
use serde::de::DeserializeOwned;

/// The block's schema.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_init", sql: include_str!("../../migrations/0001_init.sql") },
    Migration { name: "0002_agreement", sql: include_str!("../../migrations/0002_agreement.sql") },
    Migration {
        name: "0003_officer_code",
        sql: include_str!("../../migrations/0003_officer_code.sql"),
    },
];

/// Reads a text column as a type with `FromStr`.
fn parsed<T: FromStr>(row: &Row, column: &str, expected: &'static str) -> Result<T, DbError> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| DbError::Corrupt { column: column.to_owned(), expected })
}

/// Reads a text column as JSON.
fn json<T: DeserializeOwned>(row: &Row, column: &str) -> Result<T, DbError> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text)
        .map_err(|_| DbError::Corrupt { column: column.to_owned(), expected: "JSON of its type" })
}

/// Writes a value as JSON text.
fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("text, lists and maps with text keys")
}
