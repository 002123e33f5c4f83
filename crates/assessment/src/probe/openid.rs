//! `P-OIDC-META`: what an OpenID provider says about itself (OpenID Connect Discovery 1.0 section 3, RFC 8414
//! section 2), held against current practice (RFC 9700 sections 2.1.1 and 2.1.2).

use serde_json::Value;

use super::fetch::{Trouble, Visit};
use super::seen::Seen;
use super::targets::is_loopback;

pub(super) const DISCOVERY: &str = "/.well-known/openid-configuration";

/// What was found at the provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Openid {
    /// A discovery document is there.
    pub found: bool,
    /// What keeps a standard client from working at all.
    pub broken: Vec<String>,
    /// What works, though not as safely as it should.
    pub weak: Vec<String>,
    /// Assurance levels it names.
    pub assurance_levels: usize,
}

pub(super) async fn look(visit: &mut Visit<'_>) -> Result<Seen, Trouble> {
    let answer = visit.get(DISCOVERY).await?;
    let found = answer.is_success();
    if !found {
        return Ok(Seen::Openid(Openid::default()));
    }
    let Some(metadata) = answer.json().filter(Value::is_object) else {
        let broken = vec!["the discovery document is no JSON object".to_owned()];
        return Ok(Seen::Openid(Openid { found, broken, ..Openid::default() }));
    };
    let mut seen = of_metadata(&metadata, visit.target().url.as_str(), is_local(visit));
    if let Some(problem) = keys(visit, &metadata).await? {
        seen.broken.push(problem);
    }
    Ok(Seen::Openid(seen))
}

fn is_local(visit: &Visit<'_>) -> bool {
    is_loopback(&visit.target().url)
}

/// The rules over the document alone. `local` lets http pass, which the list allows on this machine only.
fn of_metadata(metadata: &Value, url: &str, local: bool) -> Openid {
    let mut seen = Openid { found: true, ..Openid::default() };
    let issuer = text(metadata, "issuer");
    if issuer.trim_end_matches('/') != url.trim_end_matches('/') {
        seen.broken.push(format!("the issuer is `{issuer}`, not the address asked"));
    }
    for endpoint in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        let address = text(metadata, endpoint);
        if address.is_empty() {
            seen.broken.push(format!("{endpoint} is missing"));
        } else if !address.starts_with("https://") && !local {
            seen.weak.push(format!("{endpoint} is not https"));
        }
    }
    if !list(metadata, "response_types_supported").contains(&"code") {
        seen.broken.push("the code flow is not offered".to_owned());
    }
    if !list(metadata, "code_challenge_methods_supported").contains(&"S256") {
        seen.weak.push("PKCE with S256 is not offered".to_owned());
    }
    let algorithms = list(metadata, "id_token_signing_alg_values_supported");
    if algorithms.is_empty() {
        seen.broken.push("no signing algorithm is named".to_owned());
    }
    // A shared secret proves nothing to a third party, and `none` proves nothing to anybody.
    for algorithm in algorithms.iter().filter(|one| **one == "none" || one.starts_with("HS")) {
        seen.weak.push(format!("ID tokens may be signed with `{algorithm}`"));
    }
    seen.assurance_levels = list(metadata, "acr_values_supported").len();
    if seen.assurance_levels == 0 {
        seen.weak.push("no assurance level is named".to_owned());
    }
    seen
}

/// What is wrong with the provider's keys, if anything.
async fn keys(visit: &mut Visit<'_>, metadata: &Value) -> Result<Option<String>, Trouble> {
    let address = text(metadata, "jwks_uri");
    if address.is_empty() {
        return Ok(None);
    }
    let answer = visit.get(address).await?;
    let document = answer.json().filter(|_| answer.is_success());
    let Some(keys) = document.as_ref().and_then(|document| document["keys"].as_array()) else {
        return Ok(Some("the key set cannot be read".to_owned()));
    };
    if !keys.iter().any(|key| matches!(text(key, "kty"), "EC" | "RSA" | "OKP")) {
        return Ok(Some("the key set holds no public key".to_owned()));
    }
    if keys.iter().any(|key| text(key, "kty") == "oct" || key.get("d").is_some()) {
        return Ok(Some("the key set shows a secret key".to_owned()));
    }
    Ok(None)
}

pub(super) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, member: &str) -> Vec<&'a str> {
    value[member].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}
