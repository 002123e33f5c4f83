//! Routes below a base, whose problems are told in GovStack's envelope.

use crate::service::Consent;
use axum::body::{Body, to_bytes};
use axum::handler::Handler;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use kernel::pages::Pages;
use kernel::problem::{self, ProblemDocument};
use serde::Serialize;

/// The largest problem document we write ourselves, in bytes.
const PROBLEM_BYTES_MAX: usize = 64 * 1024;

/// Gathers routes. Handlers answer problems as everywhere; [`envelope`] turns them.
pub(super) struct Paths {
    base: String,
    pages: Pages<Consent>,
}

/// GovStack's answer when it says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Refusal {
    error_code: u16,
    error_description: String,
}

impl Paths {
    pub(super) fn below(base: &str) -> Self {
        Self { base: base.to_owned(), pages: Pages::new() }
    }

    pub(super) fn get<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, Consent>,
        T: 'static,
    {
        let path = format!("{}{path}", self.base);
        Self { pages: self.pages.get(&path, handler.layer(map_response(envelope))), ..self }
    }

    pub(super) fn post<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, Consent>,
        T: 'static,
    {
        let path = format!("{}{path}", self.base);
        Self { pages: self.pages.post(&path, handler.layer(map_response(envelope))), ..self }
    }

    pub(super) fn put<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, Consent>,
        T: 'static,
    {
        let path = format!("{}{path}", self.base);
        Self { pages: self.pages.put(&path, handler.layer(map_response(envelope))), ..self }
    }

    pub(super) fn delete<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, Consent>,
        T: 'static,
    {
        let path = format!("{}{path}", self.base);
        Self { pages: self.pages.delete(&path, handler.layer(map_response(envelope))), ..self }
    }

    pub(super) fn finish(self) -> Pages<Consent> {
        self.pages
    }
}

/// Turns a problem document into GovStack's envelope; leaves every other answer as it is. Status
/// and headers (`WWW-Authenticate`, `Retry-After`) stay.
async fn envelope(response: Response) -> Response {
    let kind = response.headers().get(CONTENT_TYPE);
    if kind.is_none_or(|kind| kind != problem::MEDIA_TYPE) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let problem = match to_bytes(body, PROBLEM_BYTES_MAX).await {
        Ok(bytes) => serde_json::from_slice::<ProblemDocument>(&bytes),
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    let refusal = match problem {
        Ok(problem) => refusal(&problem),
        Err(_) => Refusal { error_code: parts.status.as_u16(), error_description: String::new() },
    };
    let body = serde_json::to_vec(&refusal).expect("a refusal is a number and a text");
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body))
}

fn refusal(problem: &ProblemDocument) -> Refusal {
    let mut text = match problem.status {
        400 => "bad input parameter: ".to_owned(),
        _ => String::new(),
    };
    match problem.errors.first() {
        Some(error) => {
            text.push_str(&format!("{} {}; {}", camel(&error.field), error.detail, error.remedy));
        }
        None => text.push_str(problem.detail.as_deref().unwrap_or(&problem.title)),
    }
    Refusal { error_code: problem.status, error_description: text }
}

/// A field name as GovStack writes it: `purpose_in` is `purposeIn`.
fn camel(field: &str) -> String {
    let mut name = String::with_capacity(field.len());
    let mut after_underscore = false;
    for character in field.chars() {
        match character {
            '_' => after_underscore = true,
            other if after_underscore => {
                name.push(other.to_ascii_uppercase());
                after_underscore = false;
            }
            other => name.push(other),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::problem::Problem;

    #[tokio::test]
    async fn problems_are_told_in_govstacks_envelope_and_nothing_else_is_touched() {
        let problem = Problem::bad_request("No.").field("purpose_in", "write less");
        let answer = envelope(problem.into_response()).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/json");
        let body = to_bytes(answer.into_body(), 1_000).await.unwrap();
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(json["errorCode"], 400);
        let text = json["errorDescription"].as_str().unwrap();
        assert!(text.starts_with("bad input parameter: purposeIn"), "{text}");

        let other = envelope((StatusCode::BAD_REQUEST, "plain").into_response()).await;
        assert_eq!(to_bytes(other.into_body(), 1_000).await.unwrap(), "plain");
    }
}
