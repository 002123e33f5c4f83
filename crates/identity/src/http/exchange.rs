//! What other blocks ask, through the exchange.

use crate::service::Identity;
use axum::extract::State;
use contracts::Caller;
use contracts::identity::{
    PersonFacts, ResolveIn, ResolveManyIn, ResolveManyOut, ResolveOut, SignIns, SignInsQuery,
    TranslateIn, TranslateOut,
};
use contracts::reads::attempt::Attempt;
use contracts::reads::{ReadLog, ReadLogQuery};
use http::StatusCode;
use kernel::http::{Json, Query};
use kernel::outbox::Delivery;
use kernel::problem::Problem;

/// Takes an event of the civil register.
#[utoipa::path(post, path = "/identity/events", request_body = Object,
    responses((status = 204, description = "Handled"), Problem))]
pub async fn take_event(
    State(identity): State<Identity>,
    Caller(ctx): Caller,
    Json(delivery): Json<Delivery>,
) -> Result<StatusCode, Problem> {
    identity.take_event(&ctx, delivery).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Translates a pseudonym into another sector's, for the exchange alone.
#[utoipa::path(post, path = "/identity/translate", request_body = TranslateIn,
    responses((status = 200, body = TranslateOut), Problem))]
pub async fn translate(
    State(identity): State<Identity>,
    Caller(ctx): Caller,
    Json(ask): Json<TranslateIn>,
) -> Result<Json<TranslateOut>, Problem> {
    let pseudonym = identity.translate(&ctx, ask).await?;
    Ok(Json(TranslateOut { pseudonym }))
}

/// Looks a person up by an identifier they showed.
#[utoipa::path(post, path = "/identity/persons/resolve", request_body = ResolveIn,
    responses((status = 200, body = ResolveOut), Problem))]
pub async fn resolve(
    State(identity): State<Identity>,
    Caller(ctx): Caller,
    Json(ask): Json<ResolveIn>,
) -> Result<Json<ResolveOut>, Problem> {
    let pseudonym = identity.resolve(&ctx, ask).await?;
    Ok(Json(ResolveOut { pseudonym }))
}

/// Looks many persons up by one kind of identifier.
#[utoipa::path(post, path = "/identity/persons/resolve-many", request_body = ResolveManyIn,
    responses((status = 200, body = ResolveManyOut), Problem))]
pub async fn resolve_many(
    State(identity): State<Identity>,
    Caller(ctx): Caller,
    Json(ask): Json<ResolveManyIn>,
) -> Result<Json<ResolveManyOut>, Problem> {
    let pseudonyms = identity.resolve_many(&ctx, ask).await?;
    Ok(Json(ResolveManyOut { pseudonyms }))
}

/// Shows facts of the subject of the call.
#[utoipa::path(get, path = "/identity/persons/facts",
    responses((status = 200, body = PersonFacts), Problem))]
pub async fn show_facts(
    State(identity): State<Identity>,
    caller: Caller,
) -> Result<Json<PersonFacts>, Problem> {
    let subject = caller.subject()?;
    Ok(Json(identity.facts(caller.0, subject).await?))
}

/// Who read facts of the subject of the call.
#[utoipa::path(get, path = "/identity/read-log",
    params(("before" = Option<String>, Query), ("limit" = Option<u16>, Query, description = "1 to 100")),
    responses((status = 200, body = ReadLog), Problem))]
pub async fn show_read_log(
    State(identity): State<Identity>,
    caller: Caller,
    Query(query): Query<ReadLogQuery>,
) -> Result<Json<ReadLog>, Problem> {
    let subject = caller.subject()?;
    Ok(Json(identity.read_log(caller.0, subject, query).await?))
}

/// Notes an attempt that the exchange refused, for the read log of whom it was about.
#[utoipa::path(post, path = "/identity/read-log/attempts",
    responses((status = 204, description = "Noted"), Problem))]
pub async fn note_attempt(
    State(identity): State<Identity>,
    attempt: Attempt,
) -> Result<StatusCode, Problem> {
    identity.note_attempt(attempt.subject()?, attempt).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// When and how the subject of the call signed in.
#[utoipa::path(get, path = "/identity/my-sign-ins",
    params(("before" = Option<String>, Query), ("limit" = Option<u16>, Query, description = "1 to 100")),
    responses((status = 200, body = SignIns), Problem))]
pub async fn show_my_sign_ins(
    State(identity): State<Identity>,
    caller: Caller,
    Query(query): Query<SignInsQuery>,
) -> Result<Json<SignIns>, Problem> {
    let subject = caller.subject()?;
    Ok(Json(identity.my_sign_ins(caller.0, subject, query).await?))
}
