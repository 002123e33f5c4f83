//! The consent block behind its own router: a real server for officers and the public, a wire for
//! what comes through the exchange, on both engines.

mod agreements;
mod app;
mod authorisation;
mod conformance;
mod govstack;
mod histories;
mod page;
mod records;
mod trail;
mod verification;
