//! Proof key for code exchange (RFC 7636), method S256 only.

use aws_lc_rs::{constant_time, digest};
use credential::base64url;

/// The one method we take. `plain` protects nothing (RFC 9700 section 2.1.1).
pub const METHOD: &str = "S256";
/// Characters of a challenge: 32 bytes in base64url.
const CHALLENGE_LENGTH: usize = 43;

/// Whether `text` can be a challenge: base64url of a SHA-256.
#[must_use]
pub fn is_challenge(text: &str) -> bool {
    text.len() == CHALLENGE_LENGTH && base64url::decode(text, "code_challenge").is_ok()
}

/// Whether `text` has the form of a verifier (RFC 7636 section 4.1).
#[must_use]
pub fn is_verifier(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(allowed)
}

/// Whether `verifier` is what `challenge` was made from (RFC 7636 section 4.6).
#[must_use]
pub fn matches(verifier: &str, challenge: &str) -> bool {
    if !is_verifier(verifier) {
        return false;
    }
    let made = challenge_of(verifier);
    constant_time::verify_slices_are_equal(made.as_bytes(), challenge.as_bytes()).is_ok()
}

/// The challenge of a verifier, as a client makes it.
#[must_use]
pub fn challenge_of(verifier: &str) -> String {
    base64url::encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc() {
        assert_eq!(challenge_of(VERIFIER), CHALLENGE);
        assert!(matches(VERIFIER, CHALLENGE));
        assert!(is_challenge(CHALLENGE) && is_verifier(VERIFIER));
    }

    #[test]
    fn nothing_else_passes() {
        let other = VERIFIER.replace('d', "e");
        let too_long = "a".repeat(129);
        for verifier in ["", &other, &VERIFIER[..42], CHALLENGE, &too_long, "ä".repeat(43).as_str()]
        {
            assert!(!matches(verifier, CHALLENGE), "{verifier}");
        }
        for challenge in ["", &CHALLENGE[1..], "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"] {
            assert!(!is_challenge(challenge), "{challenge}");
        }
    }
}
