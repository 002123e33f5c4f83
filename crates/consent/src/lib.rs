//! Consent: what a person agreed to, and whether it stands now.
//!
//! An organisation writes a **data agreement**: who may use which data, for what, for how long. A
//! resident reads it and says yes or no; the answer is a **consent record**. Whoever holds the data
//! asks, by way of the exchange, before each call that rests on consent.
//!
//! # Invariants
//! - **Nobody agrees to a text they have not seen.** A record names one revision of an agreement for
//!   ever; what a consent covers is what that revision says, not what was published since.
//! - **Of one person's answers to one agreement, one counts**; a unique index says so as well.
//! - **A withdrawal holds for the next question.** Verification reads the database each time and is
//!   never cached; an end date counts by the clock, not by a job.
//! - **Nothing is changed in place.** Every change is a revision, chained to the one before it and
//!   sealed by the block's key; changed, deleted, reordered or cut-off revisions are found.
//! - **A person is a pseudonym of this block's sector.** It leaves by no event, no audit row and no
//!   answer to a consumer; what else is known of a person is encrypted under their key.
//! - **Only the person answers for the person**: by a call on the basis of self-access, or at a desk,
//!   where the record names the officer.
//!
//! # Where things are
//! A call on consent: `http::verify` -> `service::verification` -> `store` -> `model::verification`.
//! A resident's yes: `http::mine` -> `service::records` -> `model::record` -> `store`. GovStack's
//! paths (`govstack`) end in the same services. The page `web` shows what is offered; a resident's own
//! consents are on the portal's page, which asks here.
//!
//! # Specifications
//! GovStack Consent building block, API 1.1.0-rc1 ([`govstack`] says what is read how and what is not
//! built); RFC 8785 canonical JSON, RFC 7515 JWS, RFC 7638 thumbprints.
#![warn(missing_docs)]

mod error;
pub mod events;
pub mod govstack;
mod http;
pub mod model;
pub mod permissions;
pub mod service;
mod store;
pub mod web;

pub use error::Error;
pub use service::Consent;
pub use store::Page;

use contracts::consent::{MY_CONSENTS, VERIFY};
use kernel::block::{
    Block, Ctx, Job, JobError, Migration, Retention, RetentionClass, ServiceOffer,
};
use ui::{Site, Ui};

/// The block's name: crate, database and metrics label.
pub const NAME: &str = "consent";

/// Code of the exchange service that offers GovStack's paths.
pub const GOVSTACK_SERVICE: &str = "govstack-consent";

/// The block's tables.
pub const MIGRATIONS: &[Migration] =
    &[Migration { name: "0001_init", sql: include_str!("../migrations/0001_init.sql") }];

/// How long each kind of record is kept. What organisations asked for stays; what persons answered
/// can be disputed for a while and is then erased.
const RETENTION: &[Retention] = &[
    Retention { record: "policy", class: RetentionClass::Vital },
    Retention { record: "data_agreement", class: RetentionClass::Vital },
    Retention { record: "consent_record", class: RetentionClass::Case },
    Retention { record: "record_signature", class: RetentionClass::Case },
    Retention { record: "individual", class: RetentionClass::Case },
];

/// Seconds between runs of the job that writes down which consents have run out.
const EXPIRE_EVERY_SECONDS: u64 = 60;

/// The consent block, ready to be mounted. `site` is what its page says about the operator.
///
/// # Errors
/// [`Error::Keys`] when the key file cannot be written.
pub fn block(ctx: &Ctx, site: Site) -> Result<Block, Error> {
    let consent = Consent::new(ctx);
    let (_, csrf_key) = ctx.keys.secret("csrf:consent")?;
    let frame = Ui::builder(NAME, site, &csrf_key, ctx.rng.clone());
    let govstack = govstack::pages(govstack::BASE).with_state(consent.clone());
    Ok(Block {
        govstack: Some(("bb-consent", govstack::API_VERSION)),
        migrations: MIGRATIONS,
        api: http::router().with_state(consent.clone()),
        pages: web::pages(consent, frame)?.merge(govstack),
        jobs: vec![Job::new("expire_records", EXPIRE_EVERY_SECONDS, expire_records)],
        audit_events: events::AUDIT_EVENTS,
        permissions: permissions::PERMISSIONS,
        retention: RETENTION,
        services: vec![
            ServiceOffer { code: VERIFY, prefix: "/consent/verify" },
            ServiceOffer { code: MY_CONSENTS, prefix: "/consent/my" },
            ServiceOffer { code: GOVSTACK_SERVICE, prefix: govstack::BASE },
        ],
        ..Block::new(NAME, "Consent")
    })
}

async fn expire_records(ctx: Ctx) -> Result<(), JobError> {
    let expired = Consent::new(&ctx).expire_records().await?;
    if expired > 0 {
        tracing::info!(expired, "Wrote down that {expired} consents have run out");
    }
    Ok(())
}
