//! At a post: its delegation, where it stands, handing in at once.

use super::registrar_of;
use crate::service::{PostStatus, TakeIn};
use crate::{Civil, RunPost};
use axum::extract::State;
use kernel::auth::Officer;
use kernel::http::Json;
use kernel::problem::Problem;

/// Takes in a delegation that the registrar signed for this post.
#[utoipa::path(post, path = "/civil/post/delegation", security(("officer" = [])),
    request_body = TakeIn, responses((status = 200, body = PostStatus), Problem))]
pub async fn take_delegation(
    State(civil): State<Civil>,
    officer: Officer<RunPost>,
    Json(ask): Json<TakeIn>,
) -> Result<Json<PostStatus>, Problem> {
    Ok(Json(civil.take_delegation(registrar_of(officer), ask).await?))
}

/// What is registered here, what waits, and what numbers are left.
#[utoipa::path(get, path = "/civil/post/status", security(("officer" = [])),
    responses((status = 200, body = PostStatus), Problem))]
pub async fn show_status(
    State(civil): State<Civil>,
    _officer: Officer<RunPost>,
) -> Result<Json<PostStatus>, Problem> {
    Ok(Json(civil.post_status().await?))
}

/// Hands in what waits without waiting for the next attempt; the status says how it went.
#[utoipa::path(post, path = "/civil/post/hand-in", security(("officer" = [])),
    responses((status = 200, body = PostStatus), Problem))]
pub async fn hand_in_now(
    State(civil): State<Civil>,
    _officer: Officer<RunPost>,
) -> Result<Json<PostStatus>, Problem> {
    civil.hand_in_now().await?;
    Ok(Json(civil.post_status().await?))
}
