//! GovStack's objects, as its YAML writes them.

use crate::error::Error;
use crate::model::agreement::{
    AgreementState, AgreementTerms, Attribute, Controller, DataUse, LawfulBasis, Scope,
};
use crate::model::individual::{Individual, Naming};
use crate::model::policy::PolicyTerms;
use crate::model::record::State;
use crate::model::reference::{Code, Reference};
use crate::model::revision::Revision;
use crate::model::signature::{METHOD, Signature, SigningRequest};
use crate::service::{
    AgreementDraft, AgreementView, HandedIn, PolicyView, RecordDraft, RecordView,
};
use basis::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// `Policy`, both ways.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PolicyObject {
    #[serde(default)]
    pub id: String,
    #[serde(flatten)]
    pub terms: PolicyTerms,
}

/// `DataAgreement` as sent. What is absent from an update stays as it was where it is ours.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AgreementIn {
    #[serde(default)]
    pub id: String,
    version: String,
    controller: Option<Controller>,
    policy: Option<PolicyNamed>,
    purpose: String,
    lawful_basis: LawfulBasis,
    data_use: Option<DataUse>,
    dpia: String,
    active: Option<bool>,
    #[serde(default)]
    forgettable: bool,
    purpose_in: Option<BTreeMap<String, String>>,
    attributes: Option<Vec<Attribute>>,
    scope: Option<Scope>,
    valid_days: Option<u32>,
}

/// A policy within an agreement as sent: what counts is which one.
#[derive(Clone, Debug, Deserialize)]
struct PolicyNamed {
    id: String,
}

/// `DataAgreement` as answered.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AgreementObject {
    id: String,
    #[serde(flatten)]
    terms: AgreementTerms,
    active: bool,
    lifecycle: Lifecycle,
}

#[derive(Clone, Debug, Serialize)]
struct Lifecycle {
    id: &'static str,
    name: &'static str,
}

/// `Individual`, both ways.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct IndividualObject {
    #[serde(default)]
    pub id: String,
    #[serde(flatten)]
    pub naming: Naming,
}

/// `ConsentRecord` as answered.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RecordObject {
    id: String,
    data_agreement: AgreementObject,
    data_agreement_revision: RevisionObject,
    data_agreement_revision_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    individual: Option<OnlyId>,
    opt_in: bool,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<Timestamp>,
}

/// `ConsentRecord` as sent. "Field set subject to update is restricted": to `optIn`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RecordIn {
    pub opt_in: bool,
}

/// `Revision`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RevisionObject {
    id: Id,
    schema_name: &'static str,
    object_id: Id,
    signed_without_object_id: bool,
    serialized_snapshot: String,
    serialized_hash: String,
    timestamp: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorized_by_individual: Option<OnlyId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorized_by_other: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    predecessor_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    predecessor_signature: Option<String>,
}

/// An `Individual` of which only the id is shown.
#[derive(Clone, Debug, Serialize)]
pub(super) struct OnlyId {
    id: String,
}

/// `Signature` as answered.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignatureObject {
    id: String,
    payload: String,
    signature: String,
    verification_method: &'static str,
    verification_payload: String,
    verification_payload_hash: String,
    verification_signed_by: String,
    timestamp: Timestamp,
    signed_without_object_reference: bool,
    object_type: &'static str,
    object_reference: String,
}

/// `Signature` as sent. "Signature object fieldset is restricted": the rest we know ourselves.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignatureIn {
    #[serde(default)]
    signature: String,
    #[serde(default)]
    verification_method: String,
    #[serde(default)]
    verification_payload: String,
    #[serde(default)]
    verification_signed_by: String,
}

/// The code a create gives, from its `id`.
pub(super) fn given_code(id: &str) -> Result<Option<Code>, Error> {
    match id {
        "" => Ok(None),
        code => Ok(Some(Code::try_from(code.to_owned())?)),
    }
}

fn shown_id(id: Id, code: Option<&Code>) -> String {
    code.map_or_else(|| id.to_string(), Code::to_string)
}

impl From<PolicyView> for PolicyObject {
    fn from(view: PolicyView) -> Self {
        Self { id: shown_id(view.policy.id, view.policy.code.as_ref()), terms: view.terms }
    }
}

impl AgreementIn {
    /// What the service takes. `before` is what the agreement says so far, in an update.
    pub(super) fn draft(self, before: Option<AgreementTerms>) -> Result<AgreementDraft, Error> {
        let policy: Option<Reference> = self.policy.map(|policy| policy.id.parse()).transpose()?;
        let before = before.as_ref();
        let kept_purposes = || before.map(|terms| terms.purpose_in.clone()).unwrap_or_default();
        let kept_attributes = || before.map(|terms| terms.attributes.clone()).unwrap_or_default();
        let terms = AgreementTerms {
            version: self.version,
            controller: self.controller,
            policy: None,
            purpose: self.purpose,
            purpose_in: self.purpose_in.unwrap_or_else(kept_purposes),
            lawful_basis: self.lawful_basis,
            data_use: self.data_use,
            dpia: self.dpia,
            forgettable: self.forgettable,
            attributes: self.attributes.unwrap_or_else(kept_attributes),
            scope: self.scope.or_else(|| before.and_then(|terms| terms.scope.clone())),
            valid_days: self.valid_days.or_else(|| before.and_then(|terms| terms.valid_days)),
        };
        Ok(AgreementDraft { terms, policy, offered: self.active })
    }
}

impl From<&AgreementView> for AgreementObject {
    fn from(view: &AgreementView) -> Self {
        let AgreementView { agreement, terms, .. } = view;
        let active = agreement.state == AgreementState::Published;
        let name = if active { "Complete" } else { "Draft" };
        Self {
            id: shown_id(agreement.id, agreement.code.as_ref()),
            terms: terms.clone(),
            active,
            lifecycle: Lifecycle { id: name, name },
        }
    }
}

impl From<Individual> for IndividualObject {
    fn from(individual: Individual) -> Self {
        Self { id: individual.subject.0.to_string(), naming: individual.naming }
    }
}

impl RecordObject {
    /// A stored record as it stands at `now`.
    pub(super) fn of(view: &RecordView, now: Timestamp) -> Self {
        let record = &view.record;
        let ended = view.agreement.agreement.state == AgreementState::Terminated;
        Self {
            id: record.id.to_string(),
            data_agreement: (&view.agreement).into(),
            data_agreement_revision: (&view.agreement.revision).into(),
            data_agreement_revision_hash: record.agreement_hash.to_string(),
            individual: Some(OnlyId { id: record.subject.0.to_string() }),
            opt_in: record.state_at(now) == State::Given && !ended,
            state: record.signing.as_str(),
            valid_until: record.valid_until,
        }
    }

    /// As [`RecordObject::of`], for a consumer: without the person's pseudonym.
    pub(super) fn for_consumer(view: &RecordView, now: Timestamp) -> Self {
        Self { individual: None, ..Self::of(view, now) }
    }

    /// A record that is not stored.
    pub(super) fn draft(draft: &RecordDraft) -> Self {
        Self {
            id: String::new(),
            data_agreement: (&draft.agreement).into(),
            data_agreement_revision: (&draft.agreement.revision).into(),
            data_agreement_revision_hash: draft.agreement.revision.hash.to_string(),
            individual: Some(OnlyId { id: draft.subject.0.to_string() }),
            opt_in: true,
            state: "unsigned",
            valid_until: None,
        }
    }
}

impl From<&Revision> for RevisionObject {
    fn from(revision: &Revision) -> Self {
        // A snapshot that was tampered with still shows; checking the history finds it.
        let snapshot: Value = serde_json::from_str(&revision.snapshot).unwrap_or_default();
        let text = |member: &str| snapshot[member].as_str().map(str::to_owned);
        let before = revision.predecessor.as_ref();
        Self {
            id: revision.id,
            schema_name: revision.schema.as_str(),
            object_id: revision.object,
            signed_without_object_id: snapshot["signedWithoutObjectId"] == true,
            serialized_snapshot: revision.snapshot.clone(),
            serialized_hash: revision.hash.to_string(),
            timestamp: revision.recorded,
            authorized_by_individual: text("authorizedByIndividual").map(|id| OnlyId { id }),
            authorized_by_other: text("authorizedByOther"),
            predecessor_hash: before.map(|before| before.hash.to_string()),
            predecessor_signature: before.map(|before| before.seal.clone()),
        }
    }
}

impl SignatureObject {
    /// A stored signature; `revision` is what was signed, known once it is stored.
    pub(super) fn of(signature: &Signature, revision: Id) -> Self {
        let signed = signature.signed.as_ref();
        Self {
            id: signature.id.to_string(),
            signature: signed.map(|signed| signed.jws.clone()).unwrap_or_default(),
            verification_signed_by: signed
                .map(|signed| signed.thumbprint.clone())
                .unwrap_or_default(),
            object_reference: revision.to_string(),
            ..Self::draft(&signature.request)
        }
    }

    /// What is to be signed for a record that is not stored.
    pub(super) fn draft(request: &SigningRequest) -> Self {
        Self {
            id: String::new(),
            payload: request.payload(),
            signature: String::new(),
            verification_method: METHOD,
            verification_payload: request.snapshot.clone(),
            verification_payload_hash: request.hash().to_string(),
            verification_signed_by: String::new(),
            timestamp: request.at,
            signed_without_object_reference: request.revision.is_none(),
            object_type: "revision",
            object_reference: String::new(),
        }
    }
}

impl SignatureIn {
    /// The snapshot that was signed, and the signature.
    pub(super) fn handed_in(self) -> (String, HandedIn) {
        let handed_in = HandedIn {
            method: self.verification_method,
            jws: self.signature,
            signed_by: self.verification_signed_by,
        };
        (self.verification_payload, handed_in)
    }
}
