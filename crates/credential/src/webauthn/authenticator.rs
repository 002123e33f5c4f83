//! What the authenticator says: authenticator data (section 6.1).

use super::cose::PasskeyKey;
use super::{CREDENTIAL_ID_MAX, WebauthnError};
use aws_lc_rs::digest::{SHA256, digest};

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const HOLDS_CREDENTIAL: u8 = 1 << 6;
/// Length of the make of the authenticator, which we pass over.
const AAGUID_LENGTH: usize = 16;

const MALFORMED: WebauthnError = WebauthnError::Malformed("authenticator data");

/// Authenticator data, cut into its parts.
pub(super) struct AuthenticatorData<'a> {
    rp_id_hash: &'a [u8; 32],
    flags: u8,
    pub(super) counter: u32,
    rest: &'a [u8],
}

/// A credential as it stands in authenticator data (section 6.5.1).
pub(super) struct Credential<'a> {
    pub(super) id: &'a [u8],
    pub(super) key: PasskeyKey,
}

impl<'a> AuthenticatorData<'a> {
    pub(super) fn parse(data: &'a [u8]) -> Result<Self, WebauthnError> {
        let (rp_id_hash, data) = data.split_first_chunk::<32>().ok_or(MALFORMED)?;
        let (flags, data) = data.split_first().ok_or(MALFORMED)?;
        let (counter, rest) = data.split_first_chunk::<4>().ok_or(MALFORMED)?;
        Ok(Self { rp_id_hash, flags: *flags, counter: u32::from_be_bytes(*counter), rest })
    }

    /// That it is about us, and about a person who was there and proved it to the authenticator.
    pub(super) fn check(&self, rp_id: &str) -> Result<(), WebauthnError> {
        if digest(&SHA256, rp_id.as_bytes()).as_ref() != self.rp_id_hash {
            return Err(WebauthnError::Unexpected("relying party"));
        }
        let proved = USER_PRESENT | USER_VERIFIED;
        if self.flags & proved != proved {
            return Err(WebauthnError::Unverified);
        }
        Ok(())
    }

    /// The credential that was made, if one was. What follows it are extensions, none of which we ask
    /// for.
    pub(super) fn credential(&self) -> Result<Option<Credential<'a>>, WebauthnError> {
        if self.flags & HOLDS_CREDENTIAL == 0 {
            return Ok(None);
        }
        let (_, rest) = self.rest.split_at_checked(AAGUID_LENGTH).ok_or(MALFORMED)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(MALFORMED)?;
        let length = usize::from(u16::from_be_bytes(*length));
        if !(1..=CREDENTIAL_ID_MAX).contains(&length) {
            return Err(WebauthnError::Malformed("credential id"));
        }
        let (id, key) = rest.split_at_checked(length).ok_or(MALFORMED)?;
        Ok(Some(Credential { id, key: PasskeyKey::from_cose(key)? }))
    }
}
