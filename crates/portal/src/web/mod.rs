//! The pages.

mod answers;
mod applications;
mod consents;
mod grievances;
mod home;
mod messages;
mod reads;
#[cfg(test)]
mod samples;
mod services;
mod sign_in;
mod sign_ins;
mod steps;

use crate::CLIENT_KEY;
use crate::error::Error;
use crate::model::session::Session;
use crate::service::Portal;
use axum::extract::{FromRef, FromRequestParts, State};
use axum::response::Response;
use basis::Rng;
use contracts::{ServiceId, SubsystemId};
use credential::JwkSet;
use http::Method;
use http::request::Parts;
use kernel::http::{Json, Query};
use kernel::keys::KeyStore;
use kernel::pages::Pages;
use kernel::problem::Problem;
use serde::Deserialize;
use std::sync::Arc;
use ui::{Lang, Site, TextsError, Ui, Visit, see_other};

const TEMPLATES: [(&str, &str); 18] = [
    ("portal/landing.html", include_str!("../../templates/landing.html")),
    ("portal/home.html", include_str!("../../templates/home.html")),
    ("portal/reads.html", include_str!("../../templates/reads.html")),
    ("portal/consents.html", include_str!("../../templates/consents.html")),
    ("portal/consent.html", include_str!("../../templates/consent.html")),
    ("portal/receipt.html", include_str!("../../templates/receipt.html")),
    ("portal/services.html", include_str!("../../templates/services.html")),
    ("portal/service.html", include_str!("../../templates/service.html")),
    ("portal/applications.html", include_str!("../../templates/applications.html")),
    ("portal/draft.html", include_str!("../../templates/draft.html")),
    ("portal/step.html", include_str!("../../templates/step.html")),
    ("portal/check.html", include_str!("../../templates/check.html")),
    ("portal/outcome.html", include_str!("../../templates/outcome.html")),
    ("portal/messages.html", include_str!("../../templates/messages.html")),
    ("portal/message.html", include_str!("../../templates/message.html")),
    ("portal/sign_ins.html", include_str!("../../templates/sign_ins.html")),
    ("portal/grievances.html", include_str!("../../templates/grievances.html")),
    ("portal/grievance.html", include_str!("../../templates/grievance.html")),
];

const TEXTS: [(Lang, &str); 3] = [
    (Lang::EN, include_str!("../../texts/en.toml")),
    (Lang::FR, include_str!("../../texts/fr.toml")),
    (Lang::SW, include_str!("../../texts/sw.toml")),
];

/// The bar of sections, once signed in.
const SECTIONS: [(&str, &str); 6] = [
    ("/portal", "nav.home"),
    ("/portal/services", "nav.services"),
    ("/portal/applications", "nav.applications"),
    (MESSAGES, "nav.messages"),
    (READS, "nav.reads"),
    ("/portal/consents", "nav.consents"),
];

const MESSAGES: &str = "/portal/messages";
const READS: &str = "/portal/reads";

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
/// [`TextsError`] if one is broken, which the tests rule out.
pub fn ui(site: Site, form_key: &[u8; 32], rng: Rng) -> Result<Ui, TextsError> {
    Ok(Ui::builder("portal", site, form_key, rng).templates(&TEMPLATES).texts(&TEXTS)?.build())
}

/// Every page.
pub fn pages(app: App) -> Pages {
    Pages::new()
        .get("/portal", home::show_home)
        .get("/portal/services", services::list_services)
        .get("/portal/services/{service}", services::show_service)
        .post("/portal/services/{service}/apply", services::start_application)
        .get("/portal/applications", applications::list_applications)
        .get("/portal/applications/{application}", applications::show_application)
        .get("/portal/applications/{application}/steps/{step}", steps::show_step)
        .post("/portal/applications/{application}/steps/{step}", steps::answer_step)
        .get("/portal/applications/{application}/check", applications::check_answers)
        .post("/portal/applications/{application}/submit", applications::submit_application)
        .post("/portal/applications/{application}/withdraw", applications::withdraw_application)
        .get(MESSAGES, messages::list_messages)
        .get("/portal/messages/{message}", messages::open_message)
        .get("/portal/sign-ins", sign_ins::list_sign_ins)
        .get("/portal/grievances", grievances::list_grievances)
        .post("/portal/grievances", grievances::lodge_grievance)
        .get("/portal/grievances/new", grievances::choose_line)
        .post("/portal/grievances/new", grievances::begin_grievance)
        .get("/portal/sign-in", sign_in::begin_sign_in)
        .get(crate::REDIRECT_PATH, sign_in::complete_sign_in)
        .post("/portal/sign-out", sign_in::end_session)
        .get(crate::JWKS_PATH, show_keys)
        .get(READS, reads::list_reads)
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
            Ok(Some(session)) => Ok(Self::new(&app.portal, visit, session).await),
            Ok(None) => Err(to_sign_in(parts)),
            Err(error) => Err(fail(&visit, &error)),
        }
    }
}

impl Resident {
    async fn new(portal: &Portal, visit: Visit, session: Session) -> Self {
        let name = session.name.clone().unwrap_or_else(|| visit.t("account.unnamed", &[]));
        let visit = visit.signed_in(name, "/portal/sign-out").with_nav(&SECTIONS);
        let mut resident = Self { visit, session };
        // Complaints have no section of their own: they begin at the tracker.
        if resident.visit.path().starts_with("/portal/grievances") {
            resident.visit.nav.iter_mut().for_each(|item| item.current = item.href == READS);
        }
        resident.count_messages(portal).await;
        resident
    }

    /// Says in the bar how many messages are unread, as far as that is known.
    async fn count_messages(&mut self, portal: &Portal) {
        let unread = portal.count_unread(&self.session).await.filter(|n| *n > 0);
        let text = match unread {
            Some(n) => self.visit.t("nav.messages-unread", &[("n", n.to_string())]),
            None => self.visit.t("nav.messages", &[]),
        };
        if let Some(item) = self.visit.nav.iter_mut().find(|item| item.href == MESSAGES) {
            item.text = text;
        }
    }
}

/// What was just done, to be said once at the top of the page.
#[derive(Default, Deserialize)]
struct Done {
    done: Option<String>,
}

impl Done {
    /// What the address says, if it is among `known`; anything else says nothing.
    fn one_of(query: Result<Query<Self>, Problem>, known: &[&str]) -> String {
        let done = query.ok().and_then(|Query(query)| query.done);
        done.filter(|done| known.contains(&done.as_str())).unwrap_or_default()
    }
}

/// A visitor to a page for everyone: the visit shows who is signed in, if somebody is.
async fn visitor(portal: &Portal, visit: Visit) -> Result<(Visit, Option<Session>), Response> {
    match find_session(portal, &visit).await {
        Ok(Some(session)) => {
            let resident = Resident::new(portal, visit, session).await;
            Ok((resident.visit, Some(resident.session)))
        }
        Ok(None) => Ok((visit, None)),
        Err(error) => Err(fail(&visit, &error)),
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
