//! What the consent block answers: to the exchange, whether a consent stands now; to a resident
//! (through the portal), what they are asked to agree to, what they answered, and the acts on it.

use std::sync::Arc;

use basis::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::call::{self, CallError};
use crate::context::CallContext;
use crate::ids::{ServiceId, SubsystemId};
use crate::wire::Wire;

/// Service code and directory tag of verification. Exempt from consent itself, never cached.
pub const VERIFY: &str = "consent-verify";

/// Service code of a resident's own consents.
pub const MY_CONSENTS: &str = "my-consents";

/// Asks whether the subject of the call consents to this use now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyIn {
    /// The data agreement relied on.
    #[schema(value_type = String, format = "uuid")]
    pub agreement: Id,
    /// The service that would answer.
    #[schema(value_type = String, example = "TB/GOV/NIA/residents/records")]
    pub service: ServiceId,
    /// The subsystem that wants to use the data.
    #[schema(value_type = String, example = "TB/COM/LAKESIDE/patients")]
    pub client: SubsystemId,
    /// Purpose code of the use.
    #[schema(example = "treatment")]
    pub purpose: String,
}

/// Whether the consent stands. Names no record: a record id kept by the asker would be a value
/// that two databases share for one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyOut {
    /// True if the person consents now, and to this service, client and purpose.
    pub given: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<NotGiven>,
    /// The fields the person agreed to; the answer may hold no others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// Until when, if the consent ends by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// Why a consent does not stand. The first five do not depend on the person: a client that is
/// not named in the agreement learns nothing about who answered what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NotGiven {
    /// There is no such agreement.
    AgreementUnknown,
    /// The agreement has ended.
    AgreementTerminated,
    /// The agreement does not name the service.
    ServiceNotCovered,
    /// The agreement does not name the client.
    ClientNotCovered,
    /// The agreement is for another purpose.
    PurposeNotCovered,
    /// The person has not answered.
    NotAsked,
    /// The person refused.
    Refused,
    /// The person withdrew.
    Withdrawn,
    /// The consent has run out.
    Expired,
}

impl NotGiven {
    /// The stable name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AgreementUnknown => "agreement-unknown",
            Self::AgreementTerminated => "agreement-terminated",
            Self::ServiceNotCovered => "service-not-covered",
            Self::ClientNotCovered => "client-not-covered",
            Self::PurposeNotCovered => "purpose-not-covered",
            Self::NotAsked => "not-asked",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }
}

/// A data agreement as a resident sees it: who gets what, why, how long; and their answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MyAgreement {
    /// The data agreement.
    #[schema(value_type = String, format = "uuid")]
    pub agreement: Id,
    /// The revision of it shown here; [`GiveIn`] repeats it.
    #[schema(value_type = String, format = "uuid")]
    pub revision: Id,
    /// What the data are used for, in the language asked for where there is a text.
    pub title: String,
    /// Purpose code of the calls it allows; none if it allows no calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Name of the organisation that answers for the use, if the agreement names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controller: Option<String>,
    /// Who uses the data.
    #[schema(value_type = Vec<String>, example = json!(["TB/COM/LAKESIDE/patients"]))]
    pub clients: Vec<SubsystemId>,
    /// From which service; none if it allows no calls.
    #[schema(value_type = Option<String>, example = "TB/GOV/NIA/residents/records")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// Which fields.
    pub fields: Vec<String>,
    /// How long a consent runs at most, in days; without end if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_days: Option<u32>,
    /// Where the organisation's policy can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_url: Option<String>,
    /// True if the agreement can be answered to; false if it is only listed for the answer given.
    pub offered: bool,
    /// True if consent stands now.
    pub given: bool,
    /// The person's answer, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<MyRecord>,
}

/// What a person answered to one revision of an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MyRecord {
    /// The consent record.
    #[schema(value_type = String, format = "uuid")]
    pub record: Id,
    /// The agreement.
    #[schema(value_type = String, format = "uuid")]
    pub agreement: Id,
    /// The revision of the agreement answered to.
    #[schema(value_type = String, format = "uuid")]
    pub agreement_revision: Id,
    /// Where it stands now.
    pub state: RecordState,
    /// When that was decided.
    #[schema(value_type = String, format = DateTime)]
    pub changed: Timestamp,
    /// Until when it runs, if it ends by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// The states of a consent record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecordState {
    /// The person agrees.
    Given,
    /// The person was asked and said no.
    Refused,
    /// The person agreed and took it back.
    Withdrawn,
    /// The consent has run out.
    Expired,
    /// The person answered to a later revision of the agreement; that record counts.
    Replaced,
}

/// A person's answer to an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveIn {
    /// The agreement.
    #[schema(value_type = String, format = "uuid")]
    pub agreement: Id,
    /// The revision the person has read. If another one is published by now, the answer is 409
    /// `agreement-changed`: nobody agrees to a text they have not seen.
    #[schema(value_type = String, format = "uuid")]
    pub revision: Id,
    /// True to give, false to refuse.
    pub give: bool,
    /// An earlier end than the agreement sets, if the person wants one.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// What a person keeps of an answer: the text agreed to and proof that it was not changed since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The answer.
    pub record: MyRecord,
    /// The agreement as the person read it: canonical JSON of its revision.
    pub agreement_snapshot: String,
    /// SHA-256 of `agreement_snapshot`, hexadecimal.
    pub agreement_hash: String,
    /// Every state of the record, oldest first.
    pub history: Vec<ReceiptEntry>,
}

/// One state of a record, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptEntry {
    /// Place in the history, from 1.
    pub number: i64,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded: Timestamp,
    /// Canonical JSON (RFC 8785) of the record then.
    pub snapshot: String,
    /// SHA-256 of `snapshot`, hexadecimal.
    pub hash: String,
    /// SHA-256 of the chain value before (32 zero bytes at first) and `hash`, hexadecimal.
    pub chain: String,
    /// Compact JWS of the consent block over the two hashes, the number and the ids.
    pub seal: String,
}

/// Asks the consent block.
#[derive(Clone)]
pub struct ConsentClient {
    wire: Arc<dyn Wire>,
}

impl ConsentClient {
    /// A client over this wire.
    pub fn new(wire: Arc<dyn Wire>) -> Self {
        Self { wire }
    }

    /// `POST /` of service [`VERIFY`], about the subject of `ctx`.
    pub async fn verify(&self, ctx: CallContext, ask: &VerifyIn) -> Result<VerifyOut, CallError> {
        call::send(self.wire.as_ref(), ctx, call::post("/", ask, None)?).await
    }

    /// `GET /agreements` of service [`MY_CONSENTS`]: every agreement offered to the subject of
    /// `ctx` or answered by them, with the answer. `language` is a tag such as `sw`.
    pub async fn agreements(
        &self,
        ctx: CallContext,
        language: &str,
    ) -> Result<Vec<MyAgreement>, CallError> {
        let path = call::with_query("/agreements", &[("language", Some(language.to_owned()))]);
        call::send(self.wire.as_ref(), ctx, call::get(&path)?).await
    }

    /// `GET /records` of service [`MY_CONSENTS`]: every answer of the subject, newest first.
    pub async fn records(&self, ctx: CallContext) -> Result<Vec<MyRecord>, CallError> {
        call::send(self.wire.as_ref(), ctx, call::get("/records")?).await
    }

    /// `POST /records` of service [`MY_CONSENTS`]: gives or refuses. `key` makes a repetition
    /// answer as the first did.
    pub async fn give(
        &self,
        ctx: CallContext,
        answer: &GiveIn,
        key: &str,
    ) -> Result<MyRecord, CallError> {
        call::send(self.wire.as_ref(), ctx, call::post("/records", answer, Some(key))?).await
    }

    /// `GET /records/{record}` of service [`MY_CONSENTS`]. 404 for a record of someone else.
    pub async fn receipt(&self, ctx: CallContext, record: Id) -> Result<Receipt, CallError> {
        call::send(self.wire.as_ref(), ctx, call::get(&format!("/records/{record}"))?).await
    }

    /// `POST /records/{record}/withdraw` of service [`MY_CONSENTS`]. Works at once; withdrawing
    /// twice is withdrawing once.
    pub async fn withdraw(&self, ctx: CallContext, record: Id) -> Result<MyRecord, CallError> {
        let request =
            call::post(&format!("/records/{record}/withdraw"), &serde_json::json!({}), None)?;
        call::send(self.wire.as_ref(), ctx, request).await
    }
}
