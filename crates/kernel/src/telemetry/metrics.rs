//! Counters and histograms in Prometheus' text format.

use crate::pages::Pages;
use http::header::CONTENT_TYPE;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use std::time::Duration;

/// Upper bounds of the buckets of request durations, in seconds.
const DURATION_BUCKETS: [f64; 12] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
/// Histograms hold single values until they are drained into buckets.
const DRAIN_EVERY: Duration = Duration::from_secs(5);

static METRICS: OnceLock<Metrics> = OnceLock::new();

/// The process' metrics. Record with the macros of the `metrics` crate.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// The recorder of this process, installed on the first call, which must be made within a tokio runtime.
    #[must_use]
    pub fn install() -> Self {
        METRICS.get_or_init(start).clone()
    }

    /// Everything recorded so far, in Prometheus' text format 0.0.4.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// `GET /metrics`.
    #[must_use]
    pub fn routes(&self) -> Pages {
        let metrics = self.clone();
        let kind = "text/plain; version=0.0.4; charset=utf-8";
        Pages::new().get("/metrics", async move || ([(CONTENT_TYPE, kind)], metrics.render()))
    }
}

fn start() -> Metrics {
    let duration = Matcher::Full("http_request_duration_seconds".to_owned());
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(duration, &DURATION_BUCKETS)
        .expect("there are buckets")
        .build_recorder();
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_err() {
        tracing::warn!("Another metrics recorder is installed: /metrics stays empty");
    }
    describe();
    let drained = handle.clone();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(DRAIN_EVERY);
        loop {
            ticks.tick().await;
            drained.run_upkeep();
        }
    });
    Metrics(handle)
}

fn describe() {
    metrics::describe_counter!(
        "http_requests_total",
        "Requests answered, by route, method and status"
    );
    metrics::describe_histogram!(
        "http_request_duration_seconds",
        "Time from the request's headers to the answer's"
    );
    metrics::describe_gauge!("http_requests_running", "Requests being answered now");
}
