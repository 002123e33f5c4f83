//! Accepting connections and answering on them.

use super::{ServeError, Shutdown, Tls};
use crate::config::Limits;
use aws_lc_rs::digest;
use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::rt::{Read, Write};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

/// Who is at the other end of a connection: an extension of every request, beside axum's `ConnectInfo<SocketAddr>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The address of the connection.
    pub address: SocketAddr,
    /// SHA-256 of the client's certificate in DER, where the listener asks for one. The chain was verified.
    pub certificate_sha256: Option<[u8; 32]>,
}

/// Binds a TCP listener; `key` is the configuration key that the address comes from.
///
/// # Errors
/// A port in use or an address of another machine, naming the key.
pub async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => ServeError::InUse { key: key.to_owned(), address },
        _ => ServeError::Bind { key: key.to_owned(), address, source },
    })
}

/// Answers the requests of one listener.
#[derive(Clone, Debug)]
pub struct Server {
    router: Router,
    tls: Option<Tls>,
    connections: u32,
    header_timeout: Duration,
    drain_timeout: Duration,
}

/// What a connection is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Running,
    /// Answer what has begun, then close.
    Draining,
    /// Close now.
    Closing,
}

impl Server {
    /// A plain HTTP server of `router` within the bounds of `limits` that concern connections; those that concern requests
    /// are [`crate::limits::bound`]'s.
    #[must_use]
    pub fn new(router: Router, limits: &Limits) -> Self {
        Self {
            router,
            tls: None,
            connections: u32::try_from(limits.connections).unwrap_or(u32::MAX),
            header_timeout: Duration::from_secs(limits.header_seconds),
            drain_timeout: Duration::from_secs(limits.drain_seconds),
        }
    }

    /// The same behind TLS.
    #[must_use]
    pub fn with_tls(self, tls: Tls) -> Self {
        Self { tls: Some(tls), ..self }
    }

    /// Answers until `shutdown`, then lets running requests finish for as long as the limits say, then closes.
    pub async fn run(self, listener: TcpListener, mut shutdown: Shutdown) {
        let places = Arc::new(Semaphore::new(self.connections as usize));
        let (phase, watched) = watch::channel(Phase::Running);
        let server = Arc::new(self);
        loop {
            let accepted = tokio::select! {
                accepted = accept(&listener, &places) => accepted,
                () = shutdown.stopped() => break,
            };
            let (stream, address, place) = accepted;
            let (server, watched) = (Arc::clone(&server), watched.clone());
            tokio::spawn(async move {
                server.connection(stream, address, watched).await;
                drop(place);
            });
        }
        drop(listener);
        phase.send_replace(Phase::Draining);
        // Every connection holds a place: when all places are free, all connections are closed.
        if timeout(server.drain_timeout, places.acquire_many(server.connections)).await.is_err() {
            let open = server.connections as usize - places.available_permits();
            tracing::warn!(open, "Closing connections that did not finish in time");
        }
        phase.send_replace(Phase::Closing);
    }

    async fn connection(
        &self,
        stream: TcpStream,
        address: SocketAddr,
        phase: watch::Receiver<Phase>,
    ) {
        // Answers are written whole; waiting for more to send would only delay them.
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.tls else {
            let peer = Peer { address, certificate_sha256: None };
            return self.answer(TokioIo::new(stream), peer, phase).await;
        };
        match handshake(tls.current(), stream, self.header_timeout).await {
            Ok(stream) => {
                let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
                let peer =
                    Peer { address, certificate_sha256: chain.first().map(|leaf| sha256(leaf)) };
                self.answer(TokioIo::new(stream), peer, phase).await;
            }
            Err(reason) => tracing::info!(%address, reason, "Refused a TLS connection"),
        }
    }

    async fn answer<I>(&self, io: I, peer: Peer, mut phase: watch::Receiver<Phase>)
    where
        I: Read + Write + Unpin + 'static,
    {
        let router = TowerToHyperService::new(self.router.clone());
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(peer);
            request.extensions_mut().insert(ConnectInfo(peer.address));
            router.call(request)
        });
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(self.header_timeout);
        let mut connection = std::pin::pin!(builder.serve_connection(io, service));
        let over = tokio::select! {
            // What a client breaks off is its own affair; what a handler fails at was logged there.
            _ = connection.as_mut() => true,
            _ = phase.wait_for(|phase| *phase != Phase::Running) => false,
        };
        if over {
            return;
        }
        connection.as_mut().graceful_shutdown();
        tokio::select! {
            _ = connection.as_mut() => {}
            _ = phase.wait_for(|phase| *phase == Phase::Closing) => {}
        }
    }
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let place = Arc::clone(places).acquire_owned().await.expect("the semaphore is never closed");
    loop {
        match listener.accept().await {
            Ok((stream, address)) => return (stream, address, place),
            Err(error) => {
                // A connection that broke off before it was accepted, or no file descriptors left.
                tracing::warn!(%error, "Could not accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn handshake(
    config: Arc<ServerConfig>,
    stream: TcpStream,
    limit: Duration,
) -> Result<tokio_rustls::server::TlsStream<TcpStream>, String> {
    match timeout(limit, TlsAcceptor::from(config).accept(stream)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the handshake took too long".to_owned()),
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, bytes);
    <[u8; 32]>::try_from(digest.as_ref()).expect("SHA-256 gives 32 bytes")
}
