//! The algorithms this crate speaks (RFC 7518, RFC 8037). There is no `none` and no HMAC: a value of these types is
//! always a public-key signature or an authenticated encryption.

use aws_lc_rs::digest;

use crate::JoseError;
use crate::base64url;

/// A JWS signature algorithm (RFC 7518 section 3.1, RFC 8037 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SigAlg {
    /// ECDSA on P-256 with SHA-256; the default of the platform.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// Ed25519.
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256, where a peer demands it.
    Rs256,
    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes.
    Ps256,
}

impl SigAlg {
    /// Every supported algorithm, strongest preference first.
    pub const ALL: [SigAlg; 5] =
        [SigAlg::Es256, SigAlg::EdDsa, SigAlg::Es384, SigAlg::Ps256, SigAlg::Rs256];

    /// The `alg` header value.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            SigAlg::Es256 => "ES256",
            SigAlg::Es384 => "ES384",
            SigAlg::EdDsa => "EdDSA",
            SigAlg::Rs256 => "RS256",
            SigAlg::Ps256 => "PS256",
        }
    }

    /// Reads an `alg` value; names are case-sensitive (RFC 7515 section 4.1.1).
    ///
    /// # Errors
    /// [`JoseError::AlgorithmRefused`] for every other name, `none` included.
    pub fn from_name(name: &str) -> Result<SigAlg, JoseError> {
        SigAlg::ALL.into_iter().find(|alg| alg.name() == name).ok_or(JoseError::AlgorithmRefused)
    }

    /// `at_hash`, `c_hash` and the like (OpenID Connect Core section 3.1.3.6): the left half of the digest that goes
    /// with the algorithm, base64url. For Ed25519 that digest is SHA-512.
    #[must_use]
    pub fn left_half_hash(self, text: &str) -> String {
        let algorithm = match self {
            SigAlg::Es256 | SigAlg::Rs256 | SigAlg::Ps256 => &digest::SHA256,
            SigAlg::Es384 => &digest::SHA384,
            SigAlg::EdDsa => &digest::SHA512,
        };
        let hash = digest::digest(algorithm, text.as_bytes());
        base64url::encode(&hash.as_ref()[..algorithm.output_len() / 2])
    }
}

/// A JWE key management algorithm (RFC 7518 section 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyAlg {
    /// RSAES-OAEP with SHA-256 and MGF1 with SHA-256.
    RsaOaep256,
    /// Direct key agreement: the agreed key encrypts the content.
    EcdhEs,
    /// Key agreement that wraps a random content key.
    EcdhEsA256Kw,
}

impl KeyAlg {
    /// Every supported algorithm, strongest preference first.
    pub const ALL: [KeyAlg; 3] = [KeyAlg::EcdhEsA256Kw, KeyAlg::EcdhEs, KeyAlg::RsaOaep256];

    /// The `alg` header value.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            KeyAlg::RsaOaep256 => "RSA-OAEP-256",
            KeyAlg::EcdhEs => "ECDH-ES",
            KeyAlg::EcdhEsA256Kw => "ECDH-ES+A256KW",
        }
    }

    /// Reads an `alg` value.
    ///
    /// # Errors
    /// [`JoseError::AlgorithmRefused`] for every other name.
    pub fn from_name(name: &str) -> Result<KeyAlg, JoseError> {
        KeyAlg::ALL.into_iter().find(|alg| alg.name() == name).ok_or(JoseError::AlgorithmRefused)
    }
}

/// A JWE content encryption algorithm (RFC 7518 section 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EncAlg {
    /// AES-GCM with a 128-bit key.
    A128Gcm,
    /// AES-GCM with a 256-bit key.
    A256Gcm,
    /// AES-128-CBC with HMAC-SHA-256, which every JWE library has.
    A128CbcHs256,
}

impl EncAlg {
    /// Every supported algorithm, strongest preference first.
    pub const ALL: [EncAlg; 3] = [EncAlg::A256Gcm, EncAlg::A128Gcm, EncAlg::A128CbcHs256];

    /// The `enc` header value.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            EncAlg::A128Gcm => "A128GCM",
            EncAlg::A256Gcm => "A256GCM",
            EncAlg::A128CbcHs256 => "A128CBC-HS256",
        }
    }

    /// Reads an `enc` value.
    ///
    /// # Errors
    /// [`JoseError::AlgorithmRefused`] for every other name.
    pub fn from_name(name: &str) -> Result<EncAlg, JoseError> {
        EncAlg::ALL.into_iter().find(|alg| alg.name() == name).ok_or(JoseError::AlgorithmRefused)
    }

    /// Length of the content encryption key in bytes.
    pub(crate) fn key_len(self) -> usize {
        match self {
            EncAlg::A128Gcm => 16,
            EncAlg::A256Gcm | EncAlg::A128CbcHs256 => 32,
        }
    }

    /// Length of the initialisation vector in bytes.
    pub(crate) fn iv_len(self) -> usize {
        match self {
            EncAlg::A128Gcm | EncAlg::A256Gcm => 12,
            EncAlg::A128CbcHs256 => 16,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for alg in SigAlg::ALL {
            assert_eq!(SigAlg::from_name(alg.name()), Ok(alg));
        }
        for alg in KeyAlg::ALL {
            assert_eq!(KeyAlg::from_name(alg.name()), Ok(alg));
        }
        for alg in EncAlg::ALL {
            assert_eq!(EncAlg::from_name(alg.name()), Ok(alg));
        }
    }

    #[test]
    fn foreign_names_are_refused() {
        for name in ["none", "None", "NONE", "HS256", "es256", "ES512", "RS512", "", "ES256 "] {
            assert_eq!(SigAlg::from_name(name), Err(JoseError::AlgorithmRefused), "{name}");
        }
        for name in ["RSA1_5", "RSA-OAEP", "dir", "A256KW", "PBES2-HS256+A128KW", "ECDH-ES+A128KW"]
        {
            assert_eq!(KeyAlg::from_name(name), Err(JoseError::AlgorithmRefused), "{name}");
        }
        assert_eq!(EncAlg::from_name("A192GCM"), Err(JoseError::AlgorithmRefused));
    }

    /// OpenID Connect Core appendix A.3 and A.4: the access token and code with their hashes in the ID tokens (RS256).
    #[test]
    fn openid_connect_core_hashes() {
        assert_eq!(
            SigAlg::Rs256.left_half_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
        assert_eq!(
            SigAlg::Rs256
                .left_half_hash("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"),
            "LDktKdoQak3Pk0cnXxCltA"
        );
    }

    /// Values by Python's hashlib.
    #[test]
    fn longer_digests_give_longer_halves() {
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(SigAlg::Es384.left_half_hash(token), "jtAeDp945y1dDqU3nkIVGNZP1HjH_MFs");
        assert_eq!(
            SigAlg::EdDsa.left_half_hash(token),
            "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM"
        );
    }
}
