//! Payment runs: the list, and one run with where its payments stand.

use super::{RUNS, clerk, failed};
use crate::error::Error;
use crate::permissions::{CheckRuns, MakeRuns, ReadRuns};
use crate::service::{Registration, RunView};
use axum::extract::State;
use axum::response::Response;
use basis::Id;
use http::StatusCode;
use kernel::http::Path;
use serde::Serialize;
use ui::charts::{Bar, bars};
use ui::parts::{Fact, Tone};
use ui::{Desk, Errors, Submitted, Visit, see_other};

/// The role whose officers open runs, and the one whose officers approve them: what is shown to whom.
/// What they may do is decided by the permission of each form's handler.
const MAKER: &str = "benefit-maker";
const CHECKER: &str = "benefit-checker";

/// What `registration/runs.html` shows.
#[derive(Serialize)]
pub(super) struct RunsPage {
    rows: Vec<Row>,
    action: &'static str,
    may_open: bool,
    month: String,
    errors: Errors,
}

#[derive(Serialize)]
struct Row {
    href: String,
    month: String,
    service: String,
    lines: String,
    total: Amount,
    tag: String,
    tone: Tone,
}

/// An amount for the template's `money`.
#[derive(Serialize)]
struct Amount {
    amount: String,
    currency: &'static str,
}

/// What `registration/run.html` shows.
#[derive(Serialize)]
pub(super) struct RunPage {
    runs: &'static str,
    approve: String,
    month: String,
    service: String,
    tag: String,
    tone: Tone,
    facts: Vec<Fact>,
    total: Amount,
    bars: Vec<Bar>,
    problem: String,
    may_approve: bool,
    own: bool,
    moving: bool,
    errors: Errors,
}

pub(super) async fn list(
    State(registration): State<Registration>,
    desk: Desk<ReadRuns>,
) -> Response {
    let may_open = desk.officer.roles.iter().any(|role| role == MAKER);
    respond_list(&desk.visit, &registration, may_open, "", Errors::none()).await
}

pub(super) async fn open(
    State(registration): State<Registration>,
    desk: Desk<MakeRuns>,
    form: Submitted,
) -> Response {
    let visit = desk.visit;
    let month = form.fields.text("month").to_owned();
    match registration.open_run(clerk(&desk.officer), None, month.clone()).await {
        Ok(run) => see_other(&format!("{RUNS}/{}", run.id)),
        Err(Error::Invalid { field: "month", .. }) => {
            let mut errors = Errors::none();
            errors.add("month", visit.t("registration.desk.month-wrong", &[]));
            respond_list(&visit, &registration, true, &month, errors).await
        }
        Err(error) => failed(&visit, error),
    }
}

async fn respond_list(
    visit: &Visit,
    registration: &Registration,
    may_open: bool,
    month: &str,
    errors: Errors,
) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    match registration.list_runs().await {
        Ok(all) => {
            let page = runs_page(visit, all, may_open, month, errors);
            visit.page("registration/runs.html", page).status(status).respond()
        }
        Err(error) => failed(visit, error),
    }
}

pub(super) async fn show(
    State(registration): State<Registration>,
    desk: Desk<ReadRuns>,
    Path(id): Path<Id>,
) -> Response {
    let visit = desk.visit;
    match registration.show_run(id).await {
        Ok(run) => {
            let page = run_page(&visit, run, &desk.officer.id, &desk.officer.roles, Errors::none());
            visit.page("registration/run.html", page).respond()
        }
        Err(error) => failed(&visit, error),
    }
}

pub(super) async fn approve(
    State(registration): State<Registration>,
    desk: Desk<CheckRuns>,
    Path(id): Path<Id>,
    _form: Submitted,
) -> Response {
    let (visit, officer) = (desk.visit, desk.officer);
    let key = match registration.approve_run(clerk(&officer), id).await {
        Ok(_) => return see_other(&format!("{RUNS}/{id}")),
        Err(Error::FourEyes) => "registration.desk.run-four-eyes",
        Err(Error::RunNotClosed) => "registration.desk.run-not-closed",
        Err(Error::Funds) => "registration.desk.run-no-funds",
        Err(error) => return failed(&visit, error),
    };
    let mut errors = Errors::none();
    errors.add("approve", visit.t(key, &[]));
    match registration.show_run(id).await {
        Ok(run) => {
            let page = run_page(&visit, run, &officer.id, &officer.roles, errors);
            let page = visit.page("registration/run.html", page);
            page.status(StatusCode::CONFLICT).respond()
        }
        Err(error) => failed(&visit, error),
    }
}

pub(super) fn runs_page(
    visit: &Visit,
    all: Vec<RunView>,
    may_open: bool,
    month: &str,
    errors: Errors,
) -> RunsPage {
    let rows = all.into_iter().map(|run| {
        let (tag, tone) = state(visit, &run.state);
        Row {
            href: format!("{RUNS}/{}", run.id),
            lines: visit.ui().format(visit.lang).decimal(&run.lines.to_string()),
            total: amount(&run),
            month: visit.ui().format(visit.lang).date(&run.month),
            service: run.service,
            tag,
            tone,
        }
    });
    RunsPage { rows: rows.collect(), action: RUNS, may_open, month: month.to_owned(), errors }
}

pub(super) fn run_page(
    visit: &Visit,
    run: RunView,
    officer: &str,
    roles: &[String],
    errors: Errors,
) -> RunPage {
    let format = visit.ui().format(visit.lang);
    let number = |number: i64| format.decimal(&number.to_string());
    let fact = |key: &str, value: String| Fact::new(visit.t(key, &[]), value);
    let mut facts = vec![
        fact("registration.desk.lines", number(run.lines)),
        fact("registration.desk.taken", number(run.sent)),
        fact("registration.desk.opened-by", run.opened_by.clone()),
    ];
    if let Some(checker) = &run.approved_by {
        facts.push(fact("registration.desk.approved-by", checker.clone()));
    }
    let tally = run.tally.map(|tally| {
        let bar = |key: &str, count: i64| (visit.t(key, &[]), number(count), count);
        bars(vec![
            bar("registration.desk.tally-waiting", tally.waiting),
            bar("registration.desk.tally-sent", tally.sent),
            bar("registration.desk.tally-paid", tally.paid),
            bar("registration.desk.tally-failed", tally.failed),
        ])
    });
    let (tag, tone) = state(visit, &run.state);
    let own = run.opened_by == officer;
    let checks = roles.iter().any(|role| role == CHECKER);
    RunPage {
        runs: RUNS,
        approve: format!("{RUNS}/{}/approve", run.id),
        month: format.date(&run.month),
        total: amount(&run),
        may_approve: checks && !own && run.state == "closed",
        own: checks && own && run.state == "closed",
        moving: matches!(run.state.as_str(), "gathering" | "gathered" | "sending" | "sent"),
        service: run.service,
        tag,
        tone,
        facts,
        bars: tally.unwrap_or_default(),
        problem: run.problem.unwrap_or_default(),
        errors,
    }
}

fn amount(run: &RunView) -> Amount {
    Amount { amount: run.total.amount(), currency: run.total.currency().code() }
}

fn state(visit: &Visit, state: &str) -> (String, Tone) {
    let tone = match state {
        "approved" => Tone::Good,
        "closed" => Tone::Warn,
        "empty" => Tone::Plain,
        _ => Tone::Info,
    };
    (visit.t(&format!("registration.run.{state}"), &[]), tone)
}
