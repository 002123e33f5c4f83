//! The signature a person puts under a record with a key of their own (GovStack `Signature`).
//!
//! One method is supported, `JWS`: a compact JWS (RFC 7515) over the exact bytes of `payload`,
//! whose header carries the public key as `jwk`. We check that the signature is right and name the
//! key by its thumbprint; that the key is the person's, GovStack leaves to the identity block, and
//! nothing here claims it.

use super::canonical::canonical;
use super::digest::Digest;
use basis::{Id, Timestamp};
use credential::alg::SigAlg;
use credential::jwk::Jwk;
use credential::jws;
use credential::key::VerifyingKey;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The one `verificationMethod`.
pub const METHOD: &str = "JWS";

/// Algorithms a person's key may have.
const ALGORITHMS: [SigAlg; 3] = [SigAlg::Es256, SigAlg::Es384, SigAlg::EdDsa];

/// What a person is asked to sign: one revision of their record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SigningRequest {
    /// The revision; none while the record is a draft that is not stored.
    pub revision: Option<Id>,
    /// The revision's snapshot: GovStack's `verificationPayload`.
    pub snapshot: String,
    /// When the request was made.
    pub at: Timestamp,
}

/// A signature as stored. Who signed is personal data, so it is stored encrypted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Signature {
    /// The signature's id.
    pub id: Id,
    /// What was to be signed.
    pub request: SigningRequest,
    /// The person's signature; none while they are only asked for it.
    pub signed: Option<Signed>,
}

/// A person's signature that was found right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Signed {
    /// The compact JWS.
    pub jws: String,
    /// Thumbprint (RFC 7638) of the key that made it: GovStack's `verificationSignedBy`.
    pub thumbprint: String,
}

/// Why a signature is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureRefusal {
    /// Another method than [`METHOD`].
    #[error("set `verificationMethod` to `JWS`; no other method is supported")]
    Method,
    /// The header has no public key, or it has a private one.
    #[error("sign with a JWS whose header carries your public key as `jwk`")]
    Key,
    /// The signature is not by that key over the payload we handed out.
    #[error(
        "the JWS is not a signature over the exact bytes of `payload` by the key in its header"
    )]
    Wrong,
    /// `verificationSignedBy` names another key.
    #[error(
        "set `verificationSignedBy` to the SHA-256 thumbprint (RFC 7638) of the signing key, or leave it empty"
    )]
    OtherKey,
}

impl SigningRequest {
    /// SHA-256 of the snapshot: GovStack's `verificationPayloadHash`.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Digest::of(&[self.snapshot.as_bytes()])
    }

    /// The text to sign: GovStack's `payload`, canonical JSON. `verificationSignedBy` is not part
    /// of it, since the key is not known before it signs.
    #[must_use]
    pub fn payload(&self) -> String {
        let reference = self.revision.map_or_else(String::new, |id| id.to_string());
        let payload = json!({
            "verificationPayload": self.snapshot,
            "verificationPayloadHash": self.hash(),
            "verificationMethod": METHOD,
            "timestamp": self.at,
            "signedWithoutObjectReference": self.revision.is_none(),
            "objectType": "revision",
            "objectReference": reference,
        });
        canonical(&payload).expect("the payload holds text and booleans only")
    }

    /// Checks a person's signature over [`SigningRequest::payload`]. `signed_by` is the thumbprint
    /// they claim, or empty.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn check(
        &self,
        method: &str,
        jws: &str,
        signed_by: &str,
    ) -> Result<Signed, SignatureRefusal> {
        if method != METHOD {
            return Err(SignatureRefusal::Method);
        }
        let header = jws::unverified_header(jws).map_err(|_| SignatureRefusal::Key)?;
        let jwk = header.get("jwk").ok_or(SignatureRefusal::Key)?;
        let jwk = Jwk::from_value(jwk).map_err(|_| SignatureRefusal::Key)?;
        if jwk.is_private() {
            return Err(SignatureRefusal::Key);
        }
        let key = VerifyingKey::from_jwk(&jwk).map_err(|_| SignatureRefusal::Key)?;
        let verified =
            jws::verify(jws, &[key], &ALGORITHMS).map_err(|_| SignatureRefusal::Wrong)?;
        if verified.payload != self.payload().as_bytes() {
            return Err(SignatureRefusal::Wrong);
        }
        let thumbprint = jwk.thumbprint();
        if !signed_by.is_empty() && signed_by != thumbprint {
            return Err(SignatureRefusal::OtherKey);
        }
        Ok(Signed { jws: jws.to_owned(), thumbprint })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::{NOW, id};
    use credential::key::SigningKey;
    use serde_json::Value;

    fn request() -> SigningRequest {
        SigningRequest { revision: Some(id(5)), snapshot: r#"{"a":"é"}"#.to_owned(), at: NOW }
    }

    fn sign(key: &SigningKey, jwk: Value, payload: &str) -> String {
        jws::sign(key, &[("jwk", jwk)], payload.as_bytes()).unwrap()
    }

    fn public(key: &SigningKey) -> Value {
        serde_json::to_value(key.public_jwk()).unwrap()
    }

    #[test]
    fn a_right_signature_names_its_key() {
        let key = SigningKey::generate_es256().unwrap();
        let jws = sign(&key, public(&key), &request().payload());
        let thumbprint = key.public_jwk().thumbprint();
        for claimed in ["", thumbprint.as_str()] {
            let signed = request().check(METHOD, &jws, claimed).unwrap();
            assert_eq!(
                (signed.jws.as_str(), signed.thumbprint.as_str()),
                (jws.as_str(), thumbprint.as_str())
            );
        }
    }

    #[test]
    fn every_wrong_signature_has_its_reason() {
        let (key, other) =
            (SigningKey::generate_es256().unwrap(), SigningKey::generate_es256().unwrap());
        let good = sign(&key, public(&key), &request().payload());
        let draft = SigningRequest { revision: None, ..request() };
        let no_key = jws::sign(&key, &[], request().payload().as_bytes()).unwrap();
        let cases = [
            ("other method", "PAdES", good.clone(), "", SignatureRefusal::Method),
            ("no key", METHOD, no_key, "", SignatureRefusal::Key),
            ("no JWS", METHOD, "signed, Amina".to_owned(), "", SignatureRefusal::Key),
            (
                "foreign key",
                METHOD,
                sign(&key, public(&other), &request().payload()),
                "",
                SignatureRefusal::Wrong,
            ),
            (
                "other text",
                METHOD,
                sign(&key, public(&key), &draft.payload()),
                "",
                SignatureRefusal::Wrong,
            ),
            ("other name", METHOD, good, "someone", SignatureRefusal::OtherKey),
        ];
        for (name, method, jws, signed_by, refusal) in cases {
            assert_eq!(request().check(method, &jws, signed_by), Err(refusal), "{name}");
        }
    }
}
