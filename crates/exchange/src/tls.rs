//! Mutual TLS between installations. Trust is the directory's: a certificate counts if it stands
//! under the instance's root *and* has the fingerprint the directory names. Host names play no
//! part. Time comes from the installation's clock, like everywhere else.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use basis::Clock;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::time_provider::TimeProvider;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore,
    ServerConfig, SignatureScheme,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::ca::fingerprint;

/// How long a peer may take over the handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Handshakes at once; further peers wait in the socket's own queue.
const HANDSHAKES: usize = 256;

/// Connections that finished the handshake and wait to be served.
const BACKLOG: usize = 64;

/// This installation's certificate, its key, and the root it stands under.
pub struct OwnCertificate {
    /// DER.
    pub certificate: Vec<u8>,
    /// PKCS#8 DER.
    pub key: zeroize::Zeroizing<Vec<u8>>,
    /// Root, DER.
    pub root: Vec<u8>,
}

impl OwnCertificate {
    fn chain(&self) -> Vec<CertificateDer<'static>> {
        // The root goes along: who joins knows only its fingerprint.
        vec![
            CertificateDer::from(self.certificate.clone()),
            CertificateDer::from(self.root.clone()),
        ]
    }

    fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.to_vec()))
    }

    fn roots(&self) -> Result<Arc<RootCertStore>, Error> {
        roots(&self.root)
    }
}

/// Configuration of the wire listener. A peer without a certificate may connect, because it must
/// be able to join; the handlers ask for one.
pub fn server_config(own: &OwnCertificate, clock: &Clock) -> Result<ServerConfig, Error> {
    let provider = provider();
    let verifier = WebPkiClientVerifier::builder_with_provider(own.roots()?, provider.clone())
        .allow_unauthenticated()
        .build()
        .map_err(|error| Error::General(error.to_string()))?;
    ServerConfig::builder_with_details(provider, Arc::new(Now(clock.clone())))
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(verifier)
        .with_single_cert(own.chain(), own.private_key())
}

/// Configuration to call one peer, whose certificate must have `fingerprint`.
pub fn peer_config(
    own: &OwnCertificate,
    fingerprint: &str,
    clock: &Clock,
) -> Result<ClientConfig, Error> {
    let expect = Expect::Leaf { fingerprint: fingerprint.to_owned(), roots: own.roots()? };
    client(expect, clock)?.with_client_auth_cert(own.chain(), own.private_key())
}

/// Configuration to join: any certificate under the root with this fingerprint.
pub fn join_config(root_fingerprint: &str, clock: &Clock) -> Result<ClientConfig, Error> {
    let expect = Expect::Root { fingerprint: root_fingerprint.to_owned() };
    Ok(client(expect, clock)?.with_no_client_auth())
}

type ClientBuilder = rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>;

fn client(expect: Expect, clock: &Clock) -> Result<ClientBuilder, Error> {
    let provider = provider();
    let algorithms = provider.signature_verification_algorithms;
    let builder = ClientConfig::builder_with_details(provider, Arc::new(Now(clock.clone())))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Pinned { expect, algorithms }));
    Ok(builder)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn roots(root: &[u8]) -> Result<Arc<RootCertStore>, Error> {
    let mut store = RootCertStore::empty();
    store.add(CertificateDer::from(root.to_vec()))?;
    Ok(Arc::new(store))
}

/// The installation's clock as TLS asks for it.
#[derive(Debug)]
struct Now(Clock);

impl TimeProvider for Now {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().micros().div_euclid(1_000_000)).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

#[derive(Debug)]
enum Expect {
    Leaf { fingerprint: String, roots: Arc<RootCertStore> },
    Root { fingerprint: String },
}

/// Accepts what the directory (or the join token) names, and nothing else.
#[derive(Debug)]
struct Pinned {
    expect: Expect,
    algorithms: WebPkiSupportedAlgorithms,
}

/// The peer showed another certificate than expected.
#[derive(Debug)]
struct WrongCertificate {
    shown: String,
    expected: String,
}

impl fmt::Display for WrongCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "it shows a certificate with fingerprint {}, expected is {}",
            self.shown, self.expected
        )
    }
}

impl std::error::Error for WrongCertificate {}

fn wrong(shown: String, expected: &str) -> Error {
    let error = WrongCertificate { shown, expected: expected.to_owned() };
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(error))))
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let roots = match &self.expect {
            Expect::Leaf { fingerprint: expected, roots } => {
                let shown = fingerprint(leaf);
                if shown != *expected {
                    return Err(wrong(shown, expected));
                }
                roots.clone()
            }
            Expect::Root { fingerprint: expected } => {
                let shown =
                    others.last().ok_or_else(|| wrong("of no root".to_owned(), expected))?;
                if fingerprint(shown) != *expected {
                    return Err(wrong(fingerprint(shown), expected));
                }
                roots(shown)?
            }
        };
        let leaf = ParsedCertificate::try_from(leaf)?;
        rustls::client::verify_server_cert_signed_by_trust_anchor(
            &leaf,
            &roots,
            others,
            now,
            self.algorithms.all,
        )?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Fingerprint of the certificate the peer of a connection showed; none if it showed none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerCertificate(pub Option<String>);

impl Connected<IncomingStream<'_, TlsListener>> for PeerCertificate {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        let (_, connection) = stream.io().get_ref();
        let leaf = connection.peer_certificates().and_then(<[_]>::first);
        Self(leaf.map(|certificate| fingerprint(certificate)))
    }
}

/// Accepts TLS connections. Handshakes run beside each other, so that a slow peer holds nobody up.
pub struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    /// Starts to accept on a bound socket.
    pub fn start(socket: TcpListener, config: ServerConfig) -> std::io::Result<Self> {
        let address = socket.local_addr()?;
        let (send, ready) = mpsc::channel(BACKLOG);
        tokio::spawn(accept_all(socket, TlsAcceptor::from(Arc::new(config)), send));
        Ok(Self { ready, address })
    }
}

async fn accept_all(
    socket: TcpListener,
    acceptor: TlsAcceptor,
    send: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let slots = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        let Ok(slot) = slots.clone().acquire_owned().await else { return };
        let accepted = tokio::select! {
            accepted = socket.accept() => accepted,
            () = send.closed() => return,
        };
        let Ok((stream, peer)) = accepted else {
            // Out of file handles, most likely: give others time to close theirs.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let (acceptor, send) = (acceptor.clone(), send.clone());
        tokio::spawn(async move {
            let _slot = slot;
            let _ = stream.set_nodelay(true);
            match tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                Ok(Ok(tls)) => drop(send.send((tls, peer)).await),
                Ok(Err(error)) => {
                    tracing::info!(%peer, %error, "a TLS handshake on the wire listener failed")
                }
                Err(_) => {
                    tracing::info!(%peer, "a TLS handshake on the wire listener took too long")
                }
            }
        });
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The accepting task ends only after this listener: nothing more will come.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.address)
    }
}
