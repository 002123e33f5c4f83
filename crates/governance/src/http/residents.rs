//! Services offered through the exchange: a person's own complaints, and who read them.

use crate::service::Governance;
use axum::extract::State;
use contracts::Caller;
use contracts::governance::{Grievance, GrievanceIn};
use contracts::reads::attempt::Attempt;
use contracts::reads::{ReadLog, ReadLogQuery};
use http::StatusCode;
use kernel::http::{Json, Query};
use kernel::problem::Problem;

/// Lodges a complaint of the subject of the call. The same id again lodges nothing.
#[utoipa::path(post, path = "/governance/my-grievances", tag = "residents",
    request_body = GrievanceIn, responses((status = 200, body = Grievance), Problem))]
pub async fn lodge_grievance(
    State(governance): State<Governance>,
    caller: Caller,
    Json(ask): Json<GrievanceIn>,
) -> Result<Json<Grievance>, Problem> {
    Ok(Json(governance.lodge(&caller.0, caller.subject()?, ask).await?))
}

/// The complaints of the subject of the call, newest first.
#[utoipa::path(get, path = "/governance/my-grievances", tag = "residents",
    responses((status = 200, body = Vec<Grievance>), Problem))]
pub async fn list_own(
    State(governance): State<Governance>,
    caller: Caller,
) -> Result<Json<Vec<Grievance>>, Problem> {
    Ok(Json(governance.grievances_of(caller.subject()?).await?))
}

/// Who read complaints of the subject of the call.
#[utoipa::path(get, path = "/governance/read-log", tag = "residents",
    params(("before" = Option<String>, Query), ("limit" = Option<u16>, Query, description = "1 to 100")),
    responses((status = 200, body = ReadLog), Problem))]
pub async fn show_read_log(
    State(governance): State<Governance>,
    caller: Caller,
    Query(query): Query<ReadLogQuery>,
) -> Result<Json<ReadLog>, Problem> {
    Ok(Json(governance.read_log(caller.subject()?, query).await?))
}

/// Notes an attempt that the exchange refused, for the read log of whom it was about.
#[utoipa::path(post, path = "/governance/read-log/attempts", tag = "residents",
    responses((status = 204, description = "Noted"), Problem))]
pub async fn note_attempt(
    State(governance): State<Governance>,
    attempt: Attempt,
) -> Result<StatusCode, Problem> {
    governance.note_attempt(attempt.subject()?, attempt).await?;
    Ok(StatusCode::NO_CONTENT)
}
