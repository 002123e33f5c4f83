//! What the identity authority's block answers. It alone knows which pseudonyms of two sectors
//! mean one person; its services take a pseudonym of any sector, named by `client_sector` of the
//! call context.

use std::sync::Arc;

use basis::{Id, PartialDate, PersonName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::call::{self, CallError};
use crate::context::{CallContext, Pseudonym};
use crate::wire::Wire;

/// Service code and directory tag of pseudonym translation. Only the exchange of the identity
/// authority's own installation calls it; for a remote node that exchange seals the answer.
pub const TRANSLATE: &str = "translate";

/// Service code of person look-up and facts.
pub const PERSONS: &str = "persons";

/// Directory tag of a subsystem's services that take any sector's pseudonym.
pub const KIND_ANY_SECTOR: &str = "any-sector";

/// Topic of the event told when a person exists because a birth was registered. Its payload is
/// [`PersonCreated`].
pub const TOPIC_PERSON_CREATED: &str = "identity.person.created";

/// Payload of [`TOPIC_PERSON_CREATED`]: which registration led to it, nothing of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonCreated {
    /// The registration in the civil register.
    #[schema(value_type = String, format = "uuid")]
    pub registration: Id,
}

/// Asks for one person's pseudonym in another sector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TranslateIn {
    /// Sector of `pseudonym`.
    pub from: String,
    /// Sector wanted.
    pub to: String,
    /// The person in sector `from`.
    #[schema(value_type = String, format = "uuid")]
    pub pseudonym: Pseudonym,
}

/// The person in sector `to`. Created on first use: a person is not unknown in a sector only
/// because nobody asked before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TranslateOut {
    /// The pseudonym in the sector wanted.
    #[schema(value_type = String, format = "uuid")]
    pub pseudonym: Pseudonym,
}

/// Looks a person up by an identifier they showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveIn {
    /// `VID`, or the system of a foreign identifier in the crosswalk.
    pub system: String,
    /// The identifier. Travels in the body, never in a path.
    pub value: String,
}

/// The person found, as the caller's own sector knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveOut {
    /// The pseudonym in the caller's sector.
    #[schema(value_type = String, format = "uuid")]
    pub pseudonym: Pseudonym,
}

/// Core facts of a person. Absent where the agreement does not cover the field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonFacts {
    /// Field `name`.
    #[schema(value_type = Option<Object>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// Field `born`.
    #[schema(value_type = Option<String>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<PartialDate>,
    /// Field `sex`, as in the birth record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
}

/// Asks the identity authority.
#[derive(Clone)]
pub struct IdentityClient {
    wire: Arc<dyn Wire>,
}

impl IdentityClient {
    /// A client over this wire.
    pub fn new(wire: Arc<dyn Wire>) -> Self {
        Self { wire }
    }

    /// `POST /` of service [`TRANSLATE`]. 404 if sector `from` does not know the pseudonym.
    pub async fn translate(
        &self,
        ctx: CallContext,
        ask: &TranslateIn,
    ) -> Result<TranslateOut, CallError> {
        call::send(self.wire.as_ref(), ctx, call::post("/", ask, None)?).await
    }

    /// `POST /resolve` of service [`PERSONS`]: the person with this identifier, in the caller's
    /// sector. 404 if nobody has it.
    pub async fn resolve(
        &self,
        ctx: CallContext,
        ask: &ResolveIn,
    ) -> Result<ResolveOut, CallError> {
        call::send(self.wire.as_ref(), ctx, call::post("/resolve", ask, None)?).await
    }

    /// `GET /facts` of service [`PERSONS`]: facts of the subject of `ctx`.
    pub async fn facts(&self, ctx: CallContext) -> Result<PersonFacts, CallError> {
        call::send(self.wire.as_ref(), ctx, call::get("/facts")?).await
    }
}
