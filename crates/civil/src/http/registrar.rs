//! The registrar and its posts: delegations, what posts hand in, conflicts.

use super::registrar_of;
use crate::model::conflict::ResolveIn;
use crate::service::{Conflicts, DelegationIn, DelegationOut};
use crate::{Civil, DelegateNumbers, ResolveConflicts};
use axum::extract::State;
use basis::Id;
use contracts::Caller;
use contracts::civil::posts::{DelegationKeys, OutcomesIn, PostPage, PostResult, PostResults};
use http::HeaderMap;
use kernel::auth::Officer;
use kernel::http::{Created, Json, Path, Query, idempotency_key};
use kernel::idempotency::Request;
use kernel::problem::Problem;
use serde::Deserialize;

/// Lets a post register births without a link, with some numbers, for some time.
#[utoipa::path(post, path = "/civil/delegations", security(("officer" = [])),
    request_body = DelegationIn,
    params(("Idempotency-Key" = String, Header, description = "1 to 200 visible ASCII characters")),
    responses((status = 201, body = DelegationOut), Problem))]
pub async fn grant_delegation(
    State(civil): State<Civil>,
    officer: Officer<DelegateNumbers>,
    headers: HeaderMap,
    Json(ask): Json<DelegationIn>,
) -> Result<Created<DelegationOut>, Problem> {
    let officer = registrar_of(officer);
    let body = serde_json::to_vec(&ask).map_err(Problem::internal)?;
    let key = idempotency_key(&headers)?;
    let request = Request::new(&officer.actor, "grant_delegation", key, &body);
    let body = civil.grant_delegation(officer, request, ask).await?;
    Ok(Created { location: format!("/civil/delegations/{}", body.id), body })
}

/// Query of the conflicts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConflictsQuery {
    after: Option<Id>,
    limit: Option<u16>,
}

/// Lists registrations of posts that wait for a decision.
#[utoipa::path(get, path = "/civil/conflicts", security(("officer" = [])),
    params(("after" = Option<String>, Query), ("limit" = Option<u16>, Query, description = "1 to 100")),
    responses((status = 200, body = Conflicts), Problem))]
pub async fn list_conflicts(
    State(civil): State<Civil>,
    officer: Officer<ResolveConflicts>,
    Query(query): Query<ConflictsQuery>,
) -> Result<Json<Conflicts>, Problem> {
    let limit = query.limit.unwrap_or(50);
    Ok(Json(civil.conflicts(registrar_of(officer), query.after, limit).await?))
}

/// Decides whether a registration is kept, merged into another one, or rejected.
#[utoipa::path(post, path = "/civil/conflicts/{registration}/resolve", security(("officer" = [])),
    request_body = ResolveIn, params(("registration" = String, Path)),
    responses((status = 200, body = PostResult), Problem))]
pub async fn resolve_conflict(
    State(civil): State<Civil>,
    officer: Officer<ResolveConflicts>,
    Path(registration): Path<Id>,
    Json(ask): Json<ResolveIn>,
) -> Result<Json<PostResult>, Problem> {
    Ok(Json(civil.resolve_conflict(registrar_of(officer), registration, ask).await?))
}

/// Takes what a post registered. Service `post-registrations`.
#[utoipa::path(post, path = "/civil/post-registrations", request_body = PostPage,
    responses((status = 200, body = PostResults), Problem))]
pub async fn hand_in(
    State(civil): State<Civil>,
    Caller(ctx): Caller,
    Json(page): Json<PostPage>,
) -> Result<Json<PostResults>, Problem> {
    Ok(Json(civil.hand_in(ctx, page).await?))
}

/// The public keys that delegations are signed with. Service `post-registrations`.
#[utoipa::path(get, path = "/civil/post-registrations/keys",
    responses((status = 200, body = DelegationKeys), Problem))]
pub async fn show_keys(
    State(civil): State<Civil>,
    Caller(_ctx): Caller,
) -> Result<Json<DelegationKeys>, Problem> {
    let keys = civil.delegation_keys()?;
    let keys = keys.iter().map(|key| key.public_json()).collect::<Result<_, _>>();
    Ok(Json(DelegationKeys { keys: keys.map_err(Problem::internal)? }))
}

/// Where registrations stand that the post handed in. Service `post-registrations`.
#[utoipa::path(post, path = "/civil/post-registrations/outcomes", request_body = OutcomesIn,
    responses((status = 200, body = PostResults), Problem))]
pub async fn show_outcomes(
    State(civil): State<Civil>,
    Caller(ctx): Caller,
    Json(ask): Json<OutcomesIn>,
) -> Result<Json<PostResults>, Problem> {
    Ok(Json(civil.outcomes(ctx, ask).await?))
}
