//! Institutions that others would run, for the sandbox: a bank or mobile-money operator with books of
//! its own, and an SMS gateway. They can be told to misbehave, since a country's banks do.
//!
//! Each runs as its own member with its own database, is reached through the exchange like anybody
//! else's system, and may be there several times: name and path come with [`Deps`].
//!
//! # Invariants
//! - An id is decided once for ever, with its content: sent again, it is answered as it stands.
//! - A bank's bookings have the positions 1 to n, without gaps, and are never changed.
//! - Account numbers, telephone numbers, texts and the senders' ids lie sealed; what is looked up is a
//!   keyed digest. Nothing here says which person of another member an entry is about.
//! - The composition root builds none of this outside of a sandbox.
#![warn(missing_docs)]

mod bank;
mod error;
mod events;
mod ground;
mod permissions;
mod sms;

pub use bank::{Behaviour, Books};
pub use error::Error;
pub use permissions::{ReadBooks, ReadSms, SetBehaviour};

use contracts::messaging::SMS;
use contracts::rails::CREDIT_TRANSFERS;
use contracts::{SubsystemId, Wire};
use kernel::block::{Block, Ctx, Job, Migration, Retention, RetentionClass, ServiceOffer};
use std::sync::Arc;

/// A simulated bank or mobile-money operator.
pub const BANK: &str = "bank";

/// A simulated SMS gateway.
pub const SMS_GATEWAY: &str = "sms-gateway";

/// A bank's tables.
pub const BANK_MIGRATIONS: &[Migration] =
    &[Migration { name: "0001_bank", sql: include_str!("../migrations/0001_bank.sql") }];

/// An SMS gateway's tables.
pub const SMS_MIGRATIONS: &[Migration] =
    &[Migration { name: "0002_sms", sql: include_str!("../migrations/0002_sms.sql") }];

/// What a simulated institution needs besides its [`Ctx`].
#[derive(Clone)]
pub struct Deps {
    /// To those who are told what became of what they sent.
    pub wire: Arc<dyn Wire>,
    /// The subsystem that it is.
    pub subsystem: SubsystemId,
    /// Name of this instance: database, trail, metrics label.
    pub name: &'static str,
    /// Where its routes stand, without a slash at the end: `/simulator/COM/LAKEBANK/accounts`.
    pub path: &'static str,
    /// Where the exchange finds its service, below `path`: see [`service_path`].
    pub service: &'static str,
}

/// Where the service of a simulated institution stands, for [`Deps::service`].
#[must_use]
pub fn service_path(kind: &str, path: &str) -> String {
    match kind {
        BANK => format!("{path}/{CREDIT_TRANSFERS}"),
        _ => format!("{path}/{SMS}"),
    }
}

/// A bank or mobile-money operator.
#[must_use]
pub fn bank(ctx: &Ctx, deps: Deps) -> Block {
    let bank = bank::Bank::new(ctx, &deps);
    let reporter = bank.clone();
    Block {
        migrations: BANK_MIGRATIONS,
        api: bank::api(bank, deps.path),
        jobs: vec![Job::new("report", 1, move |_| {
            let reporter = reporter.clone();
            async move { reporter.report_due().await.map(drop).map_err(Into::into) }
        })],
        audit_events: events::BANK,
        permissions: permissions::BANK,
        retention: &[Retention { record: "bank_transfer", class: RetentionClass::Ledger }],
        services: vec![ServiceOffer { code: CREDIT_TRANSFERS, prefix: deps.service }],
        ..Block::new(deps.name, "Simulated payment service provider")
    }
}

/// An SMS gateway.
#[must_use]
pub fn sms_gateway(ctx: &Ctx, deps: Deps) -> Block {
    let gateway = sms::Gateway::new(ctx, &deps);
    let reporter = gateway.clone();
    Block {
        migrations: SMS_MIGRATIONS,
        api: sms::api(gateway, deps.path),
        jobs: vec![Job::new("report", 1, move |_| {
            let reporter = reporter.clone();
            async move { reporter.work().await.map(drop).map_err(Into::into) }
        })],
        audit_events: events::SMS,
        permissions: permissions::SMS,
        retention: &[Retention { record: "sms", class: RetentionClass::Session }],
        services: vec![ServiceOffer { code: SMS, prefix: deps.service }],
        ..Block::new(deps.name, "Simulated SMS gateway")
    }
}
