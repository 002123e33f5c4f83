//! Rounds: what may be done with them when, what they may hold, and what they show.

pub mod check;
pub mod digest;
pub mod fetched;
pub mod findings;
pub mod overview;
pub mod scope;
pub mod spreadsheet;
pub mod state;
