//! Awards and payment runs, for officers of the member.

use super::clerk;
use crate::permissions::{CheckRuns, MakeRuns, ReadRuns};
use crate::service::{Imported, Registration, RunView};
use axum::body::Bytes;
use axum::extract::State;
use basis::Id;
use kernel::auth::Officer;
use kernel::http::{Json, Path, Query};
use kernel::problem::Problem;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Which service is meant.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ServiceQuery {
    /// Code of the service; not needed where only one pays.
    #[serde(default)]
    service: Option<String>,
}

/// A run to be opened.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunIn {
    /// Code of the service; not needed where only one pays.
    #[serde(default)]
    service: Option<String>,
    /// `2026-03`.
    month: String,
}

/// Takes over awards: newline-delimited JSON, one `{"vid", "provider", "account", "minor"}` a line, at
/// most 1,000 lines. Sent again, an award is taken once.
#[utoipa::path(post, path = "/registration/awards/import", params(ServiceQuery),
    request_body(content = String, content_type = "application/x-ndjson"),
    security(("officer" = [])), responses((status = 200, body = Imported), Problem))]
pub async fn import_awards(
    State(registration): State<Registration>,
    officer: Officer<MakeRuns>,
    Query(query): Query<ServiceQuery>,
    body: Bytes,
) -> Result<Json<Imported>, Problem> {
    let service = query.service.as_deref();
    Ok(Json(registration.import_awards(clerk(officer), service, &body).await?))
}

/// Payment runs, newest first.
#[utoipa::path(get, path = "/registration/runs",
    security(("officer" = [])), responses((status = 200, body = Vec<RunView>), Problem))]
pub async fn list_runs(
    State(registration): State<Registration>,
    _officer: Officer<ReadRuns>,
) -> Result<Json<Vec<RunView>>, Problem> {
    Ok(Json(registration.list_runs().await?))
}

/// Opens the run of a month over all active awards; opened before, it answers that one.
#[utoipa::path(post, path = "/registration/runs", request_body = RunIn,
    security(("officer" = [])), responses((status = 200, body = RunView), Problem))]
pub async fn open_run(
    State(registration): State<Registration>,
    officer: Officer<MakeRuns>,
    Json(ask): Json<RunIn>,
) -> Result<Json<RunView>, Problem> {
    let service = ask.service.as_deref();
    Ok(Json(registration.open_run(clerk(officer), service, ask.month).await?))
}

/// One run, with what the payments block says of it.
#[utoipa::path(get, path = "/registration/runs/{id}",
    params(("id" = String, Path, format = "uuid")),
    security(("officer" = [])), responses((status = 200, body = RunView), Problem))]
pub async fn show_run(
    State(registration): State<Registration>,
    _officer: Officer<ReadRuns>,
    Path(id): Path<Id>,
) -> Result<Json<RunView>, Problem> {
    Ok(Json(registration.show_run(id).await?))
}

/// Approves a run that another officer opened; money moves from then on.
#[utoipa::path(post, path = "/registration/runs/{id}/approve",
    params(("id" = String, Path, format = "uuid")),
    security(("officer" = [])), responses((status = 200, body = RunView), Problem))]
pub async fn approve_run(
    State(registration): State<Registration>,
    officer: Officer<CheckRuns>,
    Path(id): Path<Id>,
) -> Result<Json<RunView>, Problem> {
    Ok(Json(registration.approve_run(clerk(officer), id).await?))
}

/// Has the payments block try the failed instructions of a run again.
#[utoipa::path(post, path = "/registration/runs/{id}/resend",
    params(("id" = String, Path, format = "uuid")),
    security(("officer" = [])), responses((status = 200, body = RunView), Problem))]
pub async fn resend_run(
    State(registration): State<Registration>,
    officer: Officer<MakeRuns>,
    Path(id): Path<Id>,
) -> Result<Json<RunView>, Problem> {
    Ok(Json(registration.resend_run(clerk(officer), id).await?))
}
