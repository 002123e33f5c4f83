//! What officers of the identity authority do.

use crate::model::client::ClientIn;
use crate::model::provider::ProviderIn;
use crate::permissions::{
    EnrolAuthenticator, ListVids, ReadReconciliation, RegisterClient, RegisterProvider, ReplaceVid,
    RunReconciliation,
};
use crate::service::{
    ClientOut, EnrolIn, Enrolled, Identity, ListVidsIn, ProviderOut, Reconciliation, ReplaceVidIn,
    VidOut, VidsOut,
};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use kernel::auth::Officer;
use kernel::http::Json;
use kernel::problem::Problem;

/// Enrols a TOTP authenticator for a person; the one before it is revoked. The secret is answered
/// this once.
#[utoipa::path(post, path = "/identity/authenticators/totp", security(("officer" = [])),
    request_body = EnrolIn, responses((status = 201, body = Enrolled), Problem))]
pub async fn enrol_totp(
    State(identity): State<Identity>,
    officer: Officer<EnrolAuthenticator>,
    Json(ask): Json<EnrolIn>,
) -> Result<Response, Problem> {
    let enrolled = identity.enrol_totp(officer.actor(), officer.case, ask).await?;
    Ok(unstored(StatusCode::CREATED, enrolled))
}

/// Revokes a person's VID and gives out a new one.
#[utoipa::path(post, path = "/identity/vids/replace", security(("officer" = [])),
    request_body = ReplaceVidIn, responses((status = 201, body = VidOut), Problem))]
pub async fn replace_vid(
    State(identity): State<Identity>,
    officer: Officer<ReplaceVid>,
    Json(ask): Json<ReplaceVidIn>,
) -> Result<Response, Problem> {
    let vid = identity.replace_vid(officer.actor(), officer.case, ask).await?;
    Ok(unstored(StatusCode::CREATED, vid))
}

/// The VIDs of many registrations at once, to print the cards.
#[utoipa::path(post, path = "/identity/vids", security(("officer" = [])),
    request_body = ListVidsIn, responses((status = 200, body = VidsOut), Problem))]
pub async fn list_vids(
    State(identity): State<Identity>,
    officer: Officer<ListVids>,
    Json(ask): Json<ListVidsIn>,
) -> Result<Response, Problem> {
    let vids = identity.list_vids(officer.actor(), officer.id, officer.case, ask).await?;
    Ok(unstored(StatusCode::OK, vids))
}

/// Registers a relying party, or changes its registration.
#[utoipa::path(post, path = "/identity/clients", security(("officer" = [])),
    request_body = ClientIn, responses((status = 200, body = ClientOut), Problem))]
pub async fn register_client(
    State(identity): State<Identity>,
    officer: Officer<RegisterClient>,
    Json(form): Json<ClientIn>,
) -> Result<Json<ClientOut>, Problem> {
    Ok(Json(identity.register_client(officer.actor(), form).await?))
}

/// Registers another OpenID provider that people may sign in by, or changes its registration. The
/// answer is what that provider has to know of us.
#[utoipa::path(post, path = "/identity/providers", security(("officer" = [])),
    request_body = ProviderIn, responses((status = 200, body = ProviderOut), Problem))]
pub async fn register_provider(
    State(identity): State<Identity>,
    officer: Officer<RegisterProvider>,
    Json(form): Json<ProviderIn>,
) -> Result<Json<ProviderOut>, Problem> {
    Ok(Json(identity.register_provider(officer.actor(), form).await?))
}

/// Shows how the persons compare with the civil register.
#[utoipa::path(get, path = "/identity/reconciliation", security(("officer" = [])),
    responses((status = 200, body = Reconciliation), Problem))]
pub async fn show_reconciliation(
    State(identity): State<Identity>,
    _officer: Officer<ReadReconciliation>,
) -> Result<Json<Reconciliation>, Problem> {
    Ok(Json(identity.reconciliation().await?))
}

/// Compares now, and makes up for missing persons.
#[utoipa::path(post, path = "/identity/reconciliation", security(("officer" = [])),
    responses((status = 200, body = Reconciliation), Problem))]
pub async fn run_reconciliation(
    State(identity): State<Identity>,
    _officer: Officer<RunReconciliation>,
) -> Result<Json<Reconciliation>, Problem> {
    Ok(Json(identity.reconcile().await?))
}

/// An answer with numbers or secrets of a person, which no cache on the way may keep.
fn unstored(status: StatusCode, body: impl serde::Serialize) -> Response {
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
