//! What the OpenID provider says about itself (OpenID Connect Discovery 1.0 section 3, RFC 8414
//! section 2).

use super::claims::Claim;
use super::method;
use super::response_alg::ResponseAlg;
use credential::SigAlg;
use serde_json::{Value, json};

/// The metadata of the provider at `issuer`. Only what is built stands here.
#[must_use]
pub fn metadata(issuer: &str) -> Value {
    let at = |path: &str| format!("{issuer}{path}");
    let own = ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash"];
    let facts = Claim::PROFILE.iter().map(|claim| claim.name());
    let claims: Vec<&str> = own.into_iter().chain(facts).collect();
    let assertions: Vec<&str> = SigAlg::ALL.iter().map(|alg| alg.name()).collect();
    let responses: Vec<&str> = ResponseAlg::ALL.iter().map(|alg| alg.name()).collect();
    json!({
        "issuer": issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/oauth/token"),
        "userinfo_endpoint": at("/userinfo"),
        "jwks_uri": at("/.well-known/jwks.json"),
        "scopes_supported": ["openid", "profile"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": responses,
        "userinfo_signing_alg_values_supported": responses,
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": assertions,
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": method::ALL.map(method::acr),
        "claim_types_supported": ["normal"],
        "claims_supported": claims,
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        // Absent would mean true.
        "request_uri_parameter_supported": false,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "ui_locales_supported": ["en", "fr", "sw"],
        "authorization_response_iss_parameter_supported": true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Discovery section 3 and this house's profile demand.
    #[test]
    fn the_required_members_are_there() {
        let metadata = metadata("https://id.example");
        let required = [
            "issuer",
            "authorization_endpoint",
            "token_endpoint",
            "jwks_uri",
            "response_types_supported",
            "subject_types_supported",
            "id_token_signing_alg_values_supported",
        ];
        for name in required {
            assert!(metadata.get(name).is_some(), "{name}");
        }
        assert_eq!(metadata["token_endpoint"], "https://id.example/oauth/token");
        // Section 3: "The algorithm RS256 MUST be included."
        assert_eq!(metadata["id_token_signing_alg_values_supported"], json!(["ES256", "RS256"]));
        assert_eq!(metadata["request_uri_parameter_supported"], false);
    }
}
