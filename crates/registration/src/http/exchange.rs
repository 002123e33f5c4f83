//! What other members ask through the exchange: who read a person's case, and whether a case stands.

use crate::service::Registration;
use axum::extract::State;
use contracts::Caller;
use contracts::cases::{CaseIn, CaseOut};
use contracts::reads::attempt::Attempt;
use contracts::reads::{ReadLog, ReadLogQuery};
use http::StatusCode;
use kernel::http::{Json, Query};
use kernel::problem::Problem;

/// Who read what about the call's subject. Service `read-log`.
#[utoipa::path(get, path = "/registration/read-log",
    params(("before" = Option<String>, Query), ("limit" = Option<u16>, Query, description = "1 to 100")),
    responses((status = 200, body = ReadLog), Problem))]
pub async fn show_read_log(
    State(registration): State<Registration>,
    caller: Caller,
    Query(query): Query<ReadLogQuery>,
) -> Result<Json<ReadLog>, Problem> {
    Ok(Json(registration.read_log(caller.subject()?, query).await?))
}

/// The exchange tells of a call that it refused.
#[utoipa::path(post, path = "/registration/read-log/attempts", responses((status = 204), Problem))]
pub async fn note_attempt(
    State(registration): State<Registration>,
    attempt: Attempt,
) -> Result<StatusCode, Problem> {
    registration.note_attempt(attempt.subject()?, &attempt).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether an officer works on an open case about the call's subject. Service `case-verify`.
#[utoipa::path(post, path = "/registration/case-verify", request_body = CaseIn,
    responses((status = 200, body = CaseOut), Problem))]
pub async fn verify_case(
    State(registration): State<Registration>,
    caller: Caller,
    Json(ask): Json<CaseIn>,
) -> Result<Json<CaseOut>, Problem> {
    Ok(Json(registration.verify_case(caller.subject()?, ask).await?))
}
