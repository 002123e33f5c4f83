//! The use cases.

mod deliver;
mod inbox;
mod receipts;
mod send;

use crate::Deps;
use contracts::messaging::MessagingClient;
use contracts::{LegalBasis, ServiceId};
use kernel::block::Ctx;
use kernel::db::DbError;

use crate::error::Error;

/// Who sends SMS, and on which ground they are asked.
#[derive(Clone, Debug)]
pub struct SmsRoute {
    /// The gateway's service.
    pub service: ServiceId,
    /// The contract with the gateway.
    pub basis: LegalBasis,
    /// What it is asked for, as agreed.
    pub purpose: String,
}

/// The block's inside, cheap to clone.
#[derive(Clone)]
pub struct Messaging {
    ctx: Ctx,
    deps: Deps,
    gateway: MessagingClient,
}

impl Messaging {
    pub fn new(ctx: &Ctx, deps: Deps) -> Self {
        let gateway = MessagingClient::new(deps.wire.clone());
        Self { ctx: ctx.clone(), deps, gateway }
    }
}

fn db(error: DbError) -> Error {
    error.into()
}
