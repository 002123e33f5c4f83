//! JSON Web Signature, compact serialisation (RFC 7515 section 7.1), with embedded or detached payload (appendix F).

use serde_json::{Map, Value};

use crate::alg::SigAlg;
use crate::header::{self, Header};
use crate::key::{self, JwsSigner, VerifyingKey};
use crate::{JoseError, base64url};

/// A verified JWS.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The protected header.
    pub header: Header,
    /// The signed bytes.
    pub payload: Vec<u8>,
}

/// Signs `payload`. The header gets `alg` and `kid` from the signer and the `extra` members, such as
/// `[("typ", "JWT".into())]`.
///
/// # Errors
/// [`JoseError::Malformed`] if `extra` sets a member that is not the caller's; [`JoseError::Provider`].
pub fn sign(
    signer: &dyn JwsSigner,
    extra: &[(&str, Value)],
    payload: &[u8],
) -> Result<String, JoseError> {
    let header = protected(signer, extra)?;
    let mut token = signing_input(&header, payload);
    let signature = signer.sign(token.as_bytes())?;
    token.push('.');
    base64url::push(&mut token, signature);
    Ok(token)
}

/// As [`sign`], with the payload left out of the result: `header..signature`. The payload is signed in its base64url
/// form as always, so the receiver needs exactly the same bytes.
///
/// # Errors
/// As [`sign`].
pub fn sign_detached(
    signer: &dyn JwsSigner,
    extra: &[(&str, Value)],
    payload: &[u8],
) -> Result<String, JoseError> {
    let mut token = protected(signer, extra)?;
    let signature = signer.sign(signing_input(&token, payload).as_bytes())?;
    token.push_str("..");
    base64url::push(&mut token, signature);
    Ok(token)
}

/// Verifies a compact JWS. The header's `alg` must be in `allowed` and fit the one key that its `kid` selects from
/// `keys`; without a kid, exactly one of the keys must fit.
///
/// # Errors
/// [`JoseError::AlgorithmRefused`], [`JoseError::KeyNotFound`], [`JoseError::KeyUnfit`], [`JoseError::KeyAmbiguous`],
/// [`JoseError::Signature`], or the parsing errors.
pub fn verify(
    token: &str,
    keys: &[VerifyingKey],
    allowed: &[SigAlg],
) -> Result<Verified, JoseError> {
    let parts = Parts::split(token)?;
    let header = check(&parts, parts.signing_input, keys, allowed)?;
    let payload = base64url::decode(parts.payload, "payload")?;
    Ok(Verified { header, payload })
}

/// Verifies a detached JWS (`header..signature`) over `payload`.
///
/// # Errors
/// [`JoseError::Malformed`] if the token carries a payload of its own; else as [`verify`].
pub fn verify_detached(
    token: &str,
    payload: &[u8],
    keys: &[VerifyingKey],
    allowed: &[SigAlg],
) -> Result<Header, JoseError> {
    let parts = Parts::split(token)?;
    if !parts.payload.is_empty() {
        return Err(JoseError::Malformed("a detached JWS has an empty middle part"));
    }
    check(&parts, &signing_input(parts.header, payload), keys, allowed)
}

/// The header of a JWS whose signature was **not** checked, for choosing the keys to verify with. Trust nothing in it.
///
/// # Errors
/// The parsing errors.
pub fn unverified_header(token: &str) -> Result<Header, JoseError> {
    Header::parse(Parts::split(token)?.header)
}

/// Header and payload of a JWS whose signature was **not** checked.
pub(crate) fn unverified(token: &str) -> Result<(Header, Vec<u8>), JoseError> {
    let parts = Parts::split(token)?;
    Ok((Header::parse(parts.header)?, base64url::decode(parts.payload, "payload")?))
}

struct Parts<'t> {
    header: &'t str,
    payload: &'t str,
    signature: &'t str,
    signing_input: &'t str,
}

impl<'t> Parts<'t> {
    fn split(token: &'t str) -> Result<Parts<'t>, JoseError> {
        const THREE: JoseError = JoseError::Malformed("a compact JWS has three parts");
        let (signing_input, signature) = token.rsplit_once('.').ok_or(THREE)?;
        let (header, payload) = signing_input.split_once('.').ok_or(THREE)?;
        if payload.contains('.') {
            return Err(THREE);
        }
        Ok(Parts { header, payload, signature, signing_input })
    }
}

fn check(
    parts: &Parts<'_>,
    input: &str,
    keys: &[VerifyingKey],
    allowed: &[SigAlg],
) -> Result<Header, JoseError> {
    let header = Header::parse(parts.header)?;
    let alg = SigAlg::from_name(&header.alg)?;
    if !allowed.contains(&alg) {
        return Err(JoseError::AlgorithmRefused);
    }
    let key = key::choose(keys, header.kid.as_deref(), VerifyingKey::kid, |key| key.fits(alg))?;
    let signature = base64url::decode(parts.signature, "signature")?;
    key.verify(alg, input.as_bytes(), &signature)?;
    Ok(header)
}

fn protected(signer: &dyn JwsSigner, extra: &[(&str, Value)]) -> Result<String, JoseError> {
    let mut own = Map::new();
    own.insert("alg".to_owned(), Value::from(signer.alg().name()));
    own.insert("kid".to_owned(), Value::from(signer.kid()));
    header::encode(own, extra)
}

fn signing_input(header: &str, payload: &[u8]) -> String {
    let mut input = String::with_capacity(header.len() + payload.len() * 4 / 3 + 128);
    input.push_str(header);
    input.push('.');
    base64url::push(&mut input, payload);
    input
}
