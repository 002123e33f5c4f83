//! What residents do, through the exchange: services `catalogue` and `my-applications`.

use super::LanguageQuery;
use crate::service::Registration;
use axum::extract::State;
use basis::Id;
use contracts::Caller;
use contracts::registration::{
    AnswersIn, ApplicationEntry, ApplicationView, ServiceEntry, StartIn,
};
use kernel::http::{Json, Path, Query};
use kernel::problem::Problem;

/// What can be applied for. Service `catalogue`.
#[utoipa::path(get, path = "/registration/catalogue", params(LanguageQuery),
    responses((status = 200, body = Vec<ServiceEntry>), Problem))]
pub async fn show_catalogue(
    State(registration): State<Registration>,
    _caller: Caller,
    Query(query): Query<LanguageQuery>,
) -> Json<Vec<ServiceEntry>> {
    Json(registration.catalogue(query.tag()))
}

/// The subject's applications, newest first. Service `my-applications`, as are the following.
#[utoipa::path(get, path = "/registration/my-applications", params(LanguageQuery),
    responses((status = 200, body = Vec<ApplicationEntry>), Problem))]
pub async fn list_mine(
    State(registration): State<Registration>,
    caller: Caller,
    Query(query): Query<LanguageQuery>,
) -> Result<Json<Vec<ApplicationEntry>>, Problem> {
    Ok(Json(registration.list(caller.subject()?, query.tag()).await?))
}

/// Starts an application, or answers the draft of this service that exists.
#[utoipa::path(post, path = "/registration/my-applications", params(LanguageQuery),
    request_body = StartIn, responses((status = 200, body = ApplicationView), Problem))]
pub async fn start_application(
    State(registration): State<Registration>,
    caller: Caller,
    Query(query): Query<LanguageQuery>,
    Json(ask): Json<StartIn>,
) -> Result<Json<ApplicationView>, Problem> {
    let subject = caller.subject()?;
    Ok(Json(registration.start(caller.0, subject, ask, query.tag()).await?))
}

/// One application of the subject.
#[utoipa::path(get, path = "/registration/my-applications/{id}",
    params(("id" = String, Path, format = "uuid"), LanguageQuery),
    responses((status = 200, body = ApplicationView), Problem))]
pub async fn show_mine(
    State(registration): State<Registration>,
    caller: Caller,
    Path(id): Path<Id>,
    Query(query): Query<LanguageQuery>,
) -> Result<Json<ApplicationView>, Problem> {
    let subject = caller.subject()?;
    Ok(Json(registration.show(caller.0, subject, id, query.tag()).await?))
}

/// Keeps the answers of one step, right or wrong.
#[utoipa::path(post, path = "/registration/my-applications/{id}/steps/{step}",
    params(("id" = String, Path, format = "uuid"), ("step" = String, Path), LanguageQuery),
    request_body = AnswersIn, responses((status = 200, body = ApplicationView), Problem))]
pub async fn answer_step(
    State(registration): State<Registration>,
    caller: Caller,
    Path((id, step)): Path<(Id, String)>,
    Query(query): Query<LanguageQuery>,
    Json(ask): Json<AnswersIn>,
) -> Result<Json<ApplicationView>, Problem> {
    let subject = caller.subject()?;
    Ok(Json(registration.answer(caller.0, subject, id, step, ask, query.tag()).await?))
}

/// Sends an application. Sent twice, it is sent once.
#[utoipa::path(post, path = "/registration/my-applications/{id}/submit",
    params(("id" = String, Path, format = "uuid"), LanguageQuery),
    responses((status = 200, body = ApplicationView), Problem))]
pub async fn submit_application(
    State(registration): State<Registration>,
    caller: Caller,
    Path(id): Path<Id>,
    Query(query): Query<LanguageQuery>,
) -> Result<Json<ApplicationView>, Problem> {
    let subject = caller.subject()?;
    Ok(Json(registration.submit(caller.0, subject, id, query.tag()).await?))
}

/// Takes back what was not decided yet; a draft is deleted.
#[utoipa::path(post, path = "/registration/my-applications/{id}/withdraw",
    params(("id" = String, Path, format = "uuid"), LanguageQuery),
    responses((status = 200, body = ApplicationView), Problem))]
pub async fn withdraw_application(
    State(registration): State<Registration>,
    caller: Caller,
    Path(id): Path<Id>,
    Query(query): Query<LanguageQuery>,
) -> Result<Json<ApplicationView>, Problem> {
    Ok(Json(registration.withdraw(caller.subject()?, id, query.tag()).await?))
}
