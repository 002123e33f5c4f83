//! The resident's portal: apply for services, read messages, see who used one's data and complain about it, give and take
//! back consents.
//!
//! The portal holds no facts about anyone. It asks others through the exchange, in the resident's name and on the basis of
//! self-access, and is a relying party of the identity authority like any other.
//!
//! # Invariants
//! - The portal knows a resident by the pseudonym of its own sector, and only while they are signed in; it lies encrypted
//!   in the session row.
//! - What the browser holds is not what the database holds: tokens are stored as digests.
//! - A source that fails is named on the page; it neither fails the page nor goes missing in silence.
//! - Whether consent stands is the consent block's word.

mod error;
mod model;
mod service;
mod store;
mod web;

pub use error::Error;
pub use relying_party::{Client, OidcError};
pub use service::{CATALOGUE_PURPOSE, PURPOSE, Portal};

use contracts::consent::ConsentClient;
use contracts::governance::GovernanceClient;
use contracts::identity::IdentityClient;
use contracts::messaging::MessagingClient;
use contracts::reads::ReadLogClient;
use contracts::registration::RegistrationClient;
use contracts::{ServiceId, SubsystemId, Wire};
use kernel::audit::AuditEvent;
use kernel::block::{Block, Ctx, Job};
use kernel::db::Migration;
use kernel::retention::{Retention, RetentionClass};
use relying_party::RelyingParty;
use std::sync::Arc;

/// The block's tables.
pub const MIGRATIONS: &[Migration] =
    &[Migration { name: "0001_init", sql: include_str!("../migrations/0001_init.sql") }];

/// Purpose of the key that proves the portal to the issuer. Its public half is at [`JWKS_PATH`].
pub const CLIENT_KEY: &str = "oidc-client:portal";

/// Where the issuer sends residents back to, below the installation's base URL; to be registered with it.
pub const REDIRECT_PATH: &str = "/portal/sign-in/callback";

/// Where the portal's public keys are, below the installation's base URL; to be registered with the issuer.
pub const JWKS_PATH: &str = "/portal/jwks.json";

/// A resident signed in.
pub const SESSION_CREATED: AuditEvent =
    AuditEvent { name: "portal.session.created", says: "A resident signed in to the portal." };
/// A resident signed out.
pub const SESSION_ENDED: AuditEvent =
    AuditEvent { name: "portal.session.ended", says: "A resident signed out of the portal." };
/// A sign-in came back from the issuer and could not be completed.
pub const SIGN_IN_REFUSED: AuditEvent = AuditEvent {
    name: "portal.sign-in.refused",
    says: "A sign-in came back from the issuer and could not be completed.",
};

/// Seconds between removals of what has expired.
const DROP_EVERY_SECONDS: u64 = 300;

/// What the portal asks of the exchange's directory. Answered from memory.
pub trait Directory: Send + Sync {
    /// The services that carry this tag, such as [`contracts::reads::KIND`].
    fn services(&self, kind: &str) -> Vec<ServiceId>;

    /// The name for people of a member, subsystem or service, in a language or else in English.
    fn label(&self, id: &str, language: &str) -> Option<String>;

    /// The law or contract that the agreement between this service and this client for this purpose names.
    fn reference(&self, service: &ServiceId, client: &SubsystemId, purpose: &str)
    -> Option<String>;
}

/// What the block needs besides its [`Ctx`].
#[derive(Clone)]
pub struct Deps {
    /// To other blocks.
    pub wire: Arc<dyn Wire>,
    /// The subsystem the portal calls from; its sector is the one residents are known in.
    pub subsystem: SubsystemId,
    /// The consent block's service for residents (`contracts::consent::MY_CONSENTS`).
    pub my_consents: ServiceId,
    /// The messaging block's service for residents (`contracts::messaging::MY_MESSAGES`), where the country has one.
    pub my_messages: Option<ServiceId>,
    /// The identity authority's service for residents (`contracts::identity::MY_SIGN_INS`), where it tells.
    pub my_sign_ins: Option<ServiceId>,
    /// Who offers what, and what it is called.
    pub directory: Arc<dyn Directory>,
    /// Who operates the pages.
    pub site: ui::Site,
    /// The identity authority's issuer URL.
    pub issuer: String,
    /// The `client_id` the portal is registered by there.
    pub client_id: String,
    /// To the issuer. Must not follow redirects, and trusts whom the operator trusts.
    pub http: reqwest::Client,
}

impl Portal {
    /// The block's inside.
    #[must_use]
    pub fn new(ctx: &Ctx, deps: &Deps) -> Self {
        let client = Client {
            issuer: deps.issuer.clone(),
            id: deps.client_id.clone(),
            redirect_uri: format!("{}{REDIRECT_PATH}", ctx.issuer),
            scope: "openid profile",
            key: CLIENT_KEY.to_owned(),
        };
        let (keys, clock, rng) = (ctx.keys.clone(), ctx.clock.clone(), ctx.rng.clone());
        Self {
            db: ctx.db.clone(),
            clock: ctx.clock.clone(),
            rng: ctx.rng.clone(),
            fields: ctx.fields.clone(),
            relying_party: RelyingParty::new(client, deps.http.clone(), keys, clock, rng),
            subsystem: deps.subsystem.clone(),
            my_consents: deps.my_consents.clone(),
            directory: deps.directory.clone(),
            consents: ConsentClient::new(deps.wire.clone()),
            read_logs: ReadLogClient::new(deps.wire.clone()),
            registration: RegistrationClient::new(deps.wire.clone()),
            catalogues: Default::default(),
            messaging: MessagingClient::new(deps.wire.clone()),
            my_messages: deps.my_messages.clone(),
            unread: Default::default(),
            governance: GovernanceClient::new(deps.wire.clone()),
            identity: IdentityClient::new(deps.wire.clone()),
            my_sign_ins: deps.my_sign_ins.clone(),
        }
    }
}

/// The block.
///
/// # Errors
/// [`Error::Keys`] if the key store cannot be written; [`Error::Ui`] if a text or template is broken.
pub fn block(ctx: &Ctx, deps: &Deps) -> Result<Block, Error> {
    // Made now, so that the key set is there before the issuer first asks for it.
    ctx.keys.signing_key(CLIENT_KEY)?;
    let portal = Portal::new(ctx, deps);
    let (_, form_key) = ctx.keys.secret("forms:portal")?;
    let pages = web::ui(deps.site.clone(), &form_key, ctx.rng.clone())?;
    let cleaner = portal.clone();
    Ok(Block {
        migrations: MIGRATIONS,
        pages: web::pages(web::App::new(portal, pages, ctx.keys.clone())),
        jobs: vec![Job::new("drop_expired", DROP_EVERY_SECONDS, move |_| {
            let cleaner = cleaner.clone();
            async move { cleaner.drop_expired().await.map(drop).map_err(Into::into) }
        })],
        audit_events: &[SESSION_CREATED, SESSION_ENDED, SIGN_IN_REFUSED],
        retention: &[
            Retention { record: "sign_in", class: RetentionClass::Session },
            Retention { record: "session", class: RetentionClass::Session },
        ],
        ..Block::new("portal", "Resident's portal")
    })
}
