//! The registry through its HTTP API, on both engines.

mod access;
mod bad_input;
mod desk;
mod import;
mod reads;
mod records;
mod schemas;
mod secrecy;
