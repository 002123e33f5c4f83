//! Verification: service `consent-verify` of the exchange.

use crate::model::verification::Use;
use crate::service::Consent;
use axum::extract::State;
use contracts::Caller;
use contracts::consent::{VerifyIn, VerifyOut};
use kernel::http::Json;
use kernel::problem::Problem;

/// Whether the subject of the call consents to a use of their data now.
#[utoipa::path(post, path = "/consent/verify", request_body = VerifyIn,
    responses((status = 200, body = VerifyOut), Problem))]
pub(crate) async fn verify(
    State(consent): State<Consent>,
    caller: Caller,
    Json(ask): Json<VerifyIn>,
) -> Result<Json<VerifyOut>, Problem> {
    let subject = caller.subject()?;
    let VerifyIn { agreement, service, client, purpose } = ask;
    let verdict = consent.verify(agreement, subject, Use { service, client, purpose }).await?;
    Ok(Json(match verdict {
        Ok(granted) => VerifyOut {
            given: true,
            reason: None,
            fields: granted.fields,
            valid_until: granted.valid_until,
        },
        Err(reason) => {
            VerifyOut { given: false, reason: Some(reason), fields: Vec::new(), valid_until: None }
        }
    }))
}
