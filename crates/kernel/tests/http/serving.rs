//! The listener over real sockets: slow clients, draining, mutual TLS.

use axum::{Extension, Router, routing};
use basis::{Clock, Rng};
use kernel::config::Limits;
use kernel::serve::{
    Peer, ServeError, Server, ShutdownTrigger, Tls, bind, complete, server_config,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

const PATIENCE: Duration = Duration::from_secs(20);

struct House {
    address: SocketAddr,
    trigger: ShutdownTrigger,
    running: JoinHandle<()>,
}

async fn start(router: Router, limits: &Limits, tls: Option<Tls>) -> House {
    let listener = bind("listen.public", ([127, 0, 0, 1], 0).into()).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (trigger, shutdown) = ShutdownTrigger::new();
    let mut server = Server::new(router, limits);
    if let Some(tls) = tls {
        server = server.with_tls(tls);
    }
    House { address, trigger, running: tokio::spawn(server.run(listener, shutdown)) }
}

impl House {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a connection")
    }

    async fn ends(self) {
        timeout(PATIENCE, self.running).await.expect("it ends in time").expect("it does not panic");
    }
}

/// Sends a request and reads until the server closes.
async fn exchange(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), request: &str) -> String {
    stream.write_all(request.as_bytes()).await.expect("written");
    read_all(stream).await
}

async fn read_all(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut answer = Vec::new();
    // A reset after the answer is as good an end as a close.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("an end in time");
    String::from_utf8_lossy(&answer).into_owned()
}

const GET: &str = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_request_knows_its_peer() {
    let router = Router::new().route(
        "/",
        routing::get(async |Extension(peer): Extension<Peer>| {
            format!("{} {:?}", peer.address, peer.certificate_sha256)
        }),
    );
    let house = start(router, &Limits::default(), None).await;
    let mut stream = house.connect().await;
    let own = stream.local_addr().expect("an address");
    let answer = exchange(&mut stream, GET).await;
    assert!(answer.ends_with(&format!("\r\n\r\n{own} None")), "{answer}");
}

#[tokio::test]
async fn a_client_that_dawdles_over_its_headers_is_cut_off() {
    let limits = Limits { header_seconds: 1, ..Limits::default() };
    let house = start(Router::new(), &limits, None).await;
    let mut stream = house.connect().await;
    let dawdle = async {
        loop {
            if stream.write_all(b"x").await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, dawdle).await.expect("cut off");
}

#[tokio::test]
async fn the_number_of_connections_is_bounded() {
    let limits = Limits { connections: 1, ..Limits::default() };
    let router = Router::new().route("/", routing::get(async || "hello"));
    let house = start(router, &limits, None).await;
    let first = house.connect().await;
    let mut second = house.connect().await;
    second.write_all(GET.as_bytes()).await.expect("written");
    let waiting = timeout(Duration::from_millis(300), second.read_u8()).await;
    assert!(waiting.is_err(), "the second was answered beside the first");
    drop(first);
    assert!(read_all(&mut second).await.ends_with("ello"));
}

#[tokio::test]
async fn a_shutdown_lets_running_requests_finish() {
    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, go) = (entered.clone(), leave.clone());
    let wait = async move || {
        inside.notify_one();
        go.notified().await;
        "done"
    };
    let house = start(Router::new().route("/", routing::get(wait)), &Limits::default(), None).await;
    let (mut stream, address) = (house.connect().await, house.address);
    let idle = house.connect().await;
    let keep = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    stream.write_all(keep.as_bytes()).await.expect("written");
    entered.notified().await;
    house.trigger.stop();
    let refused = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, refused).await.expect("no new connections");
    leave.notify_one();
    assert!(read_all(&mut stream).await.ends_with("done"));
    // A connection that sends nothing does not hold up the end either.
    house.ends().await;
    drop(idle);
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_hold_up_the_shutdown() {
    let limits = Limits { drain_seconds: 1, ..Limits::default() };
    let entered = Arc::new(Notify::new());
    let inside = entered.clone();
    let never = async move || {
        inside.notify_one();
        std::future::pending::<()>().await;
    };
    let house = start(Router::new().route("/", routing::get(never)), &limits, None).await;
    let mut stream = house.connect().await;
    stream.write_all(GET.as_bytes()).await.expect("written");
    entered.notified().await;
    house.trigger.stop();
    assert_eq!(read_all(&mut stream).await, "");
    house.ends().await;
}

#[tokio::test]
async fn a_port_in_use_names_the_key() {
    let taken = bind("listen.public", ([127, 0, 0, 1], 0).into()).await.expect("a port");
    let address = taken.local_addr().expect("an address");
    let error = bind("listen.public", address).await.expect_err("in use");
    assert!(matches!(error, ServeError::InUse { .. }));
    assert!(error.to_string().contains("set listen.public to another address"), "{error}");
    let foreign = bind("listen.wire", ([192, 0, 2, 1], 1).into()).await.expect_err("not ours");
    assert!(foreign.to_string().starts_with("listen.wire: cannot listen on 192.0.2.1:1: "));
}

/// A certificate authority and what it issues, for `localhost`.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("a certificate"))
    }

    fn issue(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        (vec![certificate.der().clone()], key)
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).expect("a root");
        roots
    }
}

fn connector(server: &Authority, client: Option<&Authority>) -> (TlsConnector, Vec<u8>) {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(server.roots());
    let Some(client) = client else {
        return (Arc::new(builder.with_no_client_auth()).into(), Vec::new());
    };
    let (chain, key) = client.issue();
    let leaf = chain[0].to_vec();
    (Arc::new(builder.with_client_auth_cert(chain, key).expect("an identity")).into(), leaf)
}

async fn ask(house: &House, connector: &TlsConnector) -> Result<String, std::io::Error> {
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream = connector.connect(name, house.connect().await).await?;
    stream.write_all(GET.as_bytes()).await?;
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("an end in time")?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

async fn fingerprint(Extension(peer): Extension<Peer>) -> String {
    format!("{:?}", peer.certificate_sha256)
}

#[tokio::test]
async fn mutual_tls_shows_the_clients_fingerprint_and_refuses_strangers() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let (chain, key) = ours.issue();
    let config = server_config(chain, key, Some(ours.roots())).expect("settings");
    let tls = Tls::new(config);
    let router = Router::new().route("/", routing::get(fingerprint));
    let house = start(router, &Limits::default(), Some(tls.clone())).await;

    let (known, leaf) = connector(&ours, Some(&ours));
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &leaf);
    let expected: [u8; 32] = digest.as_ref().try_into().expect("32 bytes");
    let answer = ask(&house, &known).await.expect("an answer");
    assert!(answer.ends_with(&format!("{:?}", Some(expected))), "{answer}");

    let (stranger, _) = connector(&ours, Some(&theirs));
    assert!(ask(&house, &stranger).await.is_err());
    let (nobody, _) = connector(&ours, None);
    assert!(ask(&house, &nobody).await.is_err());
    let plain = exchange(&mut house.connect().await, GET).await;
    assert!(!plain.contains("HTTP/1.1 200"), "{plain}");

    // A client that connects and says nothing does not keep the others waiting.
    let _silent = house.connect().await;
    assert!(ask(&house, &known).await.is_ok());

    let (chain, key) = ours.issue();
    let mut both = ours.roots();
    both.add(theirs.0.der().clone()).expect("a root");
    tls.replace(server_config(chain, key, Some(both)).expect("settings"));
    assert!(ask(&house, &stranger).await.is_ok(), "the new peer is let in without a restart");
}

#[tokio::test]
async fn certificates_that_do_not_fit_are_refused() {
    let authority = Authority::new();
    let ((chain, _), (_, key)) = (authority.issue(), authority.issue());
    let error = server_config(chain, key, None).expect_err("a foreign key");
    assert!(matches!(error, ServeError::Tls(_)), "{error}");
    let (chain, key) = authority.issue();
    let error = server_config(chain, key, Some(RootCertStore::empty())).expect_err("no roots");
    assert!(matches!(error, ServeError::Tls(_)), "{error}");
}

#[tokio::test]
async fn a_whole_house_serves_over_a_socket() {
    let router = Router::new().route("/", routing::get(async || "hello"));
    let limits = Limits::default();
    let router = complete(router, &limits, Clock::system(), Rng::seeded(3));
    let house = start(router, &limits, None).await;
    let answer = exchange(&mut house.connect().await, GET).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("hello"), "{answer}");
    assert!(answer.contains("x-request-id: "), "{answer}");
}
