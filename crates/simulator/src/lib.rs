//! Institutions that others would run, for the sandbox: a bank or mobile-money operator with books of
//! its own, and an SMS gateway. They can be told to misbehave. Nothing here is built outside a sandbox.
#![warn(missing_docs)]

use contracts::{SubsystemId, Wire};
use kernel::block::{Block, Ctx, Migration};
use std::sync::Arc;

/// A simulated bank or mobile-money operator.
pub const BANK: &str = "bank";

/// A simulated SMS gateway.
pub const SMS_GATEWAY: &str = "sms-gateway";

/// The tables of both.
pub const MIGRATIONS: &[Migration] = &[];

/// What a simulated institution needs besides its [`Ctx`].
#[derive(Clone)]
pub struct Deps {
    /// To other blocks.
    pub wire: Arc<dyn Wire>,
    /// The subsystem that the block is.
    pub subsystem: SubsystemId,
}

/// A bank or mobile-money operator.
#[must_use]
pub fn bank(_ctx: &Ctx, _deps: Deps) -> Block {
    Block { migrations: MIGRATIONS, ..Block::new(BANK, "Simulated payment service provider") }
}

/// An SMS gateway.
#[must_use]
pub fn sms_gateway(_ctx: &Ctx, _deps: Deps) -> Block {
    Block { migrations: MIGRATIONS, ..Block::new(SMS_GATEWAY, "Simulated SMS gateway") }
}
