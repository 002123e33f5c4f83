//! What the civil registrar's block answers: births as registered, to the bodies the law names.

use std::sync::Arc;

use basis::{Id, PartialDate, PersonName, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::call::{self, CallError};
use crate::context::{CallContext, Pseudonym};
use crate::wire::Wire;

/// Service code of the births service.
pub const BIRTHS: &str = "births";

/// Topic of the event the registrar tells when a birth is registered. Its payload is
/// [`BirthRegistered`].
pub const TOPIC_BIRTH_REGISTERED: &str = "civil.birth.registered";

/// Payload of [`TOPIC_BIRTH_REGISTERED`]: a reference only. The receiver asks for the rest by
/// [`BirthClient::get`], on its own legal basis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BirthRegistered {
    /// The registration to ask for.
    #[schema(value_type = String, format = "uuid")]
    pub registration: Id,
}

/// A birth as it stands in the register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BirthRecord {
    /// The registration.
    #[schema(value_type = String, format = "uuid")]
    pub registration: Id,
    /// Number on the certificate.
    pub number: String,
    /// The child's name.
    #[schema(value_type = Object)]
    pub child: PersonName,
    /// `female`, `male`, `indeterminate` or `unknown`, as registered.
    pub sex: String,
    /// When the child was born; may be partial or unknown.
    #[schema(value_type = String, example = "2026-03-14")]
    pub born: PartialDate,
    /// Place of birth, a code of the country pack's list.
    pub place: String,
    /// The mother's name as declared.
    #[schema(value_type = Object)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mother: Option<PersonName>,
    /// The mother in the registrar's own sector, where she was identified at the desk.
    #[schema(value_type = Option<String>, format = "uuid")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mother_pseudonym: Option<Pseudonym>,
    /// From when the registration has effect.
    #[schema(value_type = String, format = DateTime)]
    pub effective: Timestamp,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    pub recorded: Timestamp,
}

/// One line of the reconciliation list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BirthListed {
    /// The registration.
    #[schema(value_type = String, format = "uuid")]
    pub registration: Id,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    pub recorded: Timestamp,
}

/// A page of registrations by id, for reconciliation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BirthPage {
    /// Registrations with an id above the one asked after, ascending.
    pub births: Vec<BirthListed>,
    /// True if more follow.
    pub more: bool,
}

/// Asks the civil registrar.
#[derive(Clone)]
pub struct BirthClient {
    wire: Arc<dyn Wire>,
}

impl BirthClient {
    /// A client over this wire.
    pub fn new(wire: Arc<dyn Wire>) -> Self {
        Self { wire }
    }

    /// `GET /{registration}`: one birth. 404 if there is no such registration.
    pub async fn get(&self, ctx: CallContext, registration: Id) -> Result<BirthRecord, CallError> {
        let request = call::get(&format!("/{registration}"))?;
        call::send(self.wire.as_ref(), ctx, request).await
    }

    /// `GET /?after=&limit=`: registrations in the order of their ids, for reconciliation.
    /// `limit` is 1 to 1,000.
    pub async fn list(
        &self,
        ctx: CallContext,
        after: Option<Id>,
        limit: u16,
    ) -> Result<BirthPage, CallError> {
        let pairs = [("after", after.map(|id| id.to_string())), ("limit", Some(limit.to_string()))];
        let request = call::get(&call::with_query("/", &pairs))?;
        call::send(self.wire.as_ref(), ctx, request).await
    }
}
