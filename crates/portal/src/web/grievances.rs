//! Complaints about a line of the tracker, and what became of them.

use super::{App, Done, Resident, fail, purpose_name, system_name};
use crate::error::Error;
use crate::service::Portal;
use axum::extract::State;
use axum::response::Response;
use basis::Id;
use contracts::governance::{Grievance, GrievanceIn, GrievanceStatus, TrackerLine};
use http::StatusCode;
use kernel::http::Query;
use kernel::problem::Problem;
use serde::Serialize;
use ui::parts::{Fact, Tone};
use ui::{Errors, Submitted, Visit, see_other};

/// Longest text of a complaint, characters.
const TEXT_MAX: usize = 2000;

/// A complaint.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Complaint {
    pub(super) number: String,
    pub(super) tag: String,
    pub(super) tone: Tone,
    pub(super) lodged: String,
    /// When an answer is due; empty once there is one.
    pub(super) due: String,
    pub(super) facts: Vec<Fact>,
    pub(super) text: String,
    /// Empty while there is none.
    pub(super) answer: String,
}

/// What `portal/grievances.html` shows.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct GrievancesPage {
    pub(super) complaints: Vec<Complaint>,
    /// Whether one was just lodged.
    pub(super) lodged: bool,
}

/// What `portal/grievance.html` shows.
#[derive(Clone, Debug, Serialize)]
pub(super) struct GrievancePage {
    pub(super) facts: Vec<Fact>,
    /// The line, sealed.
    pub(super) line: String,
    /// Makes a form that is sent twice count once.
    pub(super) id: String,
    pub(super) text: String,
    pub(super) errors: Errors,
    /// Whether it could not be sent because the office does not answer.
    pub(super) not_kept: bool,
}

/// `GET /portal/grievances`.
pub(super) async fn list_grievances(
    State(portal): State<Portal>,
    query: Result<Query<Done>, Problem>,
    resident: Resident,
) -> Response {
    let visit = &resident.visit;
    match portal.list_grievances(&resident.session).await {
        Ok(grievances) => {
            let complaint = |grievance: &Grievance| complaint(&portal, visit, grievance);
            let page = GrievancesPage {
                complaints: grievances.iter().map(complaint).collect(),
                lodged: Done::one_of(query, &["lodged"]) == "lodged",
            };
            visit.page("portal/grievances.html", page).respond()
        }
        Err(error) => fail(visit, &error),
    }
}

/// `GET /portal/grievances/new`: a complaint begins at a line of the tracker, so that is where this leads.
pub(super) async fn choose_line(_resident: Resident) -> Response {
    see_other("/portal/reads")
}

/// `POST /portal/grievances/new`: the form, about the line whose button was pressed. A POST, because the line must stand in
/// no address; it changes nothing.
pub(super) async fn begin_grievance(
    State(app): State<App>,
    resident: Resident,
    form: Submitted,
) -> Response {
    let visit = &resident.visit;
    let sealed = form.fields.text("line");
    match app.portal.open_line(&resident.session, sealed).await {
        Ok(line) => {
            let id = Id::random(&app.portal.rng).to_string();
            let page = form_page(&app.portal, visit, &line, sealed, &id);
            visit.page("portal/grievance.html", page).respond()
        }
        Err(error) => fail(visit, &error),
    }
}

/// `POST /portal/grievances`: lodges it.
pub(super) async fn lodge_grievance(
    State(app): State<App>,
    resident: Resident,
    form: Submitted,
) -> Response {
    let (visit, portal) = (&resident.visit, &app.portal);
    let sealed = form.fields.text("line");
    let line = match portal.open_line(&resident.session, sealed).await {
        Ok(line) => line,
        Err(error) => return fail(visit, &error),
    };
    let id = form.fields.text("id").parse().unwrap_or_else(|_| Id::random(&portal.rng));
    let text = form.fields.text("text").to_owned();
    let again = |errors: Errors, not_kept: bool, status: StatusCode| {
        let page = form_page(portal, visit, &line, sealed, &id.to_string());
        let page = GrievancePage { text: text.clone(), errors, not_kept, ..page };
        visit.page("portal/grievance.html", page).status(status).respond()
    };
    if let Some(wrong) = wrong(visit, &text) {
        return again(wrong, false, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let language = Some(visit.lang.as_str().to_owned());
    let grievance = GrievanceIn { id, line: line.clone(), text: text.clone(), language };
    match portal.lodge_grievance(&resident.session, &grievance).await {
        Ok(_) => see_other("/portal/grievances?done=lodged"),
        Err(Error::Source(error)) => {
            tracing::warn!("A complaint could not be lodged: {error}");
            again(Errors::none(), true, StatusCode::SERVICE_UNAVAILABLE)
        }
        Err(error) => fail(visit, &error),
    }
}

fn wrong(visit: &Visit, text: &str) -> Option<Errors> {
    let key = match text.chars().count() {
        0 => "grievances.text-missing",
        length if length > TEXT_MAX => "grievances.text-long",
        _ => return None,
    };
    let mut errors = Errors::none();
    errors.add("text", visit.t(key, &[("max", TEXT_MAX.to_string())]));
    Some(errors)
}

fn form_page(
    portal: &Portal,
    visit: &Visit,
    line: &TrackerLine,
    sealed: &str,
    id: &str,
) -> GrievancePage {
    GrievancePage {
        facts: line_facts(portal, visit, line),
        line: sealed.to_owned(),
        id: id.to_owned(),
        text: String::new(),
        errors: Errors::none(),
        not_kept: false,
    }
}

fn line_facts(portal: &Portal, visit: &Visit, line: &TrackerLine) -> Vec<Fact> {
    let all = [
        ("reads.reader", Some(system_name(portal, &line.reader, visit.lang))),
        ("reads.at", Some(visit.ui().format(visit.lang).datetime(&line.at.to_string()))),
        ("reads.officer", line.officer.clone()),
        ("reads.case", line.case.clone()),
        ("reads.purpose", Some(purpose_name(visit, &line.purpose))),
        ("reads.source", Some(system_name(portal, &line.source, visit.lang))),
    ];
    let known = all.into_iter().filter_map(|(key, value)| Some((key, value?)));
    known.map(|(key, value)| Fact::new(visit.t(key, &[]), value)).collect()
}

fn complaint(portal: &Portal, visit: &Visit, grievance: &Grievance) -> Complaint {
    let (name, tone) = match grievance.status {
        GrievanceStatus::Lodged => ("lodged", Tone::Info),
        GrievanceStatus::TakenUp => ("taken-up", Tone::Warn),
        GrievanceStatus::Answered => ("answered", Tone::Good),
    };
    let answer = grievance.answer.clone().unwrap_or_default();
    Complaint {
        number: grievance.number.clone(),
        tag: visit.t(&format!("grievance.{name}"), &[]),
        tone,
        lodged: grievance.lodged.to_string(),
        due: if answer.is_empty() { grievance.due.to_string() } else { String::new() },
        facts: line_facts(portal, visit, &grievance.line),
        text: grievance.text.clone(),
        answer,
    }
}
