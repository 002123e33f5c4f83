//! The block's API.

use crate::check::TrailReport;
use crate::{Error, Inspect, Witness, store};
use axum::extract::State;
use basis::Timestamp;
use contracts::Caller;
use contracts::witness::{CheckpointIn, TrailPage, TrailQuery};
use http::StatusCode;
use kernel::audit::sealed_after;
use kernel::auth::Officer;
use kernel::http::{Json, Query};
use kernel::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

/// Rows of one page of a trail.
const PAGE: i64 = 1_000;

/// Something that did not agree.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingOut {
    /// Whose trail.
    pub installation: String,
    /// Which block's.
    pub block: String,
    /// What, in words.
    pub finding: String,
    /// When it was first seen.
    #[schema(value_type = String, format = DateTime)]
    pub found: Timestamp,
}

/// Takes a checkpoint of another installation.
#[utoipa::path(post, path = "/witness/checkpoints", request_body = CheckpointIn,
    responses((status = 204, description = "Kept"), Problem))]
pub async fn take_checkpoint(
    State(witness): State<Witness>,
    Caller(ctx): Caller,
    Json(ask): Json<CheckpointIn>,
) -> Result<StatusCode, Problem> {
    witness.take(ctx.client, ask).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shows sealed audit rows to a witness.
#[utoipa::path(get, path = "/witness/audit-trail",
    params(("block" = String, Query), ("after" = i64, Query)),
    responses((status = 200, body = TrailPage), Problem))]
pub async fn show_trail(
    State(witness): State<Witness>,
    Caller(_ctx): Caller,
    Query(query): Query<TrailQuery>,
) -> Result<Json<TrailPage>, Problem> {
    let Some(db) = witness.deps.trails.of(&query.block) else {
        return Err(Error::NoSuchBlock(query.block).into());
    };
    Ok(Json(TrailPage { rows: sealed_after(&db, query.after, PAGE).await? }))
}

/// Lists what did not agree.
#[utoipa::path(get, path = "/witness/findings", security(("officer" = [])),
    responses((status = 200, body = Vec<FindingOut>), Problem))]
pub async fn list_findings(
    State(witness): State<Witness>,
    _officer: Officer<Inspect>,
) -> Result<Json<Vec<FindingOut>>, Problem> {
    let rows = witness.ctx.db.read(|tx| Box::pin(store::findings(tx))).await?;
    let out = rows.into_iter().map(|row| FindingOut {
        installation: row.installation,
        block: row.block,
        finding: row.finding,
        found: row.found,
    });
    Ok(Json(out.collect()))
}

/// Compares all witnessed trails now.
#[utoipa::path(post, path = "/witness/checks", security(("officer" = [])),
    responses((status = 200, body = Vec<TrailReport>), Problem))]
pub async fn check_now(
    State(witness): State<Witness>,
    _officer: Officer<Inspect>,
) -> Result<Json<Vec<TrailReport>>, Problem> {
    Ok(Json(witness.check_all().await?))
}
