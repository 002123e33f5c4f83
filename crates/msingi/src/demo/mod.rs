//! The demo: an invented country, and a story told over HTTP.

mod client;
mod totp;
