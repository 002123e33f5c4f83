//! A round as a spreadsheet: getting it, and sending it back filled in.

use super::upload::Upload;
use super::{explained, failed, kilobytes, round_path, status};
use crate::Error;
use crate::http::{acting, workbook};
use crate::model::state::State as RoundState;
use crate::permissions::{ManageRounds, ReadRounds, WriteAnswers, carry};
use crate::service::{Assessments, Taken};
use axum::extract::State;
use axum::response::Response;
use basis::Id;
use kernel::http::Path;
use kernel::problem::Problem;
use maturity::sheet::SheetFault;
use serde::Serialize;
use ui::{Desk, Errors, Visit};

/// Most faults that a page shows; the rest is counted. A person mends those first.
const FAULTS_SHOWN: usize = 100;

/// What `assessment/spreadsheet.html` shows.
#[derive(Serialize)]
pub(super) struct SpreadsheetPage {
    pub round: String,
    pub round_title: String,
    /// Where the workbook is.
    pub file: String,
    /// Where a filled one is posted to; empty where none can be taken in.
    pub action: String,
    pub limit: String,
    /// Whether the officer may change more than answers and evidence.
    pub leads: bool,
    /// What the file that was just sent changed; empty if none was.
    pub taken: Vec<String>,
    pub heads: Vec<Head>,
    /// Cells: sheet, row, column, what is wrong, what to do.
    pub faults: Vec<[String; 5]>,
    /// How many more there are.
    pub more: usize,
    pub errors: Errors,
}

/// A head of a table.
#[derive(Serialize)]
pub(super) struct Head {
    pub text: String,
    pub number: bool,
}

/// What came of a file that was sent.
#[derive(Default)]
struct Outcome {
    taken: Option<Taken>,
    faults: Vec<SheetFault>,
    errors: Errors,
}

/// `GET /desk/assessment/rounds/{id}/spreadsheet`
pub(super) async fn show(
    State(assessments): State<Assessments>,
    path: Result<Path<Id>, Problem>,
    desk: Desk<ReadRounds>,
) -> Response {
    let visit = &desk.visit;
    let Ok(Path(id)) = path else { return visit.not_found() };
    respond(&assessments, visit, id, &desk.officer.roles, Outcome::default()).await
}

/// `GET /desk/assessment/rounds/{id}/spreadsheet/file`
pub(super) async fn file(
    State(assessments): State<Assessments>,
    path: Result<Path<Id>, Problem>,
    desk: Desk<ReadRounds>,
) -> Response {
    let visit = &desk.visit;
    let Ok(Path(id)) = path else { return visit.not_found() };
    match assessments.spreadsheet(id, visit.lang.as_str()).await {
        Ok(content) => workbook(id, content),
        Err(error) => failed(visit, error),
    }
}

/// `POST /desk/assessment/rounds/{id}/spreadsheet`
pub(super) async fn take_in(
    State(assessments): State<Assessments>,
    path: Result<Path<Id>, Problem>,
    desk: Desk<WriteAnswers>,
    upload: Upload,
) -> Response {
    let (visit, roles) = (&desk.visit, &desk.officer.roles);
    let Ok(Path(id)) = path else { return visit.not_found() };
    let Some((_, file)) = upload.file else {
        let mut errors = Errors::none();
        errors.add("file", visit.t("assessment.wrong-no-file", &[]));
        let outcome = Outcome { errors, ..Outcome::default() };
        return respond(&assessments, visit, id, roles, outcome).await;
    };
    let (by, leads) = (acting(&desk.officer), carry::<ManageRounds>(roles));
    let outcome = match assessments.take_in_spreadsheet(by, id, &file.content, leads).await {
        Ok(taken) => Outcome { taken: Some(taken), ..Outcome::default() },
        Err(Error::Spreadsheet(faults)) => {
            let mut errors = Errors::none();
            let count = [("n", faults.len().to_string())];
            errors.add("file", visit.t("assessment.wrong-spreadsheet", &count));
            Outcome { faults, errors, ..Outcome::default() }
        }
        Err(error) => match explained(visit, error) {
            Ok(errors) => Outcome { errors, ..Outcome::default() },
            Err(error) => return failed(visit, error),
        },
    };
    respond(&assessments, visit, id, roles, outcome).await
}

async fn respond(
    assessments: &Assessments,
    visit: &Visit,
    id: Id,
    roles: &[String],
    outcome: Outcome,
) -> Response {
    let round = match assessments.show_round(id).await {
        Ok(view) => view.round,
        Err(error) => return failed(visit, error),
    };
    let may_send = round.state == RoundState::Open && carry::<WriteAnswers>(roles);
    let own = format!("{}/spreadsheet", round_path(id));
    let more = outcome.faults.len().saturating_sub(FAULTS_SHOWN);
    let page = SpreadsheetPage {
        round: round_path(id),
        round_title: round.title,
        file: format!("{own}/file"),
        action: if may_send { own } else { String::new() },
        limit: kilobytes(assessments.file_bytes_max()),
        leads: carry::<ManageRounds>(roles),
        taken: outcome.taken.map(|taken| says(visit, &taken)).unwrap_or_default(),
        heads: heads(visit),
        faults: outcome.faults.into_iter().take(FAULTS_SHOWN).map(cells).collect(),
        more,
        errors: outcome.errors,
    };
    let status = status(&page.errors);
    visit.page("assessment/spreadsheet.html", page).status(status).respond()
}

fn says(visit: &Visit, taken: &Taken) -> Vec<String> {
    let count = |key: &str, n: usize| visit.t(key, &[("n", n.to_string())]);
    let mut all = vec![
        count("assessment.taken-answers", taken.answers),
        count("assessment.taken-evidence", taken.evidence),
    ];
    if taken.catalogue {
        all.push(visit.t("assessment.taken-catalogue", &[]));
    }
    if !taken.not_kept.is_empty() {
        let columns = [("columns", taken.not_kept.join(", "))];
        all.push(visit.t("assessment.taken-not-kept", &columns));
    }
    all
}

fn heads(visit: &Visit) -> Vec<Head> {
    let keys = ["fault-sheet", "fault-row", "fault-column", "fault-says", "fault-remedy"];
    let head = |key: &str| Head { text: visit.t(&format!("assessment.{key}"), &[]), number: false };
    keys.map(head).into()
}

fn cells(fault: SheetFault) -> [String; 5] {
    let row = if fault.row > 0 { fault.row.to_string() } else { "\u{2013}".to_owned() };
    let there = |text: String| if text.is_empty() { "\u{2013}".to_owned() } else { text };
    [there(fault.sheet), row, there(fault.column), fault.says, fault.remedy]
}
