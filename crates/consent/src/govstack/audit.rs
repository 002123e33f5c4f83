//! `/audit/`: everything, for auditors.

use super::objects::{AgreementObject, RecordObject};
use super::records::{Listed, One, Part};
use crate::http::reference;
use crate::permissions::AuditRecords;
use crate::service::Consent;
use axum::extract::State;
use basis::Id;
use kernel::auth::Officer;
use kernel::http::{Json, Path, Query};
use kernel::problem::Problem;
use serde::Serialize;

/// An agreement alone.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OneAgreement {
    data_agreement: AgreementObject,
}

/// A list of agreements.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Agreements {
    data_agreements: Vec<AgreementObject>,
}

/// `auditConsentRecordList`.
pub(super) async fn list_records(
    State(consent): State<Consent>,
    _officer: Officer<AuditRecords>,
    Query(part): Query<Part>,
) -> Result<Json<Listed>, Problem> {
    let views = consent.records(part.page()?).await?;
    Ok(Json(Listed::of(&views, consent.now())))
}

/// `auditConsentRecordRead`.
pub(super) async fn read_record(
    State(consent): State<Consent>,
    _officer: Officer<AuditRecords>,
    Path(record): Path<Id>,
) -> Result<Json<One>, Problem> {
    let view = consent.record(None, record).await?;
    Ok(Json(One { consent_record: RecordObject::of(&view, consent.now()) }))
}

/// `auditDataAgreementList`.
pub(super) async fn list_agreements(
    State(consent): State<Consent>,
    _officer: Officer<AuditRecords>,
    Query(part): Query<Part>,
) -> Result<Json<Agreements>, Problem> {
    let views = consent.agreements(part.page()?).await?;
    Ok(Json(Agreements { data_agreements: views.iter().map(AgreementObject::from).collect() }))
}

/// `auditDataAgreementRead`.
pub(super) async fn read_agreement(
    State(consent): State<Consent>,
    _officer: Officer<AuditRecords>,
    Path(agreement): Path<String>,
) -> Result<Json<OneAgreement>, Problem> {
    let view = consent.agreement(reference(&agreement)?).await?;
    Ok(Json(OneAgreement { data_agreement: (&view).into() }))
}
