//! The sending side of calls to other installations: one HTTPS client per peer, which believes
//! only the certificate the directory names.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use basis::Clock;
use bytes::{Bytes, BytesMut};
use contracts::{Refusal, RefusalReason, ServiceId, WireError};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use kernel::problem::ProblemDocument;
use rustls::{AlertDescription, CertificateError};

use crate::model::Installation;
use crate::tls::{self, OwnCertificate};

/// Path of calls on the wire listener.
pub(crate) const CALL_PATH: &str = "/wire/v1/call";
/// Version of the context and of this protocol.
pub(crate) const VERSION: HeaderName = HeaderName::from_static("msingi-wire-version");
/// Id of the message.
pub(crate) const MESSAGE: HeaderName = HeaderName::from_static("msingi-message");
/// The call context: base64url of its JSON.
pub(crate) const CONTEXT: HeaderName = HeaderName::from_static("msingi-context");
/// Method of the call.
pub(crate) const METHOD: HeaderName = HeaderName::from_static("msingi-method");
/// Path and query of the call, below the service.
pub(crate) const PATH: HeaderName = HeaderName::from_static("msingi-path");
/// The sealed subject.
pub(crate) const SUBJECT: HeaderName = HeaderName::from_static("msingi-sealed-subject");
/// Signature of request or answer, detached JWS.
pub(crate) const SIGNATURE: HeaderName = HeaderName::from_static("msingi-signature");
/// Before the name of each of the call's own headers, which are apart from those that HTTP clients
/// add to the message that carries it.
const OWN_HEADER: &str = "msingi-h-";
/// On an answer that is the exchange's own and not the provider's: the error's slug.
pub(crate) const ERROR: HeaderName = HeaderName::from_static("msingi-wire-error");

/// The name under which one of the call's own headers travels.
pub(crate) fn carried(name: &HeaderName) -> HeaderName {
    HeaderName::try_from(format!("{OWN_HEADER}{name}"))
        .expect("two header names in one make a header name")
}

const CONNECT: Duration = Duration::from_secs(5);
const IDLE: Duration = Duration::from_secs(60);

/// An answer of a peer, read whole.
pub(crate) struct PeerAnswer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A request to a peer.
pub(crate) struct PeerRequest {
    pub(crate) method: Method,
    /// Path on the wire listener.
    pub(crate) path: &'static str,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The service called, if it is a call; for the error when no answer comes in time.
    pub(crate) service: Option<ServiceId>,
}

struct Peer {
    fingerprint: String,
    client: reqwest::Client,
}

/// Clients by installation. One is replaced when the directory names another certificate.
#[derive(Default)]
pub(crate) struct Peers {
    clients: RwLock<HashMap<String, Arc<Peer>>>,
}

impl Peers {
    /// Sends a request to a peer and reads the whole answer.
    pub(crate) async fn send(
        &self,
        own: &OwnCertificate,
        clock: &Clock,
        peer: &Installation,
        request: PeerRequest,
        limits: Limits,
    ) -> Result<PeerAnswer, WireError> {
        if peer.address.is_empty() {
            return Err(unreachable(peer, "the directory names no address of its wire listener"));
        }
        let client = self.client(own, clock, peer)?;
        send(&client, peer, request, limits).await
    }

    fn client(
        &self,
        own: &OwnCertificate,
        clock: &Clock,
        peer: &Installation,
    ) -> Result<reqwest::Client, WireError> {
        let known =
            self.clients.read().unwrap_or_else(PoisonError::into_inner).get(&peer.name).cloned();
        if let Some(known) = known.filter(|known| known.fingerprint == peer.fingerprint) {
            return Ok(known.client.clone());
        }
        let config = tls::peer_config(own, &peer.fingerprint, clock)
            .map_err(|error| WireError::Internal(format!("TLS cannot be set up: {error}")))?;
        let client = build(config)?;
        let entry = Peer { fingerprint: peer.fingerprint.clone(), client: client.clone() };
        self.clients
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(peer.name.clone(), Arc::new(entry));
        Ok(client)
    }
}

/// How long and how much.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) timeout_seconds: u64,
    pub(crate) body_bytes: usize,
}

/// A client over this TLS configuration. Redirects and proxies are not followed: a message goes
/// to the installation named, or nowhere.
pub(crate) fn build(config: rustls::ClientConfig) -> Result<reqwest::Client, WireError> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(config)
        .https_only(true)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .tcp_nodelay(true)
        .build()
        .map_err(|error| WireError::Internal(format!("the HTTPS client cannot be built: {error}")))
}

/// Sends with any client.
pub(crate) async fn send(
    client: &reqwest::Client,
    peer: &Installation,
    request: PeerRequest,
    limits: Limits,
) -> Result<PeerAnswer, WireError> {
    let url = format!("{}{}", peer.address.trim_end_matches('/'), request.path);
    let failed = |error: reqwest::Error| match &request.service {
        Some(service) if error.is_timeout() && !error.is_connect() => {
            WireError::Timeout { service: service.clone(), seconds: limits.timeout_seconds }
        }
        _ => explain(peer, &error),
    };
    let sending = client
        .request(request.method, url)
        .headers(request.headers)
        .body(request.body)
        .timeout(Duration::from_secs(limits.timeout_seconds))
        .send();
    let mut response = sending.await.map_err(failed)?;
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > limits.body_bytes {
            return Err(WireError::TooLarge { limit_bytes: limits.body_bytes });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(PeerAnswer {
        status: response.status(),
        headers: std::mem::take(response.headers_mut()),
        body: body.freeze(),
    })
}

/// The peer exchange's own error, if the answer is one.
pub(crate) fn error_of(
    answer: &PeerAnswer,
    peer: &Installation,
    service: &ServiceId,
    seconds: u64,
) -> Option<WireError> {
    let slug = answer.headers.get(&ERROR)?.to_str().unwrap_or_default();
    let document = serde_json::from_slice::<ProblemDocument>(&answer.body).ok();
    let detail = document.map(|d| d.detail.unwrap_or(d.title)).unwrap_or_default();
    if let Some(reason) = RefusalReason::from_slug(slug) {
        return Some(Refusal::new(reason, detail).into());
    }
    Some(match slug {
        "wire-version" => WireError::Version(detail),
        "malformed-call" => WireError::Malformed(detail),
        "peer-certificate" => {
            WireError::PeerCertificate { installation: peer.name.clone(), cause: detail }
        }
        "service-not-running" => WireError::NotBound { service: service.clone(), remedy: detail },
        "timeout" => WireError::Timeout { service: service.clone(), seconds },
        _ => unreachable(peer, &format!("its exchange failed ({slug})")),
    })
}

pub(crate) fn unreachable(peer: &Installation, cause: &str) -> WireError {
    WireError::Unreachable { installation: peer.name.clone(), cause: cause.to_owned() }
}

/// Says what an HTTP client's error means to an operator.
fn explain(peer: &Installation, error: &reqwest::Error) -> WireError {
    if let Some(tls) = tls_error(error) {
        return explain_tls(peer, tls);
    }
    let cause = match (error.is_timeout(), error.is_connect()) {
        (true, _) => format!("no answer in time from {}", peer.address),
        (_, true) => format!("no connection to {}: {}", peer.address, root_cause(error)),
        _ => root_cause(error),
    };
    unreachable(peer, &cause)
}

fn explain_tls(peer: &Installation, error: &rustls::Error) -> WireError {
    let remedy = "fetch the directory on both sides, or let the installation that changed its certificate join anew";
    let cause = match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(other)) => {
            format!("{other}; {remedy}")
        }
        rustls::Error::InvalidCertificate(why) => {
            format!("its certificate does not stand: {why:?}; {remedy}")
        }
        rustls::Error::AlertReceived(
            alert @ (AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::DecryptError
            | AlertDescription::UnknownCA),
        ) => format!("it does not accept our certificate ({alert:?}); {remedy}"),
        other => return unreachable(peer, &format!("TLS failed: {other}")),
    };
    WireError::PeerCertificate { installation: peer.name.clone(), cause }
}

/// The TLS error below an HTTP client's error. `io::Error` hides its inner error from `source`.
fn tls_error<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(tls);
        }
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn std::error::Error + 'static)),
            None => error.source(),
        };
    }
    None
}

fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}
