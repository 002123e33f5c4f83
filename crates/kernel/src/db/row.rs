//! One row of an answer.

use super::error::DbError;
use super::value::{FromValue, Value};
use std::sync::Arc;

/// A row with its column names. Reading a column of the wrong type names the column.
#[derive(Clone, Debug)]
pub struct Row {
    pub(super) columns: Arc<[Box<str>]>,
    pub(super) values: Vec<Value>,
}

impl Row {
    /// The column `name` as `T`.
    ///
    /// # Errors
    /// [`DbError::Corrupt`] when there is no such column or its value is not a `T`.
    pub fn get<T: FromValue>(&self, name: &str) -> Result<T, DbError> {
        let corrupt = || DbError::Corrupt { column: name.to_owned(), expected: T::EXPECTED };
        let place = self.columns.iter().position(|column| **column == *name).ok_or_else(corrupt)?;
        T::from_value(&self.values[place]).ok_or_else(corrupt)
    }

    /// The column names, in the order of the SELECT.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(AsRef::as_ref)
    }

    /// The values, in the order of the SELECT.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }
}
