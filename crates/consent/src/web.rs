//! The register of data agreements: a public page, for residents, journalists and officers alike.
//!
//! Who may use which data, why and for how long is nobody's secret, so the page needs no sign-in.
//! A resident's own consents are on the portal's page, which asks this block through the exchange;
//! officers manage agreements through the API.

use crate::error::Error;
use crate::http::reference;
use crate::service::{AgreementView, Consent};
use crate::store::Page;
use axum::extract::{FromRef, State};
use axum::response::Response;
use http::StatusCode;
use kernel::http::Path;
use kernel::pages::Pages;
use kernel::problem::Problem;
use serde::Serialize;
use ui::{Lang, Ui, Visit};

/// The page's address.
pub const REGISTER: &str = "/consent/register";

const TEMPLATES: [(&str, &str); 2] = [
    ("consent/register.html", include_str!("../templates/register.html")),
    ("consent/agreement.html", include_str!("../templates/agreement.html")),
];

const TEXTS: [(Lang, &str); 3] = [
    (Lang::EN, include_str!("../texts/en.toml")),
    (Lang::FR, include_str!("../texts/fr.toml")),
    (Lang::SW, include_str!("../texts/sw.toml")),
];

/// The most agreements on the page.
const AGREEMENTS_MAX: u32 = 500;

#[derive(Clone)]
struct Web {
    consent: Consent,
    ui: Ui,
}

impl FromRef<Web> for Consent {
    fn from_ref(web: &Web) -> Self {
        web.consent.clone()
    }
}

impl FromRef<Web> for Ui {
    fn from_ref(web: &Web) -> Self {
        web.ui.clone()
    }
}

/// What `consent/register.html` shows.
#[derive(Serialize)]
struct RegisterPage {
    agreements: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    href: String,
    purpose: String,
    controller: Option<String>,
}

/// What `consent/agreement.html` shows.
#[derive(Serialize)]
struct AgreementPage {
    register: &'static str,
    purpose: String,
    controller: Option<String>,
    controller_url: Option<String>,
    version: String,
    lawful_basis: String,
    service: Option<String>,
    clients: Vec<String>,
    attributes: Vec<AttributeRow>,
    valid_days: Option<u32>,
    policy_name: Option<String>,
    policy_url: Option<String>,
    dpia: String,
    published: String,
    hash: String,
}

#[derive(Serialize)]
struct AttributeRow {
    name: String,
    category: String,
    sensitivity: String,
}

/// The pages, with our templates and texts added to `frame`.
///
/// # Errors
/// What [`ui::UiBuilder`] says of a template or catalogue, which the tests rule out.
pub fn pages(consent: Consent, frame: ui::UiBuilder) -> Result<Pages, ui::TextsError> {
    let ui = frame.templates(&TEMPLATES).texts(&TEXTS)?.build();
    let pages = Pages::new()
        .get(REGISTER, show_register)
        .get(&format!("{REGISTER}/{{agreement}}"), show_agreement);
    Ok(pages.with_state(Web { consent, ui }))
}

async fn show_register(State(consent): State<Consent>, visit: Visit) -> Response {
    let offered = match consent.offered_agreements(Page::first(AGREEMENTS_MAX)).await {
        Ok(offered) => offered,
        Err(error) => return failed(&visit, error),
    };
    let agreements = offered.iter().map(|view| row(view, visit.lang)).collect();
    visit.page("consent/register.html", RegisterPage { agreements }).respond()
}

async fn show_agreement(
    State(consent): State<Consent>,
    Path(agreement): Path<String>,
    visit: Visit,
) -> Response {
    let found = match reference(&agreement) {
        Ok(reference) => consent.offered_agreement(reference).await,
        Err(error) => Err(error),
    };
    match found {
        Ok(view) => visit.page("consent/agreement.html", page(view, visit.lang)).respond(),
        Err(Error::BadReference(_) | Error::AgreementUnknown) => visit.not_found(),
        Err(error) => failed(&visit, error),
    }
}

/// Logs the error as the API would, and shows the page for it.
fn failed(visit: &Visit, error: Error) -> Response {
    let problem = Problem::from(error);
    let trace = problem.document().trace_id;
    match problem.status() {
        StatusCode::SERVICE_UNAVAILABLE => visit.unavailable(trace.as_deref()),
        _ => visit.failed(trace.as_deref()),
    }
}

fn row(view: &AgreementView, lang: Lang) -> Row {
    let id = match &view.agreement.code {
        Some(code) => code.to_string(),
        None => view.agreement.id.to_string(),
    };
    Row {
        href: format!("{REGISTER}/{id}"),
        purpose: view.terms.purpose_for(lang.as_str()).to_owned(),
        controller: view.terms.controller.as_ref().map(|controller| controller.name.clone()),
    }
}

fn page(view: AgreementView, lang: Lang) -> AgreementPage {
    let purpose = view.terms.purpose_for(lang.as_str()).to_owned();
    let AgreementView { terms, revision, .. } = view;
    let (controller, controller_url) =
        terms.controller.map(|controller| (controller.name, controller.url)).unzip();
    let (policy_name, policy_url) =
        terms.policy.map(|policy| (policy.terms.name, policy.terms.url)).unzip();
    let clients = terms.scope.iter().flat_map(|scope| &scope.clients);
    let attributes = terms.attributes.into_iter().map(|attribute| AttributeRow {
        name: attribute.name,
        category: attribute.category,
        sensitivity: attribute.sensitivity,
    });
    AgreementPage {
        register: REGISTER,
        purpose,
        controller,
        controller_url,
        version: terms.version,
        lawful_basis: format!("consent.basis-{}", terms.lawful_basis.as_str()),
        clients: clients.map(ToString::to_string).collect(),
        service: terms.scope.as_ref().map(|scope| scope.service.to_string()),
        attributes: attributes.collect(),
        valid_days: terms.valid_days,
        policy_name,
        policy_url,
        dpia: terms.dpia,
        published: revision.recorded.to_string(),
        hash: revision.hash.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::agreement::{Agreement, PolicyAt};
    use crate::model::digest::Digest;
    use crate::model::revision::{Revision, Schema};
    use crate::model::samples;
    use basis::Rng;
    use ui::{Sample, Site};

    fn view(full: bool) -> AgreementView {
        let mut terms = samples::terms();
        let policy = PolicyAt {
            id: samples::id(6),
            revision: samples::id(7),
            terms: samples::policy_terms(),
        };
        terms.policy = full.then_some(policy);
        if !full {
            (terms.scope, terms.controller, terms.valid_days) = (None, None, None);
            terms.attributes.clear();
        }
        let agreement = Agreement { published: Some(samples::id(2)), ..samples::agreement() };
        let unsealed = Revision::after(
            None,
            samples::id(2),
            Schema::DataAgreement,
            agreement.id,
            "{}".to_owned(),
            samples::NOW,
        );
        let revision = Revision { hash: Digest::of(&[b"x"]), ..unsealed.sealed(String::new()) };
        AgreementView { agreement, terms, revision }
    }

    #[test]
    fn every_page_renders_in_every_language() {
        let site = Site {
            service: "Tumbawe services".to_owned(),
            operator: "National Identity Authority".to_owned(),
            home: "/".to_owned(),
            sandbox: true,
            secure: false,
            utc_offset_minutes: 180,
        };
        let ui = Ui::builder("consent", site, &[7; 32], Rng::seeded(1))
            .templates(&TEMPLATES)
            .texts(&TEXTS)
            .unwrap()
            .build();
        let rows = || vec![row(&view(true), Lang::SW), row(&view(false), Lang::EN)];
        let samples = [
            Sample::new("consent/register.html", RegisterPage { agreements: rows() }),
            Sample::new("consent/register.html", RegisterPage { agreements: Vec::new() }),
            Sample::new("consent/agreement.html", page(view(true), Lang::EN)),
            Sample::new("consent/agreement.html", page(view(false), Lang::FR)),
        ];
        assert_eq!(ui.check(&samples), Vec::<String>::new());
    }
}
