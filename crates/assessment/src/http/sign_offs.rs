//! Signatures of the institution that assesses, and of others on paper.

use super::acting;
use crate::model::state::State as RoundState;
use crate::permissions::SignRounds;
use crate::service::{Assessments, SignatureIn};
use axum::extract::State;
use basis::Id;
use kernel::auth::Officer;
use kernel::http::{Json, Path};
use kernel::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

/// Where a signature left the round.
#[derive(Debug, Serialize, ToSchema)]
pub struct Signed {
    /// `in_review` until enough institutions have signed.
    pub state: RoundState,
}

/// Signs a round for the officer's institution, or records what another signed on paper.
#[utoipa::path(post, path = "/assessment/v1/rounds/{id}/sign-offs", tag = "sign-offs",
    security(("officer" = [])), params(("id" = String, Path)), request_body = SignatureIn,
    responses((status = 200, body = Signed), Problem))]
pub async fn sign(
    State(assessments): State<Assessments>,
    officer: Officer<SignRounds>,
    Path(id): Path<Id>,
    Json(new): Json<SignatureIn>,
) -> Result<Json<Signed>, Problem> {
    Ok(Json(Signed { state: assessments.sign(acting(&officer), id, new).await? }))
}
