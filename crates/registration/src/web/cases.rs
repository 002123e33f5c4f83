//! The queue, and one case to the officer who has taken it.

use super::{CASES, clerk, failed};
use crate::error::Error;
use crate::model::application::{Refusal, status_name};
use crate::permissions::WorkCases;
use crate::service::{Answer, CaseEntry, CaseView, Registration};
use axum::extract::State;
use axum::response::Response;
use basis::Id;
use contracts::registration::{ApplicationStatus, FieldKind, FormField};
use http::StatusCode;
use kernel::http::Path;
use serde::Serialize;
use ui::parts::{Answer as Line, Event, Fact, Rule, Tone};
use ui::{Desk, Errors, Submitted, Visit, see_other};

/// What `registration/cases.html` shows.
#[derive(Serialize)]
pub(super) struct QueuePage {
    pub(super) groups: Vec<Group>,
}

/// Cases under one heading.
#[derive(Serialize)]
pub(super) struct Group {
    /// Key of the heading's text.
    pub(super) heading: &'static str,
    pub(super) rows: Vec<Row>,
}

#[derive(Serialize)]
pub(super) struct Row {
    href: String,
    number: String,
    name: String,
    due: String,
    tag: String,
    tone: Tone,
    taken_by: String,
}

/// What `registration/case.html` shows.
#[derive(Serialize)]
pub(super) struct CasePage {
    number: String,
    name: String,
    decide: String,
    facts: Vec<Fact>,
    rules: Vec<Rule>,
    sections: Vec<Section>,
    history: Vec<Event>,
    follow_ups: Vec<FollowUpRow>,
    outcome: String,
    remark: String,
    eligible: bool,
    may_decide: bool,
    /// The decision that was tried and could not be kept.
    chosen: String,
    written: String,
    errors: Errors,
}

#[derive(Serialize)]
struct Section {
    title: String,
    answers: Vec<Line>,
}

#[derive(Serialize)]
struct FollowUpRow {
    what: String,
    tag: String,
    tone: Tone,
    problem: String,
}

/// What `registration/closed_case.html` shows: a case that this officer has not taken.
#[derive(Serialize)]
pub(super) struct ClosedPage {
    number: String,
    name: String,
    take: String,
    taken_by: String,
    free: bool,
}

pub(super) async fn list(
    State(registration): State<Registration>,
    desk: Desk<WorkCases>,
) -> Response {
    let visit = desk.visit;
    match registration.queue(visit.lang.as_str()).await {
        Ok(all) => visit
            .page("registration/cases.html", queue_page(&visit, all, &desk.officer.id))
            .respond(),
        Err(error) => failed(&visit, error),
    }
}

pub(super) async fn show(
    State(registration): State<Registration>,
    desk: Desk<WorkCases>,
    Path(id): Path<Id>,
) -> Response {
    let (visit, clerk) = (desk.visit, clerk(&desk.officer));
    match registration.show_case(clerk, id, visit.lang.as_str()).await {
        Ok(case) => {
            let page = case_page(&visit, case, Errors::none(), "", "");
            visit.page("registration/case.html", page).respond()
        }
        Err(Error::Refused(Refusal::NotTaken)) => closed(&visit, &registration, id).await,
        Err(error) => failed(&visit, error),
    }
}

pub(super) async fn take(
    State(registration): State<Registration>,
    desk: Desk<WorkCases>,
    Path(id): Path<Id>,
    form: Submitted,
) -> Response {
    let language = form.visit.lang;
    match registration.take_case(clerk(&desk.officer), id, language.as_str()).await {
        Ok(_) => see_other(&format!("{CASES}/{id}")),
        // Somebody was faster: the page says who.
        Err(Error::Refused(_)) => closed(&desk.visit, &registration, id).await,
        Err(error) => failed(&desk.visit, error),
    }
}

pub(super) async fn decide(
    State(registration): State<Registration>,
    desk: Desk<WorkCases>,
    Path(id): Path<Id>,
    form: Submitted,
) -> Response {
    let (visit, clerk) = (desk.visit, clerk(&desk.officer));
    let language = visit.lang;
    let (chosen, remark) = (form.fields.text("decision"), form.fields.text("remark"));
    let tag = language.as_str();
    let answer =
        |answer| registration.answer_case(clerk.clone(), id, answer, remark.to_owned(), tag);
    let done = match chosen {
        "approve" => registration.approve_case(clerk.clone(), id, tag).await,
        "reject" => answer(Answer::Reject).await,
        "send-back" => answer(Answer::SendBack).await,
        _ => Err(Error::Invalid { field: "decision", remedy: "choose" }),
    };
    let error = match done {
        Ok(_) => return see_other(&format!("{CASES}/{id}")),
        Err(Error::Refused(Refusal::NotTaken)) => return closed(&visit, &registration, id).await,
        Err(error) => error,
    };
    let mut errors = Errors::none();
    let (field, key) = match &error {
        Error::Invalid { field: "remark", .. } => ("remark", "registration.desk.remark-missing"),
        Error::Invalid { .. } => ("decision", "registration.desk.decision-missing"),
        Error::Refused(Refusal::NotEligible) => ("decision", "registration.desk.not-eligible"),
        Error::Refused(Refusal::FourEyes) => ("decision", "registration.desk.four-eyes"),
        Error::Refused(_) => ("decision", "registration.desk.not-waiting"),
        _ => return failed(&visit, error),
    };
    errors.add(field, visit.t(key, &[]));
    match registration.show_case(clerk, id, language.as_str()).await {
        Ok(case) => {
            let page = case_page(&visit, case, errors, chosen, remark);
            let page = visit.page("registration/case.html", page);
            page.status(StatusCode::UNPROCESSABLE_ENTITY).respond()
        }
        Err(error) => failed(&visit, error),
    }
}

/// The page of a case that the officer has not taken: nothing of what it says.
async fn closed(visit: &Visit, registration: &Registration, id: Id) -> Response {
    match registration.find_case(id, visit.lang.as_str()).await {
        Ok(entry) => visit.page("registration/closed_case.html", closed_page(entry)).respond(),
        Err(error) => failed(visit, error),
    }
}

pub(super) fn closed_page(entry: CaseEntry) -> ClosedPage {
    let waits = matches!(entry.status, ApplicationStatus::Submitted | ApplicationStatus::SentBack);
    ClosedPage {
        take: format!("{CASES}/{}/take", entry.id),
        free: entry.taken_by.is_none() && waits,
        number: entry.number,
        name: entry.name,
        taken_by: entry.taken_by.unwrap_or_default(),
    }
}

pub(super) fn queue_page(visit: &Visit, all: Vec<CaseEntry>, officer: &str) -> QueuePage {
    let mut groups = [
        Group { heading: "registration.desk.mine", rows: Vec::new() },
        Group { heading: "registration.desk.free", rows: Vec::new() },
        Group { heading: "registration.desk.others", rows: Vec::new() },
    ];
    for entry in all {
        let place = match entry.taken_by.as_deref() {
            Some(holder) if holder == officer => 0,
            None => 1,
            Some(_) => 2,
        };
        groups[place].rows.push(row(visit, entry));
    }
    let filled = groups.into_iter().filter(|group| !group.rows.is_empty());
    QueuePage { groups: filled.collect() }
}

fn row(visit: &Visit, entry: CaseEntry) -> Row {
    let (tag, tone) = status(visit, entry.status);
    Row {
        href: format!("{CASES}/{}", entry.id),
        number: entry.number,
        name: entry.name,
        due: entry.due.map(|due| due.to_string()).unwrap_or_default(),
        tag,
        tone,
        taken_by: entry.taken_by.unwrap_or_default(),
    }
}

fn status(visit: &Visit, status: ApplicationStatus) -> (String, Tone) {
    let tone = match status {
        ApplicationStatus::Approved => Tone::Good,
        ApplicationStatus::Rejected => Tone::Bad,
        ApplicationStatus::SentBack => Tone::Warn,
        ApplicationStatus::Submitted => Tone::Info,
        ApplicationStatus::Draft | ApplicationStatus::Withdrawn => Tone::Plain,
    };
    (visit.t(&format!("registration.status.{}", status_name(status)), &[]), tone)
}

pub(super) fn case_page(
    visit: &Visit,
    case: CaseView,
    errors: Errors,
    chosen: &str,
    written: &str,
) -> CasePage {
    let CaseView { entry, application, may_decide, eligible, follow_ups } = case;
    let fact = |key: &str, value: String| Fact::new(visit.t(key, &[]), value);
    let at = |time: Option<basis::Timestamp>| {
        let format = visit.ui().format(visit.lang);
        time.map(|time| format.date(&time.to_string())).unwrap_or_default()
    };
    let facts = vec![
        fact("registration.desk.status", status(visit, entry.status).0),
        fact("registration.desk.sent", at(entry.submitted)),
        fact("registration.desk.due", at(entry.due)),
    ];
    let rules = application.rules.into_iter().map(|rule| Rule {
        says: rule.says,
        met: rule.met,
        law: rule.law,
    });
    let sections = application.steps.into_iter().map(|step| Section {
        title: step.title,
        answers: step.fields.into_iter().map(|field| line(visit, field)).collect(),
    });
    let history = application.history.into_iter();
    let told = follow_ups.into_iter().map(|step| {
        let (key, tone) = match (step.done, step.attempts) {
            (true, _) => ("registration.desk.done", Tone::Good),
            (false, 0) => ("registration.desk.soon", Tone::Info),
            (false, _) => ("registration.desk.again", Tone::Warn),
        };
        FollowUpRow {
            what: visit.t_or(&format!("registration.told.{}", step.what), &step.what),
            tag: visit.t(key, &[]),
            tone,
            problem: step.problem.unwrap_or_default(),
        }
    });
    CasePage {
        decide: format!("{CASES}/{}/decide", entry.id),
        number: entry.number,
        name: entry.name,
        facts,
        rules: rules.collect(),
        sections: sections.collect(),
        history: history.map(|one| Event { at: one.at.to_string(), says: one.says }).collect(),
        follow_ups: told.collect(),
        outcome: application.outcome.unwrap_or_default(),
        remark: application.remark.unwrap_or_default(),
        eligible,
        may_decide,
        chosen: chosen.to_owned(),
        written: written.to_owned(),
        errors,
    }
}

/// An answer as it is shown: labels instead of values, dates as people write them.
fn line(visit: &Visit, field: FormField) -> Line {
    let value = field.value.unwrap_or_default();
    let shown = match &field.input {
        _ if value.is_empty() => "–".to_owned(),
        FieldKind::Date => visit.ui().format(visit.lang).date(&value),
        FieldKind::YesNo if value == "true" => visit.t("registration.yes", &[]),
        FieldKind::YesNo => visit.t("registration.no", &[]),
        FieldKind::Choice { options } => {
            let chosen = options.iter().find(|option| option.value == value);
            chosen.map_or(value, |option| option.label.clone())
        }
        FieldKind::Text | FieldKind::Number | FieldKind::Phone => value,
    };
    Line {
        name: field.label,
        value: shown,
        source: field.source.unwrap_or_default(),
        change: String::new(),
    }
}
