//! OpenID providers of others, such as that of a neighbouring country, and what is remembered in the
//! browser while somebody is there.

use super::client::FieldRefusal;
use basis::Timestamp;
use http::Uri;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Seconds that somebody may take at the other provider, and then to link what came of it.
pub const FOREIGN_SECONDS: i64 = 10 * 60;
/// Longest request that a cookie has room for beside the rest, bytes.
pub const DOOR_LENGTH_MAX: usize = 2_000;
const ID_LENGTH_MAX: usize = 32;
const TEXT_LENGTH_MAX: usize = 256;

/// A provider as an officer enters it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderIn {
    /// Our short name for it: 1 to 32 lower-case letters, digits and hyphens.
    #[schema(example = "jirani")]
    pub id: String,
    /// Its issuer, exactly as its discovery document has it. `https`, or in a sandbox `http` too.
    #[schema(example = "https://id.jirani.example")]
    pub issuer: String,
    /// The `client_id` it knows us by.
    pub client_id: String,
    /// What people call it, by language; English at least.
    pub names: BTreeMap<String, String>,
    /// Whether people may sign in by it now; true if absent.
    #[serde(default = "yes")]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

/// A provider that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// See [`ProviderIn`].
    pub id: String,
    /// See [`ProviderIn`].
    pub issuer: String,
    /// See [`ProviderIn`].
    pub client_id: String,
    /// See [`ProviderIn`].
    pub names: BTreeMap<String, String>,
    /// See [`ProviderIn`].
    pub enabled: bool,
}

impl Provider {
    /// Its name in a language, or else in English.
    #[must_use]
    pub fn name(&self, language: &str) -> &str {
        let name = self.names.get(language).or_else(|| self.names.get("en"));
        name.map_or(&self.id, String::as_str)
    }
}

/// Judges a provider that is to be registered. `own` is our own issuer.
///
/// # Errors
/// The first field that cannot be accepted.
pub fn register(form: ProviderIn, own: &str, sandbox: bool) -> Result<Provider, FieldRefusal> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if form.id.is_empty() || form.id.len() > ID_LENGTH_MAX || !form.id.chars().all(plain) {
        return Err(refusal("id", "1 to 32 lower-case letters, digits and hyphens"));
    }
    let uri: Option<Uri> = form.issuer.parse().ok();
    let secure = uri.as_ref().and_then(Uri::scheme_str) == Some("https");
    let open = sandbox && uri.as_ref().and_then(Uri::scheme_str) == Some("http");
    if !(secure || open) || form.issuer.len() > TEXT_LENGTH_MAX {
        return Err(refusal(
            "issuer",
            "an https address, as the provider's discovery document has it",
        ));
    }
    if form.issuer == own {
        return Err(refusal("issuer", "another provider than this one"));
    }
    if form.client_id.is_empty() || form.client_id.len() > TEXT_LENGTH_MAX {
        return Err(refusal("client_id", "1 to 256 characters, as the provider registered it"));
    }
    let fits = |name: &String| !name.trim().is_empty() && name.len() <= TEXT_LENGTH_MAX;
    if !form.names.contains_key("en") || !form.names.values().all(fits) {
        return Err(refusal("names", "1 to 256 characters a language, en among them"));
    }
    let ProviderIn { id, issuer, client_id, names, enabled } = form;
    Ok(Provider { id, issuer, client_id, names, enabled })
}

fn refusal(field: &'static str, remedy: &'static str) -> FieldRefusal {
    FieldRefusal { field, remedy: remedy.to_owned() }
}

/// What the browser keeps, under seal, while the person is at the other provider.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pending {
    /// Our short name for the provider.
    pub provider: String,
    /// Comes back with the answer.
    pub state: String,
    /// Comes back in the ID token.
    pub nonce: String,
    /// RFC 7636.
    pub verifier: String,
    /// What the sign-in is for, in the words of `web::door`.
    pub door: String,
    /// Until when, in seconds since 1970.
    pub expires: i64,
}

/// Somebody whom a provider vouches for and whom nobody here has linked yet.
#[derive(Clone, Serialize, Deserialize)]
pub struct Link {
    /// Our short name for the provider.
    pub provider: String,
    /// Its issuer.
    pub issuer: String,
    /// What it calls the person.
    pub subject: String,
    /// Until when, in seconds since 1970.
    pub expires: i64,
}

impl Pending {
    /// Whether an answer with this `state` may be taken now.
    #[must_use]
    pub fn may_complete(&self, state: &str, now: Timestamp) -> bool {
        self.state == state && now.unix_seconds() < self.expires
    }
}

/// The end of a time that begins now.
#[must_use]
pub fn expiry(now: Timestamp) -> i64 {
    now.unix_seconds() + FOREIGN_SECONDS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> ProviderIn {
        ProviderIn {
            id: "jirani".to_owned(),
            issuer: "https://id.jirani.example".to_owned(),
            client_id: "tumbawe".to_owned(),
            names: [("en".to_owned(), "Jirani ID".to_owned())].into(),
            enabled: true,
        }
    }

    #[test]
    fn each_flaw_names_its_field() {
        let flaw = |change: fn(&mut ProviderIn)| {
            let mut form = form();
            change(&mut form);
            register(form, "https://id.example", false).map_err(|refusal| refusal.field).err()
        };
        assert_eq!(flaw(|_| ()), None);
        assert_eq!(flaw(|f| f.id = "Jirani".to_owned()), Some("id"));
        assert_eq!(flaw(|f| f.id.clear()), Some("id"));
        assert_eq!(flaw(|f| f.issuer = "http://id.jirani.example".to_owned()), Some("issuer"));
        assert_eq!(flaw(|f| f.issuer = "https://id.example".to_owned()), Some("issuer"));
        assert_eq!(flaw(|f| f.client_id.clear()), Some("client_id"));
        assert_eq!(flaw(|f| f.names.clear()), Some("names"));
        let open = ProviderIn { issuer: "http://127.0.0.1:1".to_owned(), ..form() };
        assert!(register(open, "https://id.example", true).is_ok());
    }

    #[test]
    fn an_answer_is_taken_in_time_and_for_its_state() {
        let now = Timestamp::EPOCH;
        let pending = Pending {
            provider: String::new(),
            state: "s".to_owned(),
            nonce: String::new(),
            verifier: String::new(),
            door: String::new(),
            expires: expiry(now),
        };
        assert!(pending.may_complete("s", now.plus_seconds(FOREIGN_SECONDS - 1)));
        assert!(!pending.may_complete("s", now.plus_seconds(FOREIGN_SECONDS)));
        assert!(!pending.may_complete("t", now) && !pending.may_complete("", now));
    }
}
