//! The discovery document (OpenID Connect Discovery 1.0 section 3).

use super::OidcError;
use serde::Deserialize;

/// What we need of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Metadata {
    /// Who the issuer is; must be who was asked.
    pub issuer: String,
    /// Where people are sent.
    pub authorization_endpoint: String,
    /// Where codes are redeemed.
    pub token_endpoint: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// Where a name may be had.
    pub userinfo_endpoint: Option<String>,
    /// Whether answers always name the issuer (RFC 9207).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// Reads the document of `issuer`. An issuer on https may not name endpoints on plain http.
    ///
    /// # Errors
    /// [`OidcError::Metadata`] saying what is wrong.
    pub fn parse(document: &[u8], issuer: &str) -> Result<Self, OidcError> {
        let wrong = |why| OidcError::Metadata { what: "discovery document", why };
        let metadata: Self =
            serde_json::from_slice(document).map_err(|_| wrong("it is not of the form"))?;
        // Section 4.3: exactly the same, or one issuer could speak for another.
        if metadata.issuer != issuer {
            return Err(wrong("it names another issuer"));
        }
        let endpoints = [
            Some(&metadata.authorization_endpoint),
            Some(&metadata.token_endpoint),
            Some(&metadata.jwks_uri),
            metadata.userinfo_endpoint.as_ref(),
        ];
        let least = if issuer.starts_with("https://") {
            &["https://"][..]
        } else {
            &["https://", "http://"][..]
        };
        let fits = |endpoint: &String| least.iter().any(|scheme| endpoint.starts_with(scheme));
        if !endpoints.into_iter().flatten().all(fits) {
            return Err(wrong("an endpoint is not reached over https"));
        }
        Ok(metadata)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(issuer: &str, token_endpoint: &str) -> Vec<u8> {
        serde_json::json!({
            "issuer": issuer,
            "authorization_endpoint": "https://id.example/authorize",
            "token_endpoint": token_endpoint,
            "jwks_uri": "https://id.example/jwks",
            "scopes_supported": ["openid"],
        })
        .to_string()
        .into_bytes()
    }

    #[test]
    fn reads_what_it_needs() {
        let document = document("https://id.example", "https://id.example/token");
        let metadata = Metadata::parse(&document, "https://id.example").unwrap();
        assert_eq!(metadata.userinfo_endpoint, None);
        assert!(!metadata.authorization_response_iss_parameter_supported);
    }

    #[test]
    fn refuses_what_it_cannot_trust() {
        let check = |document: &[u8], expected: &str| {
            let error = Metadata::parse(document, "https://id.example").unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check(b"<html>", "form");
        check(&document("https://evil.example", "https://id.example/token"), "another issuer");
        check(&document("https://id.example/", "https://id.example/token"), "another issuer");
        check(&document("https://id.example", "http://id.example/token"), "https");
    }
}
