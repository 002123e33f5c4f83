//! The pages.

mod consents;
mod home;
mod reads;
#[cfg(test)]
mod samples;
mod sign_in;

use crate::error::Error;
use crate::model::session::Session;
use crate::oidc::CLIENT_KEY;
use crate::service::Portal;
use axum::extract::{FromRef, FromRequestParts, State};
use axum::response::Response;
use basis::Rng;
use contracts::{ServiceId, SubsystemId};
use credential::JwkSet;
use http::Method;
use http::request::Parts;
use kernel::http::Json;
use kernel::keys::KeyStore;
use kernel::pages::Pages;
use std::sync::Arc;
use ui::{Lang, Site, Ui, UiError, Visit, see_other};

const TEMPLATES: [(&str, &str); 7] = [
    ("portal/landing.html", include_str!("../../templates/landing.html")),
    ("portal/home.html", include_str!("../../templates/home.html")),
    ("portal/reads.html", include_str!("../../templates/reads.html")),
    ("portal/consents.html", include_str!("../../templates/consents.html")),
    ("portal/consent.html", include_str!("../../templates/consent.html")),
    ("portal/receipt.html", include_str!("../../templates/receipt.html")),
    ("portal/services.html", include_str!("../../templates/services.html")),
];

const TEXTS: [(Lang, &str); 3] = [
    (Lang::EN, include_str!("../../texts/en.toml")),
    (Lang::FR, include_str!("../../texts/fr.toml")),
    (Lang::SW, include_str!("../../texts/sw.toml")),
];

/// The bar of sections, once signed in.
const SECTIONS: [(&str, &str); 4] = [
    ("/portal", "nav.home"),
    ("/portal/reads", "nav.reads"),
    ("/portal/consents", "nav.consents"),
    ("/portal/services", "nav.services"),
];

/// The state of every handler.
#[derive(Clone)]
pub struct App {
    portal: Portal,
    ui: Ui,
    keys: Arc<KeyStore>,
}

impl App {
    /// The use cases and the pages.
    #[must_use]
    pub fn new(portal: Portal, ui: Ui, keys: Arc<KeyStore>) -> Self {
        Self { portal, ui, keys }
    }
}

impl FromRef<App> for Ui {
    fn from_ref(app: &App) -> Self {
        app.ui.clone()
    }
}

impl FromRef<App> for Portal {
    fn from_ref(app: &App) -> Self {
        app.portal.clone()
    }
}

/// The portal's templates and texts.
///
/// # Errors
/// [`UiError`] if one is broken, which the tests rule out.
pub fn ui(site: Site, form_key: &[u8; 32], rng: Rng) -> Result<Ui, UiError> {
    Ok(Ui::builder("portal", site, form_key, rng)?.templates(&TEMPLATES)?.texts(&TEXTS)?.build())
}

/// Every page.
pub fn pages(app: App) -> Pages {
    Pages::new()
        .get("/portal", home::show_home)
        .get("/portal/services", home::show_services)
        .get("/portal/sign-in", sign_in::begin_sign_in)
        .get(crate::REDIRECT_PATH, sign_in::complete_sign_in)
        .post("/portal/sign-out", sign_in::end_session)
        .get(crate::JWKS_PATH, show_keys)
        .get("/portal/reads", reads::list_reads)
        .get("/portal/consents", consents::list_consents)
        .get("/portal/consents/{agreement}", consents::show_agreement)
        .post("/portal/consents/{agreement}", consents::give_consent)
        .post("/portal/consents/{agreement}/withdraw", consents::withdraw_consent)
        .get("/portal/consents/{agreement}/receipt", consents::show_receipt)
        // For designers and translators; 404 outside a sandbox.
        .get("/gallery", ui::gallery::gallery)
        .with_state(app)
}

/// The public keys the portal proves itself with to the issuer.
async fn show_keys(State(app): State<App>) -> Json<JwkSet> {
    Json(JwkSet { keys: app.keys.public_keys(CLIENT_KEY) })
}

/// A resident who is signed in. Anyone else is sent to sign in first, and comes back to the page they wanted.
struct Resident {
    visit: Visit,
    session: Session,
}

impl FromRequestParts<App> for Resident {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let visit = Visit::of(app.ui.clone(), parts);
        match find_session(&app.portal, &visit).await {
            Ok(Some(session)) => Ok(Self::new(visit, session)),
            Ok(None) => Err(to_sign_in(parts)),
            Err(error) => Err(fail(&visit, &error)),
        }
    }
}

impl Resident {
    fn new(visit: Visit, session: Session) -> Self {
        let name = session.name.clone().unwrap_or_else(|| visit.t("account.unnamed", &[]));
        Self { visit: visit.signed_in(name, "/portal/sign-out").with_nav(&SECTIONS), session }
    }
}

async fn find_session(portal: &Portal, visit: &Visit) -> Result<Option<Session>, Error> {
    match visit.session() {
        Some(token) => portal.find_session(token).await,
        None => Ok(None),
    }
}

fn to_sign_in(parts: &Parts) -> Response {
    // A form that was sent cannot be sent again after signing in.
    let wanted = if parts.method == Method::GET { parts.uri.path() } else { "" };
    see_other(&format!("/portal/sign-in?next={wanted}"))
}

/// The page that says what went wrong. Faults are logged here, once.
fn fail(visit: &Visit, error: &Error) -> Response {
    if error.is_fault() {
        tracing::error!("A page of the portal failed: {error}");
    }
    let (status, key) = error.page();
    visit.error(status, key, None)
}

/// The name of an information system: its member's, and its own where it adds something.
fn system_name(portal: &Portal, system: &SubsystemId, lang: Lang) -> String {
    let label = |id: &str| portal.directory.label(id, lang.as_str());
    let member = system.member();
    let member = label(member.as_ref()).unwrap_or_else(|| member.to_string());
    match label(system.as_ref()) {
        Some(own) if own != member => format!("{member}, {own}"),
        Some(_) => member,
        None => format!("{member}, {}", system.code()),
    }
}

/// The name of a source of data: of the system that offers the service.
fn source_name(portal: &Portal, service: &ServiceId, lang: Lang) -> String {
    system_name(portal, &service.subsystem(), lang)
}

/// Names of fields in words, as the catalogue has them.
fn field_names(visit: &Visit, fields: &[String]) -> String {
    let name = |field: &String| visit.t_or(&format!("field.{field}"), field);
    fields.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn purpose_name(visit: &Visit, purpose: &str) -> String {
    visit.t_or(&format!("purpose.{purpose}"), purpose)
}
