//! Civil registration: births, as the registrar declared them.
//!
//! A birth is registered once, by an officer of the registrar, and told to whoever subscribed; the
//! event carries a reference only. The identity authority asks for the facts on its own legal
//! basis and tells when a person exists; the registrar then learns the child's pseudonym of its own
//! sector and links it.
//!
//! A post (a village, a ship) registers births without a link: under a delegation of the registrar,
//! with numbers of its own and for some time. When there is a link it hands in what it registered; the
//! registrar takes it into the register or lets an officer look at it. The same block is both.
//!
//! Invariants
//! - A registration is never changed here: corrections will be acts of their own.
//! - What the registration says about persons is encrypted under the registration's own key.
//! - A post never gives out a number that is not of its delegation, nor outside of its time. Ranges of
//!   two delegations have no number in common, and the registrar draws none of them.
//! - What a post registered becomes one birth or one conflict, however often it is handed in; only an
//!   officer's decision keeps it out of the register.
//! - One entry of a paper book is one registration.
//! - Every read of a registration through the exchange is in the read log before it is answered. A
//!   read from before the child was known is logged under the registration and moves with the link.
//!
//! Spec anchors: GovStack has no civil registration block; the shape follows OpenCRVS's birth
//! declaration and UN principles and recommendations for a vital statistics system, rev. 3, ch. II.

mod error;
pub mod events;
mod http;
pub mod model;
mod service;
mod store;
mod web;

pub use error::Error;
pub use service::{
    BirthIn, BirthOut, ConflictOut, Conflicts, DelegationIn, DelegationOut, ImportOut,
    ImportedBirth, Numbers, PostStatus, Shown, TakeIn,
};

use basis::Timestamp;
use contracts::identity::{IdentityClient, TOPIC_PERSON_CREATED, TOPIC_PERSONS_CREATED};
use contracts::{SubsystemId, Wire, civil, reads};
use kernel::audit::AuditEvent;
use kernel::auth::{Permission, PermissionRow};
use kernel::block::{Block, Ctx, DeskEntry, Job, ServiceOffer, Subscription};
use kernel::db::Migration;
use kernel::retention::{Retention, RetentionClass};
use std::sync::Arc;

/// The block's tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_init", sql: include_str!("../migrations/0001_init.sql") },
    reads::store::MIGRATION,
    reads::store::SEALED_CASE,
    reads::store::REFUSED,
    Migration { name: "0002_import", sql: include_str!("../migrations/0002_import.sql") },
    Migration { name: "0003_posts", sql: include_str!("../migrations/0003_posts.sql") },
];

/// A birth was entered.
pub const BIRTH_REGISTERED: AuditEvent =
    AuditEvent { name: "civil.birth.registered", says: "An officer registered a birth." };
/// A registration was linked to a person.
pub const BIRTH_LINKED: AuditEvent = AuditEvent {
    name: "civil.birth.linked",
    says: "A registered birth was linked to the person that follows from it.",
};

/// Births were entered from a paper book.
pub const BIRTHS_IMPORTED: AuditEvent = AuditEvent {
    name: "civil.births.imported",
    says: "An officer entered many births from a paper book; one event told of all of them.",
};
/// A post may register.
pub const DELEGATION_GRANTED: AuditEvent = AuditEvent {
    name: "civil.delegation.granted",
    says: "An officer of the registrar gave a post numbers to register births with for some time.",
};
/// A post can register.
pub const DELEGATION_TAKEN: AuditEvent = AuditEvent {
    name: "civil.delegation.taken",
    says: "An officer of a post took in a delegation that the registrar had signed.",
};
/// A post's registration stands in the register.
pub const BIRTH_HANDED_IN: AuditEvent = AuditEvent {
    name: "civil.birth.handed-in",
    says: "A post handed in a birth that it had registered, and it stands in the register.",
};
/// A post's registration waits for an officer.
pub const BIRTH_DISPUTED: AuditEvent = AuditEvent {
    name: "civil.birth.disputed",
    says: "A post handed in a birth that an officer has to look at; the detail says why.",
};
/// An officer decided.
pub const CONFLICT_RESOLVED: AuditEvent = AuditEvent {
    name: "civil.conflict.resolved",
    says: "An officer kept, merged or rejected a registration that a post had handed in.",
};

/// May register births.
pub enum RegisterBirth {}

impl Permission for RegisterBirth {
    const NAME: &'static str = "civil.birth.register";
}

/// May enter births from paper books, many at once.
pub enum ImportBirths {}

impl Permission for ImportBirths {
    const NAME: &'static str = "civil.birth.import";
}

/// May let posts register.
pub enum DelegateNumbers {}

impl Permission for DelegateNumbers {
    const NAME: &'static str = "civil.delegation.grant";
}

/// May decide about registrations of posts.
pub enum ResolveConflicts {}

impl Permission for ResolveConflicts {
    const NAME: &'static str = "civil.conflict.resolve";
}

/// May take delegations in at a post, and hand in.
pub enum RunPost {}

impl Permission for RunPost {
    const NAME: &'static str = "civil.post.run";
}

/// The role that carries all permissions of the block, at the registrar and at its posts.
const REGISTRAR: &str = "registrar";

/// Seconds between two looks of a post at what waits.
const HAND_IN_SECONDS: u64 = 2;

/// What the block needs besides its [`Ctx`].
#[derive(Clone)]
pub struct Deps {
    /// To the identity authority.
    pub wire: Arc<dyn Wire>,
    /// The subsystem it calls from and offers its services under.
    pub subsystem: SubsystemId,
    /// The identity authority's subsystem.
    pub identity: SubsystemId,
    /// The law that births are registered under: the legal basis of asking who somebody is.
    pub law: String,
    /// At a post: the registrar's subsystem. None for the registrar itself.
    pub registrar: Option<SubsystemId>,
    /// What pages say about the operator.
    pub site: ui::Site,
}

/// The block's inside, cheap to clone.
#[derive(Clone)]
pub struct Civil {
    ctx: Ctx,
    deps: Deps,
    identity: IdentityClient,
}

impl Civil {
    /// The use cases over a block's context; [`block`] puts the API in front of them.
    #[must_use]
    pub fn new(ctx: &Ctx, deps: Deps) -> Self {
        let identity = IdentityClient::new(deps.wire.clone());
        Self { ctx: ctx.clone(), identity, deps }
    }

    fn now(&self) -> Timestamp {
        self.ctx.clock.now()
    }
}

/// The block.
///
/// # Errors
/// [`Error::Keys`] when the key file cannot be written.
pub fn block(ctx: &Ctx, deps: Deps) -> Result<Block, Error> {
    let (_, csrf_key) = ctx.keys.secret("csrf:civil")?;
    let frame = ui::Ui::builder("civil", deps.site.clone(), &csrf_key, ctx.rng.clone());
    let is_registrar = deps.registrar.is_none();
    let civil = Civil::new(ctx, deps);
    Ok(Block {
        pages: web::pages(civil.clone(), frame)?,
        desk: is_registrar.then(conflicts_entry).into_iter().collect(),
        migrations: MIGRATIONS,
        api: http::api(civil.clone()),
        jobs: vec![Job::new("hand_in", HAND_IN_SECONDS, move |_| {
            let civil = civil.clone();
            async move { civil.hand_in_due().await.map_err(Into::into) }
        })],
        audit_events: &[
            BIRTH_REGISTERED,
            BIRTH_LINKED,
            BIRTHS_IMPORTED,
            DELEGATION_GRANTED,
            DELEGATION_TAKEN,
            BIRTH_HANDED_IN,
            BIRTH_DISPUTED,
            CONFLICT_RESOLVED,
        ],
        permissions: &[
            PermissionRow { name: RegisterBirth::NAME, roles: &[REGISTRAR] },
            PermissionRow { name: ImportBirths::NAME, roles: &[REGISTRAR] },
            PermissionRow { name: DelegateNumbers::NAME, roles: &[REGISTRAR] },
            PermissionRow { name: ResolveConflicts::NAME, roles: &[REGISTRAR] },
            PermissionRow { name: RunPost::NAME, roles: &[REGISTRAR] },
        ],
        retention: &[
            Retention { record: "birth", class: RetentionClass::Vital },
            Retention { record: "delegation", class: RetentionClass::Vital },
            Retention { record: "registration handed in", class: RetentionClass::Vital },
            Retention { record: "read log", class: RetentionClass::Case },
        ],
        services: vec![
            ServiceOffer { code: civil::BIRTHS, prefix: "/civil/births" },
            ServiceOffer {
                code: civil::posts::POST_REGISTRATIONS,
                prefix: "/civil/post-registrations",
            },
            ServiceOffer { code: reads::SERVICE, prefix: "/civil/read-log" },
            ServiceOffer { code: "events", prefix: "/civil/events" },
        ],
        consumes: vec![
            Subscription { topic: TOPIC_PERSON_CREATED, path: "/civil/events" },
            Subscription { topic: TOPIC_PERSONS_CREATED, path: "/civil/events" },
        ],
        ..Block::new("civil", "Civil registration")
    })
}

/// The registrar's page of the desk; a post has nothing to decide.
fn conflicts_entry() -> DeskEntry {
    DeskEntry {
        path: web::CONFLICTS,
        names: &[("en", "Births"), ("fr", "Naissances"), ("sw", "Vizazi")],
        about: &[
            ("en", "Decide about births that posts handed in and that look like others."),
            ("fr", "Décider des naissances transmises par les postes qui ressemblent à d'autres."),
            ("sw", "Amua kuhusu vizazi vilivyoletwa na vituo na vinavyofanana na vingine."),
        ],
        permission: ResolveConflicts::NAME,
    }
}
