//! The desk: pages of caseworkers, and of those who make and check payment runs.

mod cases;
mod runs;
#[cfg(test)]
mod samples;

use crate::error::Error;
use crate::model::speech;
use crate::permissions::{ReadRuns, WorkCases};
use crate::service::{Clerk, Registration};
use axum::extract::FromRef;
use axum::response::Response;
use http::StatusCode;
use kernel::auth::{Officer, Permission};
use kernel::block::DeskEntry;
use kernel::pages::Pages;
use kernel::problem::Problem;
use ui::{TextsError, Ui, UiBuilder, Visit};

/// The queue.
const CASES: &str = "/desk/cases";
/// The payment runs.
const RUNS: &str = "/desk/runs";

const TEMPLATES: [(&str, &str); 5] = [
    ("registration/cases.html", include_str!("../../templates/cases.html")),
    ("registration/case.html", include_str!("../../templates/case.html")),
    ("registration/closed_case.html", include_str!("../../templates/closed_case.html")),
    ("registration/runs.html", include_str!("../../templates/runs.html")),
    ("registration/run.html", include_str!("../../templates/run.html")),
];

/// What `/desk` lists of this block.
pub fn desk() -> Vec<DeskEntry> {
    vec![
        DeskEntry {
            path: CASES,
            names: &[("en", "Cases"), ("fr", "Dossiers"), ("sw", "Kesi")],
            about: &[
                ("en", "Take applications from the queue and decide on them."),
                ("fr", "Prenez des demandes dans la file et décidez-en."),
                ("sw", "Chukua maombi kwenye foleni na uyaamue."),
            ],
            permission: WorkCases::NAME,
        },
        DeskEntry {
            path: RUNS,
            names: &[
                ("en", "Payment runs"),
                ("fr", "Campagnes de paiement"),
                ("sw", "Malipo ya mwezi"),
            ],
            about: &[
                ("en", "Open the payments of a month, or approve what a colleague opened."),
                ("fr", "Ouvrez les paiements d'un mois, ou approuvez ceux d'un collègue."),
                ("sw", "Fungua malipo ya mwezi, au idhinisha ya mwenzako."),
            ],
            permission: ReadRuns::NAME,
        },
    ]
}

#[derive(Clone)]
struct Web {
    registration: Registration,
    ui: Ui,
}

impl FromRef<Web> for Registration {
    fn from_ref(web: &Web) -> Self {
        web.registration.clone()
    }
}

impl FromRef<Web> for Ui {
    fn from_ref(web: &Web) -> Self {
        web.ui.clone()
    }
}

/// Texts and templates of the block, added to `frame`.
///
/// # Errors
/// What [`UiBuilder`] says of a template or catalogue, which the tests rule out.
pub fn furnish(frame: UiBuilder) -> Result<Ui, TextsError> {
    Ok(frame.templates(&TEMPLATES).texts(&speech::TEXTS)?.build())
}

/// The pages.
pub fn pages(registration: Registration, ui: Ui) -> Pages {
    let pages = Pages::new()
        .get(CASES, cases::list)
        .get(&format!("{CASES}/{{id}}"), cases::show)
        .post(&format!("{CASES}/{{id}}/take"), cases::take)
        .post(&format!("{CASES}/{{id}}/decide"), cases::decide)
        .get(RUNS, runs::list)
        .post(RUNS, runs::open)
        .get(&format!("{RUNS}/{{id}}"), runs::show)
        .post(&format!("{RUNS}/{{id}}/approve"), runs::approve);
    pages.with_state(Web { registration, ui })
}

/// The officer of a page as the service knows them.
fn clerk<P: Permission>(officer: &Officer<P>) -> Clerk {
    Clerk { actor: officer.actor(), id: officer.id.clone(), roles: officer.roles.clone() }
}

/// Logs the error as the API would, and shows the page for it.
fn failed(visit: &Visit, error: Error) -> Response {
    let problem = Problem::from(error);
    let trace = problem.document().trace_id;
    match problem.status() {
        StatusCode::NOT_FOUND => visit.not_found(),
        StatusCode::FORBIDDEN => visit.refused(),
        StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => {
            visit.unavailable(trace.as_deref())
        }
        _ => visit.failed(trace.as_deref()),
    }
}
