//! What others ask for through the exchange.

use crate::service::Messaging;
use axum::extract::State;
use basis::Id;
use contracts::Caller;
use contracts::messaging::{Inbox, InboxMessage, MessageIn, MessageOut, SmsReceipt};
use http::StatusCode;
use kernel::http::{Json, Path};
use kernel::problem::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Where the exchange finds sending.
pub const EXCHANGE_MESSAGES: &str = "/messaging/exchange/messages";
/// Where the exchange finds persons' inboxes.
pub const EXCHANGE_MY_MESSAGES: &str = "/messaging/exchange/my-messages";
/// Where the exchange finds the taking of receipts.
pub const EXCHANGE_SMS_RECEIPTS: &str = "/messaging/exchange/sms-receipts";

/// The API over these use cases.
pub fn api(messaging: Messaging) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(send_message))
        .routes(routes!(show_inbox))
        .routes(routes!(open_message))
        .routes(routes!(take_receipt))
        .with_state(messaging)
}

/// Sends a message to the subject of the call.
#[utoipa::path(post, path = "/messaging/exchange/messages", tag = "messaging",
    request_body = MessageIn, responses((status = 200, body = MessageOut), Problem))]
async fn send_message(
    State(messaging): State<Messaging>,
    caller: Caller,
    Json(ask): Json<MessageIn>,
) -> Result<Json<MessageOut>, Problem> {
    let subject = caller.subject()?;
    Ok(Json(messaging.send_message(caller.0, subject, ask).await?))
}

/// Shows the inbox of the subject of the call.
#[utoipa::path(get, path = "/messaging/exchange/my-messages", tag = "messaging",
    responses((status = 200, body = Inbox), Problem))]
async fn show_inbox(
    State(messaging): State<Messaging>,
    caller: Caller,
) -> Result<Json<Inbox>, Problem> {
    Ok(Json(messaging.inbox(caller.subject()?).await?))
}

/// Opens a message of the subject of the call.
#[utoipa::path(post, path = "/messaging/exchange/my-messages/{id}/read", tag = "messaging",
    params(("id" = String, Path)), responses((status = 200, body = InboxMessage), Problem))]
async fn open_message(
    State(messaging): State<Messaging>,
    caller: Caller,
    Path(id): Path<Id>,
) -> Result<Json<InboxMessage>, Problem> {
    Ok(Json(messaging.open_message(caller.subject()?, id).await?))
}

/// Takes a gateway's word on an SMS.
#[utoipa::path(post, path = "/messaging/exchange/sms-receipts", tag = "messaging",
    request_body = SmsReceipt, responses((status = 204, description = "Taken"), Problem))]
async fn take_receipt(
    State(messaging): State<Messaging>,
    Caller(call): Caller,
    Json(receipt): Json<SmsReceipt>,
) -> Result<StatusCode, Problem> {
    messaging.take_receipt(call, receipt).await?;
    Ok(StatusCode::NO_CONTENT)
}
