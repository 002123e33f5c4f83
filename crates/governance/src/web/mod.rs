//! Pages: the public registers, and the officers' desk for complaints.

mod desk;
mod public;
#[cfg(test)]
mod samples;

use crate::Error;
use crate::service::Governance;
use axum::extract::FromRef;
use axum::response::Response;
use http::StatusCode;
use kernel::pages::Pages;
use kernel::problem::Problem;
use ui::{Lang, Ui, Visit};

/// The desk's first page.
pub(crate) const QUEUE: &str = "/desk/grievances";
/// The register of mandates.
const MANDATES: &str = "/governance/mandates";
/// The list of agreements.
const AGREEMENTS: &str = "/governance/agreements";

const TEMPLATES: [(&str, &str); 4] = [
    ("governance/mandates.html", include_str!("../../templates/mandates.html")),
    ("governance/agreements.html", include_str!("../../templates/agreements.html")),
    ("governance/queue.html", include_str!("../../templates/queue.html")),
    ("governance/grievance.html", include_str!("../../templates/grievance.html")),
];

const TEXTS: [(Lang, &str); 3] = [
    (Lang::EN, include_str!("../../texts/en.toml")),
    (Lang::FR, include_str!("../../texts/fr.toml")),
    (Lang::SW, include_str!("../../texts/sw.toml")),
];

#[derive(Clone)]
struct Web {
    governance: Governance,
    ui: Ui,
}

impl FromRef<Web> for Governance {
    fn from_ref(web: &Web) -> Self {
        web.governance.clone()
    }
}

impl FromRef<Web> for Ui {
    fn from_ref(web: &Web) -> Self {
        web.ui.clone()
    }
}

/// The pages, with our templates and texts added to `frame`.
///
/// # Errors
/// What [`ui::UiBuilder`] says of a template or catalogue, which the tests rule out.
pub fn pages(governance: Governance, frame: ui::UiBuilder) -> Result<Pages, ui::TextsError> {
    let ui = frame.templates(&TEMPLATES).texts(&TEXTS)?.build();
    let pages = Pages::new()
        .get(MANDATES, public::show_mandates)
        .get(AGREEMENTS, public::show_agreements)
        .get(QUEUE, desk::show_queue)
        .get(&format!("{QUEUE}/{{number}}"), desk::show_grievance)
        .post(&format!("{QUEUE}/{{number}}/take-up"), desk::take_up)
        .post(&format!("{QUEUE}/{{number}}/answer"), desk::answer);
    Ok(pages.with_state(Web { governance, ui }))
}

/// The two registers, in the bar of both.
fn public_visit(visit: Visit) -> Visit {
    visit.with_nav(&[(MANDATES, "governance.mandates"), (AGREEMENTS, "governance.agreements")])
}

/// Logs the error as the API would, and shows the page for it.
fn failed(visit: &Visit, error: Error) -> Response {
    let problem = Problem::from(error);
    let trace = problem.document().trace_id;
    match problem.status() {
        StatusCode::NOT_FOUND => visit.not_found(),
        StatusCode::SERVICE_UNAVAILABLE => visit.unavailable(trace.as_deref()),
        _ => visit.failed(trace.as_deref()),
    }
}

/// Facts with their translated names; those that say nothing are left out.
fn facts_of<const N: usize>(visit: &Visit, facts: [(&str, String); N]) -> Vec<ui::parts::Fact> {
    let there = facts.into_iter().filter(|(_, value)| !value.is_empty());
    there.map(|(key, value)| ui::parts::Fact::new(visit.t(key, &[]), value)).collect()
}
