//! The officers' desk: rounds, one indicator a page, the evidence locker, findings, spreadsheets, signatures.

mod evidence;
mod findings;
mod indicator;
mod multipart;
mod opening;
mod result;
mod round;
mod rounds;
#[cfg(test)]
mod samples;
mod sign_off;
mod spreadsheet;
mod upload;

use crate::Error;
use crate::model::state::State;
use crate::service::Assessments;
use axum::extract::FromRef;
use axum::response::Response;
use basis::Id;
use http::StatusCode;
use kernel::http::Query;
use kernel::pages::Pages;
use kernel::problem::Problem;
use maturity::Instrument;
use maturity::round::Institution;
use serde::Deserialize;
use ui::parts::Tone;
use ui::{Errors, Fields, Lang, Ui, Visit};

/// The desk's first page.
pub(crate) const ROUNDS: &str = "/desk/assessment";

const TEMPLATES: [(&str, &str); 10] = [
    ("assessment/rounds.html", include_str!("../../templates/rounds.html")),
    ("assessment/opening.html", include_str!("../../templates/opening.html")),
    ("assessment/round.html", include_str!("../../templates/round.html")),
    ("assessment/dimension.html", include_str!("../../templates/dimension.html")),
    ("assessment/indicator.html", include_str!("../../templates/indicator.html")),
    ("assessment/evidence.html", include_str!("../../templates/evidence.html")),
    ("assessment/findings.html", include_str!("../../templates/findings.html")),
    ("assessment/result.html", include_str!("../../templates/result.html")),
    ("assessment/sign_off.html", include_str!("../../templates/sign_off.html")),
    ("assessment/spreadsheet.html", include_str!("../../templates/spreadsheet.html")),
];

const TEXTS: [(Lang, &str); 3] = [
    (Lang::EN, include_str!("../../texts/en.toml")),
    (Lang::FR, include_str!("../../texts/fr.toml")),
    (Lang::SW, include_str!("../../texts/sw.toml")),
];

#[derive(Clone)]
struct Web {
    assessments: Assessments,
    ui: Ui,
}

impl FromRef<Web> for Assessments {
    fn from_ref(web: &Web) -> Self {
        web.assessments.clone()
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
pub fn pages(assessments: Assessments, frame: ui::UiBuilder) -> Result<Pages, ui::TextsError> {
    let ui = frame.templates(&TEMPLATES).texts(&TEXTS)?.build();
    let at = |below: &str| format!("{ROUNDS}/rounds/{{id}}{below}");
    let pages = Pages::new()
        .get(ROUNDS, rounds::show)
        .get(&format!("{ROUNDS}/open"), opening::show)
        .post(&format!("{ROUNDS}/open"), opening::open)
        .get(&at(""), round::show)
        .post(&at("/state"), round::move_on)
        .get(&at("/dimensions/{dimension}"), round::show_dimension)
        .get(&at("/indicators/{indicator}"), indicator::show)
        .post(&at("/indicators/{indicator}/answer"), indicator::answer)
        .post(&at("/indicators/{indicator}/review"), indicator::review)
        .get(&at("/evidence"), evidence::show)
        .post(&at("/evidence"), evidence::add)
        .get(&at("/evidence/{evidence}/file"), evidence::read_file)
        .get(&at("/findings"), findings::show)
        .get(&at("/result"), result::show)
        .get(&at("/spreadsheet"), spreadsheet::show)
        .post(&at("/spreadsheet"), spreadsheet::take_in)
        .get(&at("/spreadsheet/file"), spreadsheet::file)
        .get(&at("/sign-off"), sign_off::show)
        .post(&at("/sign-off"), sign_off::sign);
    Ok(pages.with_state(Web { assessments, ui }))
}

/// Where a round's pages are.
fn round_path(id: Id) -> String {
    format!("{ROUNDS}/rounds/{id}")
}

/// What was just done, as the address says it after a form.
#[derive(Deserialize)]
struct Done {
    done: Option<String>,
}

impl Done {
    /// The text for what the address says, if it is one of `known`; anything else says nothing.
    fn text(query: Result<Query<Self>, Problem>, visit: &Visit, known: &[&str]) -> String {
        let done = query.ok().and_then(|Query(query)| query.done);
        let done = done.filter(|done| known.contains(&done.as_str()));
        done.map(|done| visit.t(&format!("assessment.done-{done}"), &[])).unwrap_or_default()
    }
}

/// A form as it is shown: for the first time, after it was sent well, or again with its errors.
#[derive(Default)]
struct Form {
    /// As they were sent; none where what is stored is shown.
    fields: Option<Fields>,
    errors: Errors,
    /// What was just done; empty for nothing.
    done: String,
}

impl Form {
    fn again(fields: &Fields, errors: Errors) -> Self {
        Self { fields: Some(fields.clone()), errors, done: String::new() }
    }
}

/// The name of an institution, or its id where the round does not know it.
fn institution_name(institutions: &[Institution], id: &str) -> String {
    let known = institutions.iter().find(|one| one.id == id);
    known.map_or_else(|| id.to_owned(), |one| one.name.clone())
}

/// The name of a profile in the language of `instrument`, unless we have a better one.
fn profile_name(visit: &Visit, instrument: &Instrument, id: &str) -> String {
    let named = instrument.profiles.iter().find(|one| one.id == id);
    let name = named.map_or(id, |one| one.name.as_str());
    visit.t_or(&format!("assessment.profile-{id}"), name)
}

/// Logs the error as the API would, and shows the page for it.
fn failed(visit: &Visit, error: Error) -> Response {
    let problem = Problem::from(error);
    let trace = problem.document().trace_id;
    match problem.status() {
        StatusCode::NOT_FOUND => visit.not_found(),
        StatusCode::FORBIDDEN => visit.refused(),
        StatusCode::SERVICE_UNAVAILABLE => visit.unavailable(trace.as_deref()),
        _ => visit.failed(trace.as_deref()),
    }
}

/// What is wrong with a form, in the visitor's language: by field where one is at fault, else of the form
/// as a whole. Errors that no form can put right come back.
fn explained(visit: &Visit, error: Error) -> Result<Errors, Error> {
    let mut errors = Errors::none();
    let whole = |slug: &str| visit.t(&format!("assessment.refused-{slug}"), &[]);
    match error {
        Error::Invalid(wrongs) => {
            for wrong in wrongs {
                let key = format!("assessment.wrong-{}", wrong.field.replace('.', "-"));
                errors.add(&wrong.field.replace('.', "-"), visit.t_or(&key, &wrong.remedy));
            }
        }
        Error::Refused(refusal) => errors.add("form", whole(refusal.slug())),
        Error::Moved { .. } => errors.add("form", whole("moved-on")),
        Error::OtherDigest { .. } => errors.add("form", whole("other-digest")),
        Error::TooLarge { limit_bytes } => {
            let limit = [("limit", kilobytes(limit_bytes))];
            errors.add("file", visit.t("assessment.wrong-file-size", &limit));
        }
        other => return Err(other),
    }
    Ok(errors)
}

/// 200, or 422 for a form that is shown again.
fn status(errors: &Errors) -> StatusCode {
    if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

fn kilobytes(bytes: usize) -> String {
    format!("{} kB", bytes / 1000)
}

/// A state's word and tone.
fn state_tag(visit: &Visit, state: State) -> (String, Tone) {
    let tone = match state {
        State::Open => Tone::Info,
        State::InReview => Tone::Warn,
        State::Signed => Tone::Good,
        State::Closed => Tone::Plain,
    };
    (visit.t(&format!("assessment.state-{}", state.as_str().replace('_', "-")), &[]), tone)
}
