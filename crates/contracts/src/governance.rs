//! What the governance block answers: a resident's grievances, and who does what under which
//! mandate.

use std::sync::Arc;

use basis::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::call::{self, CallError};
use crate::context::CallContext;
use crate::ids::SubsystemId;
use crate::wire::Wire;

/// Service code of a resident's own grievances.
pub const MY_GRIEVANCES: &str = "my-grievances";

/// Directory tag of the service that grievances go to.
pub const KIND_GRIEVANCES: &str = "grievances";

/// The line of a tracker that a grievance is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackerLine {
    /// When the read was.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who keeps the data.
    #[schema(value_type = String, example = "TB/GOV/NIA/residents")]
    pub source: SubsystemId,
    /// Who read.
    #[schema(value_type = String, example = "TB/GOV/MSP/benefits")]
    pub reader: SubsystemId,
    /// The officer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer: Option<String>,
    /// The case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// Purpose code.
    pub purpose: String,
}

/// Lodges a grievance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrievanceIn {
    /// Made by the form, so that a double submit lodges one.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// What it is about.
    pub line: TrackerLine,
    /// In the person's own words, 1 to 2,000 characters.
    pub text: String,
    /// Language tag the person chose, e.g. `sw`: the message about the answer comes in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// Where a grievance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GrievanceStatus {
    /// Nobody has taken it up yet.
    Lodged,
    /// An officer of the authority looks into it.
    TakenUp,
    /// Answered.
    Answered,
}

/// A grievance as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Grievance {
    /// The number to quote, e.g. `G-2026-000012`.
    pub number: String,
    /// What it is about.
    pub line: TrackerLine,
    /// Their words.
    pub text: String,
    /// Where it stands.
    pub status: GrievanceStatus,
    /// When it was lodged.
    #[schema(value_type = String, format = DateTime)]
    pub lodged: Timestamp,
    /// When an answer is due.
    #[schema(value_type = String, format = DateTime)]
    pub due: Timestamp,
    /// The answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

/// Asks the governance block.
#[derive(Clone)]
pub struct GovernanceClient {
    wire: Arc<dyn Wire>,
}

impl GovernanceClient {
    /// A client over this wire.
    pub fn new(wire: Arc<dyn Wire>) -> Self {
        Self { wire }
    }

    /// `POST /`: lodges a grievance of the subject of `ctx`. The same id again lodges nothing.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn lodge(&self, ctx: CallContext, ask: &GrievanceIn) -> Result<Grievance, CallError> {
        call::send(self.wire.as_ref(), ctx, call::post("/", ask, None)?).await
    }

    /// `GET /`: the subject's grievances, newest first.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn list(&self, ctx: CallContext) -> Result<Vec<Grievance>, CallError> {
        call::send(self.wire.as_ref(), ctx, call::get("/")?).await
    }
}
