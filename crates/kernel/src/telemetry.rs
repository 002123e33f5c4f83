//! Logs, metrics, health and the id that ties them to one request.

use std::future::Future;

tokio::task_local! {
    static TRACE_ID: String;
}

/// The id of the request being answered, for log lines and problems; none outside of one.
#[must_use]
pub fn trace_id() -> Option<String> {
    TRACE_ID.try_with(Clone::clone).ok()
}

/// Runs `work` as part of the request `trace_id`: for tasks that a handler spawns, which do not inherit it.
pub async fn with_trace<F: Future>(trace_id: String, work: F) -> F::Output {
    TRACE_ID.scope(trace_id, work).await
}
