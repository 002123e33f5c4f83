//! Passkeys: what a browser hands over when one is made or used (W3C WebAuthn Level 2 sections 6 and 7).
//!
//! ES256 and EdDSA. Attestation is not asked for, and what comes is not looked at: which make of
//! authenticator a person owns is their own affair. User verification is demanded always, and answers
//! given inside of a frame of another site are refused.

mod authenticator;
mod client;
mod cose;

pub use cose::PasskeyKey;

use authenticator::AuthenticatorData;
use aws_lc_rs::digest::{SHA256, digest};

/// Longest credential id that is taken (WebAuthn Level 2 section 4, Credential ID).
pub const CREDENTIAL_ID_MAX: usize = 1_023;

/// What an answer must be about.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The relying party id: the host that passkeys are bound to.
    pub rp_id: &'a str,
    /// Where the page was shown, `https://id.example`.
    pub origin: &'a str,
    /// The bytes that were to be signed.
    pub challenge: &'a [u8],
}

/// A passkey that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// What the passkey is called; it comes again with each answer.
    pub id: Vec<u8>,
    /// What its answers verify with.
    pub key: PasskeyKey,
    /// Signatures made so far; 0 for those that do not count.
    pub counter: u32,
}

/// An answer of a passkey.
#[derive(Clone, Copy, Debug)]
pub struct Assertion<'a> {
    /// JSON of the browser.
    pub client_data: &'a [u8],
    /// Of the authenticator.
    pub authenticator_data: &'a [u8],
    /// Over both.
    pub signature: &'a [u8],
}

/// Why an answer is not accepted. Holds nothing of what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebauthnError {
    /// Not of the form.
    #[error("the {0} is not of the form")]
    Malformed(&'static str),
    /// About something else than was asked.
    #[error("the {0} is not the one expected")]
    Unexpected(&'static str),
    /// The authenticator did not check who is there, or not even that somebody is.
    #[error("the passkey did not verify the person")]
    Unverified,
    /// Another algorithm than ES256 and EdDSA, or a key that is none.
    #[error("the key is none of ES256 or EdDSA")]
    Key,
    /// The signature is wrong.
    #[error("the signature does not verify")]
    Signature,
    /// The counter did not rise: there may be a copy of the passkey.
    #[error("the passkey's counter did not rise; it may have been copied")]
    Counter,
}

/// The challenge a browser says it was given: to find out what to check it against, nothing else.
///
/// # Errors
/// [`WebauthnError::Malformed`].
pub fn claimed_challenge(client_data: &[u8]) -> Result<Vec<u8>, WebauthnError> {
    client::ClientData::parse(client_data)?.challenge()
}

/// Checks a passkey that was just made (section 7.1).
///
/// # Errors
/// The first check that fails.
pub fn register(
    client_data: &[u8],
    attestation_object: &[u8],
    expected: &Expected<'_>,
) -> Result<Registration, WebauthnError> {
    client::ClientData::parse(client_data)?.check("webauthn.create", expected)?;
    let data = cose::authenticator_data(attestation_object)?;
    let data = AuthenticatorData::parse(&data)?;
    data.check(expected.rp_id)?;
    let made = data.credential()?.ok_or(WebauthnError::Malformed("attested credential"))?;
    Ok(Registration { id: made.id.to_vec(), key: made.key, counter: data.counter })
}

/// Checks an answer of a passkey (section 7.2) that had answered `counter` times; gives the new count.
///
/// # Errors
/// The first check that fails.
pub fn verify(
    assertion: &Assertion<'_>,
    key: &PasskeyKey,
    counter: u32,
    expected: &Expected<'_>,
) -> Result<u32, WebauthnError> {
    client::ClientData::parse(assertion.client_data)?.check("webauthn.get", expected)?;
    let data = AuthenticatorData::parse(assertion.authenticator_data)?;
    data.check(expected.rp_id)?;
    let mut signed = assertion.authenticator_data.to_vec();
    signed.extend_from_slice(digest(&SHA256, assertion.client_data).as_ref());
    key.verify(&signed, assertion.signature)?;
    // Those that do not count send 0 always (step 21).
    if (data.counter != 0 || counter != 0) && data.counter <= counter {
        return Err(WebauthnError::Counter);
    }
    Ok(data.counter)
}

#[cfg(test)]
mod tests;
