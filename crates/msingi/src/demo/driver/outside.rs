//! Relying parties that are not ours: an outside client's, and that of the assessment's probes.

use super::{INSTANCE, key};
use crate::demo::client::StoryError;
use crate::demo::world::{STEWARD, World};
use serde_json::{Value, json};

/// A relying party with its key.
pub struct Party {
    /// Its `client_id`.
    pub id: &'static str,
    /// Its private key as a JWK.
    pub key: Value,
    /// Where it takes the code.
    pub redirect_uri: &'static str,
}

/// A relying party that is not ours, for outside clients to sign in with.
///
/// # Errors
/// [`StoryError`].
pub async fn outside_client(world: &World) -> Result<Party, StoryError> {
    relying_party(world, "outside", "An outside service").await
}

/// Registers a relying party with a fresh key, as its owner would ask the identity authority to.
pub(super) async fn relying_party(
    world: &World,
    id: &'static str,
    name: &str,
) -> Result<Party, StoryError> {
    let broken = |error: credential::JoseError| StoryError::Missing(error.to_string());
    let private = credential::SigningKey::generate_es256().map_err(broken)?;
    let redirect_uri = "http://127.0.0.1:9/callback";
    let party = Party { id, key: private_jwk(&private)?, redirect_uri };
    let steward = STEWARD.arrive(&world.registrar, INSTANCE).await?;
    let registration = json!({
        "client_id": id, "name": name, "subsystem": "TB/GOV/MSP/benefits", "sector": "social",
        "redirect_uris": [redirect_uri], "jwks": {"keys": [private.public_jwk()]}, "scopes": ["openid", "profile"],
    });
    steward.post("/identity/clients", &key(), &registration).await?;
    Ok(party)
}

/// The private key as a JWK (RFC 7518 section 6.2.2). Our library gives private keys out as PKCS#8
/// only; RFC 5915's ECPrivateKey begins with version 1 and the 32 bytes of the key.
pub(super) fn private_jwk(key: &credential::SigningKey) -> Result<Value, StoryError> {
    const BEFORE: [u8; 5] = [0x02, 0x01, 0x01, 0x04, 0x20];
    let pkcs8 = key.to_pkcs8().map_err(|error| StoryError::Missing(error.to_string()))?;
    let start = pkcs8.windows(BEFORE.len()).position(|window| window == BEFORE);
    let secret = start.and_then(|start| pkcs8.get(start + BEFORE.len()..start + BEFORE.len() + 32));
    let secret =
        secret.ok_or_else(|| StoryError::Missing("the key inside its PKCS#8 form".to_owned()))?;
    let mut jwk = serde_json::to_value(key.public_jwk())
        .map_err(|error| StoryError::Missing(error.to_string()))?;
    jwk["d"] = Value::String(credential::base64url::encode(secret));
    Ok(jwk)
}
