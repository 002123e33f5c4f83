//! The exchange as its users meet it, on both engines.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as loudly as tests")]

mod api;
mod cases;
mod desk;
mod ends;
mod fixture;
mod forged;
mod joining;
mod local;
mod remote;
mod speed;
