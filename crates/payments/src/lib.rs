//! Payments: accounts, orders that become transfers in the double-entry [`ledger`], and batches that pay many through banks
//! and mobile-money operators.
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
//! - **Two officers** stand behind a batch: one closes it, another approves it. Nothing leaves before.
//! - **No step is lost, none happens twice**: ids are stored before anything leaves, and every step can be repeated.
//! - Where beneficiaries are paid is kept under a digest of the programme's token; account numbers are sealed.
//! - Instruction, posting and the provider's statement are compared one to one; every difference is listed.
//! - Officers' looks at a person's account go to that person's read log before the answer.
//!
//! GovStack: the double-entry core under the Payments building block (bb-payments 2.0); its own paths are not served yet.
#![warn(missing_docs)]

mod bench;
mod crash;
mod error;
mod events;
mod http;
mod model;
mod rails;
mod service;
mod store;
mod web;

pub use bench::{Figure, Load, bench};
pub use error::Error;
pub use http::{
    EXCHANGE_BATCHES, EXCHANGE_BENEFICIARIES, EXCHANGE_RAIL_RESULTS, EXCHANGE_READ_LOG,
    EXCHANGE_TRANSFERS,
};
pub use http::{MakeTransfer, OpenAccount, ReadAccount, ReadBatch, ReadTotals, Reconcile};
pub use ledger::verify as prove;
pub use model::{Account, AccountKind};
pub use rails::{Rail, Rails};
pub use service::{Counts, Payments, Reader};

use contracts::batches::{BATCHES, BENEFICIARIES};
use contracts::payments::TRANSFERS;
use contracts::rails::RAIL_RESULTS;
use contracts::{SubsystemId, Wire};
use kernel::auth::Permission;
use kernel::block::{
    Block, Ctx, DeskEntry, Job, Migration, PermissionRow, Retention, RetentionClass, ServiceOffer,
};
use std::sync::Arc;

/// Name of the block: crate, database, metrics label.
pub const NAME: &str = "payments";

/// The block's tables, the ledger's first.
pub const MIGRATIONS: &[Migration] = &[
    ledger::MIGRATIONS[0],
    contracts::reads::store::MIGRATION,
    contracts::reads::store::SEALED_CASE,
    contracts::reads::store::REFUSED,
    Migration { name: "0001_payments", sql: include_str!("../migrations/0001_payments.sql") },
    Migration { name: "0002_batches", sql: include_str!("../migrations/0002_batches.sql") },
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
    PermissionRow { name: ReadBatch::NAME, roles: &[TREASURER, AUDITOR] },
    PermissionRow { name: Reconcile::NAME, roles: &[TREASURER, AUDITOR] },
];

const RETENTION: &[Retention] = &[
    Retention { record: "ledger_transfer", class: RetentionClass::Ledger },
    Retention { record: "payment_account", class: RetentionClass::Ledger },
    Retention { record: "payment_order", class: RetentionClass::Ledger },
    Retention { record: "payment_payee", class: RetentionClass::Ledger },
    Retention { record: "payment_beneficiary", class: RetentionClass::Ledger },
    Retention { record: "payment_batch", class: RetentionClass::Ledger },
    Retention { record: "payment_instruction", class: RetentionClass::Ledger },
    Retention { record: "payment_resend", class: RetentionClass::Ledger },
    Retention { record: "payment_message", class: RetentionClass::Ledger },
    Retention { record: "payment_difference", class: RetentionClass::Ledger },
    Retention { record: "read_log", class: RetentionClass::Log },
];

/// What the block needs from outside.
#[derive(Clone)]
pub struct Deps {
    /// The way to payment service providers.
    pub wire: Arc<dyn Wire>,
    /// The subsystem that the block is.
    pub subsystem: SubsystemId,
    /// Which payment service providers there are.
    pub rails: Arc<dyn Rails>,
    /// What pages say about the operator.
    pub site: ui::Site,
}

/// Seconds between two runs of the engine.
const WORK_SECONDS: u64 = 1;
/// Seconds between two comparisons with providers' statements.
const RECONCILE_SECONDS: u64 = 60;

/// The block, ready to be mounted.
///
/// # Errors
/// [`Error::Keys`] when the key file cannot be written.
pub fn block(ctx: &Ctx, deps: Deps) -> Result<Block, Error> {
    let (_, csrf_key) = ctx.keys.secret("csrf:payments")?;
    let frame = ui::Ui::builder(NAME, deps.site.clone(), &csrf_key, ctx.rng.clone());
    let payments = Payments::new(ctx, deps);
    Ok(Block {
        migrations: MIGRATIONS,
        jobs: jobs(&payments),
        pages: web::pages(payments.clone(), frame)?,
        desk: DESK.to_vec(),
        api: http::api(payments),
        audit_events: events::AUDIT_EVENTS,
        permissions: PERMISSIONS,
        retention: RETENTION,
        services: vec![
            ServiceOffer { code: TRANSFERS, prefix: EXCHANGE_TRANSFERS },
            ServiceOffer { code: BENEFICIARIES, prefix: EXCHANGE_BENEFICIARIES },
            ServiceOffer { code: BATCHES, prefix: EXCHANGE_BATCHES },
            ServiceOffer { code: RAIL_RESULTS, prefix: EXCHANGE_RAIL_RESULTS },
            ServiceOffer { code: contracts::reads::SERVICE, prefix: EXCHANGE_READ_LOG },
        ],
        ..Block::new(NAME, "Payments")
    })
}

const DESK: [DeskEntry; 2] = [
    DeskEntry {
        path: web::BATCHES,
        names: &[("en", "Payments"), ("fr", "Paiements"), ("sw", "Malipo")],
        about: &[
            ("en", "See where the programmes' batches of payments stand."),
            ("fr", "Voir où en sont les lots de paiements des programmes."),
            ("sw", "Ona mafungu ya malipo ya programu yamefikia wapi."),
        ],
        permission: ReadBatch::NAME,
    },
    DeskEntry {
        path: web::RECONCILIATION,
        names: &[("en", "Reconciliation"), ("fr", "Rapprochement"), ("sw", "Upatanisho")],
        about: &[
            ("en", "Compare payments, postings and providers' statements, and see what differs."),
            ("fr", "Comparer paiements, écritures et relevés, et voir ce qui diffère."),
            ("sw", "Linganisha malipo, maingizo na taarifa, na uone tofauti."),
        ],
        permission: Reconcile::NAME,
    },
];

fn jobs(payments: &Payments) -> Vec<Job> {
    let (starter, worker, comparer) = (payments.clone(), payments.clone(), payments.clone());
    vec![
        // So that the first request need not wait while the ledger is loaded.
        Job::new("start_ledger", 60, move |_| {
            let starter = starter.clone();
            async move { starter.ledger().await.map(drop).map_err(Into::into) }
        }),
        Job::new("pay_batches", WORK_SECONDS, move |_| {
            let worker = worker.clone();
            async move { worker.work().await.map_err(Into::into) }
        }),
        Job::new("reconcile_payments", RECONCILE_SECONDS, move |_| {
            let comparer = comparer.clone();
            async move { comparer.reconcile().await.map(drop).map_err(Into::into) }
        }),
    ]
}
