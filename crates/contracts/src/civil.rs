//! What the civil registrar's block answers: births as registered, to the bodies the law names; and
//! what it asks of its own posts ([`posts`]).

pub mod posts;

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

/// Topic of the event told once for many births that were entered from a paper book. Its payload is
/// [`BirthsImported`]; there is no [`TOPIC_BIRTH_REGISTERED`] for each of them.
pub const TOPIC_BIRTHS_IMPORTED: &str = "civil.births.imported";

/// The purpose under which the register is listed and its registrations are read whole. Calls for any
/// other purpose get what is about their subject only ([`BirthClient::children`]).
pub const PERSON_CREATION: &str = "person-creation";

/// Most births of one import, and of one page of [`BirthClient::facts`].
pub const IMPORT_LINES_MAX: usize = 1_000;

/// Payload of [`TOPIC_BIRTHS_IMPORTED`]: a reference only. The receiver asks for the facts by
/// [`BirthClient::facts`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BirthsImported {
    /// The batch to ask for.
    #[schema(value_type = String, format = "uuid")]
    pub batch: Id,
    /// How many births it has.
    pub count: u32,
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

/// A page of registrations with what they say, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BirthFactsPage {
    /// Registrations with an id above the one asked after, ascending.
    pub births: Vec<BirthRecord>,
    /// True if more follow.
    pub more: bool,
}

/// A child of the subject of the call, cut to the fields of the agreement: `child`, `born`, `sex`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Child {
    /// The registration of the birth.
    #[schema(value_type = String, format = "uuid")]
    pub registration: Id,
    /// The child's name.
    #[schema(value_type = Option<Object>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child: Option<PersonName>,
    /// When the child was born; may be partial or unknown.
    #[schema(value_type = Option<String>, example = "2026-03-14")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<PartialDate>,
    /// `female`, `male`, `indeterminate` or `unknown`, as registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
}

/// Births of whom the subject of the call was named the mother by her number, by registration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Children {
    /// The children; at most 100.
    pub children: Vec<Child>,
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
    /// `GET /facts?batch=&after=&limit=`: registrations with what they say, in the order of their
    /// ids: those of one import, or all. `limit` is 1 to 1,000. Each one is in the child's read log.
    ///
    /// # Errors
    /// 403 for a purpose other than [`PERSON_CREATION`].
    pub async fn facts(
        &self,
        ctx: CallContext,
        batch: Option<Id>,
        after: Option<Id>,
        limit: u16,
    ) -> Result<BirthFactsPage, CallError> {
        let pairs = [
            ("batch", batch.map(|id| id.to_string())),
            ("after", after.map(|id| id.to_string())),
            ("limit", Some(limit.to_string())),
        ];
        let request = call::get(&call::with_query("/facts", &pairs))?;
        call::send(self.wire.as_ref(), ctx, request).await
    }

    /// `GET /children`: children of the subject of `ctx`.
    ///
    /// # Errors
    /// 400 if the call is about nobody.
    pub async fn children(&self, ctx: CallContext) -> Result<Children, CallError> {
        call::send(self.wire.as_ref(), ctx, call::get("/children")?).await
    }
}
