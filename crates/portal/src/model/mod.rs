//! Types and pure decisions.

pub mod consents;
pub mod reads;
pub mod session;
