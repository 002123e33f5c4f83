//! A resident's applications: the list, the way through a draft, and how one ended.

use super::answers::answers;
use super::{Done, Resident, fail, purpose_name, source_name};
use crate::error::Error;
use crate::service::Portal;
use axum::extract::State;
use axum::response::Response;
use basis::Id;
use contracts::registration::{ApplicationEntry, ApplicationStatus, ApplicationView, FormStep};
use kernel::http::{Path, Query};
use kernel::problem::Problem;
use serde::Serialize;
use ui::parts::{Answer, Event, Fact, Rule, Task, Tone};
use ui::{Submitted, Visit, see_other};

/// What may be said at the top of an application's page.
const DONE: [&str; 3] = ["sent", "incomplete", "fixed"];

/// An application in a list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    pub(super) title: String,
    pub(super) href: String,
    /// The number people quote; empty for a draft.
    pub(super) number: String,
    pub(super) changed: String,
    pub(super) tag: String,
    pub(super) tone: Tone,
}

/// What `portal/applications.html` shows.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct ApplicationsPage {
    pub(super) open: Vec<Row>,
    pub(super) ended: Vec<Row>,
    /// Offices that did not answer.
    pub(super) missing: Vec<String>,
    /// Whether one was just deleted or taken back.
    pub(super) withdrawn: bool,
}

/// What `portal/draft.html` shows.
#[derive(Clone, Debug, Serialize)]
pub(super) struct DraftPage {
    pub(super) title: String,
    pub(super) href: String,
    pub(super) tasks: Vec<Task>,
    pub(super) consents: Vec<Task>,
    /// Whether it can be checked and sent.
    pub(super) ready: bool,
    /// What the officer asked, if it was sent back.
    pub(super) remark: String,
    pub(super) sent_back: bool,
    pub(super) done: String,
}

/// What `portal/check.html` shows.
#[derive(Clone, Debug, Serialize)]
pub(super) struct CheckPage {
    pub(super) title: String,
    pub(super) href: String,
    pub(super) sections: Vec<Section>,
    pub(super) rules: Vec<Rule>,
    pub(super) all: usize,
}

/// The answers of a step.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) answers: Vec<Answer>,
}

/// What `portal/outcome.html` shows.
#[derive(Clone, Debug, Serialize)]
pub(super) struct OutcomePage {
    pub(super) title: String,
    pub(super) href: String,
    /// Name of the status, the end of its text keys.
    pub(super) status: &'static str,
    pub(super) tone: Tone,
    pub(super) number: String,
    pub(super) outcome: String,
    pub(super) remark: String,
    /// When an answer is due; empty if none is.
    pub(super) due: String,
    pub(super) facts: Vec<Fact>,
    pub(super) rules: Vec<Rule>,
    pub(super) history: Vec<Event>,
    pub(super) sections: Vec<Section>,
    pub(super) done: String,
}

/// `GET /portal/applications`.
pub(super) async fn list_applications(
    State(portal): State<Portal>,
    query: Result<Query<Done>, Problem>,
    resident: Resident,
) -> Response {
    let visit = &resident.visit;
    let all = portal.list_applications(&resident.session, visit.lang.as_str()).await;
    let (open, ended): (Vec<_>, Vec<_>) =
        all.entries.iter().partition(|entry| is_open(entry.status));
    let rows = |entries: Vec<&ApplicationEntry>| {
        entries.into_iter().map(|entry| row(visit, entry)).collect()
    };
    let page = ApplicationsPage {
        open: rows(open),
        ended: rows(ended),
        missing: all
            .missing
            .iter()
            .map(|keeper| source_name(&portal, keeper, visit.lang))
            .collect(),
        withdrawn: Done::one_of(query, &["withdrawn"]) == "withdrawn",
    };
    visit.page("portal/applications.html", page).respond()
}

/// `GET /portal/applications/{application}`: what is still to do for a draft, and what became of one that was sent.
pub(super) async fn show_application(
    State(portal): State<Portal>,
    id: Result<Path<Id>, Problem>,
    query: Result<Query<Done>, Problem>,
    resident: Resident,
) -> Response {
    let visit = &resident.visit;
    let Ok(Path(id)) = id else { return visit.not_found() };
    let done = Done::one_of(query, &DONE);
    match portal.find_application(&resident.session, id, visit.lang.as_str()).await {
        Ok(kept) if can_be_changed(&kept.view) => {
            visit.page("portal/draft.html", draft_page(visit, &kept.view, done)).respond()
        }
        Ok(kept) => {
            let page = outcome_page(visit, &kept.view, done);
            visit.page("portal/outcome.html", page).respond()
        }
        Err(error) => fail(visit, &error),
    }
}

/// `GET /portal/applications/{application}/check`: all answers once more, before they are sent.
pub(super) async fn check_answers(
    State(portal): State<Portal>,
    id: Result<Path<Id>, Problem>,
    resident: Resident,
) -> Response {
    let visit = &resident.visit;
    let Ok(Path(id)) = id else { return visit.not_found() };
    match portal.find_application(&resident.session, id, visit.lang.as_str()).await {
        Ok(kept) if !can_be_changed(&kept.view) => see_other(&address(id)),
        Ok(kept) if !is_ready(&kept.view) => see_other(&format!("{}?done=incomplete", address(id))),
        Ok(kept) => {
            let page = CheckPage {
                title: kept.view.entry.name.clone(),
                href: address(id),
                sections: sections(visit, &kept.view, true),
                rules: rules(&kept.view),
                all: kept.view.steps.len() + 1,
            };
            visit.page("portal/check.html", page).respond()
        }
        Err(error) => fail(visit, &error),
    }
}

/// `POST /portal/applications/{application}/submit`. Sent twice, it is sent once.
pub(super) async fn submit_application(
    State(portal): State<Portal>,
    id: Result<Path<Id>, Problem>,
    resident: Resident,
    _form: Submitted,
) -> Response {
    let visit = &resident.visit;
    let Ok(Path(id)) = id else { return visit.not_found() };
    match portal.submit_application(&resident.session, id, visit.lang.as_str()).await {
        Ok(_) => see_other(&format!("{}?done=sent", address(id))),
        Err(Error::Incomplete) => see_other(&format!("{}?done=incomplete", address(id))),
        // Sent before in another tab: its page says how it stands.
        Err(Error::ApplicationSent) => see_other(&address(id)),
        Err(error) => fail(visit, &error),
    }
}

/// `POST /portal/applications/{application}/withdraw`: takes it back; a draft is deleted.
pub(super) async fn withdraw_application(
    State(portal): State<Portal>,
    id: Result<Path<Id>, Problem>,
    resident: Resident,
    _form: Submitted,
) -> Response {
    let visit = &resident.visit;
    let Ok(Path(id)) = id else { return visit.not_found() };
    match portal.withdraw_application(&resident.session, id, visit.lang.as_str()).await {
        // What is gone already is what was wanted.
        Ok(()) | Err(Error::ApplicationUnknown) => see_other("/portal/applications?done=withdrawn"),
        Err(Error::ApplicationSent) => see_other(&format!("{}?done=fixed", address(id))),
        Err(error) => fail(visit, &error),
    }
}

/// The page of an application.
pub(super) fn address(id: Id) -> String {
    format!("/portal/applications/{id}")
}

/// The page of a step.
pub(super) fn step_address(id: Id, step: &FormStep) -> String {
    format!("{}/steps/{}", address(id), step.name)
}

/// Whether the applicant can still answer.
pub(super) fn can_be_changed(view: &ApplicationView) -> bool {
    matches!(view.entry.status, ApplicationStatus::Draft | ApplicationStatus::SentBack)
}

/// Whether nothing is missing any more.
pub(super) fn is_ready(view: &ApplicationView) -> bool {
    view.consents.is_empty() && view.steps.iter().all(|step| step.done)
}

/// An application as a line of a list.
pub(super) fn row(visit: &Visit, entry: &ApplicationEntry) -> Row {
    let (tag, tone) = tag(visit, entry.status);
    Row {
        title: entry.name.clone(),
        href: address(entry.id),
        number: entry.number.clone().unwrap_or_default(),
        changed: entry.changed.to_string(),
        tag,
        tone,
    }
}

/// Whether it waits for somebody.
fn is_open(status: ApplicationStatus) -> bool {
    use ApplicationStatus::{Draft, SentBack, Submitted};
    matches!(status, Draft | SentBack | Submitted)
}

fn draft_page(visit: &Visit, view: &ApplicationView, done: String) -> DraftPage {
    let id = view.entry.id;
    let task = |title: String, href: String, done: bool| Task {
        title,
        href,
        hint: String::new(),
        tag: visit.t(if done { "task.done" } else { "task.open" }, &[]),
        tone: if done { Tone::Good } else { Tone::Info },
    };
    let step = |step: &FormStep| task(step.title.clone(), step_address(id, step), step.done);
    let consents = view.consents.iter().map(|needed| {
        let href = format!("/portal/consents/{}?for={id}", needed.agreement);
        task(purpose_name(visit, &needed.purpose), href, false)
    });
    DraftPage {
        title: view.entry.name.clone(),
        href: address(id),
        tasks: view.steps.iter().map(step).collect(),
        consents: consents.collect(),
        ready: is_ready(view),
        remark: view.remark.clone().unwrap_or_default(),
        sent_back: view.entry.status == ApplicationStatus::SentBack,
        done,
    }
}

fn outcome_page(visit: &Visit, view: &ApplicationView, done: String) -> OutcomePage {
    let (tag, tone) = tag(visit, view.entry.status);
    let event = |event: &contracts::registration::ApplicationEvent| Event {
        at: event.at.to_string(),
        says: event.says.clone(),
    };
    let decided = !is_open(view.entry.status);
    let due = view.due.filter(|_| !decided).map(|due| due.to_string()).unwrap_or_default();
    OutcomePage {
        title: view.entry.name.clone(),
        href: address(view.entry.id),
        status: status_name(view.entry.status),
        tone,
        number: view.entry.number.clone().unwrap_or_default(),
        outcome: view.outcome.clone().unwrap_or_default(),
        remark: view.remark.clone().unwrap_or_default(),
        facts: facts(visit, view, tag, &due),
        due,
        rules: rules(view),
        history: view.history.iter().map(event).collect(),
        sections: sections(visit, view, false),
        done,
    }
}

fn facts(visit: &Visit, view: &ApplicationView, tag: String, due: &str) -> Vec<Fact> {
    let format = visit.ui().format(visit.lang);
    let mut facts = vec![
        Fact::new(visit.t("applications.status", &[]), tag),
        Fact::new(
            visit.t("applications.changed", &[]),
            format.date(&view.entry.changed.to_string()),
        ),
    ];
    if !due.is_empty() {
        facts.push(Fact::new(visit.t("applications.due", &[]), format.date(due)));
    }
    facts
}

fn sections(visit: &Visit, view: &ApplicationView, change: bool) -> Vec<Section> {
    let section = |step: &FormStep| Section {
        title: step.title.clone(),
        answers: answers(
            visit,
            step,
            &if change { step_address(view.entry.id, step) } else { String::new() },
        ),
    };
    view.steps.iter().map(section).collect()
}

fn rules(view: &ApplicationView) -> Vec<Rule> {
    let rule = |rule: &contracts::registration::RuleOutcome| Rule {
        says: rule.says.clone(),
        met: rule.met,
        law: rule.law.clone(),
    };
    view.rules.iter().map(rule).collect()
}

fn tag(visit: &Visit, status: ApplicationStatus) -> (String, Tone) {
    let tone = match status {
        ApplicationStatus::Draft | ApplicationStatus::Withdrawn => Tone::Plain,
        ApplicationStatus::Submitted => Tone::Info,
        ApplicationStatus::SentBack => Tone::Warn,
        ApplicationStatus::Approved => Tone::Good,
        ApplicationStatus::Rejected => Tone::Bad,
    };
    (visit.t(&format!("status.{}", status_name(status)), &[]), tone)
}

const fn status_name(status: ApplicationStatus) -> &'static str {
    match status {
        ApplicationStatus::Draft => "draft",
        ApplicationStatus::Submitted => "submitted",
        ApplicationStatus::SentBack => "sent-back",
        ApplicationStatus::Approved => "approved",
        ApplicationStatus::Rejected => "rejected",
        ApplicationStatus::Withdrawn => "withdrawn",
    }
}
