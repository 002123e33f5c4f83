//! Cases, for officers of the member.

use super::{LanguageQuery, clerk};
use crate::permissions::WorkCases;
use crate::service::{Answer, CaseEntry, CaseView, Registration};
use axum::extract::State;
use basis::Id;
use kernel::auth::Officer;
use kernel::http::{Json, Path, Query};
use kernel::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

/// A word to the applicant.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemarkIn {
    /// The reason, or the question; 1 to 2,000 bytes.
    remark: String,
}

/// Cases that wait for an officer, without a word of what they say.
#[utoipa::path(get, path = "/registration/cases", params(LanguageQuery),
    security(("officer" = [])), responses((status = 200, body = Vec<CaseEntry>), Problem))]
pub async fn list_cases(
    State(registration): State<Registration>,
    _officer: Officer<WorkCases>,
    Query(query): Query<LanguageQuery>,
) -> Result<Json<Vec<CaseEntry>>, Problem> {
    Ok(Json(registration.queue(query.tag()).await?))
}

/// One case, to the officer who has taken it. The applicant sees the read.
#[utoipa::path(get, path = "/registration/cases/{id}",
    params(("id" = String, Path, format = "uuid"), LanguageQuery),
    security(("officer" = [])), responses((status = 200, body = CaseView), Problem))]
pub async fn show_case(
    State(registration): State<Registration>,
    officer: Officer<WorkCases>,
    Path(id): Path<Id>,
    Query(query): Query<LanguageQuery>,
) -> Result<Json<CaseView>, Problem> {
    Ok(Json(registration.show_case(clerk(officer), id, query.tag()).await?))
}

/// Takes a case from the pool; from then on only this officer sees and decides it.
#[utoipa::path(post, path = "/registration/cases/{id}/take",
    params(("id" = String, Path, format = "uuid"), LanguageQuery),
    security(("officer" = [])), responses((status = 200, body = CaseView), Problem))]
pub async fn take_case(
    State(registration): State<Registration>,
    officer: Officer<WorkCases>,
    Path(id): Path<Id>,
    Query(query): Query<LanguageQuery>,
) -> Result<Json<CaseView>, Problem> {
    Ok(Json(registration.take_case(clerk(officer), id, query.tag()).await?))
}

/// Approves a case: the next role of the chain decides, or it is granted.
#[utoipa::path(post, path = "/registration/cases/{id}/approve",
    params(("id" = String, Path, format = "uuid"), LanguageQuery),
    security(("officer" = [])), responses((status = 200, body = CaseView), Problem))]
pub async fn approve_case(
    State(registration): State<Registration>,
    officer: Officer<WorkCases>,
    Path(id): Path<Id>,
    Query(query): Query<LanguageQuery>,
) -> Result<Json<CaseView>, Problem> {
    Ok(Json(registration.approve_case(clerk(officer), id, query.tag()).await?))
}

/// Refuses a case, with the reason.
#[utoipa::path(post, path = "/registration/cases/{id}/reject",
    params(("id" = String, Path, format = "uuid"), LanguageQuery), request_body = RemarkIn,
    security(("officer" = [])), responses((status = 200, body = CaseView), Problem))]
pub async fn reject_case(
    State(registration): State<Registration>,
    officer: Officer<WorkCases>,
    Path(id): Path<Id>,
    Query(query): Query<LanguageQuery>,
    Json(ask): Json<RemarkIn>,
) -> Result<Json<CaseView>, Problem> {
    let clerk = clerk(officer);
    Ok(Json(registration.answer_case(clerk, id, Answer::Reject, ask.remark, query.tag()).await?))
}

/// Sends a case back to the applicant with a question.
#[utoipa::path(post, path = "/registration/cases/{id}/send-back",
    params(("id" = String, Path, format = "uuid"), LanguageQuery), request_body = RemarkIn,
    security(("officer" = [])), responses((status = 200, body = CaseView), Problem))]
pub async fn send_case_back(
    State(registration): State<Registration>,
    officer: Officer<WorkCases>,
    Path(id): Path<Id>,
    Query(query): Query<LanguageQuery>,
    Json(ask): Json<RemarkIn>,
) -> Result<Json<CaseView>, Problem> {
    let clerk = clerk(officer);
    Ok(Json(registration.answer_case(clerk, id, Answer::SendBack, ask.remark, query.tag()).await?))
}
