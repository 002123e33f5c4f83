//! What the browser says it was asked: `CollectedClientData` (section 5.8.1).

use super::{Expected, WebauthnError};
use crate::base64url;
use aws_lc_rs::constant_time;
use serde::Deserialize;

/// Members that are checked; browsers may add others.
#[derive(Deserialize)]
pub(super) struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

impl ClientData {
    pub(super) fn parse(json: &[u8]) -> Result<Self, WebauthnError> {
        serde_json::from_slice(json).map_err(|_| WebauthnError::Malformed("client data"))
    }

    pub(super) fn challenge(&self) -> Result<Vec<u8>, WebauthnError> {
        let malformed = |_| WebauthnError::Malformed("challenge");
        base64url::decode(&self.challenge, "challenge").map_err(malformed)
    }

    pub(super) fn check(&self, kind: &str, expected: &Expected<'_>) -> Result<(), WebauthnError> {
        if self.kind != kind {
            return Err(WebauthnError::Unexpected("type"));
        }
        let challenge = self.challenge()?;
        if constant_time::verify_slices_are_equal(&challenge, expected.challenge).is_err() {
            return Err(WebauthnError::Unexpected("challenge"));
        }
        if self.origin != expected.origin {
            return Err(WebauthnError::Unexpected("origin"));
        }
        if self.cross_origin {
            return Err(WebauthnError::Unexpected("frame"));
        }
        Ok(())
    }
}
