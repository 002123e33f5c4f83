//! The one error type of this crate. No message carries token content, claim values or key material.

/// Why a JOSE object or key was refused. Callers may log these texts as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoseError {
    /// The named part is not strict base64url (RFC 7515 section 2: no padding, no foreign characters).
    #[error("{0} is not base64url without padding")]
    Base64(&'static str),
    /// The object does not have the form its specification demands.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// A JSON object names one member twice (RFC 7515 section 4, RFC 7519 section 4).
    #[error("a JSON member is named twice")]
    DuplicateMember,
    /// `crit`, `b64`, `zip` or another extension that this crate does not speak.
    #[error("header parameter `{0}` is not supported")]
    UnsupportedHeader(&'static str),
    /// The algorithm is unknown, is `none`, or is not in the caller's list.
    #[error("the algorithm is not allowed here")]
    AlgorithmRefused,
    /// The key cannot be used with the algorithm (type, curve, `alg`, `use` or `key_ops`).
    #[error("the key does not fit the algorithm")]
    KeyUnfit,
    /// No key has the `kid` that the header names.
    #[error("no key with this kid")]
    KeyNotFound,
    /// Several keys would fit and the header does not name one.
    #[error("several keys fit, the header must name one by kid")]
    KeyAmbiguous,
    /// The key type, curve or use is outside of what this crate supports.
    #[error("unsupported key: {0}")]
    KeyUnsupported(&'static str),
    /// The key's members are inconsistent or out of range.
    #[error("invalid key: {0}")]
    KeyInvalid(&'static str),
    /// The signature is not the key's over this content.
    #[error("the signature is wrong")]
    Signature,
    /// Decryption failed. Deliberately one message for every cause (RFC 7516 section 11.5).
    #[error("decryption failed")]
    Decryption,
    /// A required claim is missing.
    #[error("claim `{0}` is missing")]
    ClaimMissing(&'static str),
    /// A claim has another value than the verifier demands.
    #[error("claim `{0}` has a wrong value")]
    ClaimWrong(&'static str),
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` lies in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iat` is longer ago than the verifier accepts.
    #[error("the token is too old")]
    TooOld,
    /// The cryptographic library failed where it never should (out of memory, no entropy).
    #[error("the cryptographic library failed: {0}")]
    Provider(&'static str),
}
