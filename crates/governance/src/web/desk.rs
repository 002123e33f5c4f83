//! The officers' desk: what is to be done, one complaint, taking it up, answering it.

use super::{QUEUE, facts_of, failed};
use crate::Error;
use crate::http::acting;
use crate::model::grievance::Step;
use crate::permissions::HandleGrievances;
use crate::service::{Acting, Governance, Queue, QueueLine};
use axum::extract::State;
use axum::response::Response;
use contracts::governance::{Grievance, GrievanceStatus};
use http::StatusCode;
use kernel::http::Path;
use kernel::problem::Problem;
use serde::Serialize;
use ui::parts::{Fact, Tone};
use ui::{Desk, Errors, Submitted, Visit, see_other};

/// What `governance/queue.html` shows.
#[derive(Serialize)]
pub(super) struct QueuePage {
    pub overdue: usize,
    pub lodged: Vec<Row>,
    pub taken_up: Vec<Row>,
    pub answered: Vec<Row>,
}

#[derive(Serialize)]
pub(super) struct Row {
    pub number: String,
    pub href: String,
    pub tag: String,
    pub tone: Tone,
    pub says: String,
}

/// What `governance/grievance.html` shows.
#[derive(Serialize)]
pub(super) struct GrievancePage {
    pub queue: &'static str,
    pub number: String,
    pub tag: String,
    pub tone: Tone,
    pub standing: Vec<Fact>,
    pub line: Vec<Fact>,
    /// What the person wrote, by paragraph.
    pub text: Vec<String>,
    /// The answer as given, by paragraph.
    pub given: Vec<String>,
    /// Where taking up is posted to; empty where it cannot be taken up.
    pub take_up: String,
    /// Where the answer is posted to; empty where this officer cannot answer.
    pub answer: String,
    /// Says why neither can be done; empty where something can.
    pub closed: String,
    /// What stands in the form.
    pub written: String,
    pub errors: Errors,
}

/// `GET /desk/grievances`
pub(super) async fn show_queue(
    State(governance): State<Governance>,
    desk: Desk<HandleGrievances>,
) -> Response {
    let visit = &desk.visit;
    match governance.queue().await {
        Ok(queue) => visit.page("governance/queue.html", queue_page(visit, queue)).respond(),
        Err(error) => failed(visit, error),
    }
}

/// `GET /desk/grievances/{number}`
pub(super) async fn show_grievance(
    State(governance): State<Governance>,
    number: Result<Path<String>, Problem>,
    desk: Desk<HandleGrievances>,
) -> Response {
    let (visit, officer) = (desk.visit, acting(desk.officer));
    let Ok(Path(number)) = number else { return visit.not_found() };
    show(&governance, &visit, officer, number, "", Errors::none()).await
}

/// `POST /desk/grievances/{number}/take-up`
pub(super) async fn take_up(
    State(governance): State<Governance>,
    number: Result<Path<String>, Problem>,
    desk: Desk<HandleGrievances>,
    _form: Submitted,
) -> Response {
    let (visit, officer) = (desk.visit, acting(desk.officer));
    let Ok(Path(number)) = number else { return visit.not_found() };
    match governance.take_up(officer, number.clone()).await {
        // The page says who has it where somebody else was quicker.
        Ok(_) | Err(Error::Step(_)) => see_other(&format!("{QUEUE}/{number}")),
        Err(error) => failed(&visit, error),
    }
}

/// `POST /desk/grievances/{number}/answer`
pub(super) async fn answer(
    State(governance): State<Governance>,
    number: Result<Path<String>, Problem>,
    desk: Desk<HandleGrievances>,
    form: Submitted,
) -> Response {
    let (visit, officer) = (desk.visit, acting(desk.officer));
    let Ok(Path(number)) = number else { return visit.not_found() };
    let written = form.fields.text("answer").to_owned();
    match governance.answer(officer.clone(), number.clone(), written.clone()).await {
        Ok(_) | Err(Error::Step(Step::Answered)) => see_other(&format!("{QUEUE}/{number}")),
        Err(Error::Invalid(_)) => {
            let mut errors = Errors::none();
            errors.add("answer", visit.t("governance.answer-wrong", &[]));
            show(&governance, &visit, officer, number, &written, errors).await
        }
        Err(Error::Step(_)) => see_other(&format!("{QUEUE}/{number}")),
        Err(error) => failed(&visit, error),
    }
}

async fn show(
    governance: &Governance,
    visit: &Visit,
    officer: Acting,
    number: String,
    written: &str,
    errors: Errors,
) -> Response {
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let id = officer.id.clone();
    match governance.read_grievance(officer, number).await {
        Ok((line, grievance)) => {
            let page = grievance_page(governance, visit, &id, line, grievance);
            let page = GrievancePage { written: written.to_owned(), errors, ..page };
            visit.page("governance/grievance.html", page).status(status).respond()
        }
        Err(error) => failed(visit, error),
    }
}

fn queue_page(visit: &Visit, queue: Queue) -> QueuePage {
    let open = queue.lodged.iter().chain(&queue.taken_up);
    let overdue = open.filter(|line| line.overdue).count();
    let rows = |lines: Vec<QueueLine>| lines.into_iter().map(|line| row(visit, line)).collect();
    QueuePage {
        overdue,
        lodged: rows(queue.lodged),
        taken_up: rows(queue.taken_up),
        answered: rows(queue.answered),
    }
}

fn row(visit: &Visit, line: QueueLine) -> Row {
    let (tag, tone) = tag(visit, line.status, line.overdue);
    let format = visit.ui().format(visit.lang);
    let dates = [
        ("lodged", format.date(&line.lodged.to_string())),
        ("due", format.date(&line.due.to_string())),
    ];
    let mut says = visit.t("governance.dates", &dates);
    if let Some(officer) = line.officer {
        says = format!("{says} {}", visit.t("governance.with", &[("officer", officer)]));
    }
    Row { href: format!("{QUEUE}/{}", line.number), number: line.number, tag, tone, says }
}

fn tag(visit: &Visit, status: GrievanceStatus, overdue: bool) -> (String, Tone) {
    let (key, tone) = match (status, overdue) {
        (_, true) => ("governance.overdue", Tone::Bad),
        (GrievanceStatus::Lodged, _) => ("governance.status-lodged", Tone::Warn),
        (GrievanceStatus::TakenUp, _) => ("governance.status-taken-up", Tone::Info),
        (GrievanceStatus::Answered, _) => ("governance.status-answered", Tone::Good),
    };
    (visit.t(key, &[]), tone)
}

fn grievance_page(
    governance: &Governance,
    visit: &Visit,
    officer: &str,
    line: QueueLine,
    grievance: Grievance,
) -> GrievancePage {
    let (tag, tone) = tag(visit, line.status, line.overdue);
    let mine = line.officer.as_deref() == Some(officer);
    let path = format!("{QUEUE}/{}", line.number);
    let (mut take_up, mut answer, mut closed) = (String::new(), String::new(), String::new());
    match line.status {
        GrievanceStatus::Lodged => take_up = format!("{path}/take-up"),
        GrievanceStatus::TakenUp if mine => answer = format!("{path}/answer"),
        GrievanceStatus::TakenUp => {
            let other = line.officer.clone().unwrap_or_default();
            closed = visit.t("governance.with-other", &[("officer", other)]);
        }
        GrievanceStatus::Answered => {}
    }
    let format = visit.ui().format(visit.lang);
    let standing = [
        ("governance.lodged", format.datetime(&line.lodged.to_string())),
        ("governance.due", format.date(&line.due.to_string())),
        ("governance.officer", line.officer.unwrap_or_default()),
    ];
    GrievancePage {
        queue: QUEUE,
        number: line.number,
        tag,
        tone,
        standing: facts_of(visit, standing),
        line: tracker_facts(governance, visit, &grievance),
        text: paragraphs(&grievance.text),
        given: paragraphs(&grievance.answer.unwrap_or_default()),
        take_up,
        answer,
        closed,
        written: String::new(),
        errors: Errors::none(),
    }
}

fn tracker_facts(governance: &Governance, visit: &Visit, grievance: &Grievance) -> Vec<Fact> {
    let (line, lang) = (&grievance.line, visit.lang.as_str());
    let named = |id: &contracts::SubsystemId| {
        let member = governance.label(id.member().as_ref(), lang);
        let system = governance.label(id.as_ref(), lang);
        if member == system { system } else { format!("{member}: {system}") }
    };
    let purpose = visit.t_or(
        &format!("governance.purpose-{}", line.purpose),
        &line.purpose.replace(['-', '.'], " "),
    );
    let at = visit.ui().format(visit.lang).datetime(&line.at.to_string());
    let all = [
        ("governance.line-at", at),
        ("governance.line-reader", named(&line.reader)),
        ("governance.line-officer", line.officer.clone().unwrap_or_default()),
        ("governance.line-case", line.case.clone().unwrap_or_default()),
        ("governance.line-source", named(&line.source)),
        ("governance.purpose", purpose),
    ];
    facts_of(visit, all)
}

fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
