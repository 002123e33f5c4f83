//! The kernel's HTTP side: extractors, officers, blocks, bounds, the listener; its keys and field encryption.

mod blocks;
mod bounds;
mod extractors;
mod fields;
mod keys;
mod officers;
mod serving;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use kernel::problem::ProblemDocument;
use serde_json::Value;
use tower::ServiceExt;

/// An answer, read whole.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    /// The problem document; the answer must be one.
    fn problem(&self) -> ProblemDocument {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.body);
        let problem: ProblemDocument = serde_json::from_str(&self.body).expect("a problem");
        assert_eq!(problem.status, self.status.as_u16());
        problem
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// Sends one request through a router.
async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.expect("a router does not fail");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    let body = String::from_utf8(body.to_vec()).expect("text");
    Answer { status: parts.status, headers: parts.headers, body }
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).expect("a request")
}

fn post(path: &str, kind: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path).header("content-type", kind).body(body.into()).expect("a request")
}
