//! Reading requests and writing answers: extractors whose refusal is a [`Problem`] that names the field.
//!
//! They stand in for axum's of the same name. No refusal repeats a value that was sent: it may be personal data.

use crate::problem::{FieldError, Problem};
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest path of a field that an error repeats: the keys of a map are the caller's own words.
const FIELD_PATH_MAX: usize = 120;

/// A JSON body, and a JSON answer. Refuses with 400 (naming the field), 413 or 415.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json<T>(pub T);

/// The parameters after `?`. Refuses with 400, naming the parameter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<T>(pub T);

/// The parameters within the path. Refuses with 400, naming the parameter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Path<T>(pub T);

/// A form: the body of a POST, the query of a GET. Refuses with 400 (naming the field), 413 or 415.
#[derive(Clone, Copy, Debug, Default)]
pub struct Form<T>(pub T);

/// A body of newline-delimited JSON, one document a line; parse each with [`parse_json`]. Refuses with 413 or 415.
#[derive(Clone, Debug, Default)]
pub struct Lines(pub Bytes);

impl Lines {
    /// The lines that are not blank, with their numbers from 1.
    pub fn numbered(&self) -> impl Iterator<Item = (u32, &[u8])> {
        let lines = (1..).zip(self.0.split(|byte| *byte == b'\n'));
        lines.filter(|(_, line)| !line.trim_ascii().is_empty())
    }
}

/// 201 with the thing that was made as JSON, and where it is.
#[derive(Clone, Debug)]
pub struct Created<T> {
    /// Path for the `Location` header.
    pub location: String,
    /// The thing as JSON.
    pub body: T,
}

/// Header that makes a write which is sent twice happen once; see [`crate::idempotency`].
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The request's [`IDEMPOTENCY_KEY`]: 1 to 200 visible ASCII characters.
///
/// # Errors
/// 400 naming the header when it is missing or of another form.
pub fn idempotency_key(headers: &http::HeaderMap) -> Result<&str, Problem> {
    let key = headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok());
    key.filter(|key| (1..=200).contains(&key.len())).ok_or_else(|| {
        Problem::bad_request("A write needs an Idempotency-Key.")
            .field("Idempotency-Key", "send 1 to 200 visible ASCII characters, new for each write")
    })
}

impl<T, S> FromRequest<S> for Json<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(unsupported("application/json"));
        }
        let body = read_body(request, state).await?;
        parse_json(&body).map(Self)
    }
}

impl<S: Send + Sync> FromRequest<S> for Lines {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        // One document is one line.
        if !is_json(request.headers()) && !has_media_type(request.headers(), "application/x-ndjson")
        {
            return Err(unsupported("application/x-ndjson"));
        }
        read_body(request, state).await.map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => {
                let kind = HeaderValue::from_static("application/json");
                ([(CONTENT_TYPE, kind)], body).into_response()
            }
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.body).into_response();
        if !response.status().is_success() {
            return response;
        }
        *response.status_mut() = StatusCode::CREATED;
        if let Ok(location) = HeaderValue::from_str(&self.location) {
            response.headers_mut().insert(LOCATION, location);
        }
        response
    }
}

impl<T, S> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        parse_form(query.as_bytes(), "invalid-query", "The query cannot be accepted").map(Self)
    }
}

impl<T, S> FromRequest<S> for Form<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if request.method() == http::Method::GET || request.method() == http::Method::HEAD {
            let query = request.uri().query().unwrap_or_default();
            return parse_form(query.as_bytes(), "invalid-query", "The query cannot be accepted")
                .map(Self);
        }
        if !has_media_type(request.headers(), "application/x-www-form-urlencoded") {
            return Err(unsupported("application/x-www-form-urlencoded"));
        }
        let body = read_body(request, state).await?;
        parse_form(&body, "invalid-body", "The form cannot be accepted").map(Self)
    }
}

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.uri.path().contains("%00") {
            return Err(path_problem(no_nul("")));
        }
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(refuse_path(rejection)),
        }
    }
}

/// The JSON in `body` as a `T`.
///
/// # Errors
/// 400 `invalid-body`, naming the field.
pub fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    if holds_nul_escape(body) {
        return Err(body_problem(no_nul("")));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        refuse_json(&path, error.inner())
    })?;
    reader.end().map_err(|error| refuse_json(".", &error))?;
    Ok(value)
}

fn refuse_json(path: &str, error: &serde_json::Error) -> Problem {
    if error.is_data() {
        return body_problem(explain(path, &error.to_string()));
    }
    // What serde_json says about syntax holds positions and punctuation, never the text itself.
    let detail = if error.is_eof() && error.line() <= 1 && error.column() == 0 {
        "The body is empty; send a JSON document.".to_owned()
    } else {
        format!("The body is not valid JSON: {error}.")
    };
    Problem::new(StatusCode::BAD_REQUEST, "invalid-body", "The body cannot be accepted")
        .detail(detail)
}

fn body_problem(error: FieldError) -> Problem {
    named(
        Problem::new(StatusCode::BAD_REQUEST, "invalid-body", "The body cannot be accepted"),
        error,
    )
}

fn path_problem(error: FieldError) -> Problem {
    named(
        Problem::new(StatusCode::BAD_REQUEST, "invalid-path", "The path cannot be accepted"),
        error,
    )
}

/// A problem whose detail says in one sentence what its field entry says in parts.
fn named(problem: Problem, error: FieldError) -> Problem {
    let detail = match error.field.as_str() {
        "" => format!("It {}: {}.", error.detail, error.remedy),
        field => format!("`{field}` {}: {}.", error.detail, error.remedy),
    };
    problem.detail(detail).field_error(error)
}

fn parse_form<T: DeserializeOwned>(
    text: &[u8],
    slug: &'static str,
    title: &'static str,
) -> Result<T, Problem> {
    let refuse = |error| Err(named(Problem::new(StatusCode::BAD_REQUEST, slug, title), error));
    if text.windows(3).any(|part| part == b"%00") {
        return refuse(no_nul(""));
    }
    let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text));
    match serde_path_to_error::deserialize(reader) {
        Ok(value) => Ok(value),
        Err(error) => refuse(explain(&error.path().to_string(), &error.inner().to_string())),
    }
}

fn refuse_path(rejection: PathRejection) -> Problem {
    use axum::extract::path::ErrorKind;
    let PathRejection::FailedToDeserializePathParams(failed) = rejection else {
        return Problem::internal(rejection);
    };
    let wrong = |field: String, remedy: String| {
        path_problem(FieldError { field, detail: "is not acceptable".to_owned(), remedy })
    };
    match failed.into_kind() {
        ErrorKind::ParseErrorAtKey { key, expected_type, .. } => {
            wrong(key, format!("send a {expected_type}"))
        }
        ErrorKind::ParseErrorAtIndex { index, expected_type, .. } => {
            wrong(format!("parameter {}", index + 1), format!("send a {expected_type}"))
        }
        ErrorKind::ParseError { expected_type, .. } => {
            wrong(String::new(), format!("send a {expected_type}"))
        }
        ErrorKind::InvalidUtf8InPathParam { key } => {
            wrong(key, "send percent-encoded UTF-8".to_owned())
        }
        ErrorKind::DeserializeError { key, message, .. } => path_problem(explain(&key, &message)),
        ErrorKind::Message(message) => path_problem(explain(".", &message)),
        other => Problem::internal(std::io::Error::other(format!("path extractor: {other}"))),
    }
}

async fn read_body<S: Send + Sync>(mut request: Request, state: &S) -> Result<Bytes, Problem> {
    let limit = crate::limits::body_limit(request.extensions());
    DefaultBodyLimit::max(limit).apply(&mut request);
    Bytes::from_request(request, state).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Problem::too_large(limit);
        }
        Problem::bad_request("The body ended before it was complete; send the request again.")
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = media_type(headers);
    media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

fn has_media_type(headers: &HeaderMap, wanted: &str) -> bool {
    media_type(headers) == wanted
}

fn media_type(headers: &HeaderMap) -> String {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn unsupported(wanted: &'static str) -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported-media-type",
        "The body is of the wrong kind",
    )
    .detail(format!("Send the body with `Content-Type: {wanted}`."))
}

/// U+0000 is refused at the edge: one database engine stores it, the other does not.
fn no_nul(field: &str) -> FieldError {
    FieldError {
        field: field.to_owned(),
        detail: "holds the character U+0000".to_owned(),
        remedy: "leave that character out".to_owned(),
    }
}

/// Whether JSON text holds the escape of U+0000. A backslash before it makes it plain text.
fn holds_nul_escape(body: &[u8]) -> bool {
    body.windows(6).enumerate().any(|(place, part)| {
        let backslashes = body[..place].iter().rev().take_while(|byte| **byte == b'\\').count();
        part == b"\\u0000" && backslashes % 2 == 0
    })
}

/// What serde says, as a field error. The sent value is cut out of it.
pub(crate) fn explain(path: &str, message: &str) -> FieldError {
    let message = message.rsplit_once(" at line ").map_or(message, |(before, _)| before);
    let parent = if path == "." { "" } else { path };
    if let Some(name) = quoted(message, "missing field ") {
        return error(&join(parent, name), "is missing", "send it");
    }
    if let Some(name) = quoted(message, "duplicate field ") {
        return error(&join(parent, name), "appears twice", "send it once");
    }
    if let Some(name) = quoted(message, "unknown field ") {
        // serde_path_to_error counts the unknown key as part of the path in some formats and not in others.
        let field = if parent.rsplit('.').next() == Some(name) {
            parent.to_owned()
        } else {
            join(parent, name)
        };
        return error(&field, "is not known here", &choice(message, "leave it out"));
    }
    if message.starts_with("unknown variant ") {
        return error(
            parent,
            "is not one of the allowed values",
            &choice(message, "see the documentation"),
        );
    }
    for (start, detail) in [
        ("invalid type:", "has the wrong type"),
        ("invalid value:", "has a value that is not allowed"),
        ("invalid length", "has the wrong length"),
    ] {
        if message.starts_with(start) {
            return error(parent, detail, &choice(message, "see the documentation"));
        }
    }
    // A text of our own types, which name the remedy and never repeat the input.
    error(parent, "is not acceptable", message)
}

fn error(field: &str, detail: &str, remedy: &str) -> FieldError {
    let field = field.chars().take(FIELD_PATH_MAX).collect();
    FieldError { field, detail: detail.to_owned(), remedy: remedy.to_owned() }
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
}

/// The name between backticks after `start`.
fn quoted<'m>(message: &'m str, start: &str) -> Option<&'m str> {
    message.strip_prefix(start)?.strip_prefix('`')?.split('`').next()
}

/// The part after the last `expected`, which lists our own names only.
fn choice(message: &str, otherwise: &str) -> String {
    message
        .rsplit_once(", expected ")
        .map_or_else(|| otherwise.to_owned(), |(_, expected)| format!("expected {expected}"))
}
