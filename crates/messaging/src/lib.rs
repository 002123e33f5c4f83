//! Messaging: messages to persons by template, language and channel.
#![warn(missing_docs)]

use contracts::{SubsystemId, Wire};
use kernel::block::{Block, Ctx, Migration};
use std::sync::Arc;

/// Name of the block: crate, database, metrics label.
pub const NAME: &str = "messaging";

/// The block's tables.
pub const MIGRATIONS: &[Migration] = &[];

/// What the block needs besides its [`Ctx`].
#[derive(Clone)]
pub struct Deps {
    /// To other blocks.
    pub wire: Arc<dyn Wire>,
    /// The subsystem that the block is.
    pub subsystem: SubsystemId,
    /// The law that its member acts under.
    pub law: String,
    /// What pages say about the operator.
    pub site: ui::Site,
}

/// The block, ready to be mounted.
#[must_use]
pub fn block(_ctx: &Ctx, _deps: Deps) -> Block {
    Block { migrations: MIGRATIONS, ..Block::new(NAME, "Messaging") }
}
