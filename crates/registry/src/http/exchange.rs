//! Services offered through the exchange: a person's record, and who read it.

use super::Registry;
use super::records::AsOfQuery;
use axum::extract::State;
use contracts::Caller;
use contracts::reads::attempt::Attempt;
use contracts::reads::{ReadLog, ReadLogQuery};
use contracts::registry::RegistryRecord;
use http::StatusCode;
use kernel::http::{Json, Query};
use kernel::problem::Problem;

/// The record of the call's subject, cut to the fields of the agreement. Service `records`.
#[utoipa::path(get, path = "/registry/records", params(AsOfQuery),
    responses((status = 200, body = RegistryRecord), Problem))]
pub async fn read_own(
    State(registry): State<Registry>,
    caller: Caller,
    Query(query): Query<AsOfQuery>,
) -> Result<Json<RegistryRecord>, Problem> {
    let subject = caller.subject()?;
    Ok(Json(registry.read_own(caller.0, subject, query.as_of).await?))
}

/// Who read what about the call's subject. Service `read-log`.
#[utoipa::path(get, path = "/registry/read-log",
    params(("before" = Option<String>, Query), ("limit" = Option<u16>, Query, description = "1 to 100")),
    responses((status = 200, body = ReadLog), Problem))]
pub async fn show_read_log(
    State(registry): State<Registry>,
    caller: Caller,
    Query(query): Query<ReadLogQuery>,
) -> Result<Json<ReadLog>, Problem> {
    Ok(Json(registry.read_log(caller.subject()?, query).await?))
}

/// Notes an attempt that the exchange refused, for the read log of whom it was about.
#[utoipa::path(post, path = "/registry/read-log/attempts",
    responses((status = 204, description = "Noted"), Problem))]
pub async fn note_attempt(
    State(registry): State<Registry>,
    attempt: Attempt,
) -> Result<StatusCode, Problem> {
    registry.note_attempt(attempt.subject()?, attempt).await?;
    Ok(StatusCode::NO_CONTENT)
}
