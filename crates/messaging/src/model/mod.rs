//! Types and pure decisions.

pub mod delivery;
pub mod message;
pub mod templates;
