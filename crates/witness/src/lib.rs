//! Audit witnesses: installations hand signed checkpoints of their audit trails to each other, and
//! a witness later reads the trails and names every row that is not what it was.
//!
//! Every installation runs the *keeper*: it seals its blocks' trails, signs checkpoints, appends
//! them to files outside the databases and sends them to its witnesses. A *witness* keeps what it
//! is sent and compares.
//!
//! Invariants
//! - A witness believes an installation's first key only, and only through the subsystem that
//!   first spoke for it. A new key needs an officer's act, which does not exist yet.
//! - A second, different checkpoint for the same position is refused and recorded: an installation
//!   that says two things about one moment has changed its past.
//! - What lies between the last row and the last checkpoint is not protected; reports say how much.

mod check;
mod error;
mod file;
mod http;
mod keeper;
mod store;
mod trails;

pub use check::TrailReport;
pub use error::Error;
pub use file::CheckpointFile;
pub use keeper::AUDIT_KEY;
pub use trails::Trails;

use basis::Timestamp;
use contracts::witness::WitnessClient;
use contracts::{CallContext, LegalBasis, ServiceId, SubsystemId, Wire};
use kernel::audit::AuditEvent;
use kernel::auth::{Permission, PermissionRow};
use kernel::block::{Block, Ctx, Job, ServiceOffer};
use kernel::db::Migration;
use kernel::retention::{Retention, RetentionClass};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The block's tables.
pub const MIGRATIONS: &[Migration] =
    &[Migration { name: "0001_init", sql: include_str!("../migrations/0001_init.sql") }];

/// A witness saw that a trail is not what it was.
pub const DIFFERENCE_FOUND: AuditEvent = AuditEvent {
    name: "witness.difference.found",
    says: "A witnessed audit trail differs from what its installation stated before.",
};
/// An installation was seen for the first time.
pub const PEER_ADDED: AuditEvent = AuditEvent {
    name: "witness.peer.added",
    says: "The first checkpoint of an installation was received and its key was kept.",
};

/// May see findings and have trails compared now.
pub enum Inspect {}

impl Permission for Inspect {
    const NAME: &'static str = "witness.trail.inspect";
}

/// What the block needs besides its [`Ctx`].
#[derive(Clone)]
pub struct Deps {
    /// To other installations.
    pub wire: Arc<dyn Wire>,
    /// The subsystem it calls from and offers its services under.
    pub subsystem: SubsystemId,
    /// The law that audit trails are witnessed under.
    pub law: String,
    /// This installation's name.
    pub installation: String,
    /// The databases whose trails it keeps.
    pub trails: Trails,
    /// Where checkpoint files are written.
    pub checkpoints: PathBuf,
    /// Services that take this installation's checkpoints.
    pub witnesses: Vec<ServiceId>,
}

/// The block's inside, cheap to clone.
#[derive(Clone)]
pub struct Witness {
    pub(crate) ctx: Ctx,
    pub(crate) deps: Deps,
    pub(crate) client: WitnessClient,
    pub(crate) pause: Arc<Mutex<Pause>>,
}

/// How long sending to witnesses rests after it failed. One that is away, or has not joined yet,
/// is not asked every few seconds for ever.
#[derive(Debug, Default)]
pub(crate) struct Pause {
    /// The last pause, in seconds; 0 after a success.
    seconds: i64,
    /// Not before.
    until: Option<Timestamp>,
}

impl Pause {
    const LONGEST_SECONDS: i64 = 300;

    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| until <= now)
    }

    pub(crate) fn failed(&mut self, now: Timestamp) -> i64 {
        self.seconds = (2 * self.seconds).clamp(2, Self::LONGEST_SECONDS);
        self.until = Some(now.plus_seconds(self.seconds));
        self.seconds
    }
}

impl Witness {
    /// The block's inside.
    #[must_use]
    pub fn new(ctx: &Ctx, deps: Deps) -> Self {
        let client = WitnessClient::new(deps.wire.clone());
        Self { ctx: ctx.clone(), client, deps, pause: Arc::default() }
    }

    /// A call to a witness's or a witnessed installation's service.
    fn call_to(&self, service: ServiceId) -> CallContext {
        let basis = LegalBasis::law(self.deps.law.as_str());
        let correlation = basis::Id::mint(&self.ctx.clock, &self.ctx.rng);
        let client = self.deps.subsystem.clone();
        CallContext::new(client, service, "audit-witness", basis, correlation, self.ctx.clock.now())
    }
}

/// The block around a witness.
#[must_use]
pub fn block(witness: &Witness) -> Block {
    let witness = witness.clone();
    let keeper = witness.clone();
    let checker = witness.clone();
    Block {
        migrations: MIGRATIONS,
        api: OpenApiRouter::new()
            .routes(routes!(http::take_checkpoint))
            .routes(routes!(http::show_trail))
            .routes(routes!(http::list_findings))
            .routes(routes!(http::check_now))
            .with_state(witness),
        jobs: vec![
            Job::new("keep_trails", 2, move |_| {
                let keeper = keeper.clone();
                async move { keeper.keep().await.map_err(Into::into) }
            }),
            Job::new("check_trails", 60, move |_| {
                let checker = checker.clone();
                async move { checker.check_all().await.map(drop).map_err(Into::into) }
            }),
        ],
        audit_events: &[DIFFERENCE_FOUND, PEER_ADDED],
        permissions: &[PermissionRow { name: Inspect::NAME, roles: &["auditor"] }],
        retention: &[Retention { record: "witnessed checkpoint", class: RetentionClass::Vital }],
        services: vec![
            ServiceOffer { code: contracts::witness::CHECKPOINTS, prefix: "/witness/checkpoints" },
            ServiceOffer { code: contracts::witness::AUDIT_TRAIL, prefix: "/witness/audit-trail" },
        ],
        ..Block::new("witness", "Audit witness")
    }
}
