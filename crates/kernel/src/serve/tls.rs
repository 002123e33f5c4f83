//! TLS of a listener.

use super::ServeError;
use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use std::fmt;
use std::sync::Arc;
use tokio::sync::watch;

/// The TLS settings of a listener; they can be replaced while it runs (a new certificate, a new peer).
#[derive(Clone)]
pub struct Tls(watch::Sender<Arc<ServerConfig>>);

impl Tls {
    /// These settings, until replaced.
    #[must_use]
    pub fn new(config: Arc<ServerConfig>) -> Self {
        Self(watch::Sender::new(config))
    }

    /// Uses `config` for connections made from now on.
    pub fn replace(&self, config: Arc<ServerConfig>) {
        self.0.send_replace(config);
    }

    pub(super) fn current(&self) -> Arc<ServerConfig> {
        self.0.borrow().clone()
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

/// TLS 1.2 and 1.3 by aws-lc, with this certificate chain (leaf first) and key. With `clients`, a client must show a
/// certificate that these roots vouch for; [`super::Peer`] then carries its fingerprint.
///
/// # Errors
/// [`ServeError::Tls`] when certificate and key do not belong together, or `clients` is empty.
pub fn server_config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    clients: Option<RootCertStore>,
) -> Result<Arc<ServerConfig>, ServeError> {
    let provider = Arc::new(default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| ServeError::Tls(error.to_string()))?;
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(roots) => {
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(
                verifier.map_err(|error| ServeError::Tls(error.to_string()))?,
            )
        }
    };
    let mut config =
        builder.with_single_cert(chain, key).map_err(|error| ServeError::Tls(error.to_string()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
