//! The hub's small certificate authority: one root, one TLS certificate per installation.
//!
//! It is no qualified trust service. A country that has one gives its installations certificates
//! from there; the directory pins fingerprints either way.

use basis::Timestamp;
use credential::Jwk;
use kernel::keys::KeyStore;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData, SignatureAlgorithm,
    date_time_ymd,
};
use rustls::pki_types::PrivatePkcs8KeyDer;

use crate::message::{hex, sha256};

/// Purpose of the root key in the key store.
pub const CA_KEY: &str = "exchange:ca";

const ROOT_DAYS: i64 = 3650;
const LEAF_DAYS: i64 = 397;

/// Why a certificate could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CaError {
    /// The key store.
    #[error(transparent)]
    Keys(#[from] kernel::keys::KeyError),
    /// The certificate library.
    #[error("the certificate cannot be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The applicant's key is not an EC P-256 public key.
    #[error("the TLS key must be an EC P-256 public JWK")]
    PublicKey,
}

/// The authority. Only the hub has one.
pub struct Ca {
    params: CertificateParams,
    key: KeyPair,
}

impl Ca {
    /// The authority of `instance`; makes its key on first use.
    pub fn open(keys: &KeyStore, instance: &str) -> Result<Self, CaError> {
        let pkcs8 = keys.pkcs8(CA_KEY)?;
        let der = PrivatePkcs8KeyDer::from(pkcs8.as_slice());
        let key = KeyPair::from_pkcs8_der_and_sign_algo(&der, &PKCS_ECDSA_P256_SHA256)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = name(instance, &format!("Msingi exchange root of {instance}"));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Ok(Self { params, key })
    }

    /// A new root certificate (DER), valid ten years. To be made once and kept.
    pub fn root(&self, now: Timestamp) -> Result<Vec<u8>, CaError> {
        let mut params = self.params.clone();
        set_validity(&mut params, now, ROOT_DAYS);
        Ok(params.self_signed(&self.key)?.der().to_vec())
    }

    /// A TLS certificate (DER) for an installation, for both directions, valid 397 days. No host
    /// name counts: peers compare the fingerprint with the directory.
    pub fn issue(
        &self,
        instance: &str,
        installation: &str,
        key: &Jwk,
        now: Timestamp,
    ) -> Result<Vec<u8>, CaError> {
        let public = EcPoint::from_jwk(key).ok_or(CaError::PublicKey)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = name(instance, installation);
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        set_validity(&mut params, now, LEAF_DAYS);
        let issuer = Issuer::from_params(&self.params, &self.key);
        Ok(params.signed_by(&public, &issuer)?.der().to_vec())
    }
}

/// SHA-256 of a certificate (DER), lower-case hexadecimal.
pub fn fingerprint(der: &[u8]) -> String {
    hex(&sha256(der))
}

fn name(organization: &str, common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, organization);
    name.push(DnType::CommonName, common);
    name
}

/// Valid from the day before `now`, so that a peer whose clock is behind accepts it too.
fn set_validity(params: &mut CertificateParams, now: Timestamp, days: i64) {
    let date = |days: i64| {
        // RFC 3339 begins YYYY-MM-DD; the library's own time type is not ours to name.
        let text = now.plus_seconds(days * 86_400).to_string();
        let number = |range: std::ops::Range<usize>| {
            text.get(range).and_then(|t| t.parse::<u8>().ok()).unwrap_or(1)
        };
        let year = i32::from(number(0..2)) * 100 + i32::from(number(2..4));
        date_time_ymd(year, number(5..7), number(8..10))
    };
    params.not_before = date(-1);
    params.not_after = date(days);
}

/// An EC P-256 public key as an uncompressed point.
struct EcPoint(Vec<u8>);

impl EcPoint {
    fn from_jwk(jwk: &Jwk) -> Option<Self> {
        let json = jwk.public_json().ok()?;
        if json.get("crv")?.as_str()? != "P-256" {
            return None;
        }
        let mut point = vec![4];
        for coordinate in ["x", "y"] {
            let bytes =
                credential::base64url::decode(json.get(coordinate)?.as_str()?, "coordinate")
                    .ok()?;
            point.extend_from_slice(&bytes);
        }
        (point.len() == 65).then_some(Self(point))
    }
}

impl PublicKeyData for EcPoint {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::{Clock, Rng};
    use credential::SigningKey;
    use rustls::RootCertStore;
    use rustls::pki_types::{CertificateDer, UnixTime};
    use rustls::server::danger::ClientCertVerifier;
    use std::sync::Arc;
    use std::time::Duration;

    fn ca() -> (Ca, Timestamp) {
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        let (clock, _) = Clock::mock(now);
        let keys = KeyStore::in_memory(clock, Rng::seeded(1));
        (Ca::open(&keys, "TB").unwrap(), now)
    }

    fn verifier(root: &[u8]) -> Arc<dyn ClientCertVerifier> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(root.to_vec())).unwrap();
        rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .unwrap()
    }

    #[test]
    fn an_issued_certificate_stands_under_the_root_only_while_valid() {
        let (ca, now) = ca();
        let key = SigningKey::generate_es256().unwrap();
        let leaf =
            CertificateDer::from(ca.issue("TB", "frontline", &key.public_jwk(), now).unwrap());
        let verifier = verifier(&ca.root(now).unwrap());
        let at = |days: i64| {
            let seconds =
                u64::try_from(now.plus_seconds(days * 86_400).micros() / 1_000_000).unwrap();
            verifier.verify_client_cert(
                &leaf,
                &[],
                UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
            )
        };
        assert!(at(0).is_ok());
        assert!(at(LEAF_DAYS - 1).is_ok());
        assert!(at(LEAF_DAYS + 1).is_err());
        assert!(at(-3).is_err());
    }

    #[test]
    fn another_authority_does_not_count() {
        let ((ca, now), (other, _)) = (ca(), ca());
        let key = SigningKey::generate_es256().unwrap();
        let leaf =
            CertificateDer::from(other.issue("TB", "frontline", &key.public_jwk(), now).unwrap());
        let seconds = u64::try_from(now.micros() / 1_000_000).unwrap();
        let verifier = verifier(&ca.root(now).unwrap());
        let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        assert!(verifier.verify_client_cert(&leaf, &[], time).is_err());
    }

    #[test]
    fn only_p256_keys_are_certified() {
        let (ca, now) = ca();
        let key = SigningKey::generate(credential::SigAlg::EdDsa).unwrap();
        assert!(matches!(ca.issue("TB", "x", &key.public_jwk(), now), Err(CaError::PublicKey)));
    }
}
