//! Challenges for passkeys. Nothing is stored when one is given out: it says itself until when it is
//! good, and a code over it proves that it is ours and what it was given out for. Only what a passkey
//! has answered is remembered, so that no answer counts twice.

use aws_lc_rs::constant_time;
use basis::Timestamp;

/// Seconds a challenge is good for: as long as somebody may look at a sign-in page.
pub const CHALLENGE_SECONDS: i64 = 10 * 60;
/// Random bytes in a challenge (WebAuthn Level 2 section 13.4.3 asks for 16).
pub const NONCE_LENGTH: usize = 16;

/// A challenge, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Makes it unlike any other.
    pub nonce: [u8; NONCE_LENGTH],
    /// Until when, in seconds since 1970.
    pub expires: i64,
}

impl Challenge {
    /// A challenge given out now.
    #[must_use]
    pub fn new(nonce: [u8; NONCE_LENGTH], now: Timestamp) -> Self {
        Self { nonce, expires: now.unix_seconds() + CHALLENGE_SECONDS }
    }

    /// What the code is made over, together with what the challenge is for.
    #[must_use]
    pub fn covered(&self) -> [u8; NONCE_LENGTH + 8] {
        let mut bytes = [0; NONCE_LENGTH + 8];
        bytes[..NONCE_LENGTH].copy_from_slice(&self.nonce);
        bytes[NONCE_LENGTH..].copy_from_slice(&self.expires.to_be_bytes());
        bytes
    }

    /// The bytes that are handed out.
    #[must_use]
    pub fn sealed(&self, code: &[u8; 32]) -> Vec<u8> {
        [self.covered().as_slice(), code].concat()
    }

    /// Takes bytes apart that were handed out, with the code they carry.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<(Self, [u8; 32])> {
        let (nonce, rest) = bytes.split_first_chunk::<NONCE_LENGTH>()?;
        let (expires, code) = rest.split_first_chunk::<8>()?;
        let challenge = Self { nonce: *nonce, expires: i64::from_be_bytes(*expires) };
        Some((challenge, code.try_into().ok()?))
    }

    /// Whether it is ours and still good.
    #[must_use]
    pub fn is_good(&self, carried: &[u8; 32], code: &[u8; 32], now: Timestamp) -> bool {
        let ours = constant_time::verify_slices_are_equal(carried, code).is_ok();
        ours && now.unix_seconds() < self.expires
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_good_for_a_while_and_with_its_code() {
        let now = Timestamp::EPOCH.plus_seconds(1_000);
        let challenge = Challenge::new([7; NONCE_LENGTH], now);
        let sealed = challenge.sealed(&[1; 32]);
        let (parsed, carried) = Challenge::parse(&sealed).unwrap();
        assert_eq!((parsed, carried), (challenge, [1; 32]));
        let last = now.plus_seconds(CHALLENGE_SECONDS - 1);
        for (code, at, good) in [
            ([1; 32], now, true),
            ([1; 32], last, true),
            ([1; 32], last.plus_seconds(1), false),
            ([2; 32], now, false),
        ] {
            assert_eq!(parsed.is_good(&carried, &code, at), good);
        }
        for length in [0, 15, 24, 55] {
            assert_eq!(Challenge::parse(&sealed[..length]), None);
        }
        assert_eq!(Challenge::parse(&[sealed.as_slice(), &[0]].concat()), None);
    }
}
