//! What can go wrong with a database, told apart by what the caller can do about it.

/// An error of the storage facade. Driver errors do not leave this folder; their text does.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DbError {
    /// A UNIQUE or PRIMARY KEY rule refused the row.
    #[error("a row with the same key exists already ({0})")]
    Unique(String),
    /// Another constraint (CHECK, NOT NULL, foreign key) refused the row.
    #[error("the row breaks a rule of its table ({0})")]
    Constraint(String),
    /// Concurrent transactions kept colliding after all retries.
    #[error("the database was too contended; try again")]
    Contended,
    /// The file, the disk or the server refuses writes.
    #[error(
        "the database is read-only: check the file's permissions or the server's recovery state ({0})"
    )]
    ReadOnly(String),
    /// No space is left.
    #[error("the database has no space left: free disk space and try again ({0})")]
    Full(String),
    /// The database cannot be reached or was closed.
    #[error("the database is not available ({0})")]
    Unavailable(String),
    /// A stored value is not what the code wrote.
    #[error("column `{column}` does not hold {expected}")]
    Corrupt {
        /// Name of the column.
        column: String,
        /// What should have been there.
        expected: &'static str,
    },
    /// `Tx::one` found no row.
    #[error("a row that must exist was not found")]
    NoRow,
    /// A statement after a failed one in the same transaction.
    #[error("an earlier statement of this transaction failed")]
    Aborted,
    /// A write inside `Db::read`.
    #[error("this transaction may only read")]
    ReadTransaction,
    /// The closure panicked or waited for something that is not the transaction.
    #[error("the transaction closure failed: {0}")]
    Closure(String),
    /// A migration was changed after it had been applied, or cannot be read.
    #[error("migration {name}: {reason}")]
    Migration {
        /// Name of the migration.
        name: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// A leader-only transaction ran without holding its lease.
    #[error("the lease `{0}` is held by another node")]
    Fenced(String),
    /// Anything else the engine said.
    #[error("the database refused the statement ({0})")]
    Statement(String),
}

impl DbError {
    /// Whether a UNIQUE or PRIMARY KEY rule refused the row.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Unique(_))
    }
}
