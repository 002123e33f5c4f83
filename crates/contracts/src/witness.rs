//! What installations and witnesses of their audit trails ask of each other.

use std::sync::Arc;

use credential::Jwk;
use kernel::audit::Sealed;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::call::{self, CallError};
use crate::context::CallContext;
use crate::wire::Wire;

/// Service code under which a witness takes checkpoints.
pub const CHECKPOINTS: &str = "checkpoints";

/// Service code under which an installation shows its audit trails to a witness.
pub const AUDIT_TRAIL: &str = "audit-trail";

/// A signed statement about one block's audit trail.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckpointIn {
    /// `kernel::audit::Checkpoint` as a compact JWS.
    pub jws: String,
    /// The key that verifies it; the witness keeps the first one it sees of an installation.
    #[schema(value_type = Object)]
    pub key: Jwk,
}

/// Which rows of which trail.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrailQuery {
    /// The block.
    pub block: String,
    /// Rows after this position.
    pub after: i64,
}

/// Sealed rows in the order of their positions, at most 1,000.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrailPage {
    /// The rows; empty at the end of the trail.
    #[schema(value_type = Vec<Object>)]
    pub rows: Vec<Sealed>,
}

/// Asks witnesses and witnessed installations.
#[derive(Clone)]
pub struct WitnessClient {
    wire: Arc<dyn Wire>,
}

impl WitnessClient {
    /// A client over this wire.
    pub fn new(wire: Arc<dyn Wire>) -> Self {
        Self { wire }
    }

    /// `POST /` of service [`CHECKPOINTS`]: hands over a checkpoint; repeating it changes nothing.
    pub async fn checkpoint(&self, ctx: CallContext, ask: &CheckpointIn) -> Result<(), CallError> {
        call::send_empty(self.wire.as_ref(), ctx, call::post("/", ask, None)?).await
    }

    /// `GET /?block=&after=` of service [`AUDIT_TRAIL`].
    pub async fn trail(
        &self,
        ctx: CallContext,
        query: &TrailQuery,
    ) -> Result<TrailPage, CallError> {
        let pairs =
            [("block", Some(query.block.clone())), ("after", Some(query.after.to_string()))];
        call::send(self.wire.as_ref(), ctx, call::get(&call::with_query("/", &pairs))?).await
    }
}
