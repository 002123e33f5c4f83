//! The mechanisms every block needs and no resident would name: database and transactions,
//! audit, outbox, keys, HTTP helpers, configuration, telemetry.

pub mod audit;
pub mod auth;
pub mod block;
pub mod config;
pub mod db;
pub mod fields;
pub mod http;
pub mod idempotency;
pub mod keys;
pub mod lease;
pub mod limits;
pub mod outbox;
pub mod pages;
pub mod problem;
pub mod retention;
pub mod serve;
pub mod sweep;
pub mod telemetry;
