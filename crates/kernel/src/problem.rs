//! Errors as callers see them: problem details for HTTP APIs (RFC 9457).
//!
//! The `type` is `urn:msingi:problem:<slug>`; slugs are part of the API and never change. What went wrong inside is
//! logged under the trace id and never shown; a text shown to a caller names the field or the remedy.

use crate::db::DbError;
use crate::keys::KeyError;
use crate::telemetry;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder, Schema};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

/// The media type of every problem (RFC 9457 section 6.1).
pub const MEDIA_TYPE: &str = "application/problem+json";

/// The challenge of a 401 that concerns no token in particular (RFC 6750 section 3).
pub(crate) const BEARER_CHALLENGE: &str = "Bearer realm=\"msingi\"";

/// One field of the request that could not be accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Path of the field as the caller wrote it: `name.full`, `items[2].amount`, `page`.
    pub field: String,
    /// What is wrong with it. Never repeats the value.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// What to send instead.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remedy: String,
}

/// The JSON document of a problem, for clients that read one and for the OpenAPI document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// `urn:msingi:problem:<slug>`; stable.
    #[serde(rename = "type")]
    #[schema(example = "urn:msingi:problem:not-found")]
    pub kind: String,
    /// The same for every problem of this type.
    pub title: String,
    /// The HTTP status code.
    pub status: u16,
    /// What happened this time, and what to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The fields that could not be accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Names this request in the operator's log; also in the answer's `x-request-id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
}

impl ProblemDocument {
    /// The slug: the last part of `type`.
    #[must_use]
    pub fn slug(&self) -> &str {
        self.kind.strip_prefix("urn:msingi:problem:").unwrap_or(&self.kind)
    }
}

/// An answer that says no, and why. Build one with a constructor, refine it, return it as the error of a handler.
#[derive(Clone, Debug)]
pub struct Problem(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    status: StatusCode,
    slug: &'static str,
    title: &'static str,
    detail: Option<String>,
    errors: Vec<FieldError>,
    headers: HeaderMap,
}

impl Problem {
    /// A problem of its own type. `slug` is kebab-case and stable; `title` is the same each time the slug is used.
    #[must_use]
    pub fn new(status: StatusCode, slug: &'static str, title: &'static str) -> Self {
        let (detail, errors, headers) = (None, Vec::new(), HeaderMap::new());
        Self(Box::new(Inner { status, slug, title, detail, errors, headers }))
    }

    /// 400 `bad-request`.
    #[must_use]
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "The request cannot be understood")
            .detail(detail)
    }

    /// 401 `unauthorized`, with the `Bearer` challenge.
    #[must_use]
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "The caller is not known")
            .detail(detail)
            .header(WWW_AUTHENTICATE, BEARER_CHALLENGE)
    }

    /// 403 `forbidden`.
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "The caller may not do this").detail(detail)
    }

    /// 404 `not-found`.
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is no such thing").detail(detail)
    }

    /// 409 `conflict`.
    #[must_use]
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", "The request contradicts what is stored")
            .detail(detail)
    }

    /// 413 `too-large`; `limit_bytes` is the most that is accepted.
    #[must_use]
    pub fn too_large(limit_bytes: usize) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The request body is too large")
            .detail(format!("Send at most {limit_bytes} bytes."))
    }

    /// 429 `too-many`, to be tried again after `retry_after` seconds.
    #[must_use]
    pub fn too_many(retry_after: u64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many requests")
            .detail(format!("Try again in {retry_after} s."))
            .header(RETRY_AFTER, &retry_after.to_string())
    }

    /// 503 `unavailable`, to be tried again after `retry_after` seconds.
    #[must_use]
    pub fn unavailable(detail: impl Into<String>, retry_after: u64) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The service cannot answer now")
            .detail(detail)
            .header(RETRY_AFTER, &retry_after.to_string())
    }

    /// 500 `internal`. Logs `cause` with its sources under the trace id; the caller sees the id only.
    #[must_use]
    pub fn internal(cause: impl std::error::Error) -> Self {
        let trace_id = telemetry::trace_id().unwrap_or_default();
        tracing::error!(trace_id, error = %Chain(&cause), "Answered 500");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side")
            .detail("The operator finds the cause in the log under this trace id.")
    }

    /// Says what happened this time. Full sentences; no personal data.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Names a field that could not be accepted and what to send instead.
    #[must_use]
    pub fn field(self, field: impl Into<String>, remedy: impl Into<String>) -> Self {
        self.field_error(FieldError {
            field: field.into(),
            detail: String::new(),
            remedy: remedy.into(),
        })
    }

    /// As [`Problem::field`], also saying what is wrong.
    #[must_use]
    pub fn field_error(mut self, error: FieldError) -> Self {
        self.0.errors.push(error);
        self
    }

    /// Adds a header to the answer. A value that cannot stand in a header is left out.
    #[must_use]
    pub fn header(mut self, name: http::HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers.insert(name, value);
        }
        self
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The stable slug, the last part of `type`.
    #[must_use]
    pub fn slug(&self) -> &'static str {
        self.0.slug
    }

    /// The document as sent, with the trace id of the request being answered.
    #[must_use]
    pub fn document(&self) -> ProblemDocument {
        ProblemDocument {
            kind: format!("urn:msingi:problem:{}", self.0.slug),
            title: self.0.title.to_owned(),
            status: self.0.status.as_u16(),
            detail: self.0.detail.clone(),
            errors: self.0.errors.clone(),
            trace_id: telemetry::trace_id(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body =
            serde_json::to_vec(&self.document()).expect("a problem is plain text and numbers");
        let mut response = (self.0.status, self.0.headers, body).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        response
    }
}

/// So that `?` works on storage in handlers. What a caller can wait out or an operator can mend is told apart; the rest is
/// an internal error.
impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        match &error {
            DbError::Unique(_) => Self::conflict("A record with the same key exists already."),
            DbError::Contended => {
                Self::unavailable("Too many changes to the same record at once.", 1)
            }
            DbError::ReadOnly(_) | DbError::Full(_) | DbError::Unavailable(_) => {
                tracing::error!(trace_id = telemetry::trace_id(), error = %error, "Answered 503");
                let detail = "The database does not accept this now; the operator finds the cause in the log.";
                Self::unavailable(detail, 30)
            }
            _ => Self::internal(error),
        }
    }
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        Self::internal(error)
    }
}

impl PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        ProblemDocument::schema()
    }
}

impl ToSchema for Problem {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Problem")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        ProblemDocument::schemas(schemas);
    }
}

/// Lets an operation say `responses((status = 200, body = X), Problem)`: every other status is a problem.
impl IntoResponses for Problem {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new()
            .description("What went wrong (RFC 9457)")
            .content(MEDIA_TYPE, content)
            .build();
        BTreeMap::from([("default".to_owned(), response.into())])
    }
}

/// The fallback handler for paths that no block serves.
pub async fn unknown_route() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "unknown-route", "There is nothing at this address")
        .detail("Check the path against the OpenAPI document.")
}

/// The fallback handler for methods that a path does not serve.
pub async fn unknown_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "This address does not answer this method",
    )
    .detail("The `Allow` header lists the methods it answers.")
}

/// Answers unknown paths and methods of `router` with problems. Call it last: it covers the routes added before.
pub fn with_fallbacks(router: axum::Router) -> axum::Router {
    router.fallback(unknown_route).method_not_allowed_fallback(unknown_method)
}

/// An error and its sources in one line.
pub(crate) struct Chain<'a>(pub(crate) &'a dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storage_errors_are_told_apart_by_what_can_be_done() {
        let cause = || "secret cause".to_owned();
        let cases = [
            (DbError::Unique(cause()), 409, "conflict"),
            (DbError::Contended, 503, "unavailable"),
            (DbError::ReadOnly(cause()), 503, "unavailable"),
            (DbError::Full(cause()), 503, "unavailable"),
            (DbError::Unavailable(cause()), 503, "unavailable"),
            (DbError::Statement(cause()), 500, "internal"),
            (DbError::NoRow, 500, "internal"),
        ];
        for (error, status, slug) in cases {
            let text = error.to_string();
            let problem = Problem::from(error);
            assert_eq!((problem.status().as_u16(), problem.slug()), (status, slug), "{text}");
            let document = serde_json::to_string(&problem.document()).unwrap();
            assert!(!document.contains("secret"), "{document}");
        }
    }

    #[tokio::test]
    async fn the_document_says_all_that_was_said() {
        let problem = Problem::new(StatusCode::CONFLICT, "consent-withdrawn", "Withdrawn")
            .detail("It was withdrawn.")
            .field("record", "give a new consent")
            .header(RETRY_AFTER, "5\nx: y");
        let document = telemetry::with_trace("abc", async { problem.document() }).await;
        let json = serde_json::to_value(&document).unwrap();
        let expected = serde_json::json!({
            "type": "urn:msingi:problem:consent-withdrawn", "title": "Withdrawn", "status": 409,
            "detail": "It was withdrawn.", "trace_id": "abc",
            "errors": [{ "field": "record", "remedy": "give a new consent" }],
        });
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_value::<ProblemDocument>(json).unwrap(), document);
        assert_eq!(document.slug(), "consent-withdrawn");
        assert!(!problem.into_response().headers().contains_key(RETRY_AFTER));
    }

    #[test]
    fn a_cause_is_told_with_its_sources() {
        let inner = std::io::Error::other("disk");
        let outer = KeyError::File { path: "/k".into(), source: inner };
        assert!(Chain(&outer).to_string().ends_with(": disk"));
    }
}
