//! `/health`: whether this installation can do its work.

use crate::db::Db;
use crate::http::Json;
use crate::pages::Pages;
use axum::response::{IntoResponse, Response};
use futures_util::future::{BoxFuture, join_all};
use http::StatusCode;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// A check that takes longer has failed.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

type Check = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// One thing that must work.
#[derive(Clone)]
pub struct HealthCheck {
    name: String,
    check: Check,
}

impl HealthCheck {
    /// A check by an async function. Why it failed is logged, not shown.
    pub fn new<F, R>(name: impl Into<String>, check: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self { name: name.into(), check: Arc::new(move || Box::pin(check())) }
    }

    /// Whether a block's database answers.
    #[must_use]
    pub fn database(block: &str, db: Db) -> Self {
        Self::new(format!("{block}.database"), move || {
            let db = db.clone();
            async move {
                let answer = db.read(|tx| Box::pin(async move { tx.all("SELECT 1", &[]).await }));
                answer.await.map(drop).map_err(|error| error.to_string())
            }
        })
    }

    async fn run(self) -> (String, bool) {
        let outcome = tokio::time::timeout(CHECK_TIMEOUT, (self.check)()).await;
        let outcome = outcome.unwrap_or_else(|_| Err("it did not answer in time".to_owned()));
        if let Err(reason) = &outcome {
            tracing::warn!(check = self.name, reason, "A health check failed");
        }
        (self.name, outcome.is_ok())
    }
}

/// `GET /health`: 200 when all checks pass, else 503; `{"status":"ok","checks":{"consent.database":"ok"}}`.
#[must_use]
pub fn health_routes(checks: Vec<HealthCheck>) -> Pages {
    Pages::new().get("/health", async move || answer(checks.clone()).await)
}

async fn answer(checks: Vec<HealthCheck>) -> Response {
    let outcomes = join_all(checks.into_iter().map(HealthCheck::run)).await;
    let healthy = outcomes.iter().all(|(_, good)| *good);
    let word = |good: bool| if good { "ok" } else { "failing" };
    let checks: BTreeMap<String, &str> =
        outcomes.into_iter().map(|(name, good)| (name, word(good))).collect();
    let status = if healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::json!({ "status": word(healthy), "checks": checks });
    (status, Json(body)).into_response()
}
