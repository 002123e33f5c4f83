//! Bounds on requests, and what is noted about each.

use crate::{Answer, get, post, send};
use axum::{Router, routing};
use basis::{Clock, Rng};
use http::StatusCode;
use kernel::config::Limits;
use kernel::http::Json;
use kernel::problem::Problem;
use kernel::serve::{Peer, complete};
use kernel::telemetry::{HealthCheck, Metrics, health_routes, trace_id};
use std::sync::Arc;
use testkit::Store;
use tokio::sync::Notify;

fn house(router: Router, limits: &Limits) -> Router {
    complete(router, limits, Clock::system(), Rng::seeded(1))
}

#[tokio::test]
async fn a_body_over_the_configured_limit_is_413() {
    let limits = Limits { body_bytes: 2048, ..Limits::default() };
    let echo = async |Json(text): Json<String>| text;
    let router = house(Router::new().route("/echo", routing::post(echo)), &limits);
    let body = |length: usize| format!("\"{}\"", "x".repeat(length - 2));
    let answer = send(&router, post("/echo", "application/json", body(2048))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let answer = send(&router, post("/echo", "application/json", body(2049))).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.problem().detail.as_deref(), Some("Send at most 2048 bytes."));
    let announced = http::Request::post("/echo").header("content-length", "99999999");
    let announced = announced.body(axum::body::Body::empty()).expect("a request");
    assert_eq!(send(&router, announced).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn too_many_at_once_are_told_to_come_back() {
    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, go) = (entered.clone(), leave.clone());
    let wait = async move || {
        inside.notify_one();
        go.notified().await;
        "done"
    };
    let limits = Limits { concurrent_requests: 1, ..Limits::default() };
    let router = house(Router::new().route("/wait", routing::get(wait)), &limits);
    let first = tokio::spawn({
        let router = router.clone();
        async move { send(&router, get("/wait")).await.body }
    });
    entered.notified().await;
    let answer = send(&router, get("/wait")).await;
    assert_eq!(
        (answer.status, answer.problem().slug()),
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
    );
    assert_eq!(answer.headers["retry-after"], "1");
    leave.notify_one();
    assert_eq!(first.await.expect("a task"), "done");
    leave.notify_one();
    assert_eq!(send(&router, get("/wait")).await.body, "done");
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_503() {
    let limits = Limits { timeout_seconds: 1, ..Limits::default() };
    let slow = async |seconds: axum::extract::Path<u64>| {
        tokio::time::sleep(std::time::Duration::from_secs(seconds.0)).await;
    };
    let router = house(Router::new().route("/slow/{s}", routing::get(slow)), &limits);
    assert_eq!(send(&router, get("/slow/0")).await.status, StatusCode::OK);
    let answer = send(&router, get("/slow/60")).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.problem().detail.is_some_and(|text| text.contains("Idempotency-Key")));
}

#[tokio::test]
async fn one_client_gets_its_rate() {
    let limits = Limits { requests_per_second: 1, ..Limits::default() };
    let router = house(Router::new().route("/", routing::get(async || "yes")), &limits);
    let ask = async |address: &str| {
        let mut request = get("/");
        let address = address.parse().expect("an address");
        request.extensions_mut().insert(Peer { address, certificate_sha256: None });
        send(&router, request).await
    };
    for _ in 0..10 {
        assert_eq!(ask("192.0.2.1:1").await.status, StatusCode::OK);
    }
    let answer = ask("192.0.2.1:2").await;
    assert_eq!(
        (answer.status, answer.problem().slug()),
        (StatusCode::TOO_MANY_REQUESTS, "too-many")
    );
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(ask("192.0.2.2:1").await.status, StatusCode::OK);
}

fn id_of(answer: &Answer) -> &str {
    answer.headers["x-request-id"].to_str().expect("text")
}

#[tokio::test]
async fn every_answer_carries_the_trace_id_and_problems_name_it() {
    let router = Router::new()
        .route("/id", routing::get(async || trace_id().unwrap_or_default()))
        .route("/bad", routing::get(async || Problem::bad_request("No.")))
        .route("/panic", routing::get(async || -> String { panic!("on purpose") }));
    let router = house(router, &Limits::default());
    let answer = send(&router, get("/id")).await;
    assert_eq!(id_of(&answer), answer.body);
    assert_eq!(answer.body.len(), 32);
    let answer = send(&router, get("/bad")).await;
    assert_eq!(answer.problem().trace_id.as_deref(), Some(id_of(&answer)));
    let answer = send(&router, get("/nowhere")).await;
    assert_eq!(answer.problem().trace_id.as_deref(), Some(id_of(&answer)));
    let answer = send(&router, get("/panic")).await;
    assert_eq!(
        (answer.status, answer.problem().slug()),
        (StatusCode::INTERNAL_SERVER_ERROR, "internal")
    );
    assert_eq!(answer.problem().trace_id.as_deref(), Some(id_of(&answer)));
    let mut request = get("/id");
    request.headers_mut().insert("x-request-id", "client-0001".parse().expect("a value"));
    assert_eq!(id_of(&send(&router, request).await), "client-0001");
}

#[tokio::test]
async fn metrics_name_the_route_and_never_the_path() {
    let metrics = Metrics::install();
    let router = Router::new().route("/births/{id}", routing::get(async || "birth"));
    let router = house(router, &Limits::default());
    send(&router, get("/births/secret-17")).await;
    send(&router, get("/secret-18")).await;
    let odd = http::Request::builder().method("SECRET19").uri("/births/1");
    send(&router, odd.body(axum::body::Body::empty()).expect("a request")).await;
    let shown = send(&metrics.routes().into_router(), get("/metrics")).await;
    assert_eq!(shown.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = shown.body;
    let line = r#"http_requests_total{route="/births/{id}",method="GET",status="200"} 1"#;
    assert!(text.contains(line), "{text}");
    assert!(text.contains(r#"route="unknown",method="GET",status="404""#), "{text}");
    assert!(text.contains(r#"method="OTHER",status="405""#), "{text}");
    assert!(
        text.contains(
            r#"http_request_duration_seconds_bucket{route="/births/{id}",method="GET",le="5"} 1"#
        ),
        "{text}"
    );
    assert!(!text.to_lowercase().contains("secret"), "{text}");
}

#[tokio::test]
async fn health_tells_whether_all_checks_pass() {
    let store = Store::sqlite();
    let db = store.open("consent", &[]).await.expect("a database");
    let good = HealthCheck::database("consent", db);
    let router = health_routes(vec![good.clone()]).into_router();
    let answer = send(&router, get("/health")).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (StatusCode::OK, r#"{"checks":{"consent.database":"ok"},"status":"ok"}"#)
    );
    let bad = HealthCheck::new("wire", async || Err("password: secret".to_owned()));
    let router = health_routes(vec![good, bad]).into_router();
    let answer = send(&router, get("/health")).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json()["checks"]["wire"], "failing");
    assert!(!answer.body.contains("secret"));
}
