//! Identity: one person for each registered birth, a name for them in each sector, and signing in.
//!
//! The block answers three kinds of callers. *Other blocks*, through the exchange: events of the
//! civil register, pseudonym translation, look-up by VID, facts, read log. *Officers* at the
//! enrolment desk: authenticators, VIDs, relying parties, reconciliation. *Residents and relying
//! parties*, over the open web: an OpenID provider, authorization code with PKCE, clients
//! authenticated by `private_key_jwt`, people by number and one-time code.
//!
//! # Invariants
//! - The secret person id and the UIN never leave this block; the UIN is only ever typed in.
//! - What another sector knows a person by stands here sealed, found by a blind index: joining two
//!   databases finds nothing.
//! - Facts leave only after the read is in the person's read log, durably.
//! - An unknown number, a wrong code and a locked authenticator get the same answer and similar work.
//! - Codes, cookies and assertions are stored as digests; a code works once, and a second use makes
//!   everything from the first void.
//! - A sign-in request is judged from its query alone and anew at every step; nothing is stored for
//!   somebody who has not proved who they are.
//!
//! # Spec anchors
//! GovStack Identity 1.0 sections 5 and 6 (UIN, VID, ACR values); OpenID Connect Core 1.0 sections 2,
//! 3.1, 5 and 8 (pairwise); Discovery 1.0; RFC 6749, 6750, 7521, 7523, 7636, 9068, 9207, 9700; TOTP RFC
//! 6238.

pub mod error;
pub mod events;
mod http;
pub mod model;
mod permissions;
pub mod service;
mod store;
mod web;

pub use error::{Error, TokenError};
pub use permissions::{
    EnrolAuthenticator, ListVids, PERMISSIONS, ReadReconciliation, RegisterClient,
    RegisterProvider, ReplaceVid, RunReconciliation,
};
pub use service::Identity;

use basis::Rng;
use contracts::civil::{TOPIC_BIRTH_REGISTERED, TOPIC_BIRTHS_IMPORTED};
use contracts::{ServiceId, SubsystemId, Wire, identity, reads};
use kernel::block::{Block, Ctx, Job, ServiceOffer, Subscription};
use kernel::db::Migration;
use kernel::keys::KeyError;
use kernel::retention::{Retention, RetentionClass};
use std::sync::Arc;
use ui::{Lang, Site, TextsError, Ui};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The block's tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_init", sql: include_str!("../migrations/0001_init.sql") },
    reads::store::MIGRATION,
    reads::store::SEALED_CASE,
    reads::store::REFUSED,
    Migration {
        name: "0002_response_alg",
        sql: include_str!("../migrations/0002_response_alg.sql"),
    },
    Migration { name: "0003_sign_ins", sql: include_str!("../migrations/0003_sign_ins.sql") },
    Migration { name: "0004_providers", sql: include_str!("../migrations/0004_providers.sql") },
];

/// Seconds between two comparisons with the civil register.
const RECONCILE_SECONDS: u64 = 60 * 60;
/// Seconds between two looks whether there is an RSA key. It matters after a failure only.
const RSA_KEY_SECONDS: u64 = 60 * 60;
/// Seconds between two clean-ups of sessions and codes.
const PURGE_SECONDS: u64 = 5 * 60;

/// What the block needs besides its [`Ctx`].
#[derive(Clone)]
pub struct Deps {
    /// To the civil register.
    pub wire: Arc<dyn Wire>,
    /// The subsystem it calls from and offers its services under.
    pub subsystem: SubsystemId,
    /// The births service of the civil register.
    pub births: ServiceId,
    /// The law that the register of persons rests on: `Identity Act s.7`.
    pub law: String,
    /// What authenticator apps show beside the codes: `Tumbawe ID`.
    pub name: String,
    /// Who operates the pages.
    pub site: Site,
    /// To other OpenID providers. Must not follow redirects, and trusts whom the operator trusts.
    pub http: reqwest::Client,
}

/// Why the block cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Its pages are broken, which the tests rule out.
    #[error(transparent)]
    Ui(#[from] TextsError),
    /// The key file cannot be written.
    #[error(transparent)]
    Keys(#[from] KeyError),
}

/// The block.
///
/// # Errors
/// When the first keys cannot be made.
pub fn block(ctx: &Ctx, deps: Deps) -> Result<Block, BuildError> {
    let identity = Identity::new(ctx, deps.clone());
    // Published before the first token is signed with it.
    ctx.keys.signing_key("oidc")?;
    let pages = web::App { identity: identity.clone(), ui: pages(ctx, deps.site)? };
    let (keymaker, reconciler, purger) = (identity.clone(), identity.clone(), identity.clone());
    Ok(Block {
        govstack: Some(("bb-identity", "1.0.0")),
        migrations: MIGRATIONS,
        api: OpenApiRouter::new()
            .routes(routes!(http::exchange::take_event))
            .routes(routes!(http::exchange::translate))
            .routes(routes!(http::exchange::resolve))
            .routes(routes!(http::exchange::resolve_many))
            .routes(routes!(http::exchange::show_facts))
            .routes(routes!(http::exchange::show_read_log))
            .routes(routes!(http::exchange::note_attempt))
            .routes(routes!(http::exchange::show_my_sign_ins))
            .routes(routes!(http::desk::enrol_totp))
            .routes(routes!(http::desk::replace_vid))
            .routes(routes!(http::desk::list_vids))
            .routes(routes!(http::desk::register_client))
            .routes(routes!(http::desk::register_provider))
            .routes(routes!(http::desk::show_reconciliation, http::desk::run_reconciliation))
            .with_state(identity.clone()),
        pages: http::openid::routes().with_state(identity).merge(web::routes().with_state(pages)),
        jobs: vec![
            Job::new("make_rsa_key", RSA_KEY_SECONDS, move |_| {
                let identity = keymaker.clone();
                async move { identity.make_rsa_key().await.map_err(Into::into) }
            }),
            Job::new("reconcile", RECONCILE_SECONDS, move |_| {
                let identity = reconciler.clone();
                async move { identity.reconcile().await.map(drop).map_err(Into::into) }
            }),
            Job::new("purge_sessions", PURGE_SECONDS, move |_| {
                let identity = purger.clone();
                async move { identity.purge().await.map(drop).map_err(Into::into) }
            }),
        ],
        audit_events: events::AUDIT_EVENTS,
        permissions: PERMISSIONS,
        retention: RETENTION,
        services: vec![
            ServiceOffer { code: identity::TRANSLATE, prefix: "/identity/translate" },
            ServiceOffer { code: identity::PERSONS, prefix: "/identity/persons" },
            ServiceOffer { code: identity::MY_SIGN_INS, prefix: "/identity/my-sign-ins" },
            ServiceOffer { code: reads::SERVICE, prefix: "/identity/read-log" },
            ServiceOffer { code: "events", prefix: "/identity/events" },
        ],
        consumes: vec![
            Subscription { topic: TOPIC_BIRTH_REGISTERED, path: "/identity/events" },
            Subscription { topic: TOPIC_BIRTHS_IMPORTED, path: "/identity/events" },
        ],
        ..Block::new("identity", "Identity")
    })
}

const RETENTION: &[Retention] = &[
    Retention { record: "person", class: RetentionClass::Vital },
    Retention { record: "vid", class: RetentionClass::Vital },
    Retention { record: "pseudonym", class: RetentionClass::Vital },
    Retention { record: "crosswalk", class: RetentionClass::Vital },
    Retention { record: "authenticator", class: RetentionClass::Vital },
    Retention { record: "foreign_provider", class: RetentionClass::Case },
    Retention { record: "relying_party", class: RetentionClass::Case },
    Retention { record: "reconciliation_difference", class: RetentionClass::Case },
    Retention { record: "read_log", class: RetentionClass::Log },
    Retention { record: "passkey", class: RetentionClass::Vital },
    Retention { record: "sign_in", class: RetentionClass::Log },
    Retention { record: "login_session", class: RetentionClass::Session },
    Retention { record: "code_grant", class: RetentionClass::Session },
    Retention { record: "used_assertion", class: RetentionClass::Session },
    Retention { record: "used_challenge", class: RetentionClass::Session },
];

/// Templates of the block, by the name handlers use.
pub const TEMPLATES: [(&str, &str); 6] = [
    ("identity/sign_in.html", include_str!("../templates/sign_in.html")),
    ("identity/passkeys.html", include_str!("../templates/passkeys.html")),
    ("identity/sign_ins.html", include_str!("../templates/sign_ins.html")),
    ("identity/claims.html", include_str!("../templates/claims.html")),
    ("identity/sign_out.html", include_str!("../templates/sign_out.html")),
    ("identity/refused.html", include_str!("../templates/refused.html")),
];

fn pages(ctx: &Ctx, site: Site) -> Result<Ui, BuildError> {
    let (_, csrf) = ctx.keys.secret("csrf:identity")?;
    Ok(build_ui(site, &csrf, ctx.rng.clone())?)
}

fn build_ui(site: Site, csrf: &[u8; 32], rng: Rng) -> Result<Ui, TextsError> {
    let texts = [
        (Lang::EN, include_str!("../texts/en.toml")),
        (Lang::FR, include_str!("../texts/fr.toml")),
        (Lang::SW, include_str!("../texts/sw.toml")),
    ];
    let builder = Ui::builder("identity", site, csrf, rng);
    Ok(builder.templates(&TEMPLATES).texts(&texts)?.build())
}

#[cfg(test)]
mod tests;
