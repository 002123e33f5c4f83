//! Logs, metrics, health, and the id that ties them to one request.
//!
//! # Invariants
//! - A log line or metric names the route as the router knows it (`/civil/births/{id}`), never the path that was sent.
//! - What a caller sends as its trace id is checked before it is logged or sent back.

mod health;
mod logs;
mod metrics;
mod observe;
mod trace;

pub use health::{HealthCheck, health_routes};
pub use logs::{LogError, init};
pub use metrics::Metrics;
pub use observe::observe;
pub use trace::{REQUEST_ID_HEADER, trace_id, with_trace};
