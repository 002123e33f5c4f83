//! Relying parties: who may have people signed in, and where they may be sent afterwards.

use super::request::Scope;
use super::response_alg::ResponseAlg;
use contracts::SubsystemId;
use credential::{JwkSet, SigAlg, VerifyingKey};
use http::Uri;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Longest client id, as GovStack's client management has it.
const ID_LENGTH_MAX: usize = 50;
/// Longest name, as GovStack's client management has it.
const NAME_LENGTH_MAX: usize = 256;
const REDIRECT_URIS_MAX: usize = 16;
const URI_LENGTH_MAX: usize = 1_024;
const KEYS_MAX: usize = 16;
const SECTOR_LENGTH_MAX: usize = 64;

/// How a relying party wants userinfo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum UserinfoFormat {
    /// A signed JWT, `application/jwt`.
    #[default]
    Jwt,
    /// Plain JSON, for parties that cannot read a JWT here.
    Json,
}

impl UserinfoFormat {
    /// As in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::Json => "json",
        }
    }

    /// Reads [`UserinfoFormat::name`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Jwt, Self::Json].into_iter().find(|format| format.name() == name)
    }
}

/// A relying party as an officer enters it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientIn {
    /// 1 to 50 of letters, digits, `-`, `_` and `.`.
    #[schema(example = "portal")]
    pub client_id: String,
    /// Shown to people on the sign-in page, 1 to 256 characters.
    #[schema(example = "Tumbawe portal")]
    pub name: String,
    /// The information system behind it, named in the read logs of people.
    #[schema(value_type = String, example = "TB/GOV/NIA/portal")]
    pub subsystem: SubsystemId,
    /// The sector whose pseudonym it gets as `sub`: 1 to 64 of letters, digits, `-`, `_` and `.`.
    #[schema(example = "portal")]
    pub sector: String,
    /// Where people may be sent back to, compared character by character.
    #[schema(example = json!(["https://portal.example/callback"]))]
    pub redirect_uris: Vec<String>,
    /// Its public keys as a JWK set.
    #[schema(value_type = Object)]
    pub jwks: Value,
    /// `openid`, and `profile` if it may ask for name and birth date.
    pub scopes: Vec<String>,
    /// How it wants userinfo; a signed JWT if absent.
    #[serde(default)]
    pub userinfo: UserinfoFormat,
    /// What signs its ID tokens. `ES256` if absent, and not `RS256` as OpenID Connect Dynamic Client
    /// Registration 1.0 section 2 has it.
    #[serde(default)]
    pub id_token_signed_response_alg: ResponseAlg,
    /// What signs its userinfo, where that is a JWT. `ES256` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<ResponseAlg>,
}

/// A registered relying party.
#[derive(Clone, Debug)]
pub struct RelyingParty {
    /// The `client_id`.
    pub id: String,
    /// For people.
    pub name: String,
    /// The information system behind it.
    pub subsystem: SubsystemId,
    /// Whose pseudonyms it gets.
    pub sector: String,
    /// Exact.
    pub redirect_uris: Vec<String>,
    /// Its public keys.
    pub jwks: JwkSet,
    /// What it may ask for.
    pub scopes: Vec<Scope>,
    /// How it wants userinfo.
    pub userinfo: UserinfoFormat,
    /// What signs its ID tokens.
    pub id_token_alg: ResponseAlg,
    /// What signs its userinfo, if that is a JWT.
    pub userinfo_alg: ResponseAlg,
}

impl RelyingParty {
    /// Its keys, ready to verify.
    #[must_use]
    pub fn keys(&self) -> Vec<VerifyingKey> {
        self.jwks.verifying_keys()
    }
}

/// A field of a registration that cannot be accepted, and what to send instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {remedy}")]
pub struct FieldRefusal {
    /// Its name.
    pub field: &'static str,
    /// What to send.
    pub remedy: String,
}

/// Checks a registration. `sandbox` lets a party be called back over http on this machine.
///
/// # Errors
/// The first field that cannot be accepted.
pub fn register(form: ClientIn, sandbox: bool) -> Result<RelyingParty, FieldRefusal> {
    if !is_code(&form.client_id, ID_LENGTH_MAX) {
        let remedy =
            format!("send 1 to {ID_LENGTH_MAX} letters, digits, hyphens, underscores or dots");
        return Err(refuse("client_id", remedy));
    }
    let name_length = form.name.chars().count();
    if form.name.trim().is_empty() || name_length > NAME_LENGTH_MAX {
        return Err(refuse("name", format!("send 1 to {NAME_LENGTH_MAX} characters")));
    }
    check_sector(&form.sector)?;
    if form.redirect_uris.is_empty() || form.redirect_uris.len() > REDIRECT_URIS_MAX {
        return Err(refuse("redirect_uris", format!("send 1 to {REDIRECT_URIS_MAX} addresses")));
    }
    for uri in &form.redirect_uris {
        check_redirect_uri(uri, sandbox)?;
    }
    if form.userinfo == UserinfoFormat::Json && form.userinfo_signed_response_alg.is_some() {
        let remedy = "leave it out, or send jwt as userinfo: plain JSON is not signed".to_owned();
        return Err(refuse("userinfo_signed_response_alg", remedy));
    }
    Ok(RelyingParty {
        jwks: check_keys(&form.jwks)?,
        scopes: check_scopes(&form.scopes)?,
        id: form.client_id,
        name: form.name,
        subsystem: form.subsystem,
        sector: form.sector,
        redirect_uris: form.redirect_uris,
        userinfo: form.userinfo,
        id_token_alg: form.id_token_signed_response_alg,
        userinfo_alg: form.userinfo_signed_response_alg.unwrap_or_default(),
    })
}

/// Checks the code of a sector.
///
/// # Errors
/// When it is none.
pub fn check_sector(sector: &str) -> Result<(), FieldRefusal> {
    if is_code(sector, SECTOR_LENGTH_MAX) {
        return Ok(());
    }
    let remedy =
        format!("send 1 to {SECTOR_LENGTH_MAX} letters, digits, hyphens, underscores or dots");
    Err(refuse("sector", remedy))
}

/// The origin of an address that was registered: what a page's forms may end at.
#[must_use]
pub fn origin(redirect_uri: &str) -> String {
    let Ok(uri) = redirect_uri.parse::<Uri>() else { return String::new() };
    match (uri.scheme_str(), uri.authority()) {
        (Some(scheme), Some(authority)) => format!("{scheme}://{authority}"),
        _ => String::new(),
    }
}

/// Absolute, over https, without a fragment (RFC 6749 section 3.1.2) and without a user name. Over
/// http only to this machine, and only in a sandbox.
fn check_redirect_uri(text: &str, sandbox: bool) -> Result<(), FieldRefusal> {
    let refused = |remedy: &str| Err(refuse("redirect_uris", remedy.to_owned()));
    if text.len() > URI_LENGTH_MAX {
        return refused("send addresses of at most 1024 bytes");
    }
    if text.contains('#') {
        return refused("send addresses without a fragment (#)");
    }
    let Ok(uri) = text.parse::<Uri>() else {
        return refused("send absolute https addresses, percent-encoded");
    };
    let Some(authority) = uri.authority() else {
        return refused("send absolute https addresses");
    };
    if authority.as_str().contains('@') {
        return refused("send addresses without a user name");
    }
    let here = matches!(authority.host(), "127.0.0.1" | "[::1]" | "localhost");
    match uri.scheme_str() {
        Some("https") => Ok(()),
        Some("http") if here && sandbox => Ok(()),
        _ => refused("send https addresses; http is for 127.0.0.1 in a sandbox"),
    }
}

fn check_keys(jwks: &Value) -> Result<JwkSet, FieldRefusal> {
    let refused = |remedy: &str| Err(refuse("jwks", remedy.to_owned()));
    let Some(sent) = jwks.get("keys").and_then(Value::as_array) else {
        return refused("send a JWK set: {\"keys\": [...]}");
    };
    if sent.is_empty() || sent.len() > KEYS_MAX {
        return refused("send 1 to 16 keys");
    }
    let Ok(set) = JwkSet::from_json(jwks.to_string().as_bytes()) else {
        return refused("send a JWK set: {\"keys\": [...]}");
    };
    if set.keys.iter().any(credential::Jwk::is_private) {
        return refused("send public keys only, and replace this one: it is private no more");
    }
    let usable = set.verifying_keys();
    let fits = |key: &VerifyingKey| SigAlg::ALL.iter().any(|alg| key.fits(*alg));
    // A key that cannot be read would be a surprise on the day the others are gone.
    if usable.len() != sent.len() || !usable.iter().all(fits) {
        return refused("send keys for ES256, ES384, EdDSA, PS256 or RS256, use sig");
    }
    Ok(set)
}

fn check_scopes(names: &[String]) -> Result<Vec<Scope>, FieldRefusal> {
    let scopes: Option<Vec<Scope>> = names.iter().map(|name| Scope::from_name(name)).collect();
    match scopes {
        Some(scopes) if scopes.contains(&Scope::Openid) => Ok(scopes),
        _ => Err(refuse("scopes", "send openid, or openid and profile".to_owned())),
    }
}

fn is_code(text: &str, length_max: usize) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=length_max).contains(&text.len()) && text.bytes().all(allowed)
}

fn refuse(field: &'static str, remedy: String) -> FieldRefusal {
    FieldRefusal { field, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credential::SigningKey;
    use serde_json::json;

    fn form() -> ClientIn {
        let key = SigningKey::generate_es256().unwrap().public_jwk();
        ClientIn {
            client_id: "portal".to_owned(),
            name: "Portal".to_owned(),
            subsystem: "TB/GOV/NIA/portal".parse().unwrap(),
            sector: "portal".to_owned(),
            redirect_uris: vec!["https://portal.example/callback?x=1".to_owned()],
            jwks: json!({ "keys": [key] }),
            scopes: vec!["openid".to_owned(), "profile".to_owned()],
            userinfo: UserinfoFormat::Jwt,
            id_token_signed_response_alg: ResponseAlg::default(),
            userinfo_signed_response_alg: None,
        }
    }

    fn refused(form: ClientIn) -> Option<&'static str> {
        register(form, false).err().map(|refusal| refusal.field)
    }

    #[test]
    fn a_sound_registration_is_accepted() {
        let party = register(form(), false).unwrap();
        assert_eq!((party.keys().len(), party.scopes.len()), (1, 2));
    }

    #[test]
    fn each_bad_field_is_named() {
        assert_eq!(refused(ClientIn { client_id: "a b".to_owned(), ..form() }), Some("client_id"));
        assert_eq!(refused(ClientIn { client_id: "x".repeat(51), ..form() }), Some("client_id"));
        assert_eq!(refused(ClientIn { name: " ".to_owned(), ..form() }), Some("name"));
        assert_eq!(refused(ClientIn { sector: String::new(), ..form() }), Some("sector"));
        assert_eq!(refused(ClientIn { redirect_uris: vec![], ..form() }), Some("redirect_uris"));
        assert_eq!(
            refused(ClientIn { scopes: vec!["profile".to_owned()], ..form() }),
            Some("scopes")
        );
        let email = vec!["openid".to_owned(), "email".to_owned()];
        assert_eq!(refused(ClientIn { scopes: email, ..form() }), Some("scopes"));
        let plain_and_signed = ClientIn {
            userinfo: UserinfoFormat::Json,
            userinfo_signed_response_alg: Some(ResponseAlg::Es256),
            ..form()
        };
        assert_eq!(refused(plain_and_signed), Some("userinfo_signed_response_alg"));
    }

    #[test]
    fn keys_must_be_public_and_all_usable() {
        let private = json!({ "kty": "OKP", "crv": "Ed25519",
            "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        let public = form().jwks["keys"][0].clone();
        for jwks in [
            json!({}),
            json!({ "keys": [] }),
            json!({ "keys": [private] }),
            json!({ "keys": [public, { "kty": "EC" }] }),
            json!({ "keys": [{ "kty": "oct", "k": "AAAA" }] }),
        ] {
            assert_eq!(refused(ClientIn { jwks: jwks.clone(), ..form() }), Some("jwks"), "{jwks}");
        }
    }

    #[test]
    fn people_are_sent_back_over_https_only() {
        let table = [
            ("https://a.example/cb", true, true),
            ("https://a.example:8443/cb?q=1", true, true),
            ("http://127.0.0.1:8080/cb", false, true),
            ("http://localhost/cb", false, true),
            ("http://[::1]:1/cb", false, true),
            ("http://a.example/cb", false, false),
            ("http://127.0.0.1.evil.example/cb", false, false),
            ("https://a.example/cb#x", false, false),
            ("https://user@a.example/cb", false, false),
            ("/cb", false, false),
            ("a.example", false, false),
            ("javascript:alert(1)", false, false),
            ("app://cb/x", false, false),
            ("https://a.example/c b", false, false),
        ];
        for (uri, outside, in_sandbox) in table {
            assert_eq!(check_redirect_uri(uri, false).is_ok(), outside, "{uri}");
            assert_eq!(check_redirect_uri(uri, true).is_ok(), in_sandbox, "{uri} in a sandbox");
        }
    }

    #[test]
    fn origins() {
        assert_eq!(origin("https://a.example:8443/cb?q=1"), "https://a.example:8443");
        assert_eq!(origin("nonsense"), "");
    }
}
