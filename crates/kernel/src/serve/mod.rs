//! The HTTP listener: plain or (mutual) TLS, bounded, stopping without cutting anyone off.
//!
//! Not `axum::serve`, for three things it does not offer: a timeout for request headers (a client that sends one byte a
//! minute holds a connection for ever), TLS handshakes that do not hold up the next accept, and an end to draining.

mod listener;
mod shutdown;
mod tls;

pub use listener::{Peer, Server, bind};
pub use shutdown::{Shutdown, ShutdownTrigger};
pub use tls::{Tls, server_config};

use crate::config::Limits;
use crate::{limits, problem, telemetry};
use axum::Router;
use basis::{Clock, Rng};
use std::net::SocketAddr;

/// What every listener's router gets, in the order that works: problems for unknown routes and methods, the bounds of
/// `limits`, and around it all trace id, log line and metrics. Call it last.
pub fn complete(router: Router, limits: &Limits, clock: Clock, rng: Rng) -> Router {
    let router = limits::bound(problem::with_fallbacks(router), limits, clock.clone());
    telemetry::observe(router, clock, rng)
}

/// Why a listener could not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Another program has the port.
    #[error("{key}: {address} is in use: stop the other program, or set {key} to another address")]
    InUse {
        /// The configuration key.
        key: String,
        /// The address asked for.
        address: SocketAddr,
    },
    /// The system refused the address.
    #[error("{key}: cannot listen on {address}: {source}; set {key} to another address")]
    Bind {
        /// The configuration key.
        key: String,
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// Certificate, key or trust roots cannot be used.
    #[error("TLS: {0}")]
    Tls(String),
}
