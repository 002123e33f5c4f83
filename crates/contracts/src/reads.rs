//! The read log: who read what about a person. Every block that holds data about persons offers
//! a service of kind [`KIND`] with this one answer, so that a tracker page can collect them.

pub mod attempt;
pub mod store;

use std::sync::Arc;

use basis::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::call::{self, CallError};
use crate::context::{BasisKind, CallContext};
use crate::ids::SubsystemId;
use crate::wire::{RefusalReason, Wire};

/// Directory tag of a service that answers with a [`ReadLog`].
pub const KIND: &str = "read-log";

/// Usual service code.
pub const SERVICE: &str = "read-log";

/// One read of one person's data, written by the block that holds it before it answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadEntry {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The information system that read.
    #[schema(value_type = String, example = "TB/GOV/MSP/benefits")]
    pub reader: SubsystemId,
    /// The officer who read, as their member knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer: Option<String>,
    /// The case worked on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// Purpose code.
    pub purpose: String,
    /// Kind of legal basis.
    pub basis: BasisKind,
    /// Its reference: the law, the data agreement, the contract.
    pub basis_reference: String,
    /// Which fields left the block.
    pub fields: Vec<String>,
    /// True if the person looked at their own data.
    pub self_read: bool,
    /// Why the exchange refused: then nothing was read, and the entry tells of an attempt. None for
    /// a read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "case-not-standing")]
    pub refused: Option<String>,
}

impl ReadEntry {
    /// The entry for one call that answers with `fields`, at the provider's time `at`.
    pub fn of(ctx: &CallContext, fields: Vec<String>, at: Timestamp) -> Self {
        Self {
            at,
            reader: ctx.client.clone(),
            officer: ctx.officer.clone(),
            case: ctx.case.clone(),
            purpose: ctx.purpose.clone(),
            basis: ctx.basis.kind(),
            basis_reference: ctx.basis.reference(),
            fields,
            self_read: ctx.basis.kind() == BasisKind::SelfAccess,
            refused: None,
        }
    }

    /// The entry for a call that the exchange refused before any data left.
    pub fn of_attempt(ctx: &CallContext, reason: RefusalReason, at: Timestamp) -> Self {
        Self { refused: Some(reason.slug().to_owned()), ..Self::of(ctx, Vec::new(), at) }
    }
}

/// Query of the read log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadLogQuery {
    /// Entries before this time only; for the next page the time of the last entry got.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub before: Option<Timestamp>,
    /// How many entries, 1 to 100; 100 if absent.
    #[serde(default)]
    pub limit: Option<u16>,
}

/// Entries about the subject of the call, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadLog {
    /// The entries.
    pub entries: Vec<ReadEntry>,
    /// True if older ones exist.
    pub more: bool,
}

/// Asks one provider for a person's read log.
#[derive(Clone)]
pub struct ReadLogClient {
    wire: Arc<dyn Wire>,
}

impl ReadLogClient {
    /// A client over this wire.
    pub fn new(wire: Arc<dyn Wire>) -> Self {
        Self { wire }
    }

    /// `GET /` of the service in `ctx`, for the subject in `ctx`. Reading the log is itself not
    /// logged: it holds no data of the person but the log.
    pub async fn read_log(
        &self,
        ctx: CallContext,
        query: &ReadLogQuery,
    ) -> Result<ReadLog, CallError> {
        let pairs = [
            ("before", query.before.map(|t| t.to_string())),
            ("limit", query.limit.map(|n| n.to_string())),
        ];
        let request = call::get(&call::with_query("/", &pairs))?;
        call::send(self.wire.as_ref(), ctx, request).await
    }
}
