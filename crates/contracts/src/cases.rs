//! Whether an officer works on a case about a person: asked by a provider's exchange before it
//! answers an officer, where the agreement demands a case that stands.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::call::{self, CallError};
use crate::context::CallContext;
use crate::wire::Wire;

/// Directory tag of the service of a member that knows its cases.
pub const KIND: &str = "case-verify";

/// Usual service code.
pub const CASE_VERIFY: &str = "case-verify";

/// Asks about the case named in the call's context, its officer and its subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseIn {
    /// Number of the case.
    pub case: String,
    /// The officer, as the member knows them.
    pub officer: String,
}

/// The member's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseOut {
    /// True if the case is open, is about the subject, and the officer works on it.
    pub stands: bool,
}

/// Asks a member about its cases.
#[derive(Clone)]
pub struct CasesClient {
    wire: Arc<dyn Wire>,
}

impl CasesClient {
    /// A client over this wire.
    pub fn new(wire: Arc<dyn Wire>) -> Self {
        Self { wire }
    }

    /// `POST /` of [`CASE_VERIFY`], about the subject of `ctx`.
    ///
    /// # Errors
    /// [`CallError`]; without a word of the member the case does not stand.
    pub async fn verify(&self, ctx: CallContext, ask: &CaseIn) -> Result<CaseOut, CallError> {
        call::send(self.wire.as_ref(), ctx, call::post("/", ask, None)?).await
    }
}
