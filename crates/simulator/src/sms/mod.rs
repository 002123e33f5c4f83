//! An SMS gateway: takes messages, sends none, and gives receipts as if it had.

mod http;
mod model;
mod service;
mod store;

pub use http::api;
pub use service::Gateway;
