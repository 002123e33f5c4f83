//! The JOSE header of a compact object (RFC 7515 section 4, RFC 7516 section 4).

use serde_json::{Map, Value};

use crate::{JoseError, base64url, json};

/// The largest encoded header that is parsed, in characters. A certificate chain (`x5c`) fits.
const MAX_ENCODED: usize = 16 * 1024;

/// Parameters this crate sets or interprets itself; a caller cannot add them to a header.
const RESERVED: [&str; 9] = ["alg", "kid", "crit", "b64", "enc", "zip", "epk", "apu", "apv"];

/// A received header. Nothing in it is to be trusted before the object's signature or tag was checked; functions
/// that return one have done so unless their name says `unverified`.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// `alg`
    pub alg: String,
    /// `kid`
    pub kid: Option<String>,
    /// `typ`
    pub typ: Option<String>,
    /// `cty`
    pub cty: Option<String>,
    members: Map<String, Value>,
}

impl Header {
    /// Any member by name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// Parses an encoded header; refuses doubled members, `crit` and the extensions that would need it.
    pub(crate) fn parse(encoded: &str) -> Result<Header, JoseError> {
        if encoded.len() > MAX_ENCODED {
            return Err(JoseError::Malformed("header too long"));
        }
        let members = json::object(&base64url::decode(encoded, "header")?)?;
        for name in ["crit", "b64", "zip"] {
            if members.contains_key(name) {
                return Err(JoseError::UnsupportedHeader(name));
            }
        }
        let alg = text(&members, "alg")?.ok_or(JoseError::Malformed("header has no alg"))?;
        Ok(Header {
            alg,
            kid: text(&members, "kid")?,
            typ: text(&members, "typ")?,
            cty: text(&members, "cty")?,
            members,
        })
    }

    /// A member that must be text if it is there.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, JoseError> {
        text(&self.members, name)
    }

    /// `typ` compared as a media type: case-insensitive, `application/` optional (RFC 7515 section 4.1.9).
    #[must_use]
    pub fn has_type(&self, expected: &str) -> bool {
        let bare = |text: &str| {
            let lower = text.to_ascii_lowercase();
            lower.strip_prefix("application/").map(str::to_owned).unwrap_or(lower)
        };
        self.typ.as_deref().is_some_and(|typ| bare(typ) == bare(expected))
    }
}

fn text(members: &Map<String, Value>, name: &str) -> Result<Option<String>, JoseError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(JoseError::Malformed("a header parameter is not text")),
    }
}

/// Encodes a header from the crate's own members and the caller's extra ones.
pub(crate) fn encode(
    own: Map<String, Value>,
    extra: &[(&str, Value)],
) -> Result<String, JoseError> {
    let mut members = own;
    for (name, value) in extra {
        if RESERVED.contains(name) {
            return Err(JoseError::Malformed("a caller may not set this header parameter"));
        }
        if members.insert((*name).to_owned(), value.clone()).is_some() {
            return Err(JoseError::DuplicateMember);
        }
    }
    Ok(base64url::encode(Value::Object(members).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<Header, JoseError> {
        Header::parse(&base64url::encode(json))
    }

    #[test]
    fn reads_members() {
        let header = parse(r#"{"alg":"ES256","kid":"k","typ":"at+jwt","x":7}"#).expect("valid");
        assert_eq!((header.alg.as_str(), header.kid.as_deref()), ("ES256", Some("k")));
        assert_eq!(header.get("x"), Some(&Value::from(7)));
        assert!(header.has_type("application/AT+JWT"));
        assert!(!header.has_type("jwt"));
    }

    #[test]
    fn refuses_what_it_cannot_honour() {
        assert_eq!(
            parse(r#"{"alg":"ES256","crit":["exp"],"exp":1}"#),
            Err(JoseError::UnsupportedHeader("crit"))
        );
        assert_eq!(
            parse(r#"{"alg":"ES256","crit":[]}"#),
            Err(JoseError::UnsupportedHeader("crit"))
        );
        assert_eq!(
            parse(r#"{"alg":"ES256","b64":false}"#),
            Err(JoseError::UnsupportedHeader("b64"))
        );
        assert_eq!(
            parse(r#"{"alg":"ES256","zip":"DEF"}"#),
            Err(JoseError::UnsupportedHeader("zip"))
        );
        assert_eq!(parse(r#"{"alg":"none","alg":"ES256"}"#), Err(JoseError::DuplicateMember));
        assert!(parse(r#"{"kid":"k"}"#).is_err());
        assert!(parse(r#"{"alg":1}"#).is_err());
        assert!(parse(r#"{"alg":"ES256","kid":["k"]}"#).is_err());
        let long = format!(r#"{{"alg":"ES256","x":"{}"}}"#, "a".repeat(MAX_ENCODED));
        assert_eq!(parse(&long), Err(JoseError::Malformed("header too long")));
    }

    #[test]
    fn callers_cannot_set_reserved_members() {
        for name in RESERVED {
            assert!(encode(Map::new(), &[(name, Value::Null)]).is_err(), "{name}");
        }
        let twice = [("typ", Value::from("a")), ("typ", Value::from("b"))];
        assert_eq!(encode(Map::new(), &twice), Err(JoseError::DuplicateMember));
    }
}
