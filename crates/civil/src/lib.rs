//! Civil registration: births, as the registrar declared them.
//!
//! A birth is registered once, by an officer of the registrar, and told to whoever subscribed; the
//! event carries a reference only. The identity authority asks for the facts on its own legal
//! basis and tells when a person exists; the registrar then learns the child's pseudonym of its own
//! sector and links it.
//!
//! Invariants
//! - A registration is never changed here: corrections will be acts of their own.
//! - What the registration says about persons is encrypted under the registration's own key.
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

pub use error::Error;

use contracts::identity::{IdentityClient, TOPIC_PERSON_CREATED};
use contracts::{SubsystemId, Wire, civil, reads};
use kernel::audit::AuditEvent;
use kernel::auth::{Permission, PermissionRow};
use kernel::block::{Block, Ctx, ServiceOffer, Subscription};
use kernel::db::Migration;
use kernel::retention::{Retention, RetentionClass};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The block's tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_init", sql: include_str!("../migrations/0001_init.sql") },
    reads::store::MIGRATION,
    reads::store::SEALED_CASE,
    reads::store::REFUSED,
];

/// A birth was entered.
pub const BIRTH_REGISTERED: AuditEvent =
    AuditEvent { name: "civil.birth.registered", says: "An officer registered a birth." };
/// A registration was linked to a person.
pub const BIRTH_LINKED: AuditEvent = AuditEvent {
    name: "civil.birth.linked",
    says: "A registered birth was linked to the person that follows from it.",
};

/// May register births.
pub enum RegisterBirth {}

impl Permission for RegisterBirth {
    const NAME: &'static str = "civil.birth.register";
}

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
}

/// The block's inside, cheap to clone.
#[derive(Clone)]
pub struct Civil {
    ctx: Ctx,
    deps: Deps,
    identity: IdentityClient,
}

/// The block.
#[must_use]
pub fn block(ctx: &Ctx, deps: Deps) -> Block {
    let identity = IdentityClient::new(deps.wire.clone());
    let civil = Civil { ctx: ctx.clone(), identity, deps };
    Block {
        migrations: MIGRATIONS,
        api: OpenApiRouter::new()
            .routes(routes!(http::register_birth))
            .routes(routes!(http::list_births))
            .routes(routes!(http::show_birth))
            .routes(routes!(http::take_event))
            .routes(routes!(http::show_read_log))
            .routes(routes!(http::note_attempt))
            .with_state(civil),
        audit_events: &[BIRTH_REGISTERED, BIRTH_LINKED],
        permissions: &[PermissionRow { name: RegisterBirth::NAME, roles: &["registrar"] }],
        retention: &[
            Retention { record: "birth", class: RetentionClass::Vital },
            Retention { record: "read log", class: RetentionClass::Case },
        ],
        services: vec![
            ServiceOffer { code: civil::BIRTHS, prefix: "/civil/births" },
            ServiceOffer { code: reads::SERVICE, prefix: "/civil/read-log" },
            ServiceOffer { code: "events", prefix: "/civil/events" },
        ],
        consumes: vec![Subscription { topic: TOPIC_PERSON_CREATED, path: "/civil/events" }],
        ..Block::new("civil", "Civil registration")
    }
}
