//! What is noted about every request.

use super::trace::{REQUEST_ID_HEADER, trace_id_of, with_trace};
use crate::problem::Problem;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use basis::{Clock, Rng};
use futures_util::FutureExt;
use http::{HeaderValue, Method};
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tracing::Instrument;

/// Gives every request to `router` a trace id, a log line and its metrics, and turns a panic into a 500. Put it on last, so
/// that it is outermost.
pub fn observe(router: Router, clock: Clock, rng: Rng) -> Router {
    router.layer(from_fn_with_state(Observer { clock, rng }, note))
}

#[derive(Clone)]
struct Observer {
    clock: Clock,
    rng: Rng,
}

async fn note(State(observer): State<Observer>, request: Request, next: Next) -> Response {
    let started = observer.clock.monotonic_micros();
    let trace_id = trace_id_of(request.headers(), &observer.rng);
    let method = method_label(request.method());
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or("unknown", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", trace_id, method, route);
    let running = Running::start();
    let work = with_trace(trace_id.as_str(), answer(request, next).instrument(span.clone()));
    let mut response = work.await;
    drop(running);
    let micros = observer.clock.monotonic_micros().saturating_sub(started);
    let status = response.status().as_u16();
    span.in_scope(|| tracing::info!(status, micros, "Answered"));
    let labels = [("route", route), ("method", method.to_owned())];
    let took = Duration::from_micros(u64::try_from(micros).unwrap_or_default());
    metrics::histogram!("http_request_duration_seconds", &labels).record(took);
    let [route, method] = labels;
    let labels = [route, method, ("status", status.to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    if let Ok(value) = HeaderValue::from_str(&trace_id) {
        response.headers_mut().insert(REQUEST_ID_HEADER, value);
    }
    response
}

/// A panic costs its own request an answer of 500, and no other request anything. The panic hook has logged it.
async fn answer(request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => Problem::internal(std::io::Error::other("a handler panicked")).into_response(),
    }
}

/// Methods that nobody serves share a label: a caller cannot make the list of labels grow.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}

/// Counts a request as running until dropped, even when its connection goes away half-way.
struct Running;

impl Running {
    fn start() -> Self {
        metrics::gauge!("http_requests_running").increment(1);
        Self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        metrics::gauge!("http_requests_running").decrement(1);
    }
}
