//! The treasury's desk: batches of all programmes, one batch, and what does not match.

#[cfg(test)]
mod samples;

use crate::error::Error;
use crate::http::{ReadBatch, Reconcile};
use crate::model::decimal;
use crate::service::{Counts, Payments};
use crate::store::reconciliation::Noted;
use axum::extract::{FromRef, State};
use axum::response::Response;
use basis::{Id, Money, Timestamp};
use contracts::batches::{BatchOut, BatchStatus};
use http::StatusCode;
use kernel::http::Path;
use kernel::pages::Pages;
use kernel::problem::Problem;
use serde::Serialize;
use ui::charts::{Bar, bars};
use ui::parts::{Fact, Tone};
use ui::{Desk, Lang, Submitted, Ui, Visit, see_other};

/// The list of batches.
pub(crate) const BATCHES: &str = "/desk/payments";
/// What does not match.
pub(crate) const RECONCILIATION: &str = "/desk/reconciliation";

const TEMPLATES: [(&str, &str); 3] = [
    ("payments/batches.html", include_str!("../templates/batches.html")),
    ("payments/batch.html", include_str!("../templates/batch.html")),
    ("payments/reconciliation.html", include_str!("../templates/reconciliation.html")),
];

const TEXTS: [(Lang, &str); 3] = [
    (Lang::EN, include_str!("../texts/en.toml")),
    (Lang::FR, include_str!("../texts/fr.toml")),
    (Lang::SW, include_str!("../texts/sw.toml")),
];

#[derive(Clone)]
struct Web {
    payments: Payments,
    ui: Ui,
}

impl FromRef<Web> for Payments {
    fn from_ref(web: &Web) -> Self {
        web.payments.clone()
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
pub fn pages(payments: Payments, frame: ui::UiBuilder) -> Result<Pages, ui::TextsError> {
    let ui = frame.templates(&TEMPLATES).texts(&TEXTS)?.build();
    let pages = Pages::new()
        .get(BATCHES, list_batches)
        .get(&format!("{BATCHES}/{{id}}"), show_batch)
        .get(RECONCILIATION, list_differences)
        .post(RECONCILIATION, reconcile);
    Ok(pages.with_state(Web { payments, ui }))
}

/// What `payments/batches.html` shows.
#[derive(Serialize)]
struct BatchesPage {
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    title: String,
    href: String,
    tag: String,
    tone: Tone,
    member: String,
    count: String,
    total: Amount,
}

/// An amount for the template's `money`.
#[derive(Serialize)]
struct Amount {
    amount: String,
    currency: &'static str,
}

/// What `payments/batch.html` shows.
#[derive(Serialize)]
struct BatchPage {
    batches: &'static str,
    title: String,
    tag: String,
    tone: Tone,
    total: Amount,
    facts: Vec<Fact>,
    bars: Vec<Bar>,
    moving: bool,
}

/// What `payments/reconciliation.html` shows.
#[derive(Serialize)]
struct ReconciliationPage {
    action: &'static str,
    matches: bool,
    under_way: bool,
    differences: i64,
    facts: Vec<Fact>,
    heads: Vec<Head>,
    rows: Vec<Vec<String>>,
}

#[derive(Serialize)]
struct Head {
    text: String,
    number: bool,
}

async fn list_batches(State(payments): State<Payments>, desk: Desk<ReadBatch>) -> Response {
    match payments.batches(Timestamp::from_micros(i64::MAX)).await {
        Ok(all) => {
            desk.visit.page("payments/batches.html", batches_page(&desk.visit, all)).respond()
        }
        Err(error) => failed(&desk.visit, error),
    }
}

async fn show_batch(
    State(payments): State<Payments>,
    desk: Desk<ReadBatch>,
    id: Result<Path<Id>, Problem>,
) -> Response {
    let Ok(Path(id)) = id else { return desk.visit.not_found() };
    match payments.batch(None, id).await {
        Ok((member, batch)) => {
            let page = batch_page(&desk.visit, member, batch);
            desk.visit.page("payments/batch.html", page).respond()
        }
        Err(error) => failed(&desk.visit, error),
    }
}

async fn list_differences(State(payments): State<Payments>, desk: Desk<Reconcile>) -> Response {
    let found = async { Ok((payments.counts().await?, payments.differences().await?)) };
    match found.await {
        Ok((counts, noted)) => {
            let page = reconciliation_page(&desk.visit, counts, noted);
            desk.visit.page("payments/reconciliation.html", page).respond()
        }
        Err(error) => failed(&desk.visit, error),
    }
}

async fn reconcile(
    State(payments): State<Payments>,
    desk: Desk<Reconcile>,
    _form: Submitted,
) -> Response {
    match payments.reconcile().await {
        Ok(_) => see_other(RECONCILIATION),
        Err(error) => failed(&desk.visit, error),
    }
}

fn batches_page(visit: &Visit, all: Vec<(String, BatchOut)>) -> BatchesPage {
    let row = |(member, batch): (String, BatchOut)| {
        let (tag, tone) = tag(visit, batch.status);
        Row {
            href: format!("{BATCHES}/{}", batch.id),
            count: number(visit, batch.count),
            total: amount(batch.total),
            title: batch.title,
            tag,
            tone,
            member,
        }
    };
    BatchesPage { rows: all.into_iter().map(row).collect() }
}

fn batch_page(visit: &Visit, member: String, batch: BatchOut) -> BatchPage {
    let (tag, tone) = tag(visit, batch.status);
    let format = visit.ui().format(visit.lang);
    let tally = batch.tally;
    let paid = Money::from_minor(tally.paid_minor, batch.total.currency());
    let approved = batch.approved_at.map(|at| format.datetime(&at.to_string()));
    let facts = [
        ("payments.programme", member),
        ("payments.instructions", number(visit, batch.count)),
        ("payments.taken", number(visit, batch.taken)),
        ("payments.paid-sum", format.money(&paid.amount(), paid.currency().code())),
        ("payments.closed-by", batch.closed_by.unwrap_or_default()),
        ("payments.approved-by", batch.approved_by.unwrap_or_default()),
        ("payments.approved-at", approved.unwrap_or_default()),
    ];
    let bar = |key: &str, count: i64| (visit.t(key, &[]), number(visit, count), count);
    BatchPage {
        batches: BATCHES,
        title: batch.title,
        tag,
        tone,
        total: amount(batch.total),
        facts: facts_of(visit, facts),
        bars: bars(vec![
            bar("payments.waiting", tally.waiting),
            bar("payments.sent", tally.sent),
            bar("payments.paid", tally.paid),
            bar("payments.failed", tally.failed),
        ]),
        moving: batch.status == BatchStatus::Approved,
    }
}

fn reconciliation_page(visit: &Visit, counts: Counts, noted: Vec<Noted>) -> ReconciliationPage {
    let Counts { instructions, postings, statement_lines, differences } = counts;
    let format = visit.ui().format(visit.lang);
    let facts = [
        ("payments.instructions", number(visit, instructions)),
        ("payments.postings", number(visit, postings)),
        ("payments.statement-lines", number(visit, statement_lines)),
        ("payments.differences", number(visit, differences)),
    ];
    let head = |key: &str, number| Head { text: visit.t(key, &[]), number };
    let row = |one: Noted| {
        let sum = decimal(i128::from(one.amount), one.currency);
        vec![
            visit.t_or(&format!("payments.kind-{}", one.kind), &one.kind),
            one.provider,
            format.money(&sum, one.currency.code()),
            format.datetime(&one.found.to_string()),
            one.transfer.to_string(),
        ]
    };
    let equal = instructions == postings && postings == statement_lines;
    ReconciliationPage {
        action: RECONCILIATION,
        matches: equal && differences == 0,
        under_way: !equal && differences == 0,
        differences,
        facts: facts_of(visit, facts),
        heads: vec![
            head("payments.what", false),
            head("payments.provider", false),
            head("payments.amount", true),
            head("payments.found", false),
            head("payments.transfer", false),
        ],
        rows: noted.into_iter().map(row).collect(),
    }
}

fn tag(visit: &Visit, status: BatchStatus) -> (String, Tone) {
    let (key, tone) = match status {
        BatchStatus::Open => ("payments.state-open", Tone::Plain),
        BatchStatus::Closed => ("payments.state-closed", Tone::Warn),
        BatchStatus::Approved => ("payments.state-approved", Tone::Info),
        BatchStatus::Done => ("payments.state-done", Tone::Good),
        BatchStatus::Cancelled => ("payments.state-cancelled", Tone::Plain),
    };
    (visit.t(key, &[]), tone)
}

fn number(visit: &Visit, number: i64) -> String {
    visit.ui().format(visit.lang).decimal(&number.to_string())
}

fn amount(money: Money) -> Amount {
    Amount { amount: money.amount(), currency: money.currency().code() }
}

/// Facts with their translated names; those that say nothing are left out.
fn facts_of<const N: usize>(visit: &Visit, facts: [(&str, String); N]) -> Vec<Fact> {
    let there = facts.into_iter().filter(|(_, value)| !value.is_empty());
    there.map(|(key, value)| Fact::new(visit.t(key, &[]), value)).collect()
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
