//! The block's API.

mod import;
mod post;
mod registrar;

use crate::service::{BirthIn, BirthOut, Registrar};
use crate::{Civil, RegisterBirth};
use axum::extract::State;
use basis::Id;
use contracts::Caller;
use contracts::civil::{BirthFactsPage, BirthPage, BirthRecord, Children};
use contracts::reads::attempt::Attempt;
use contracts::reads::{ReadLog, ReadLogQuery};
use http::{HeaderMap, StatusCode};
use kernel::auth::{Officer, Permission};
use kernel::http::{Created, Json, Path, Query, idempotency_key};
use kernel::outbox::Delivery;
use kernel::problem::Problem;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Every route of the block.
pub fn api(civil: Civil) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(register_birth, list_births))
        .routes(routes!(import::import_births))
        .routes(routes!(list_facts))
        .routes(routes!(list_children))
        .routes(routes!(show_birth))
        .routes(routes!(take_event))
        .routes(routes!(show_read_log))
        .routes(routes!(note_attempt))
        .routes(routes!(registrar::grant_delegation))
        .routes(routes!(registrar::list_conflicts))
        .routes(routes!(registrar::resolve_conflict))
        .routes(routes!(registrar::hand_in))
        .routes(routes!(registrar::show_keys))
        .routes(routes!(registrar::show_outcomes))
        .routes(routes!(post::take_delegation))
        .routes(routes!(post::show_status))
        .routes(routes!(post::hand_in_now))
        .with_state(civil)
}

/// The officer as the service knows them.
pub(crate) fn registrar_of<P: Permission>(officer: Officer<P>) -> Registrar {
    Registrar { actor: officer.actor(), id: officer.id }
}

/// Registers a birth.
#[utoipa::path(post, path = "/civil/births", security(("officer" = [])), request_body = BirthIn,
    params(("Idempotency-Key" = String, Header, description = "1 to 200 visible ASCII characters")),
    responses((status = 201, body = BirthOut), Problem))]
pub async fn register_birth(
    State(civil): State<Civil>,
    officer: Officer<RegisterBirth>,
    headers: HeaderMap,
    Json(ask): Json<BirthIn>,
) -> Result<Created<BirthOut>, Problem> {
    let key = idempotency_key(&headers)?.to_owned();
    let body = civil.register_birth(registrar_of(officer), key, ask).await?;
    Ok(Created { location: format!("/civil/births/{}", body.registration), body })
}

/// Query of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    after: Option<Id>,
    limit: Option<u16>,
}

/// Lists registrations by id, for reconciliation.
#[utoipa::path(get, path = "/civil/births",
    params(("after" = Option<String>, Query), ("limit" = Option<u16>, Query, description = "1 to 1,000")),
    responses((status = 200, body = BirthPage), Problem))]
pub async fn list_births(
    State(civil): State<Civil>,
    Caller(ctx): Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<BirthPage>, Problem> {
    Ok(Json(civil.list_births(&ctx, query.after, query.limit.unwrap_or(1_000)).await?))
}

/// Query of the list with facts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactsQuery {
    batch: Option<Id>,
    after: Option<Id>,
    limit: Option<u16>,
}

/// Lists registrations with what they say: of one import, or all.
#[utoipa::path(get, path = "/civil/births/facts",
    params(("batch" = Option<String>, Query), ("after" = Option<String>, Query),
        ("limit" = Option<u16>, Query, description = "1 to 1,000")),
    responses((status = 200, body = BirthFactsPage), Problem))]
pub async fn list_facts(
    State(civil): State<Civil>,
    Caller(ctx): Caller,
    Query(query): Query<FactsQuery>,
) -> Result<Json<BirthFactsPage>, Problem> {
    let FactsQuery { batch, after, limit } = query;
    Ok(Json(civil.list_facts(ctx, batch, after, limit.unwrap_or(1_000)).await?))
}

/// Lists the children of the subject of the call.
#[utoipa::path(get, path = "/civil/births/children",
    responses((status = 200, body = Children), Problem))]
pub async fn list_children(
    State(civil): State<Civil>,
    caller: Caller,
) -> Result<Json<Children>, Problem> {
    let subject = caller.subject()?;
    Ok(Json(civil.children(caller.0, subject).await?))
}

/// Shows one registration.
#[utoipa::path(get, path = "/civil/births/{registration}", params(("registration" = String, Path)),
    responses((status = 200, body = BirthRecord), Problem))]
pub async fn show_birth(
    State(civil): State<Civil>,
    Caller(ctx): Caller,
    Path(registration): Path<Id>,
) -> Result<Json<BirthRecord>, Problem> {
    Ok(Json(civil.show_birth(ctx, registration).await?))
}

/// Takes an event.
#[utoipa::path(post, path = "/civil/events", request_body = Object,
    responses((status = 204, description = "Handled"), Problem))]
pub async fn take_event(
    State(civil): State<Civil>,
    Caller(_ctx): Caller,
    Json(delivery): Json<Delivery>,
) -> Result<StatusCode, Problem> {
    civil.take_event(delivery).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who read registrations about the subject of the call.
#[utoipa::path(get, path = "/civil/read-log",
    params(("before" = Option<String>, Query), ("limit" = Option<u16>, Query, description = "1 to 100")),
    responses((status = 200, body = ReadLog), Problem))]
pub async fn show_read_log(
    State(civil): State<Civil>,
    caller: Caller,
    Query(query): Query<ReadLogQuery>,
) -> Result<Json<ReadLog>, Problem> {
    Ok(Json(civil.read_log(caller.subject()?, query).await?))
}

/// Notes an attempt that the exchange refused, for the read log of whom it was about.
#[utoipa::path(post, path = "/civil/read-log/attempts",
    responses((status = 204, description = "Noted"), Problem))]
pub async fn note_attempt(
    State(civil): State<Civil>,
    attempt: Attempt,
) -> Result<StatusCode, Problem> {
    civil.note_attempt(attempt.subject()?, attempt).await?;
    Ok(StatusCode::NO_CONTENT)
}
