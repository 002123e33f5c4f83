//! `/service/individual/record/`: drafts, and signatures by persons.

use super::objects::{RecordObject, RevisionObject, SignatureIn, SignatureObject};
use super::person::Person;
use crate::http::reference;
use crate::service::{Consent, SignedRecord};
use axum::extract::State;
use basis::{Id, Timestamp};
use kernel::http::{Json, Path, Query};
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};

/// A record that is not stored, and what to sign.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Draft {
    consent_record: RecordObject,
    signature: SignatureObject,
}

/// A stored record, its revision and the signature under it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Stored {
    consent_record: RecordObject,
    revision: RevisionObject,
    signature: SignatureObject,
}

/// A signature alone.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    signature: SignatureObject,
}

/// A draft that was signed. Its record is in what was signed, and read from there.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignedDraft {
    #[serde(rename = "consentRecord")]
    _consent_record: serde_json::Map<String, serde_json::Value>,
    signature: SignatureIn,
}

/// A signature as sent.
#[derive(Debug, Deserialize)]
pub(super) struct Sent {
    signature: SignatureIn,
}

/// For which agreement a draft is wanted.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DraftQuery {
    data_agreement_id: String,
    revision_id: Option<Id>,
}

impl Stored {
    fn of(signed: &SignedRecord, now: Timestamp) -> Self {
        Self {
            consent_record: RecordObject::of(&signed.record, now),
            revision: (&signed.record.revision).into(),
            signature: SignatureObject::of(&signed.signature, signed.record.revision.id),
        }
    }
}

impl Shown {
    fn of(signed: &SignedRecord) -> Self {
        let revision = signed.record.revision.id;
        Self { signature: SignatureObject::of(&signed.signature, revision) }
    }
}

/// `serviceIndividualConsentRecordDraftCreate`.
pub(super) async fn draft_record(
    State(consent): State<Consent>,
    Person { subject, actor }: Person,
    Query(query): Query<DraftQuery>,
) -> Result<Json<Draft>, Problem> {
    let agreement = reference(&query.data_agreement_id)?;
    let draft = consent.draft_record(actor, subject, agreement, query.revision_id).await?;
    Ok(Json(Draft {
        consent_record: RecordObject::draft(&draft),
        signature: SignatureObject::draft(&draft.request),
    }))
}

/// `serviceIndividualConsentRecordSignatureCreate`.
pub(super) async fn create_signed_record(
    State(consent): State<Consent>,
    Person { subject, actor }: Person,
    Json(sent): Json<SignedDraft>,
) -> Result<Json<Stored>, Problem> {
    let (snapshot, signature) = sent.signature.handed_in();
    let signed = consent.create_signed_record(actor, subject, snapshot, signature).await?;
    Ok(Json(Stored::of(&signed, consent.now())))
}

/// `serviceIndividualSignatureCreate`. Nothing of the signature sent is ours to take over.
pub(super) async fn create_signature(
    State(consent): State<Consent>,
    Person { subject, actor }: Person,
    Path(record): Path<Id>,
    Json(_sent): Json<Sent>,
) -> Result<Json<Shown>, Problem> {
    Ok(Json(Shown::of(&consent.create_signature(actor, subject, record).await?)))
}

/// `serviceIndividualSignatureUpdate`.
pub(super) async fn sign_record(
    State(consent): State<Consent>,
    Person { subject, actor }: Person,
    Path(record): Path<Id>,
    Json(sent): Json<Sent>,
) -> Result<Json<Shown>, Problem> {
    let (_, signature) = sent.signature.handed_in();
    Ok(Json(Shown::of(&consent.sign_record(actor, subject, record, signature).await?)))
}
