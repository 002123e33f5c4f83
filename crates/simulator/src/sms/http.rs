//! A gateway's API: its service, and what its own officers may see.

use super::model::Outbox;
use super::service::Gateway;
use crate::permissions::ReadSms;
use axum::extract::State;
use contracts::Caller;
use contracts::messaging::{SmsIn, SmsReceipt};
use kernel::auth::Officer;
use kernel::http::Json;
use kernel::problem::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The API of this gateway under its own path.
pub fn api(gateway: Gateway, path: &str) -> OpenApiRouter {
    let routes = OpenApiRouter::new()
        .routes(routes!(take_sms))
        .routes(routes!(show_outbox))
        .with_state(gateway);
    OpenApiRouter::new().nest(path, routes)
}

/// Takes an SMS.
#[utoipa::path(post, path = "/sms", tag = "sms-gateway", request_body = SmsIn,
    responses((status = 200, body = SmsReceipt), Problem))]
async fn take_sms(
    State(gateway): State<Gateway>,
    Caller(call): Caller,
    Json(sms): Json<SmsIn>,
) -> Result<Json<SmsReceipt>, Problem> {
    Ok(Json(gateway.take_sms(call, sms).await?))
}

/// Shows the messages of the last day: nobody gets them on a telephone.
#[utoipa::path(get, path = "/outbox", tag = "sms-gateway", security(("officer" = [])),
    responses((status = 200, body = Outbox), Problem))]
async fn show_outbox(
    State(gateway): State<Gateway>,
    officer: Officer<ReadSms>,
) -> Result<Json<Outbox>, Problem> {
    Ok(Json(gateway.outbox(officer.actor()).await?))
}
