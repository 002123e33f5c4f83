//! What the identity authority's block answers. It alone knows which pseudonyms of two sectors
//! mean one person; its services take a pseudonym of any sector, named by `client_sector` of the
//! call context.

use std::sync::Arc;

use basis::{Id, PartialDate, PersonName, Timestamp};
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

/// Topic of the event told when persons exist because births were imported together. Its payload is
/// [`PersonsCreated`]; no [`TOPIC_PERSON_CREATED`] is told for them.
pub const TOPIC_PERSONS_CREATED: &str = "identity.persons.created";

/// Service code of a person's own sign-ins.
pub const MY_SIGN_INS: &str = "my-sign-ins";

/// The most identifiers of one [`ResolveManyIn`], and registrations of one [`PersonsCreated`].
pub const MANY_MAX: usize = 1_000;

/// Payload of [`TOPIC_PERSON_CREATED`]: which registration led to it, nothing of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonCreated {
    /// The registration in the civil register.
    #[schema(value_type = String, format = "uuid")]
    pub registration: Id,
}

/// Payload of [`TOPIC_PERSONS_CREATED`]: which registrations led to them, nothing of the persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonsCreated {
    /// The registrations in the civil register, [`MANY_MAX`] at most.
    #[schema(value_type = Vec<String>)]
    pub registrations: Vec<Id>,
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

/// Looks many persons up by one kind of identifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveManyIn {
    /// As in [`ResolveIn`].
    pub system: String,
    /// The identifiers, 1 to [`MANY_MAX`].
    pub values: Vec<String>,
}

/// The persons found, in the order asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveManyOut {
    /// One for each identifier: the pseudonym in the caller's sector, or nothing where nobody has it.
    #[schema(value_type = Vec<Option<String>>)]
    pub pseudonyms: Vec<Option<Pseudonym>>,
}

/// How somebody signed in or tried to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignInMethod {
    /// Number and one-time code.
    Code,
    /// A passkey.
    Passkey,
    /// Another OpenID provider, such as that of another country.
    Foreign,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignInOutcome {
    /// The person got in.
    SignedIn,
    /// The code was wrong, or the passkey's answer did not verify.
    Refused,
    /// As refused, and further attempts were locked out for a while.
    LockedOut,
}

/// One sign-in of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInEntry {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How.
    pub method: SignInMethod,
    /// What became of it.
    pub outcome: SignInOutcome,
    /// The authentication context as tokens name it: `idbb:acr:generated-code`.
    pub acr: String,
    /// What it was for, the name of the relying party; none for the identity authority's own pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// Name of the passkey or of the foreign provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Kind of browser and system, no more: `Firefox, Android`. Empty where the browser did not say.
    pub device: String,
}

/// A page of a person's sign-ins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIns {
    /// Newest first.
    pub entries: Vec<SignInEntry>,
    /// True if older ones follow.
    pub more: bool,
}

/// Which page of [`SignIns`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInsQuery {
    /// Older than this.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Timestamp>,
    /// How many, 1 to 100; 50 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u16>,
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

    /// `POST /resolve-many` of service [`PERSONS`]: as [`IdentityClient::resolve`] for up to
    /// [`MANY_MAX`] identifiers; whoever is not found is no error.
    pub async fn resolve_many(
        &self,
        ctx: CallContext,
        ask: &ResolveManyIn,
    ) -> Result<ResolveManyOut, CallError> {
        call::send(self.wire.as_ref(), ctx, call::post("/resolve-many", ask, None)?).await
    }

    /// `GET /?before=&limit=` of service [`MY_SIGN_INS`]: when and how the subject of `ctx` signed in.
    pub async fn my_sign_ins(
        &self,
        ctx: CallContext,
        query: &SignInsQuery,
    ) -> Result<SignIns, CallError> {
        let pairs = [
            ("before", query.before.map(|before| before.to_string())),
            ("limit", query.limit.map(|limit| limit.to_string())),
        ];
        call::send(self.wire.as_ref(), ctx, call::get(&call::with_query("/", &pairs))?).await
    }

    /// `GET /facts` of service [`PERSONS`]: facts of the subject of `ctx`.
    pub async fn facts(&self, ctx: CallContext) -> Result<PersonFacts, CallError> {
        call::send(self.wire.as_ref(), ctx, call::get("/facts")?).await
    }
}
