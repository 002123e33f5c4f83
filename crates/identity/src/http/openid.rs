//! The machine-facing half of the OpenID provider: metadata, keys, tokens, userinfo. Errors are those
//! of OAuth, not problem documents.

use crate::error::{Error, TokenError};
use crate::model::discovery;
use crate::service::{CLIENT_KEYS, Identity, Userinfo, UserinfoError};
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use kernel::http::Json;
use kernel::pages::Pages;
use kernel::problem::Problem;
use serde_json::json;

/// Longest form at the token endpoint, in bytes.
const FORM_LENGTH_MAX: usize = 32 * 1024;

pub(crate) fn routes() -> Pages<Identity> {
    Pages::new()
        .get("/.well-known/openid-configuration", show_metadata)
        .get("/.well-known/jwks.json", show_keys)
        .get(CLIENT_KEYS, show_client_keys)
        .post("/oauth/token", exchange_code)
        .get("/userinfo", show_userinfo)
        .post("/userinfo", show_userinfo)
}

async fn show_metadata(State(identity): State<Identity>) -> Response {
    public(discovery::metadata(identity.issuer()))
}

async fn show_keys(State(identity): State<Identity>) -> Result<Response, Problem> {
    Ok(public(json!({ "keys": identity.token_keys()? })))
}

/// What other providers verify us with.
async fn show_client_keys(State(identity): State<Identity>) -> Result<Response, Problem> {
    Ok(public(json!({ "keys": identity.client_keys()? })))
}

async fn exchange_code(
    State(identity): State<Identity>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let exchanged = match form(&headers, &body) {
        Ok(form) => identity.exchange(form).await,
        Err(error) => Err(error),
    };
    let response = match exchanged {
        Ok(tokens) => Json(tokens).into_response(),
        Err(error) => refused(error),
    };
    unstored(response)
}

async fn show_userinfo(State(identity): State<Identity>, headers: HeaderMap) -> Response {
    let Some(token) = bearer(&headers) else {
        return unstored(challenge("Bearer", "send the access token as Authorization: Bearer"));
    };
    let response = match identity.userinfo(token).await {
        Ok(Userinfo::Json(members)) => Json(members).into_response(),
        Ok(Userinfo::Jwt(token)) => ([(CONTENT_TYPE, "application/jwt")], token).into_response(),
        Err(UserinfoError::Server(error)) => failed(error),
        Err(error @ UserinfoError::InvalidToken) => {
            challenge("Bearer error=\"invalid_token\"", &error.to_string())
        }
    };
    unstored(response)
}

fn form<'b>(headers: &HeaderMap, body: &'b Bytes) -> Result<&'b str, TokenError> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(TokenError::InvalidRequest("send application/x-www-form-urlencoded"));
    }
    if body.len() > FORM_LENGTH_MAX {
        return Err(TokenError::InvalidRequest("the form is too long"));
    }
    if headers.contains_key(AUTHORIZATION) {
        let only = "clients authenticate by private_key_jwt in the form, not by a header";
        return Err(TokenError::InvalidClient(only.to_owned()));
    }
    std::str::from_utf8(body).map_err(|_| TokenError::InvalidRequest("the form is not UTF-8"))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// RFC 6749 section 5.2.
fn refused(error: TokenError) -> Response {
    let status = match &error {
        TokenError::InvalidClient(_) => StatusCode::UNAUTHORIZED,
        TokenError::Server(_) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    let code = error.code();
    match error {
        TokenError::Server(error) => failed(error),
        error => (status, Json(json!({ "error": code, "error_description": error.to_string() })))
            .into_response(),
    }
}

/// Our own fault, in the form OAuth clients read. The cause is in the log, as with every problem.
fn failed(error: Error) -> Response {
    let problem = Problem::from(error);
    let code = match problem.status() {
        StatusCode::SERVICE_UNAVAILABLE => "temporarily_unavailable",
        _ => "server_error",
    };
    let detail = problem.document().detail.unwrap_or_default();
    let status = problem.status();
    let mut response =
        (status, Json(json!({ "error": code, "error_description": detail }))).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// RFC 6750 section 3.
fn challenge(challenge: &'static str, description: &str) -> Response {
    let body = json!({ "error": "invalid_token", "error_description": description });
    (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, challenge)], Json(body)).into_response()
}

/// What everyone may keep for a while; a new key is published a day before it signs.
fn public(body: serde_json::Value) -> Response {
    let headers = [
        (CACHE_CONTROL, "public, max-age=3600"),
        (HeaderName::from_static("access-control-allow-origin"), "*"),
    ];
    (headers, Json(body)).into_response()
}

fn unstored(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}
