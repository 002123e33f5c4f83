//! Ports for installations that are started again and must find their own port free.

use super::processes::failed;
use super::stage::StageError;
use basis::Rng;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

/// A port that was free a moment ago, below those that systems give to outgoing connections.
///
/// # Errors
/// When none is to be had.
pub fn free_port() -> Result<u16, StageError> {
    const FIRST: u16 = 20_000;
    const COUNT: u16 = 12_000;
    const TRIES: usize = 100;
    let bind = |port| TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    let rng = Rng::system();
    for _ in 0..TRIES {
        let port = FIRST + u16::from_be_bytes(rng.bytes()) % COUNT;
        if bind(port).is_ok() {
            return Ok(port);
        }
    }
    let address = bind(0).and_then(|socket| socket.local_addr());
    Ok(address.map_err(|error| failed("a free port", &error))?.port())
}
