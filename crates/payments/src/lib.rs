//! Payments: accounts, and orders that become transfers in the double-entry [`ledger`].
//!
//! Officers of the member that runs the ledger open accounts and move their member's money; other members order payments
//! out of their own accounts through the exchange, to an account or to a person. A person's account opens with the first
//! payment to them, under the pseudonym of this block's sector.
//!
//! # Invariants
//! - **Once.** The caller mints and keeps the id of a payment (`Idempotency-Key`) before it asks. Asked again, it is
//!   answered as the first time; with another content it is refused (409). That holds for ever.
//! - **Ordered first.** Who wants money moved, and on what ground, is durable before the ledger is asked.
//! - **Own money only.** A member debits accounts it owns; nobody debits a person's account here.
//! - The sum of all postings is zero in each currency: `GET /payments/trial-balance`, and [`prove`] line by line.
//! - Officers' looks at a person's account go to that person's read log before the answer.
//!
//! GovStack: the double-entry core under the Payments building block (bb-payments 2.0); its own paths are not served yet.
#![warn(missing_docs)]

mod bench;
mod error;
mod events;
mod http;
mod model;
mod service;
mod store;

pub use bench::{Figure, Load, bench};
pub use error::Error;
pub use http::{EXCHANGE_READ_LOG, EXCHANGE_TRANSFERS};
pub use http::{MakeTransfer, OpenAccount, ReadAccount, ReadTotals};
pub use ledger::verify as prove;
pub use model::{Account, AccountKind};
pub use service::{Payments, Reader};

use contracts::payments::TRANSFERS;
use kernel::auth::Permission;
use kernel::block::{
    Block, Ctx, Job, Migration, PermissionRow, Retention, RetentionClass, ServiceOffer,
};

/// Name of the block: crate, database, metrics label.
pub const NAME: &str = "payments";

/// The block's tables, the ledger's first.
pub const MIGRATIONS: &[Migration] = &[
    ledger::MIGRATIONS[0],
    contracts::reads::store::MIGRATION,
    contracts::reads::store::SEALED_CASE,
    contracts::reads::store::REFUSED,
    Migration { name: "0001_payments", sql: include_str!("../migrations/0001_payments.sql") },
];

/// The role of a member's officer who handles money.
const TREASURER: &str = "treasurer";
/// The role of an officer who checks those who do.
const AUDITOR: &str = "treasury-auditor";

/// Which roles carry which permission.
pub const PERMISSIONS: &[PermissionRow] = &[
    PermissionRow { name: OpenAccount::NAME, roles: &[TREASURER] },
    PermissionRow { name: MakeTransfer::NAME, roles: &[TREASURER] },
    PermissionRow { name: ReadAccount::NAME, roles: &[TREASURER, AUDITOR] },
    PermissionRow { name: ReadTotals::NAME, roles: &[TREASURER, AUDITOR] },
];

const RETENTION: &[Retention] = &[
    Retention { record: "ledger_transfer", class: RetentionClass::Ledger },
    Retention { record: "payment_account", class: RetentionClass::Ledger },
    Retention { record: "payment_order", class: RetentionClass::Ledger },
    Retention { record: "payment_payee", class: RetentionClass::Ledger },
    Retention { record: "read_log", class: RetentionClass::Log },
];

/// The block, ready to be mounted.
#[must_use]
pub fn block(ctx: &Ctx) -> Block {
    let payments = Payments::new(ctx);
    let starter = payments.clone();
    Block {
        migrations: MIGRATIONS,
        api: http::api(payments),
        // So that the first request need not wait while the ledger is loaded.
        jobs: vec![Job::new("start_ledger", 60, move |_| {
            let starter = starter.clone();
            async move { starter.ledger().await.map(drop).map_err(Into::into) }
        })],
        audit_events: events::AUDIT_EVENTS,
        permissions: PERMISSIONS,
        retention: RETENTION,
        services: vec![
            ServiceOffer { code: TRANSFERS, prefix: EXCHANGE_TRANSFERS },
            ServiceOffer { code: contracts::reads::SERVICE, prefix: EXCHANGE_READ_LOG },
        ],
        ..Block::new(NAME, "Payments")
    }
}
