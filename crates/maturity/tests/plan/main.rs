//! Plans, from outside the crate, on small invented countries.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as loudly as tests")]

mod architecture;
#[path = "../it/build.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod build;
mod gaps;
mod roadmap;
mod services;
mod world;
