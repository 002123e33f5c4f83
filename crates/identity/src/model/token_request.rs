//! A request at the token endpoint (RFC 6749 section 4.1.3, RFC 7521 section 4.2, RFC 7636
//! section 4.5).

use super::assertion;
use crate::error::TokenError;

/// The parameters of a well-formed request. Nothing is proved yet.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// The code.
    pub code: String,
    /// The address the code was sent to.
    pub redirect_uri: String,
    /// RFC 7636.
    pub code_verifier: String,
    /// May be left out, as the assertion names the client.
    pub client_id: Option<String>,
    /// A JWT signed by the client.
    pub client_assertion: String,
}

/// Reads a form body.
///
/// # Errors
/// [`TokenError::InvalidRequest`], [`TokenError::InvalidClient`],
/// [`TokenError::UnsupportedGrantType`].
pub fn parse(body: &str) -> Result<TokenRequest, TokenError> {
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let once = |name: &str| -> Result<Option<String>, TokenError> {
        let mut found = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone());
        let first = found.next().filter(|value| !value.is_empty());
        match found.next() {
            Some(_) => Err(TokenError::InvalidRequest("a parameter is given twice")),
            None => Ok(first),
        }
    };
    match once("grant_type")?.as_deref() {
        Some("authorization_code") => {}
        Some(_) => return Err(TokenError::UnsupportedGrantType),
        None => return Err(TokenError::InvalidRequest("grant_type is missing")),
    }
    if once("client_secret")?.is_some() {
        let only = "clients authenticate by private_key_jwt only";
        return Err(TokenError::InvalidClient(only.to_owned()));
    }
    let kind = once("client_assertion_type")?;
    let client_assertion = match (kind.as_deref(), once("client_assertion")?) {
        (Some(assertion::TYPE), Some(assertion)) => assertion,
        _ => {
            let needed =
                "send client_assertion with client_assertion_type jwt-bearer (private_key_jwt)";
            return Err(TokenError::InvalidClient(needed.to_owned()));
        }
    };
    let need = |name, missing| once(name)?.ok_or(TokenError::InvalidRequest(missing));
    Ok(TokenRequest {
        code: need("code", "code is missing")?,
        redirect_uri: need("redirect_uri", "redirect_uri is missing")?,
        code_verifier: need("code_verifier", "code_verifier is missing")?,
        client_id: once("client_id")?,
        client_assertion,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(change: (&str, &str)) -> String {
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", "c"),
            ("redirect_uri", "https://p/cb"),
            ("code_verifier", "v"),
            ("client_assertion_type", assertion::TYPE),
            ("client_assertion", "a.b.c"),
        ];
        pairs.retain(|(name, _)| *name != change.0);
        pairs.push(change);
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }

    #[test]
    fn a_request_is_read() {
        let request = parse(&body(("client_id", "portal"))).ok().unwrap();
        assert_eq!((request.code.as_str(), request.client_id.as_deref()), ("c", Some("portal")));
    }

    #[test]
    fn each_flaw_has_its_code() {
        let table = [
            (("grant_type", ""), "invalid_request"),
            (("grant_type", "password"), "unsupported_grant_type"),
            (("code", ""), "invalid_request"),
            (("redirect_uri", ""), "invalid_request"),
            (("code_verifier", ""), "invalid_request"),
            (("client_assertion", ""), "invalid_client"),
            (("client_assertion_type", "urn:x"), "invalid_client"),
            (("client_secret", "s"), "invalid_client"),
        ];
        for (change, code) in table {
            assert_eq!(parse(&body(change)).err().unwrap().code(), code, "{change:?}");
        }
        let twice = format!("{}&code=d", body(("x", "y")));
        assert_eq!(parse(&twice).err().unwrap().code(), "invalid_request");
    }
}
