//! The exchange: the one path every call between blocks or institutions takes.
//!
//! It knows who is who (directory), who may call what and why (access rights, agreements), it
//! translates the person a call is about into the provider's sector, asks for consent where the
//! call rests on it, writes the hop log at both ends, and carries the call: in process through the
//! provider's own router, or over mutual TLS to another installation, with the same checks.
//!
//! Start reading at `call.rs` ([`Exchange`] as a [`contracts::Wire`]); `policy.rs` is the decision,
//! `outgoing.rs` and `incoming.rs` are the two ends of a remote call, `subject.rs` the translation,
//! `cases.rs` officers' cases and refused
//! attempts, `directory.rs` and `join.rs` how installations know each other.
//!
//! # Invariants
//! - A request's hop row is durable before the callee runs; refusals are rows too.
//! - The hop log holds no body and no pseudonym; persons stand in it as keyed digests.
//! - Rights and agreements are the provider's word, signed by its installation; the hub passes
//!   them on and cannot make them.
//! - No node reads a pseudonym of a sector it does not host, the identity authority's excepted.
//! - Consent is asked on every call, at the provider's end, and never remembered; so is the case of an
//!   officer, where the agreement demands one.
//! - Who is refused there is told to the block that keeps the data, so that the person sees it.
//! - Nothing is waited for inside a transaction but the transaction.
//!
//! Anchors: GovStack Information Mediator 1.1.1 (sections 6.2, 6.3, 6.6); the HTTP interface for
//! information systems follows X-Road's PR-REST section 4 in form.

mod audit_events;
mod ca;
mod call;
mod cases;
mod directory;
mod error;
mod exchange;
mod flows;
mod hops;
mod http;
mod incoming;
mod join;
mod local;
mod message;
mod model;
mod outgoing;
mod policy;
mod remote;
mod replay;
mod service;
mod store;
mod subject;
mod surroundings;
mod tls;
mod web;
mod wire_http;

pub use audit_events::AUDIT_EVENTS;
pub use error::ExchangeError;
pub use exchange::{Config, Exchange};
pub use hops::{Direction, HopRow};
pub use http::{AUDITOR, MEMBER_ADMIN, PERMISSIONS};
pub use local::{BindError, Binding};
pub use model::{
    AccessRight, Agreement, INFRASTRUCTURE_KINDS, Installation, KIND_EVENTS, Names, Service,
    Snapshot, Subsystem,
};
pub use policy::CALL_ROLES;
pub use service::{Actor, NewAgreement, NewOfficer, SignIn, SignInError};
pub use store::MIGRATIONS;
pub use surroundings::{BlockSight, BlockState, Surroundings};

use kernel::block::{Block, Job, JobError};
use kernel::retention::{Retention, RetentionClass};
use std::sync::Arc;

/// How often an installation publishes what is new and fetches the directory, in seconds. Calls
/// that need something newer fetch it by themselves.
const SYNCHRONISE_SECONDS: u64 = 30;

/// How often it looks for agreements that end soon, in seconds.
const WARN_EVERY_SECONDS: u64 = 6 * 60 * 60;

/// What the exchange keeps.
const RETENTION: &[Retention] = &[
    Retention { record: "hop", class: RetentionClass::Log },
    Retention { record: "hop_answer", class: RetentionClass::Log },
    Retention { record: "agreement", class: RetentionClass::Case },
    Retention { record: "officer", class: RetentionClass::Case },
    Retention { record: "officer_code", class: RetentionClass::Case },
    Retention { record: "refused_attempt", class: RetentionClass::Log },
    Retention { record: "ended_session", class: RetentionClass::Session },
    Retention { record: "join_token", class: RetentionClass::Session },
];

/// What the desk's pages need besides the exchange.
pub struct Deps {
    /// What pages say about who runs them.
    pub site: ui::Site,
    /// The installation around the exchange.
    pub surroundings: Arc<dyn Surroundings>,
}

/// The block, for the composition root to mount.
///
/// # Errors
/// When the key file cannot be written.
pub fn block(exchange: &Exchange, deps: Deps) -> Result<Block, ExchangeError> {
    let ctx = &exchange.0.ctx;
    let (_, csrf_key) = ctx.keys.secret("csrf:exchange")?;
    let frame = ui::Ui::builder("exchange", deps.site, &csrf_key, ctx.rng.clone());
    let app = web::App {
        exchange: exchange.clone(),
        surroundings: deps.surroundings,
        ui: web::dress(frame)?,
    };
    let mut block = Block::new("exchange", "Data exchange");
    block.govstack = Some(("bb-information-mediator", "1.1.1"));
    block.migrations = MIGRATIONS;
    block.api = http::api(exchange.clone());
    block.pages = http::calls(exchange.clone()).merge(web::pages(app));
    block.desk = vec![web::operator::DESK];
    block.audit_events = AUDIT_EVENTS;
    block.permissions = PERMISSIONS;
    block.retention = RETENTION;
    let (synchroniser, warner) = (exchange.clone(), exchange.clone());
    block.jobs = vec![
        Job::new("synchronise_directory", SYNCHRONISE_SECONDS, move |_ctx| {
            let exchange = synchroniser.clone();
            async move { exchange.synchronise().await.map_err(JobError::from) }
        }),
        Job::new("warn_of_ends", WARN_EVERY_SECONDS, move |_ctx| {
            let exchange = warner.clone();
            async move { exchange.warn_of_ends().await.map(drop).map_err(JobError::from) }
        }),
    ];
    Ok(block)
}
