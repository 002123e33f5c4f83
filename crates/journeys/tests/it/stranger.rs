//! Somebody on the network who is not who they should be: TLS with a certificate of their own.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, ServerConfig, SignatureScheme};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// A certificate that nobody vouches for, and its key.
fn own_certificate() -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).expect("is made");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("PKCS#8");
    (vec![made.cert.der().clone()], key)
}

/// An HTTPS client that believes every server, with a certificate of its own or with none.
pub fn client(with_certificate: bool) -> reqwest::Client {
    let believing = ClientConfig::builder().dangerous();
    let believing = believing.with_custom_certificate_verifier(Arc::new(Believing));
    let config = match with_certificate {
        false => believing.with_no_client_auth(),
        true => {
            let (certificate, key) = own_certificate();
            believing.with_client_auth_cert(certificate, key).expect("they belong together")
        }
    };
    let client = reqwest::Client::builder().tls_backend_preconfigured(config);
    client.build().expect("a client")
}

/// Stands where another installation should be, until it is aborted.
pub async fn stand_in(address: SocketAddr) -> JoinHandle<()> {
    let (certificate, key) = own_certificate();
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(certificate, key).expect("they belong together");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let socket = TcpListener::bind(address).await.expect("the port is free now");
    tokio::spawn(async move {
        while let Ok((stream, _)) = socket.accept().await {
            // Callers go away here, if all is well.
            let _ = acceptor.accept(stream).await;
        }
    })
}

#[derive(Debug)]
struct Believing;

impl ServerCertVerifier for Believing {
    fn verify_server_cert(
        &self,
        _leaf: &CertificateDer<'_>,
        _others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
