//! `/service/verification/`: what a data-using subsystem may see, through the exchange.

use super::objects::{AgreementObject, RecordObject};
use super::records::{Listed, One, Part};
use crate::service::Consent;
use axum::extract::State;
use basis::Id;
use contracts::Caller;
use kernel::http::{Json, Path, Query};
use kernel::problem::Problem;
use serde::Serialize;

/// A list of agreements.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Agreements {
    data_agreements: Vec<AgreementObject>,
}

/// `serviceVerificationDataAgreementList`: published agreements that name the caller.
pub(super) async fn list_agreements(
    State(consent): State<Consent>,
    Caller(call): Caller,
    Query(part): Query<Part>,
) -> Result<Json<Agreements>, Problem> {
    let views = consent.agreements_naming(call.client, part.page()?).await?;
    Ok(Json(Agreements { data_agreements: views.iter().map(AgreementObject::from).collect() }))
}

/// `serviceVerificationConsentRecordList`: consents of the call's subject that stand and name the
/// caller.
pub(super) async fn list_records(
    State(consent): State<Consent>,
    caller: Caller,
    Query(part): Query<Part>,
) -> Result<Json<Listed>, Problem> {
    let (page, subject) = (part.page()?, caller.subject()?);
    let views = consent.records_naming(caller.0.client, subject, page).await?;
    Ok(Json(Listed::for_consumer(&views, consent.now())))
}

/// `serviceVerificationConsentRecordRead`: one record of the call's subject that names the caller.
pub(super) async fn read_record(
    State(consent): State<Consent>,
    caller: Caller,
    Path(record): Path<Id>,
) -> Result<Json<One>, Problem> {
    let subject = caller.subject()?;
    let view = consent.record_naming(caller.0.client, subject, record).await?;
    Ok(Json(One { consent_record: RecordObject::for_consumer(&view, consent.now()) }))
}
