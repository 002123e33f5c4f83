//! JOSE against the RFCs' own examples, against two other libraries, and against forgeries.

mod claims;
mod encryption;
mod forgery;
mod jsonwebtoken;
mod jwcrypto;
mod rfc;

use credential::{Jwk, SigAlg, SigningKey, VerifyingKey};
use serde_json::Value;

/// A key of the algorithm. RSA keys are fixed (RFC 7515 appendix A.2), because making one is slow.
fn signing_key(alg: SigAlg) -> SigningKey {
    match alg {
        SigAlg::Rs256 | SigAlg::Ps256 => {
            SigningKey::from_jwk(alg, &jwk(&rfc::vectors()["rfc7515_a2"]["key"]))
        }
        _ => SigningKey::generate(alg),
    }
    .expect("a key")
}

fn verifying(key: &SigningKey) -> Vec<VerifyingKey> {
    vec![key.verifying_key().expect("public key")]
}

fn jwk(value: &Value) -> Jwk {
    Jwk::from_value(value).expect("a JWK")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}
