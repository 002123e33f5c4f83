//! Rounds: opening, showing, assigning, moving on, and the whole as a file.

use super::acting;
use super::headers::{etag, seen};
use crate::model::state::State as RoundState;
use crate::permissions::{ManageRounds, ReadRounds};
use crate::service::{Assessments, Catalogue, RoundIn, RoundLine, RoundView};
use axum::extract::State;
use axum::response::IntoResponse;
use basis::Id;
use http::HeaderMap;
use kernel::auth::Officer;
use kernel::http::{Created, Json, Path};
use kernel::problem::Problem;
use maturity::Round;
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Where a round is to go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveIn {
    /// `in_review`, `open` or `closed`; signatures alone make it signed.
    to: RoundState,
    /// Revision that was read; `If-Match` goes before it.
    #[serde(default)]
    revision: i64,
}

/// Who is to answer what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentsIn {
    /// Institution by indicator.
    #[schema(example = json!({"ID-01": "GOV/NIA"}))]
    assignments: BTreeMap<String, String>,
}

/// A round from a file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportIn {
    /// What people call it; the file's id if left out.
    #[serde(default)]
    title: String,
    /// `dpi-assessment-round/1`
    #[schema(value_type = Object)]
    round: Round,
}

/// Lists rounds, the latest first.
#[utoipa::path(get, path = "/assessment/v1/rounds", tag = "rounds", security(("officer" = [])),
    responses((status = 200, body = Vec<RoundLine>), Problem))]
pub async fn list_rounds(
    State(assessments): State<Assessments>,
    _officer: Officer<ReadRounds>,
) -> Result<Json<Vec<RoundLine>>, Problem> {
    Ok(Json(assessments.rounds().await?))
}

/// Opens a round.
#[utoipa::path(post, path = "/assessment/v1/rounds", tag = "rounds", security(("officer" = [])),
    request_body = RoundIn, responses((status = 201, body = RoundLine), Problem))]
pub async fn open_round(
    State(assessments): State<Assessments>,
    officer: Officer<ManageRounds>,
    Json(new): Json<RoundIn>,
) -> Result<Created<RoundLine>, Problem> {
    let body = assessments.open_round(acting(&officer), new).await?;
    Ok(Created { location: format!("/assessment/v1/rounds/{}", body.id), body })
}

/// Opens a round with what a file holds.
#[utoipa::path(post, path = "/assessment/v1/rounds/import", tag = "rounds",
    security(("officer" = [])), request_body = ImportIn,
    responses((status = 201, body = RoundLine), Problem))]
pub async fn import_round(
    State(assessments): State<Assessments>,
    officer: Officer<ManageRounds>,
    Json(file): Json<ImportIn>,
) -> Result<Created<RoundLine>, Problem> {
    let body = assessments.import(acting(&officer), file.title, file.round).await?;
    Ok(Created { location: format!("/assessment/v1/rounds/{}", body.id), body })
}

/// Shows a round: how far it has come, what is to be looked at, and the digest to sign.
#[utoipa::path(get, path = "/assessment/v1/rounds/{id}", tag = "rounds",
    security(("officer" = [])), params(("id" = String, Path)),
    responses((status = 200, body = RoundView), Problem))]
pub async fn show_round(
    State(assessments): State<Assessments>,
    _officer: Officer<ReadRounds>,
    Path(id): Path<Id>,
) -> Result<impl IntoResponse, Problem> {
    let view = assessments.show_round(id).await?;
    Ok((etag(view.round.revision), Json(view)))
}

/// The whole round in the format `dpi-assessment-round/1`.
#[utoipa::path(get, path = "/assessment/v1/rounds/{id}/round.json", tag = "rounds",
    security(("officer" = [])), params(("id" = String, Path)),
    responses((status = 200, description = "The round", content_type = "application/json"), Problem))]
pub async fn show_whole(
    State(assessments): State<Assessments>,
    _officer: Officer<ReadRounds>,
    Path(id): Path<Id>,
) -> Result<Json<Round>, Problem> {
    Ok(Json(assessments.whole(id).await?.0))
}

/// Puts a round into review, back to its respondents, or closes it.
#[utoipa::path(post, path = "/assessment/v1/rounds/{id}/state", tag = "rounds",
    security(("officer" = [])), params(("id" = String, Path)), request_body = MoveIn,
    responses((status = 200, body = RoundLine), Problem))]
pub async fn move_round(
    State(assessments): State<Assessments>,
    officer: Officer<ManageRounds>,
    Path(id): Path<Id>,
    headers: HeaderMap,
    Json(ask): Json<MoveIn>,
) -> Result<impl IntoResponse, Problem> {
    let revision = seen(&headers, ask.revision)?;
    let round = assessments.move_round(acting(&officer), id, ask.to, revision).await?;
    Ok((etag(round.revision), Json(round)))
}

/// Assigns indicators to institutions. Those not named stay as they are.
#[utoipa::path(put, path = "/assessment/v1/rounds/{id}/assignments", tag = "rounds",
    security(("officer" = [])), params(("id" = String, Path)), request_body = AssignmentsIn,
    responses((status = 200, body = BTreeMap<String, String>), Problem))]
pub async fn assign(
    State(assessments): State<Assessments>,
    officer: Officer<ManageRounds>,
    Path(id): Path<Id>,
    Json(ask): Json<AssignmentsIn>,
) -> Result<Json<BTreeMap<String, String>>, Problem> {
    Ok(Json(assessments.assign(acting(&officer), id, ask.assignments).await?))
}

/// Replaces the institutions, systems, services, flows, laws and targets of a round.
#[utoipa::path(put, path = "/assessment/v1/rounds/{id}/catalogue", tag = "rounds",
    security(("officer" = [])), params(("id" = String, Path)), request_body = Catalogue,
    responses((status = 200, body = RoundLine), Problem))]
pub async fn replace_catalogue(
    State(assessments): State<Assessments>,
    officer: Officer<ManageRounds>,
    Path(id): Path<Id>,
    headers: HeaderMap,
    Json(new): Json<Catalogue>,
) -> Result<impl IntoResponse, Problem> {
    let revision = seen(&headers, new.revision)?;
    let new = Catalogue { revision, ..new };
    let round = assessments.replace_catalogue(acting(&officer), id, new).await?;
    Ok((etag(round.revision), Json(round)))
}
