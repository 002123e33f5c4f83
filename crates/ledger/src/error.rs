//! What can go wrong besides a refusal.

use kernel::db::DbError;

/// An error of the ledger. A refused transfer is none: that is an [`crate::Outcome`].
#[derive(Clone, Debug, thiserror::Error)]
pub enum LedgerError {
    /// Whether the request took effect is not known: ask again with the same id.
    #[error("the ledger could not answer; ask again with the same id ({0})")]
    Unavailable(#[from] DbError),
    /// Writers of several processes keep taking the ledger from one another.
    #[error("another process writes this ledger: run one writer for each ledger")]
    Fenced,
    /// The writer has stopped.
    #[error("the ledger has stopped")]
    Stopped,
    /// The stored ledger contradicts itself. Nothing may be written on top of it.
    #[error("the stored ledger contradicts itself at line {position}: {what}")]
    Corrupt {
        /// Position in the log.
        position: i64,
        /// What does not fit.
        what: &'static str,
    },
}
