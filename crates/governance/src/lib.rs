//! Governance: residents' complaints, who acts under which mandate, and who may ask what of whom.
//!
//! A resident complains about a line of their tracker; an officer of the data protection authority takes
//! the complaint up and answers it within the days that the country sets, and the resident is told. The
//! registers of mandates and of agreements are public: a member without a mandate is named as one.
//!
//! # Invariants
//! - A complaint is lodged once, whatever is sent twice; it keeps its number.
//! - What a person wrote and what is answered are sealed under the person's key.
//! - An officer sees the words only after that stands in the person's read log.
//! - An answer and the duty to tell the person of it are one transaction; telling is tried until it is
//!   done, under one id.
//! - Agreements are shown as the exchange's directory has them; this block keeps none.
//!
//! Spec anchors: Convention 108+ Art. 12 and 15 (remedies, supervisory authorities); African Union
//! Convention on Cyber Security and Personal Data Protection, Art. 12. GovStack has no such block.
#![warn(missing_docs)]

mod error;
pub mod events;
mod http;
pub mod model;
pub mod permissions;
pub mod service;
mod store;
mod web;

pub use error::Error;
pub use model::agreement::Listed;
pub use permissions::COMMISSIONER;
pub use service::Governance;

use contracts::governance::MY_GRIEVANCES;
use contracts::{MemberId, ServiceId, SubsystemId, Wire, reads};
use kernel::auth::Permission;
use kernel::block::{
    Block, Ctx, DeskEntry, Job, Migration, Retention, RetentionClass, ServiceOffer,
};
use model::mandate::Names;
use permissions::HandleGrievances;
use std::sync::Arc;

/// Name of the block: crate, database, metrics label.
pub const NAME: &str = "governance";

/// The block's tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_init", sql: include_str!("../migrations/0001_init.sql") },
    reads::store::MIGRATION,
    reads::store::SEALED_CASE,
    reads::store::REFUSED,
];

/// Seconds between two looks whether somebody is to be told.
const NOTICES_SECONDS: u64 = 2;
/// Seconds between two looks at the country pack's mandates. It matters at the first start only.
const SEED_SECONDS: u64 = 24 * 60 * 60;

const RETENTION: &[Retention] = &[
    Retention { record: "grievance", class: RetentionClass::Case },
    Retention { record: "notice", class: RetentionClass::Case },
    Retention { record: "mandate", class: RetentionClass::Vital },
    Retention { record: "read_log", class: RetentionClass::Log },
];

/// What the block asks of the exchange's directory. Answered from memory.
pub trait Directory: Send + Sync {
    /// Every member with its names by language tag.
    fn members(&self) -> Vec<(MemberId, Names)>;

    /// Every agreement, in force or not.
    fn agreements(&self) -> Vec<Listed>;

    /// The name for people of a member, subsystem or service, in a language or else in English.
    fn label(&self, id: &str, language: &str) -> Option<String>;
}

/// A mandate as the country pack has it.
#[derive(Clone, Debug)]
pub struct MandateSeed {
    /// Whose it is.
    pub member: MemberId,
    /// Law and section: `Data Protection Act, s.12`.
    pub reference: String,
    /// What it allows, by language tag.
    pub allows: Names,
}

/// What the block needs besides its [`Ctx`].
#[derive(Clone)]
pub struct Deps {
    /// To other blocks.
    pub wire: Arc<dyn Wire>,
    /// The subsystem that the block is.
    pub subsystem: SubsystemId,
    /// The law that its member acts under.
    pub law: String,
    /// The messaging block's service that tells persons.
    pub messages: ServiceId,
    /// Within how many days a complaint is to be answered.
    pub answer_days: u32,
    /// What the country pack says of mandates.
    pub mandates: Vec<MandateSeed>,
    /// Who there is and what they agreed.
    pub directory: Arc<dyn Directory>,
    /// What pages say about the operator.
    pub site: ui::Site,
}

/// The block, ready to be mounted.
///
/// # Errors
/// [`Error::Keys`] when the key file cannot be written.
pub fn block(ctx: &Ctx, deps: Deps) -> Result<Block, Error> {
    let (_, csrf_key) = ctx.keys.secret("csrf:governance")?;
    let frame = ui::Ui::builder(NAME, deps.site.clone(), &csrf_key, ctx.rng.clone());
    let governance = Governance::new(ctx, deps);
    let (sender, seeder) = (governance.clone(), governance.clone());
    Ok(Block {
        migrations: MIGRATIONS,
        api: http::api(governance.clone()),
        pages: web::pages(governance, frame)?,
        desk: vec![DeskEntry {
            path: web::QUEUE,
            names: &[("en", "Complaints"), ("fr", "Plaintes"), ("sw", "Malalamiko")],
            about: &[
                ("en", "Read, take up and answer what residents complain about."),
                ("fr", "Lire, prendre en charge et traiter les plaintes des résidents."),
                ("sw", "Soma, chukua na ujibu malalamiko ya wakazi."),
            ],
            permission: HandleGrievances::NAME,
        }],
        jobs: vec![
            Job::new("seed_mandates", SEED_SECONDS, move |_| {
                let governance = seeder.clone();
                async move { governance.seed_mandates().await.map_err(Into::into) }
            }),
            Job::new("send_notices", NOTICES_SECONDS, move |_| {
                let governance = sender.clone();
                async move { governance.send_notices().await.map(drop).map_err(Into::into) }
            }),
        ],
        audit_events: events::AUDIT_EVENTS,
        permissions: permissions::PERMISSIONS,
        retention: RETENTION,
        services: vec![
            ServiceOffer { code: MY_GRIEVANCES, prefix: "/governance/my-grievances" },
            ServiceOffer { code: reads::SERVICE, prefix: "/governance/read-log" },
        ],
        ..Block::new(NAME, "Governance")
    })
}
