//! Signing in and staying signed in.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use basis::{Id, Rng, Timestamp};
use contracts::Pseudonym;
use serde::{Deserialize, Serialize};

/// A session ends after this time whatever is done in it: portals are used on shared telephones and in cyber cafés.
pub const SESSION_SECONDS: i64 = 60 * 60;

/// How long the issuer may take to send the resident back.
pub const SIGN_IN_SECONDS: i64 = 10 * 60;

/// Random bytes of every token; 256 bits, as RFC 7636 section 7.1 advises for a verifier.
const TOKEN_LENGTH: usize = 32;

/// The start page, where one goes when no other place is named.
pub const HOME: &str = "/portal";

/// A secret in text form: the session cookie, `state`, `nonce`, the PKCE verifier. 43 characters.
#[must_use]
pub fn new_token(rng: &Rng) -> String {
    URL_SAFE_NO_PAD.encode(rng.bytes::<TOKEN_LENGTH>())
}

/// What is stored instead of a token: whoever reads the database cannot use it.
#[must_use]
pub fn token_digest(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}

/// A sign-in that is on its way.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Digest of the `state` parameter.
    pub state: Vec<u8>,
    /// Digest of the cookie that ties it to the browser it was begun in.
    pub browser: Vec<u8>,
    /// To be found in the ID token.
    pub nonce: String,
    /// PKCE code verifier.
    pub verifier: String,
    /// Where to go afterwards, a path of the portal.
    pub next: String,
    /// When it is too late.
    pub expires: Timestamp,
}

impl SignIn {
    /// Whether the answer may be taken: in time, and in the browser that asked.
    #[must_use]
    pub fn may_complete(&self, browser: &str, now: Timestamp) -> bool {
        now < self.expires && self.browser == token_digest(browser)
    }
}

/// A resident who is signed in.
#[derive(Clone)]
pub struct Session {
    /// For the audit trail; not the token.
    pub id: Id,
    /// The resident in the portal's sector.
    pub subject: Pseudonym,
    /// What to call them, if the issuer said.
    pub name: Option<String>,
}

/// What a session row holds under encryption.
#[derive(Serialize, Deserialize)]
pub struct Sealed {
    /// See [`Session::subject`].
    pub subject: Pseudonym,
    /// See [`Session::name`].
    pub name: Option<String>,
}

/// `wanted` if it is a page of the portal, else the start page. Anything else would let a link that looks like ours end
/// elsewhere (an open redirect).
#[must_use]
pub fn next_page(wanted: &str) -> String {
    let below = wanted
        .strip_prefix(HOME)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let plain = wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let path = wanted.split('?').next().unwrap_or_default();
    let signs = path.split('/').any(|part| matches!(part, "sign-in" | "sign-out"));
    if below && plain && !signs && !wanted.contains("//") && wanted.len() <= 200 {
        return wanted.to_owned();
    }
    HOME.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_come_next() {
        for fine in [
            "/portal",
            "/portal/reads",
            "/portal/sign-ins",
            "/portal/reads?before=2026-03-14T09:00:00Z",
            "/portal?lang=sw",
        ] {
            assert_eq!(next_page(fine), fine);
        }
        let foreign = [
            "",
            "/",
            "https://evil.example",
            "//evil.example",
            "/portal//evil.example",
            "/portal\\evil",
            "/portalx",
            "/portal/sign-in",
            "/portal/sign-in/callback?code=a",
            "/portal/sign-out",
            "/portal/a b",
            "/portal/\r\nset-cookie:x",
        ];
        for wrong in foreign {
            assert_eq!(next_page(wrong), HOME, "{wrong:?}");
        }
    }

    #[test]
    fn a_sign_in_completes_in_time_and_in_its_browser() {
        let now = Timestamp::EPOCH;
        let sign_in = SignIn {
            state: Vec::new(),
            browser: token_digest("mine"),
            nonce: String::new(),
            verifier: String::new(),
            next: HOME.to_owned(),
            expires: now.plus_seconds(1),
        };
        assert!(sign_in.may_complete("mine", now));
        assert!(!sign_in.may_complete("another", now));
        assert!(!sign_in.may_complete("", now));
        assert!(!sign_in.may_complete("mine", now.plus_seconds(1)));
    }
}
