//! One step of an application: one thing a page.

use super::answers::{Question, errors, filled_in, known, questions, with_answers};
use super::applications::{address, can_be_changed, step_address};
use super::{Resident, fail};
use crate::error::Error;
use crate::service::Portal;
use axum::extract::State;
use axum::response::Response;
use basis::Id;
use contracts::registration::{ApplicationView, FormStep};
use http::StatusCode;
use kernel::http::Path;
use kernel::problem::Problem;
use serde::Serialize;
use ui::parts::Answer;
use ui::{Errors, Submitted, Visit, see_other};

/// What `portal/step.html` shows.
#[derive(Clone, Debug, Serialize)]
pub(super) struct StepPage {
    /// Name of the service.
    pub(super) service: String,
    /// Heading.
    pub(super) title: String,
    /// Page of the application.
    pub(super) back: String,
    /// Where one stands among the steps and the page of answers after them.
    pub(super) now: usize,
    pub(super) all: usize,
    pub(super) questions: Vec<Question>,
    pub(super) known: Vec<Answer>,
    pub(super) errors: Errors,
    /// Whether what is shown could not be kept because the office does not answer.
    pub(super) not_kept: bool,
}

/// `GET /portal/applications/{application}/steps/{step}`.
pub(super) async fn show_step(
    State(portal): State<Portal>,
    path: Result<Path<(Id, String)>, Problem>,
    resident: Resident,
) -> Response {
    let visit = &resident.visit;
    let Ok(Path((id, name))) = path else { return visit.not_found() };
    match portal.find_application(&resident.session, id, visit.lang.as_str()).await {
        Ok(kept) if !can_be_changed(&kept.view) => see_other(&address(id)),
        Ok(kept) => match find_step(&kept.view, &name) {
            Some(step) => step_page(visit, &kept.view, step, errors(step, false), StatusCode::OK),
            None => visit.not_found(),
        },
        Err(error) => fail(visit, &error),
    }
}

/// `POST /portal/applications/{application}/steps/{step}`: keeps the answers and goes on. What is wrong comes back with what
/// was typed; so does what could not be kept.
pub(super) async fn answer_step(
    State(portal): State<Portal>,
    path: Result<Path<(Id, String)>, Problem>,
    resident: Resident,
    form: Submitted,
) -> Response {
    let visit = &resident.visit;
    let Ok(Path((id, name))) = path else { return visit.not_found() };
    let language = visit.lang.as_str();
    let kept = match portal.find_application(&resident.session, id, language).await {
        Ok(kept) if !can_be_changed(&kept.view) => return see_other(&address(id)),
        Ok(kept) => kept,
        Err(error) => return fail(visit, &error),
    };
    let Some(step) = find_step(&kept.view, &name) else { return visit.not_found() };
    let filled = filled_in(step, &form.fields);
    if filled.answers.is_empty() {
        return see_other(&next_page(&kept.view, &name));
    }
    match portal.answer_step(&resident.session, &kept, &name, &filled, language).await {
        Ok(view) => match find_step(&view, &name) {
            Some(step) if !errors(step, true).is_empty() => {
                let wrong = errors(step, true);
                step_page(visit, &view, step, wrong, StatusCode::UNPROCESSABLE_ENTITY)
            }
            _ => see_other(&next_page(&view, &name)),
        },
        Err(Error::ApplicationSent) => see_other(&address(id)),
        Err(Error::Source(error)) => {
            tracing::warn!("Answers could not be kept: {error}");
            let typed = with_answers(step.clone(), &filled);
            let page =
                StepPage { not_kept: true, ..page(visit, &kept.view, &typed, Errors::none()) };
            visit.page("portal/step.html", page).status(StatusCode::SERVICE_UNAVAILABLE).respond()
        }
        Err(error) => fail(visit, &error),
    }
}

/// The next step that wants an answer, those after this one first; then the page where all are checked.
fn next_page(view: &ApplicationView, after: &str) -> String {
    let at = view.steps.iter().position(|step| step.name == after).map_or(0, |at| at + 1);
    let (before, behind) = view.steps.split_at(at.min(view.steps.len()));
    let open = behind.iter().chain(before).find(|step| !step.done);
    match open {
        Some(step) => step_address(view.entry.id, step),
        None if view.consents.is_empty() => format!("{}/check", address(view.entry.id)),
        None => address(view.entry.id),
    }
}

fn find_step<'v>(view: &'v ApplicationView, name: &str) -> Option<&'v FormStep> {
    view.steps.iter().find(|step| step.name == name)
}

fn step_page(
    visit: &Visit,
    view: &ApplicationView,
    step: &FormStep,
    errors: Errors,
    status: StatusCode,
) -> Response {
    visit.page("portal/step.html", page(visit, view, step, errors)).status(status).respond()
}

fn page(visit: &Visit, view: &ApplicationView, step: &FormStep, errors: Errors) -> StepPage {
    let at = view.steps.iter().position(|other| other.name == step.name).unwrap_or(0);
    StepPage {
        service: view.entry.name.clone(),
        title: step.title.clone(),
        back: address(view.entry.id),
        now: at + 1,
        all: view.steps.len() + 1,
        questions: questions(visit, step),
        known: known(visit, step),
        errors,
        not_kept: false,
    }
}
