//! What the typed clients share: building a request, sending it, and turning an answer that is
//! not a success into a typed error.

use bytes::Bytes;
use http::{Method, StatusCode, header};
use kernel::problem::{Problem, ProblemDocument};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::context::CallContext;
use crate::wire::{RefusalReason, Wire, WireError, WireRequest, WireResponse};

pub use kernel::http::IDEMPOTENCY_KEY;

/// Why a typed call has no result.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CallError {
    /// No answer of the provider.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The provider answered, but not with a success.
    #[error("the provider answered {status} {slug}: {detail}")]
    Answered {
        /// Its HTTP status.
        status: StatusCode,
        /// Last part of the problem's `type`, `unknown` if the answer was no problem document.
        slug: String,
        /// The problem's `detail`, or its `title`.
        detail: String,
    },
    /// The answer is a success but not of the form this build knows.
    #[error("the provider's answer is not readable: {0}")]
    Unreadable(String),
    /// The request could not be built (a path or header value out of range).
    #[error("the request cannot be built: {0}")]
    Request(String),
}

impl CallError {
    /// The reason if the exchange refused the call.
    pub fn refusal(&self) -> Option<RefusalReason> {
        match self {
            Self::Wire(error) => error.refusal(),
            _ => None,
        }
    }

    /// The provider's status, if it answered.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Answered { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// True if the provider answered 404: the thing asked for does not exist there.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }
}

impl From<CallError> for Problem {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Wire(wire) => wire.into(),
            // A provider's refusal is not our caller's fault; its status would mislead them.
            other => Problem::new(
                StatusCode::BAD_GATEWAY,
                "provider-error",
                "The provider could not answer",
            )
            .detail(other.to_string()),
        }
    }
}

/// The typed error of an answer that is not a success.
pub fn error_of(response: &WireResponse) -> CallError {
    let status = response.status();
    let Ok(problem) = serde_json::from_slice::<ProblemDocument>(response.body()) else {
        return CallError::Answered {
            status,
            slug: "unknown".to_owned(),
            detail: "no problem document".to_owned(),
        };
    };
    let slug = problem.slug().to_owned();
    CallError::Answered { status, slug, detail: problem.detail.unwrap_or(problem.title) }
}

/// A request without a body. `path` is the path and query below the service, e.g. `/?limit=10`.
pub fn get(path: &str) -> Result<WireRequest, CallError> {
    request(Method::GET, path, None, Bytes::new())
}

/// A POST with a JSON body; `key` is the idempotency key of a write that may be repeated.
pub fn post<T: Serialize>(
    path: &str,
    body: &T,
    key: Option<&str>,
) -> Result<WireRequest, CallError> {
    let body = serde_json::to_vec(body).map_err(|e| CallError::Request(e.to_string()))?;
    request(Method::POST, path, key, body.into())
}

/// A POST with newline-delimited JSON, one value a line.
pub fn post_lines<T: Serialize>(path: &str, lines: &[T]) -> Result<WireRequest, CallError> {
    let mut body = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut body, line).map_err(|e| CallError::Request(e.to_string()))?;
        body.push(b'\n');
    }
    let mut request = request(Method::POST, path, None, body.into())?;
    let kind = http::HeaderValue::from_static("application/x-ndjson");
    request.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(request)
}

/// A DELETE without a body.
pub fn delete(path: &str) -> Result<WireRequest, CallError> {
    request(Method::DELETE, path, None, Bytes::new())
}

fn request(
    method: Method,
    path: &str,
    key: Option<&str>,
    body: Bytes,
) -> Result<WireRequest, CallError> {
    let mut builder = http::Request::builder().method(method).uri(path);
    if !body.is_empty() {
        builder = builder.header(header::CONTENT_TYPE, "application/json");
    }
    if let Some(key) = key {
        builder = builder.header(IDEMPOTENCY_KEY, key);
    }
    builder.body(body).map_err(|e| CallError::Request(e.to_string()))
}

/// Sends and reads a JSON answer.
pub async fn send<T: DeserializeOwned>(
    wire: &dyn Wire,
    ctx: CallContext,
    req: WireRequest,
) -> Result<T, CallError> {
    let response = wire.call(ctx, req).await?;
    if !response.status().is_success() {
        return Err(error_of(&response));
    }
    serde_json::from_slice(response.body()).map_err(|e| CallError::Unreadable(e.to_string()))
}

/// Sends and ignores the body of a success.
pub async fn send_empty(
    wire: &dyn Wire,
    ctx: CallContext,
    req: WireRequest,
) -> Result<(), CallError> {
    let response = wire.call(ctx, req).await?;
    if !response.status().is_success() {
        return Err(error_of(&response));
    }
    Ok(())
}

/// Adds `?a=b&c=d` to a path from pairs that are present. Values must not need escaping: ids,
/// timestamps, numbers and codes. Anything else belongs in a body, and personal data always.
pub(crate) fn with_query(path: &str, pairs: &[(&str, Option<String>)]) -> String {
    let mut text = path.to_owned();
    let mut joint = '?';
    for (name, value) in pairs {
        let Some(value) = value else { continue };
        text.push(joint);
        text.push_str(name);
        text.push('=');
        text.push_str(value);
        joint = '&';
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &'static str) -> WireResponse {
        http::Response::builder().status(status).body(Bytes::from_static(body.as_bytes())).unwrap()
    }

    #[test]
    fn a_problem_document_becomes_a_typed_error() {
        let body = r#"{"type":"urn:msingi:problem:record-unknown","title":"No record","status":404,"detail":"no birth"}"#;
        let error = error_of(&answer(404, body));
        assert!(error.is_not_found());
        assert_eq!(
            error,
            CallError::Answered {
                status: StatusCode::NOT_FOUND,
                slug: "record-unknown".to_owned(),
                detail: "no birth".to_owned()
            }
        );
    }

    #[test]
    fn an_answer_that_is_no_problem_document_still_has_its_status() {
        let error = error_of(&answer(502, "<html>bad gateway</html>"));
        assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
    }

    #[test]
    fn query_leaves_out_what_is_absent() {
        assert_eq!(
            with_query(
                "/",
                &[("a", None), ("b", Some("1".to_owned())), ("c", Some("2".to_owned()))]
            ),
            "/?b=1&c=2"
        );
        assert_eq!(with_query("/", &[("a", None)]), "/");
    }

    #[test]
    fn a_path_that_is_no_uri_is_an_error_not_a_panic() {
        assert!(matches!(get("/a b"), Err(CallError::Request(_))));
    }
}
