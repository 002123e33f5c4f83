//! Cookies, read and written (RFC 6265bis). Ours are all `HttpOnly`, `SameSite=Lax` (or `Strict`) and `Path=/`; over https
//! they are also `Secure` and carry the `__Host-` prefix, which keeps a neighbouring subdomain from planting one.

use axum::http::{HeaderMap, HeaderValue, header};

/// The prefix browsers enforce: `Secure`, no `Domain`, `Path=/` (RFC 6265bis section 4.1.3.2).
const HOST_PREFIX: &str = "__Host-";

/// One cookie by its bare name, as all requests and answers of a site see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    name: String,
    secure: bool,
    strict: bool,
}

impl Cookie {
    /// A cookie of a site that is reached over https (`secure`) or, on loopback only, over http. `name` is a token of
    /// letters, digits and hyphens.
    #[must_use]
    pub fn new(name: &str, secure: bool) -> Self {
        let prefix = if secure { HOST_PREFIX } else { "" };
        Self { name: format!("{prefix}{name}"), secure, strict: false }
    }

    /// The same, but not sent by the browser with anything that another site began, links included.
    #[must_use]
    pub fn strict(name: &str, secure: bool) -> Self {
        Self { strict: true, ..Self::new(name, secure) }
    }

    /// The name as it stands in the headers.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value the browser sent; the first one if it sent several.
    #[must_use]
    pub fn read<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pairs =
            lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.into_iter().find(|(name, _)| *name == self.name).map(|(_, value)| value)
    }

    /// The `Set-Cookie` value that stores `value` for `max_age_seconds`, or until the browser closes. `value` must hold
    /// only letters, digits, `-`, `_` and `.`, as our tokens do.
    ///
    /// # Panics
    /// If `value` holds anything else: a value from outside must never come here.
    #[must_use]
    pub fn set(&self, value: &str, max_age_seconds: Option<u32>) -> HeaderValue {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        assert!(value.bytes().all(plain), "cookie `{}`: only our own tokens are stored", self.name);
        let age = max_age_seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        let secure = if self.secure { "; Secure" } else { "" };
        let site = if self.strict { "Strict" } else { "Lax" };
        let line = format!("{}={value}; Path=/; HttpOnly; SameSite={site}{age}{secure}", self.name);
        HeaderValue::from_str(&line).expect("name and value are plain ASCII")
    }

    /// The `Set-Cookie` value that makes the browser forget it.
    #[must_use]
    pub fn forget(&self) -> HeaderValue {
        self.set("", Some(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&'static str]) -> HeaderMap {
        lines.iter().map(|line| (header::COOKIE, HeaderValue::from_static(line))).collect()
    }

    #[test]
    fn reads() {
        let check = |lines: &[&'static str], secure, expected: Option<&str>| {
            assert_eq!(Cookie::new("session", secure).read(&headers(lines)), expected, "{lines:?}");
        };
        check(&["a=1; session=x.y; b=2"], false, Some("x.y"));
        check(&["a=1", "session=x"], false, Some("x"));
        check(&["session=x"], true, None);
        check(&["session=planted; __Host-session=ours"], true, Some("ours"));
        check(&["xsession=1; session"], false, None);
    }

    #[test]
    fn writes() {
        let open = Cookie::new("lang", false);
        assert_eq!(open.set("sw", Some(60)), "lang=sw; Path=/; HttpOnly; SameSite=Lax; Max-Age=60");
        assert_eq!(
            Cookie::new("sid", true).set("a", None),
            "__Host-sid=a; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            Cookie::strict("desk", true).set("a", None),
            "__Host-desk=a; Path=/; HttpOnly; SameSite=Strict; Secure"
        );
        assert_eq!(open.forget(), "lang=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }

    #[test]
    #[should_panic(expected = "only our own tokens")]
    fn a_value_from_outside_is_not_stored() {
        let _ = Cookie::new("lang", false).set("x; Domain=evil", None);
    }
}
