//! Planning and spreadsheets, from the outside.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as loudly as tests")]

mod architecture;
mod data;
mod gaps;
mod roadmap;
mod rounds;
mod services;
mod what_if;
