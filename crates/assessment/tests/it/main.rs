//! The block over HTTP, on both engines.

mod app;
mod desk;
mod evidence;
mod institutions;
mod probes;
mod rounds;
mod sign_offs;
mod spreadsheets;
