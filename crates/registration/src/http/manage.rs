//! What a service package leaves to be said at run time.

use super::clerk;
use crate::permissions::ManageServices;
use crate::service::Registration;
use axum::extract::State;
use basis::Id;
use http::StatusCode;
use kernel::auth::Officer;
use kernel::http::{Json, Path};
use kernel::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

/// A data agreement.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentIn {
    /// Its id at the consent block.
    #[schema(value_type = String, format = "uuid")]
    agreement: Id,
}

/// Says which data agreement a read by consent rests on.
#[utoipa::path(put, path = "/registration/services/{service}/consents/{read}",
    params(("service" = String, Path), ("read" = String, Path)), request_body = ConsentIn,
    security(("officer" = [])), responses((status = 204), Problem))]
pub async fn bind_consent(
    State(registration): State<Registration>,
    officer: Officer<ManageServices>,
    Path((service, read)): Path<(String, String)>,
    Json(ask): Json<ConsentIn>,
) -> Result<StatusCode, Problem> {
    registration.bind_consent(clerk(officer), service, read, ask.agreement).await?;
    Ok(StatusCode::NO_CONTENT)
}
