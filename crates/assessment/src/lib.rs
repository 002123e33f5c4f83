//! Assessment: a country's rounds of asking where its digital public infrastructure stands.
//!
//! A lead opens a round, assigns indicators to institutions and puts it into review; institutions answer
//! and attach evidence; reviewers accept or set a level beside the claim; enough institutions sign, some
//! perhaps with dissent. What a round means is not decided here: the whole goes out as a
//! [`maturity::Round`], which `maturity` scores.
//!
//! # Invariants
//! - A closed round never changes; a signed one takes further signatures only.
//! - Every answer that was ever given stays, with who gave it and when.
//! - Nobody reviews their own answer; both levels stay visible.
//! - A signature names the digest of what was signed. Taking the review up again withdraws all signatures,
//!   and they stay on record.
//! - Another institution answers and signs for itself through the exchange, or on paper whose digest is kept.
//! - Content of evidence files is sealed; whoever reads one stands in the audit trail.
//!
//! Source: GovStack implementation playbook, chapter "Build a digital public infrastructure (DPI)".
#![warn(missing_docs)]

mod error;
pub mod events;
mod http;
pub mod model;
pub mod permissions;
pub mod probe;
pub mod service;
mod store;
mod web;

pub use error::Error;
pub use service::Assessments;

use kernel::auth::Permission;
use kernel::block::{Block, Ctx, DeskEntry, Migration, Retention, RetentionClass, ServiceOffer};
use maturity::Instrument;
use maturity::round::{Country, Institution};
use permissions::ReadRounds;
use std::sync::Arc;

/// Name of the block: crate, database, metrics label.
pub const NAME: &str = "assessment";

/// Service through which other institutions answer and sign.
pub const ROUNDS_SERVICE: &str = "rounds";

/// The block's tables.
pub const MIGRATIONS: &[Migration] =
    &[Migration { name: "0001_init", sql: include_str!("../migrations/0001_init.sql") }];

/// Largest evidence file, bytes. What an installation takes in one request may be less.
pub const FILE_BYTES_MAX: usize = 5 * 1024 * 1024;

const RETENTION: &[Retention] = &[
    Retention { record: "round", class: RetentionClass::Vital },
    Retention { record: "answer", class: RetentionClass::Vital },
    Retention { record: "evidence", class: RetentionClass::Vital },
    Retention { record: "evidence_file", class: RetentionClass::Vital },
    Retention { record: "measurement", class: RetentionClass::Vital },
    Retention { record: "sign_off", class: RetentionClass::Vital },
];

/// What the block needs besides its [`Ctx`].
#[derive(Clone)]
pub struct Deps {
    /// The country that is assessed.
    pub country: Country,
    /// Institutions that a new round starts with: the members of the country.
    pub institutions: Vec<Institution>,
    /// Largest evidence file, bytes; [`FILE_BYTES_MAX`] at most.
    pub file_bytes_max: usize,
    /// What pages say about the operator.
    pub site: ui::Site,
}

/// The block, ready to be mounted.
///
/// # Errors
/// [`Error::Keys`] when the key file cannot be written.
pub fn block(ctx: &Ctx, deps: Deps) -> Result<Block, Error> {
    let (_, csrf_key) = ctx.keys.secret("csrf:assessment")?;
    let frame = ui::Ui::builder(NAME, deps.site.clone(), &csrf_key, ctx.rng.clone());
    let assessments = Assessments::new(ctx, Arc::new(Instrument::built_in()), deps);
    Ok(Block {
        migrations: MIGRATIONS,
        api: http::api(assessments.clone()),
        pages: web::pages(assessments, frame)?,
        desk: vec![DeskEntry {
            path: web::ROUNDS,
            names: &[("en", "Assessment"), ("fr", "Évaluation"), ("sw", "Tathmini")],
            about: &[
                ("en", "Ask where the country's digital infrastructure stands, review and sign."),
                ("fr", "Faire le point sur l'infrastructure numérique du pays, revoir et signer."),
                ("sw", "Uliza miundombinu ya kidijitali ya nchi ilipo, kagua na tia saini."),
            ],
            permission: ReadRounds::NAME,
        }],
        audit_events: events::AUDIT_EVENTS,
        permissions: permissions::PERMISSIONS,
        retention: RETENTION,
        services: vec![ServiceOffer { code: ROUNDS_SERVICE, prefix: "/assessment/rounds" }],
        ..Block::new(NAME, "Assessment")
    })
}
