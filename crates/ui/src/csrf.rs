//! Forged requests are refused by a signed token that is sent twice, in a cookie and in the form, and is bound to the
//! session (OWASP CSRF Prevention Cheat Sheet, "signed double-submit cookie"). `SameSite=Lax` and `Sec-Fetch-Site` stand
//! before it; each alone would do for most browsers.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use basis::Rng;

/// Random part of a token, bytes.
const NONCE_LENGTH: usize = 16;
/// HMAC-SHA256, bytes.
const TAG_LENGTH: usize = 32;
/// Separates this use of the key from any other.
const LABEL: &[u8] = b"msingi ui csrf v1";

/// Makes and checks the tokens of one block.
#[derive(Clone)]
pub struct Csrf {
    key: hmac::Key,
    rng: Rng,
}

impl Csrf {
    /// `key` must be secret and the same in every process that serves the pages.
    #[must_use]
    pub fn new(key: &[u8; 32], rng: Rng) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, key), rng }
    }

    /// A fresh token for the holder of `session` (the session cookie's value, or empty before there is one).
    #[must_use]
    pub fn mint(&self, session: &str) -> String {
        let nonce: [u8; NONCE_LENGTH] = self.rng.bytes();
        let tag = hmac::sign(&self.key, &signed(session, &nonce));
        let mut token = Vec::with_capacity(NONCE_LENGTH + TAG_LENGTH);
        token.extend_from_slice(&nonce);
        token.extend_from_slice(tag.as_ref());
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Whether `token` was minted by us for this session. Compares in constant time.
    #[must_use]
    pub fn is_ours(&self, token: &str, session: &str) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return false };
        if bytes.len() != NONCE_LENGTH + TAG_LENGTH {
            return false;
        }
        let (nonce, tag) = bytes.split_at(NONCE_LENGTH);
        hmac::verify(&self.key, &signed(session, nonce), tag).is_ok()
    }

    /// Whether a form may be acted on: the token in it is the one in the cookie, and ours, and of this session.
    #[must_use]
    pub fn allows(&self, in_cookie: Option<&str>, in_form: &str, session: &str) -> bool {
        // Both are public to the browser that sends them, so comparing them with each other tells no secret.
        in_cookie == Some(in_form) && self.is_ours(in_form, session)
    }
}

fn signed(session: &str, nonce: &[u8]) -> Vec<u8> {
    let mut message = LABEL.to_vec();
    // The nonce's length is fixed, so no two (session, nonce) pairs give the same message.
    message.extend_from_slice(nonce);
    message.extend_from_slice(session.as_bytes());
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_token_of_this_session_passes() {
        let csrf = Csrf::new(&[7; 32], Rng::seeded(1));
        let token = csrf.mint("session-a");
        assert!(csrf.allows(Some(&token), &token, "session-a"));
        assert!(!csrf.allows(None, &token, "session-a"), "no cookie");
        assert!(!csrf.allows(Some(&csrf.mint("session-a")), &token, "session-a"), "another cookie");
        assert!(!csrf.allows(Some(&token), &token, "session-b"), "another session");
        assert!(!csrf.allows(Some(&token), &token, ""), "signed out");
        assert!(!csrf.allows(Some(""), "", "session-a"), "empty");
        let foreign = Csrf::new(&[8; 32], Rng::seeded(1)).mint("session-a");
        assert!(!csrf.allows(Some(&foreign), &foreign, "session-a"), "another key");
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let csrf = Csrf::new(&[7; 32], Rng::seeded(1));
        let token = csrf.mint("s");
        for place in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(!csrf.is_ours(&changed, "s"), "character {place}");
        }
        assert_ne!(csrf.mint("s"), token, "a nonce is used once");
    }
}
