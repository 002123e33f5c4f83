//! Signed instruments: a detached JWS (RFC 7515 appendix F) with ES256 over the exact bytes of the file.
//!
//! Whoever can change the instrument can change the result. The built-in one is trusted because it was compiled in;
//! every other one must carry the signature of a key that the operator has pinned.

use credential::jws;
use credential::{JoseError, Jwk, JwsSigner, SigAlg, VerifyingKey};

use crate::instrument::{Instrument, InstrumentError};

/// `typ` of the header: a signature given for something else never passes as one under an instrument.
const TYPE: &str = "dpi-assessment-instrument+jws";

/// Why an instrument is not accepted or cannot be signed.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    /// Nobody whose key is pinned has signed it.
    #[error(
        "the instrument is not signed by a pinned key: pin its publisher's key, or use the built-in instrument"
    )]
    NoPinnedKey,
    /// The bytes are not those that were signed.
    #[error(
        "the signature does not belong to this file: fetch both again from the publisher, and do not edit either"
    )]
    Wrong,
    /// A signature over something that is no instrument.
    #[error("the signature was made for something else, its type is not {TYPE}")]
    OtherType,
    /// Another algorithm or kind of key.
    #[error("instruments are signed with ES256 (P-256), and the key is of another kind")]
    NotEs256,
    /// No readable signature or key.
    #[error("the signature or the key cannot be read: {0}")]
    Form(JoseError),
    /// Signed, and not UTF-8.
    #[error("the signed file is not UTF-8 text")]
    NotText,
    /// Signed, and broken.
    #[error(transparent)]
    Instrument(#[from] InstrumentError),
}

impl From<JoseError> for SignatureError {
    fn from(error: JoseError) -> Self {
        match error {
            JoseError::Signature => Self::Wrong,
            JoseError::KeyNotFound | JoseError::KeyAmbiguous => Self::NoPinnedKey,
            JoseError::AlgorithmRefused | JoseError::KeyUnfit => Self::NotEs256,
            other => Self::Form(other),
        }
    }
}

/// Signs the bytes of a file; the result, `header..signature`, goes into a file beside it.
///
/// # Errors
/// [`SignatureError::NotEs256`] for a key of another kind, [`SignatureError::Form`] if the signer fails.
pub fn sign(file: &[u8], signer: &dyn JwsSigner) -> Result<String, SignatureError> {
    if signer.alg() != SigAlg::Es256 {
        return Err(SignatureError::NotEs256);
    }
    Ok(jws::sign_detached(signer, &[("typ", TYPE.into())], file)?)
}

/// Checks that the pinned key has signed exactly these bytes.
///
/// # Errors
/// The [`SignatureError`] that says what is wrong with which.
pub fn verify(file: &[u8], signature: &str, pinned: &Jwk) -> Result<(), SignatureError> {
    let keys = [VerifyingKey::from_jwk(pinned)?];
    let header = jws::verify_detached(signature.trim(), file, &keys, &[SigAlg::Es256])?;
    if !header.has_type(TYPE) {
        return Err(SignatureError::OtherType);
    }
    Ok(())
}

/// A foreign instrument: verified by one of the pinned keys, then read and checked. Nothing of an unsigned file is
/// parsed.
///
/// # Errors
/// As [`verify`], or what is wrong with the instrument itself.
pub fn open(file: &[u8], signature: &str, pinned: &[Jwk]) -> Result<Instrument, SignatureError> {
    let mut refusal = SignatureError::NoPinnedKey;
    for key in pinned {
        match verify(file, signature, key) {
            Ok(()) => {
                let text = str::from_utf8(file).map_err(|_| SignatureError::NotText)?;
                return Ok(Instrument::parse(text)?);
            }
            // Another key's "not mine" says less than "mine, and wrong".
            Err(SignatureError::NoPinnedKey) => {}
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::BUILT_IN;
    use credential::SigningKey;

    fn key() -> SigningKey {
        SigningKey::generate_es256().unwrap()
    }

    #[test]
    fn a_pinned_publisher_is_believed_and_a_changed_byte_is_not() {
        let (publisher, other) = (key(), key());
        let file = BUILT_IN.as_bytes();
        let signature = sign(file, &publisher).unwrap();
        let pinned = [other.public_jwk(), publisher.public_jwk()];
        assert_eq!(open(file, &signature, &pinned).unwrap().id, Instrument::built_in().id);

        let mut changed = file.to_vec();
        changed[0] ^= 1;
        assert!(matches!(open(&changed, &signature, &pinned), Err(SignatureError::Wrong)));
        let unpinned = open(file, &signature, &pinned[..1]);
        assert!(matches!(unpinned, Err(SignatureError::NoPinnedKey)));
        assert!(matches!(open(file, &signature, &[]), Err(SignatureError::NoPinnedKey)));
    }

    #[test]
    fn a_signature_for_another_purpose_is_refused() {
        let publisher = key();
        let file = BUILT_IN.as_bytes();
        let other = jws::sign_detached(&publisher, &[("typ", "receipt+jws".into())], file).unwrap();
        let refused = verify(file, &other, &publisher.public_jwk());
        assert!(matches!(refused, Err(SignatureError::OtherType)));
        let garbage = verify(file, "no signature", &publisher.public_jwk());
        assert!(matches!(garbage, Err(SignatureError::Form(_))));
    }

    #[test]
    fn only_es256_signs_instruments() {
        let key = SigningKey::generate(SigAlg::EdDsa).unwrap();
        assert!(matches!(sign(b"file", &key), Err(SignatureError::NotEs256)));
        let token = jws::sign_detached(&key, &[("typ", TYPE.into())], b"file").unwrap();
        let refused = verify(b"file", &token, &key.public_jwk());
        assert!(matches!(refused, Err(SignatureError::NotEs256)));
    }
}
