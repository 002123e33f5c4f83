//! Officers sign in: OAuth 2.0 client credentials with a JWT assertion (RFC 7523). Errors take
//! OAuth's form (RFC 6749 section 5.2), as clients of that protocol expect.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use kernel::http::{Form, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::exchange::Exchange;
use crate::service::SignInError;

/// Path of the token endpoint.
pub(crate) const TOKEN_PATH: &str = "/exchange/v1/token";

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A request for a token.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct TokenRequest {
    /// `client_credentials`.
    grant_type: String,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.
    client_assertion_type: String,
    /// JWT signed with the officer's key: `iss` and `sub` are `CLASS/MEMBER/ID`.
    client_assertion: String,
}

/// A token.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenAnswer {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
}

/// An error in OAuth's form.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OauthError {
    error: &'static str,
    error_description: String,
}

/// Signs an officer in.
#[utoipa::path(post, path = "/exchange/v1/token", tag = "officers",
    request_body(content = inline(TokenRequest), content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = inline(TokenAnswer)), (status = 400, body = inline(OauthError)), (status = 401, body = inline(OauthError))))]
pub(crate) async fn sign_in(
    State(exchange): State<Exchange>,
    Form(request): Form<TokenRequest>,
) -> Response {
    if request.grant_type != "client_credentials" {
        return refuse(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "grant_type must be client_credentials",
        );
    }
    if request.client_assertion_type != ASSERTION_TYPE {
        return refuse(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            &format!("client_assertion_type must be {ASSERTION_TYPE}"),
        );
    }
    match exchange.sign_in(&request.client_assertion).await {
        Ok(signed_in) => {
            let answer = TokenAnswer {
                access_token: signed_in.token,
                token_type: "Bearer",
                expires_in: signed_in.seconds,
            };
            no_store(Json(answer).into_response())
        }
        Err(error @ SignInError::Refused) => {
            refuse(StatusCode::UNAUTHORIZED, "invalid_client", &error.to_string())
        }
        Err(SignInError::Internal(cause)) => {
            tracing::error!(cause, "an officer could not be signed in");
            refuse(
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "the token cannot be made; try again",
            )
        }
    }
}

fn refuse(status: StatusCode, error: &'static str, description: &str) -> Response {
    let body = OauthError { error, error_description: description.to_owned() };
    no_store((status, Json(body)).into_response())
}

fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
