//! Registration: applications for services that a country describes as data.
//!
//! A **service package** of the country pack says what is asked (a form over JSON Schema), what
//! registers are asked instead of the applicant, which rules decide (a decision table that explains
//! itself), who decides, and what follows: an award that is paid each month, and messages. This block
//! interprets packages; it knows no service by name.
//!
//! Invariants
//! - What an application says lies sealed under the applicant's key. The queue shows nothing of it; an
//!   officer reads it only after taking the case, and each read stands in the applicant's read log.
//! - An application is sent once and decided once, however often somebody clicks. Nobody decides twice
//!   in one chain, and who opened a payment run does not approve it.
//! - Other blocks are told by persisted steps and runs, never inside a transaction; each is done again
//!   after a failure and is idempotent by an id that was stored before.
//! - No id that another block stores about a person lies here in clear: payee tokens and instruction
//!   ids are sealed, message ids are derived under our own key.
//! - A run streams in pages; memory does not grow with the number of awards.
//!
//! Spec anchors: GovStack Registration 1.0 (sections 6.1 to 6.4 in part), Payments 2.0 for batches; JSON
//! Schema draft 2020-12; RFC 6901 for places in registers' answers. GovStack's own paths are not built.
#![warn(missing_docs)]

mod error;
mod events;
mod http;
mod model;
mod permissions;
mod service;
mod store;
mod web;

pub use error::Error;
pub use model::application::Refusal;
pub use model::package::PackageError;
pub use permissions::{CheckRuns, MakeRuns, ManageServices, PERMISSIONS, ReadRuns, WorkCases};
pub use service::{CaseEntry, CaseView, Clerk, FollowUp, Imported, Registration, RunView};

use contracts::{SubsystemId, Wire, cases, reads, registration};
use kernel::block::{
    Block, Ctx, Job, JobError, Migration, Retention, RetentionClass, ServiceOffer,
};
use std::sync::Arc;
use ui::Ui;

/// Name of the block: crate, database, metrics label.
pub const NAME: &str = "registration";

/// The block's tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_init", sql: include_str!("../migrations/0001_init.sql") },
    reads::store::MIGRATION,
    reads::store::SEALED_CASE,
    reads::store::REFUSED,
];

const RETENTION: &[Retention] = &[
    Retention { record: "application", class: RetentionClass::Case },
    Retention { record: "application_event", class: RetentionClass::Case },
    Retention { record: "step", class: RetentionClass::Case },
    Retention { record: "award", class: RetentionClass::Ledger },
    Retention { record: "run", class: RetentionClass::Ledger },
    Retention { record: "run_line", class: RetentionClass::Ledger },
    Retention { record: "read_log", class: RetentionClass::Log },
];

/// Seconds between looks at what other blocks are to be told.
const STEPS_EVERY_SECONDS: u64 = 1;
/// Seconds between looks at runs that go on.
const RUNS_EVERY_SECONDS: u64 = 1;

/// What the block needs besides its [`Ctx`].
#[derive(Clone)]
pub struct Deps {
    /// To other blocks.
    pub wire: Arc<dyn Wire>,
    /// The subsystem that the block is.
    pub subsystem: SubsystemId,
    /// The identity authority's subsystem, which knows whose VID it is.
    pub identity: SubsystemId,
    /// The consent block's subsystem, which knows whether a person consents.
    pub consent: SubsystemId,
    /// The subsystem that pays.
    pub payments: SubsystemId,
    /// The subsystem that sends messages.
    pub messages: SubsystemId,
    /// The service packages, each a text in TOML.
    pub packages: Vec<String>,
    /// What pages say about the operator.
    pub site: ui::Site,
}

/// The block, ready to be mounted.
///
/// # Errors
/// [`Error::Package`] naming the entry of a package that cannot be used; [`Error::Keys`] when the key
/// file cannot be written.
pub fn block(ctx: &Ctx, deps: Deps) -> Result<Block, Error> {
    let ui = pages_of(ctx, &deps)?;
    let registration = Registration::new(ctx, deps, ui.clone())?;
    let (steps, runs) = (registration.clone(), registration.clone());
    let carry_out_steps = move |_: Ctx| {
        let registration = steps.clone();
        async move { registration.carry_out_steps().await.map(drop).map_err(failed) }
    };
    let advance_runs = move |_: Ctx| {
        let registration = runs.clone();
        async move { registration.advance_runs().await.map(drop).map_err(failed) }
    };
    Ok(Block {
        migrations: MIGRATIONS,
        api: http::api(registration.clone()),
        pages: web::pages(registration, ui),
        desk: web::desk(),
        jobs: vec![
            Job::new("carry_out_steps", STEPS_EVERY_SECONDS, carry_out_steps),
            Job::new("advance_runs", RUNS_EVERY_SECONDS, advance_runs),
        ],
        audit_events: events::AUDIT_EVENTS,
        permissions: PERMISSIONS,
        retention: RETENTION,
        services: vec![
            ServiceOffer { code: registration::CATALOGUE, prefix: "/registration/catalogue" },
            ServiceOffer {
                code: registration::MY_APPLICATIONS,
                prefix: "/registration/my-applications",
            },
            ServiceOffer { code: reads::SERVICE, prefix: "/registration/read-log" },
            ServiceOffer { code: cases::CASE_VERIFY, prefix: "/registration/case-verify" },
        ],
        ..Block::new(NAME, "Registration")
    })
}

/// The use cases alone, for whoever calls them without HTTP.
///
/// # Errors
/// As [`block`].
pub fn open(ctx: &Ctx, deps: Deps) -> Result<Registration, Error> {
    let ui = pages_of(ctx, &deps)?;
    Registration::new(ctx, deps, ui)
}

fn pages_of(ctx: &Ctx, deps: &Deps) -> Result<Ui, Error> {
    let (_, csrf_key) = ctx.keys.secret("csrf:registration")?;
    Ok(web::furnish(Ui::builder(NAME, deps.site.clone(), &csrf_key, ctx.rng.clone()))?)
}

fn failed(error: Error) -> JobError {
    Box::new(error)
}
