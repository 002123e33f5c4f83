//! What stands in the log, and what a batch adds to it.

use crate::model::{Balance, Transfer, Verdict};
use crate::state::Change;
use basis::Timestamp;

/// One line of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// 1 for the first line of the ledger, and no number is left out.
    pub position: i64,
    /// As asked.
    pub transfer: Transfer,
    /// What became of it.
    pub verdict: Verdict,
    /// When the ledger recorded it.
    pub recorded: Timestamp,
}

/// On which side of a transfer an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The amount left the account.
    Debit,
    /// The amount came in.
    Credit,
}

/// One line of an account's statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Position in the log; ask for the next page after it.
    pub position: i64,
    /// Which way the amount went.
    pub side: Side,
    /// The transfer.
    pub transfer: Transfer,
    /// When the ledger recorded it.
    pub recorded: Timestamp,
    /// The account's sums after it.
    pub after: Balance,
}

/// A writer's ownership of the shard, and the last line it knows of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) epoch: i64,
    pub(crate) position: i64,
}

/// What one transaction adds.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) place: Place,
    pub(crate) changes: Vec<Change>,
    /// How many of the changes are lines of the log.
    pub(crate) lines: i64,
}

impl Batch {
    pub(crate) fn new(place: Place, changes: Vec<Change>) -> Self {
        let lines = changes.iter().filter(|change| matches!(change, Change::Logged(..))).count();
        let lines = i64::try_from(lines).expect("a batch is a few thousand lines");
        Self { place, changes, lines }
    }
}
