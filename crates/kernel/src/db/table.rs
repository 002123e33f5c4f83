//! Descriptions of tables for bulk appends.

/// A column's type, for the binary COPY of PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// BOOLEAN.
    Bool,
    /// BIGINT.
    Int,
    /// TEXT.
    Text,
    /// BYTEA.
    Bytes,
}

/// A table that [`super::Tx::append`] can add rows to.
#[derive(Debug)]
pub struct Table {
    /// Name as in the migration.
    pub name: &'static str,
    /// Names and types, in the order in which values are handed over.
    pub columns: &'static [(&'static str, ColumnType)],
}
