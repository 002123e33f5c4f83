//! Signing without knowing where the private key lives.

use credential::Jwk;
use credential::{JwsSigner, SigningKey};

/// A private key that signs and does not leave: the key file's, or one in a hardware module (PKCS#11).
/// Hand it to `credential::jws::sign` as `&*key`.
pub trait Signer: JwsSigner {
    /// The public half, with `kid`, for key sets and verifiers.
    fn public_jwk(&self) -> Jwk;
}

impl Signer for SigningKey {
    fn public_jwk(&self) -> Jwk {
        Self::public_jwk(self)
    }
}
