//! What tests share: storage on each engine, a clock that tests move, seeded randomness,
//! a real server on a free port and an exchange with scripted answers.

mod store;

pub use store::{Store, on_each_engine};
