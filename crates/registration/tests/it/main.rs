//! The registration block through its HTTP API, on both engines.

mod applications;
mod bad_input;
mod cases;
mod desk;
mod neighbours;
mod office;
mod packages;
mod runs;
mod secrecy;
mod steps;
