//! JOSE: keys (JWK), signatures (JWS, JWT) and encryption (JWE); one-time codes (TOTP) and how guessing them is slowed
//! down. All on aws-lc-rs. Bytes in, bytes out; no input or output, no clock. Times are passed in as Unix seconds.
//!
//! Invariants:
//! - There is no `none` and no HMAC: [`SigAlg`] has public-key algorithms only.
//! - Verification and decryption take the algorithms to accept from the caller, never from the token or the key
//!   alone, and check that the algorithm fits the key's type, `alg`, `use` and `key_ops` (RFC 8725 section 3.1).
//! - `crit`, `b64` and `zip` headers are refused, as are doubled JSON members and lax base64url.
//! - Secrets are wiped when dropped, appear in no `Debug` or error text, and leave only as PKCS#8.
//! - Random bytes for keys, vectors and nonces come from the cryptographic library itself, not from `basis::Rng`:
//!   a seeded test must never be able to weaken a key.

mod agreement;
pub mod alg;
pub mod base64url;
mod content;
mod decryption;
mod error;
mod header;
mod json;
pub mod jwe;
pub mod jwk;
pub mod jws;
pub mod jwt;
pub mod key;
pub mod throttle;
pub mod totp;
pub mod webauthn;

pub use alg::{EncAlg, KeyAlg, SigAlg};
pub use decryption::{DecryptionKey, DecryptionKind};
pub use error::JoseError;
pub use header::Header;
pub use jwk::{Curve, Jwk, JwkSet, KeyUse};
pub use key::{JwsSigner, SigningKey, VerifyingKey};
