//! The parts that are CBOR (RFC 8949): the attestation object around authenticator data, and the
//! public key (COSE_Key, RFC 9053 section 7).

use super::WebauthnError;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, VerificationAlgorithm,
};
use ciborium::Value;

/// Nothing of ours nests deeper than an attestation object.
const DEPTH_MAX: usize = 8;

/// COSE labels and values (RFC 9053 tables 18 and 19, RFC 9052 table 4).
const KTY: i64 = 1;
const ALG: i64 = 3;
const CRV: i64 = -1;
const X: i64 = -2;
const Y: i64 = -3;
const KTY_OKP: i64 = 1;
const KTY_EC2: i64 = 2;
const ALG_ES256: i64 = -7;
const ALG_EDDSA: i64 = -8;
const CRV_P256: i64 = 1;
const CRV_ED25519: i64 = 6;

/// The public key of a passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasskeyKey {
    /// A point on P-256, uncompressed (04 || x || y).
    Es256([u8; 65]),
    /// An Ed25519 key.
    EdDsa([u8; 32]),
}

impl PasskeyKey {
    /// COSE numbers of the algorithms, the ones to ask for, best first.
    pub const ALGORITHMS: [i64; 2] = [ALG_EDDSA, ALG_ES256];

    /// The key as it is stored: the algorithm's name and the bytes.
    #[must_use]
    pub fn to_parts(&self) -> (&'static str, &[u8]) {
        match self {
            Self::Es256(point) => ("ES256", point),
            Self::EdDsa(key) => ("EdDSA", key),
        }
    }

    /// Reads what [`PasskeyKey::to_parts`] gave.
    ///
    /// # Errors
    /// [`WebauthnError::Key`].
    pub fn from_parts(alg: &str, bytes: &[u8]) -> Result<Self, WebauthnError> {
        let key = match alg {
            "ES256" => bytes.try_into().map(Self::Es256),
            "EdDSA" => bytes.try_into().map(Self::EdDsa),
            _ => return Err(WebauthnError::Key),
        };
        key.map_err(|_| WebauthnError::Key)
    }

    /// Reads a COSE_Key; what follows it is passed over.
    pub(super) fn from_cose(bytes: &[u8]) -> Result<Self, WebauthnError> {
        let members = map(bytes, "public key")?;
        let number = |label: i64| integer(find(&members, |key| integer(Some(key)) == Some(label)));
        let coordinate = |label: i64| -> Result<[u8; 32], WebauthnError> {
            let found = find(&members, |key| integer(Some(key)) == Some(label));
            let bytes = found.and_then(Value::as_bytes).ok_or(WebauthnError::Key)?;
            bytes.as_slice().try_into().map_err(|_| WebauthnError::Key)
        };
        let key = match (number(KTY), number(ALG), number(CRV)) {
            (Some(KTY_EC2), Some(ALG_ES256), Some(CRV_P256)) => {
                let mut point = [4; 65];
                point[1..33].copy_from_slice(&coordinate(X)?);
                point[33..].copy_from_slice(&coordinate(Y)?);
                Self::Es256(point)
            }
            (Some(KTY_OKP), Some(ALG_EDDSA), Some(CRV_ED25519)) => Self::EdDsa(coordinate(X)?),
            _ => return Err(WebauthnError::Key),
        };
        // A point off the curve is refused now, not at the first sign-in.
        key.parsed()?;
        Ok(key)
    }

    /// Checks a signature as passkeys make it (section 6.5.5): ECDSA in DER, EdDSA plain.
    pub(super) fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<(), WebauthnError> {
        self.parsed()?.verify_sig(signed, signature).map_err(|_| WebauthnError::Signature)
    }

    fn parsed(&self) -> Result<ParsedPublicKey, WebauthnError> {
        let alg: &'static dyn VerificationAlgorithm = match self {
            Self::Es256(_) => &ECDSA_P256_SHA256_ASN1,
            Self::EdDsa(_) => &ED25519,
        };
        ParsedPublicKey::new(alg, self.to_parts().1).map_err(|_| WebauthnError::Key)
    }
}

/// The authenticator data in an attestation object (section 6.5.4). The statement is not looked at.
pub(super) fn authenticator_data(attestation_object: &[u8]) -> Result<Vec<u8>, WebauthnError> {
    let members = map(attestation_object, "attestation object")?;
    let data = find(&members, |key| key.as_text() == Some("authData"));
    let data = data.and_then(Value::as_bytes).cloned();
    data.ok_or(WebauthnError::Malformed("attestation object"))
}

type Members = Vec<(Value, Value)>;

fn map(bytes: &[u8], what: &'static str) -> Result<Members, WebauthnError> {
    let value: Result<Value, _> = ciborium::de::from_reader_with_recursion_limit(bytes, DEPTH_MAX);
    let value = value.map_err(|_| WebauthnError::Malformed(what))?;
    value.into_map().map_err(|_| WebauthnError::Malformed(what))
}

fn find(members: &Members, wanted: impl Fn(&Value) -> bool) -> Option<&Value> {
    members.iter().find(|(key, _)| wanted(key)).map(|(_, value)| value)
}

fn integer(value: Option<&Value>) -> Option<i64> {
    value.and_then(Value::as_integer).and_then(|number| i64::try_from(number).ok())
}
