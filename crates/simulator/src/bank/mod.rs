//! A bank or mobile-money operator: takes transfers, keeps books, reports.

mod http;
mod model;
mod reports;
mod service;
mod store;

pub use http::api;
pub use model::{Behaviour, Books, pause_seconds};
pub use service::Bank;
