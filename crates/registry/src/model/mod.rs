//! Types and pure decisions: no waiting, no database, no HTTP.

pub mod actor;
pub mod check;
pub mod compatibility;
pub mod fault;
mod keyword;
pub mod record;
pub mod register;
pub mod rules;
pub mod schema;
