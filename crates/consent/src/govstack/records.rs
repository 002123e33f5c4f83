//! `/service/individual/record/`: a person's records, without signatures.

use super::objects::{RecordIn, RecordObject, RevisionObject};
use super::person::Person;
use crate::http::{PageQuery, reference};
use crate::model::record::Answer;
use crate::service::{Ask, Consent, RecordView};
use axum::extract::State;
use basis::{Id, Timestamp};
use http::StatusCode;
use kernel::http::{Json, Path, Query};
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};

/// A record and its latest revision.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown {
    consent_record: RecordObject,
    revision: RevisionObject,
}

/// A record alone.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct One {
    pub consent_record: RecordObject,
}

/// A list of records.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    consent_records: Vec<RecordObject>,
}

/// A record as sent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sent {
    consent_record: RecordIn,
}

/// Which revision of the agreement is meant.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AtRevision {
    pub revision_id: Option<Id>,
}

/// Which part of a list is wanted. Unlike [`PageQuery`] it stands beside other parameters.
#[derive(Debug, Deserialize)]
pub(super) struct Part {
    offset: Option<u32>,
    limit: Option<u32>,
}

impl Part {
    pub(super) fn page(&self) -> Result<crate::store::Page, Problem> {
        PageQuery { offset: self.offset, limit: self.limit }.page()
    }
}

impl Shown {
    fn of(view: &RecordView, now: Timestamp) -> Self {
        Self { consent_record: RecordObject::of(view, now), revision: (&view.revision).into() }
    }
}

impl Listed {
    pub(super) fn of(views: &[RecordView], now: Timestamp) -> Self {
        let consent_records = views.iter().map(|view| RecordObject::of(view, now)).collect();
        Self { consent_records }
    }

    pub(super) fn for_consumer(views: &[RecordView], now: Timestamp) -> Self {
        let shown = views.iter().map(|view| RecordObject::for_consumer(view, now));
        Self { consent_records: shown.collect() }
    }
}

/// `serviceIndividualConsentRecordCreate`: the person says yes.
pub(super) async fn create_record(
    State(consent): State<Consent>,
    Person { subject, actor }: Person,
    Path(agreement): Path<String>,
    Query(query): Query<AtRevision>,
) -> Result<Json<Shown>, Problem> {
    let ask = Ask {
        agreement: reference(&agreement)?,
        revision: query.revision_id,
        answer: Answer { give: true, valid_until: None },
    };
    let view = consent.create_record(actor, subject, ask).await?;
    Ok(Json(Shown::of(&view, consent.now())))
}

/// `serviceIndividualConsentRecordRead`.
pub(super) async fn read_record(
    State(consent): State<Consent>,
    person: Person,
    Path(agreement): Path<String>,
) -> Result<Json<One>, Problem> {
    let view = consent.record_for(person.subject, reference(&agreement)?).await?;
    Ok(Json(One { consent_record: RecordObject::of(&view, consent.now()) }))
}

/// `serviceIndividualDataAgreementConsentRecordList`.
pub(super) async fn list_records_for_agreement(
    State(consent): State<Consent>,
    person: Person,
    Path(agreement): Path<String>,
    Query(part): Query<Part>,
) -> Result<Json<Listed>, Problem> {
    let page = part.page()?;
    let views = consent.records_for(person.subject, reference(&agreement)?, page).await?;
    Ok(Json(Listed::of(&views, consent.now())))
}

/// `serviceIndividualConsentRecordList`.
pub(super) async fn list_records(
    State(consent): State<Consent>,
    person: Person,
    Query(part): Query<Part>,
) -> Result<Json<Listed>, Problem> {
    let views = consent.records_of(person.subject, false, part.page()?).await?;
    Ok(Json(Listed::of(&views, consent.now())))
}

/// `serviceIndividualConsentRecordUpdate`.
pub(super) async fn update_record(
    State(consent): State<Consent>,
    Person { subject, actor }: Person,
    Path(record): Path<Id>,
    Json(sent): Json<Sent>,
) -> Result<Json<Shown>, Problem> {
    let view = consent.update_record(actor, subject, record, sent.consent_record.opt_in).await?;
    Ok(Json(Shown::of(&view, consent.now())))
}

/// `serviceIndividualConsentRecordDeleteAll`.
pub(super) async fn forget_individual(
    State(consent): State<Consent>,
    Person { subject, actor }: Person,
) -> Result<StatusCode, Problem> {
    consent.forget_individual(actor, subject).await?;
    Ok(StatusCode::OK)
}
