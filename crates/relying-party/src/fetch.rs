//! Asking the issuer over HTTP, within bounds.

use super::OidcError;
use reqwest::{Client, RequestBuilder, StatusCode};
use std::time::Duration;

/// An issuer that does not answer by then is not reachable, for somebody who waits for a page.
const TIMEOUT: Duration = Duration::from_secs(10);

/// No document of an issuer is longer, bytes.
const ANSWER_MAX: usize = 256 * 1024;

/// The body of a successful GET. `what` names the document in errors.
pub(super) async fn get(
    http: &Client,
    address: &str,
    what: &'static str,
) -> Result<Vec<u8>, OidcError> {
    let (status, body) = send(http.get(address), what).await?;
    if !status.is_success() {
        return Err(OidcError::Unreachable(what));
    }
    Ok(body)
}

/// Status and body of an answer.
pub(super) async fn send(
    request: RequestBuilder,
    what: &'static str,
) -> Result<(StatusCode, Vec<u8>), OidcError> {
    let unreachable = |error: reqwest::Error| {
        // Without its address: a query may hold a code.
        tracing::warn!("The issuer's {what} does not answer: {}", error.without_url());
        OidcError::Unreachable(what)
    };
    let mut answer = request.timeout(TIMEOUT).send().await.map_err(unreachable)?;
    let status = answer.status();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_MAX {
            return Err(OidcError::Metadata { what, why: "it is too long" });
        }
    }
    Ok((status, body))
}
