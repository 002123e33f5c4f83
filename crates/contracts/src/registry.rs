//! What a digital registry answers: the record of a person, now or as of a past time.

use std::sync::Arc;

use basis::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::call::{self, CallError};
use crate::context::CallContext;
use crate::wire::Wire;

/// Usual service code of a register's records.
pub const RECORDS: &str = "records";

/// One record, cut to the fields the agreement allows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistryRecord {
    /// The record in its register.
    #[schema(value_type = String, format = "uuid")]
    pub record: Id,
    /// Code of the register, e.g. `residents`.
    pub register: String,
    /// Version of the register's schema the data follow.
    pub schema_version: i64,
    /// Revision of the record, from 1.
    pub revision: i64,
    /// The data, following the register's schema.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
    /// From when the revision has effect.
    #[schema(value_type = String, format = DateTime)]
    pub effective: Timestamp,
    /// When the revision was written.
    #[schema(value_type = String, format = DateTime)]
    pub recorded: Timestamp,
}

/// Asks a register.
#[derive(Clone)]
pub struct RegistryClient {
    wire: Arc<dyn Wire>,
}

impl RegistryClient {
    /// A client over this wire.
    pub fn new(wire: Arc<dyn Wire>) -> Self {
        Self { wire }
    }

    /// `GET /?as_of=`: the record of the subject of `ctx`, as the register knew it at `as_of`
    /// (recorded time), or now. 404 if the person has none.
    pub async fn read(
        &self,
        ctx: CallContext,
        as_of: Option<Timestamp>,
    ) -> Result<RegistryRecord, CallError> {
        let pairs = [("as_of", as_of.map(|t| t.to_string()))];
        let request = call::get(&call::with_query("/", &pairs))?;
        call::send(self.wire.as_ref(), ctx, request).await
    }
}
