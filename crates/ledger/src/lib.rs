//! Double-entry ledger: rules, and a writer that makes a few hundred thousand of them durable a second.
//!
//! Every movement of money is one [`Transfer`] from one account to another, so money is conserved by construction: the
//! sum of all postings is zero, always ([`Totals::sum_of_postings`]). Nothing that was written is ever changed or deleted.
//!
//! Two halves. The **rules** are pure: [`apply`] on a [`State`] in memory, no IO, no async, no clock. The [`Ledger`] is
//! their one writer: it drains what queued, decides in memory, appends the batch in one transaction with a fence on the
//! epoch row, and only then answers (group commit). Balances are in memory; what is stored is the log, from which
//! checkpoints compute balances and statements off the hot path. The design and its figures: `docs/adr` and DESIGN 6.
//!
//! # Invariants
//! - **Once.** The caller mints and keeps the id before it asks; a transfer with a known id moves nothing, however old the
//!   id is: the memory of recent ids is a cache, the log's unique id is the rule. A refused id is burnt, so a late second
//!   copy of a message never moves money by surprise.
//! - **Answered means durable**, and nobody is told of a balance that is not.
//! - **One writer.** Whoever starts later takes the epoch; an append under an old epoch changes nothing.
//! - **No gaps.** Lines are numbered 1, 2, 3 ...; [`verify`] puts all of them through the rules again.
//! - Amounts are i64 above zero in the ledger's own smallest unit, sums i128. No floats.
//!
//! The ledger is its own audit trail; there is no audit row for a transfer.
#![warn(missing_docs)]

mod checkpoint;
mod command;
mod error;
mod ledger;
mod log;
mod memory;
mod model;
#[cfg(test)]
mod properties;
mod rules;
#[cfg(test)]
mod spec;
mod state;
mod store;
mod verify;
mod writer;

pub use error::LedgerError;
pub use ledger::Ledger;
pub use log::{Entry, Line, Side};
pub use memory::REMEMBERED;
pub use model::{
    Account, AccountState, Balance, Closing, Field, Limit, Opening, Outcome, Refusal, Totals,
    Transfer, Verdict,
};
pub use state::{State, apply, verdict};
pub use verify::{Report, verify};

use kernel::db::Migration;

/// The ledger's tables. A block that keeps a ledger lists them before its own.
pub const MIGRATIONS: &[Migration] =
    &[Migration { name: "ledger/0001_ledger", sql: include_str!("../migrations/0001_ledger.sql") }];
