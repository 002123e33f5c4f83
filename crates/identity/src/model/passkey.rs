//! What the page's script sends of a passkey, and what is kept of one.

use credential::base64url;
use credential::webauthn::PasskeyKey;
use serde::{Deserialize, Serialize};

/// Passkeys of one person, at most.
pub const PASSKEYS_MAX: usize = 20;
/// Characters of a name, at most; what is longer is cut.
const NAME_MAX: usize = 60;

/// A passkey that was just made.
#[derive(Clone, Debug)]
pub struct Made {
    /// JSON of the browser.
    pub client_data: Vec<u8>,
    /// CBOR of the authenticator.
    pub attestation_object: Vec<u8>,
}

/// An answer of a passkey.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Which passkey.
    pub id: Vec<u8>,
    /// JSON of the browser.
    pub client_data: Vec<u8>,
    /// Of the authenticator.
    pub authenticator_data: Vec<u8>,
    /// Over both.
    pub signature: Vec<u8>,
    /// Whose passkey it says it is.
    pub user_handle: Vec<u8>,
}

/// The members as `toJSON` of WebAuthn Level 3 names them, all base64url.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    #[serde(default)]
    id: String,
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    #[serde(default)]
    attestation_object: String,
    #[serde(default)]
    authenticator_data: String,
    #[serde(default)]
    signature: String,
    #[serde(default)]
    user_handle: String,
}

impl Made {
    /// Reads what the script put into the form.
    #[must_use]
    pub fn parse(json: &str) -> Option<Self> {
        let sent: Sent = serde_json::from_str(json).ok()?;
        Some(Self {
            client_data: bytes(&sent.client_data)?,
            attestation_object: bytes(&sent.attestation_object)?,
        })
    }
}

impl Answer {
    /// Reads what the script put into the form.
    #[must_use]
    pub fn parse(json: &str) -> Option<Self> {
        let sent: Sent = serde_json::from_str(json).ok()?;
        Some(Self {
            id: bytes(&sent.id)?,
            client_data: bytes(&sent.client_data)?,
            authenticator_data: bytes(&sent.authenticator_data)?,
            signature: bytes(&sent.signature)?,
            user_handle: bytes(&sent.user_handle)?,
        })
    }
}

/// What is kept of a passkey, under seal.
#[derive(Clone, Serialize, Deserialize)]
pub struct Kept {
    /// What the person calls it.
    pub name: String,
    /// What browsers call it, base64url.
    pub credential: String,
    alg: String,
    key: String,
}

impl Kept {
    /// What to keep.
    #[must_use]
    pub fn new(name: &str, credential: &[u8], key: &PasskeyKey) -> Self {
        let (alg, bytes) = key.to_parts();
        Self {
            name: name.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect(),
            credential: base64url::encode(credential),
            alg: alg.to_owned(),
            key: base64url::encode(bytes),
        }
    }

    /// What its answers verify with; nothing if it was damaged.
    #[must_use]
    pub fn key(&self) -> Option<PasskeyKey> {
        PasskeyKey::from_parts(&self.alg, &bytes(&self.key)?).ok()
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    base64url::decode(text, "passkey").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_script_sends_is_read_and_anything_else_is_not() {
        let answer = r#"{"id":"AQ","clientDataJSON":"e30","authenticatorData":"Ag","signature":"Aw","userHandle":"BA"}"#;
        let answer = Answer::parse(answer).unwrap();
        assert_eq!((answer.id, answer.client_data), (vec![1], b"{}".to_vec()));
        assert_eq!((answer.signature, answer.user_handle), (vec![3], vec![4]));
        let made = Made::parse(r#"{"clientDataJSON":"e30","attestationObject":"oA"}"#).unwrap();
        assert_eq!(made.attestation_object, [0xa0]);
        for wrong in ["", "{}", "[]", r#"{"clientDataJSON":"e30="}"#, r#"{"clientDataJSON":1}"#] {
            assert!(Answer::parse(wrong).is_none() && Made::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn names_are_cut_and_plain() {
        let key = PasskeyKey::from_parts("EdDSA", &[7; 32]).unwrap();
        let kept = Kept::new(&format!("a\n{}", "b".repeat(99)), &[1], &key);
        assert_eq!(kept.name.len(), NAME_MAX);
        assert!(!kept.name.contains('\n'));
        assert_eq!(kept.key(), Some(key));
    }
}
