//! Histories with the result of checking them, for auditors.

use super::reference;
use crate::permissions::AuditRecords;
use crate::service::{Consent, History};
use axum::extract::State;
use basis::Id;
use contracts::consent::ReceiptEntry;
use kernel::auth::Officer;
use kernel::http::{Json, Path};
use kernel::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

/// An object's revisions and whether they are what was once recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct HistoryOut {
    /// True if hashes, chain, seals and the end of the history are as recorded.
    intact: bool,
    /// The first fault, naming the revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    /// The revisions, oldest first.
    revisions: Vec<ReceiptEntry>,
}

impl From<History> for HistoryOut {
    fn from(history: History) -> Self {
        Self {
            intact: history.fault.is_none(),
            fault: history.fault.map(|fault| fault.to_string()),
            revisions: history.revisions.into_iter().map(ReceiptEntry::from).collect(),
        }
    }
}

/// The history of an agreement.
#[utoipa::path(get, path = "/consent/agreements/{agreement}/history", security(("officer" = [])),
    params(("agreement" = String, Path, description = "Id or code")),
    responses((status = 200, body = HistoryOut), Problem))]
pub(crate) async fn show_agreement_history(
    State(consent): State<Consent>,
    _officer: Officer<AuditRecords>,
    Path(agreement): Path<String>,
) -> Result<Json<HistoryOut>, Problem> {
    Ok(Json(consent.agreement_history(reference(&agreement)?).await?.into()))
}

/// The history of a consent record.
#[utoipa::path(get, path = "/consent/records/{record}/history", security(("officer" = [])),
    params(("record" = String, Path)), responses((status = 200, body = HistoryOut), Problem))]
pub(crate) async fn show_record_history(
    State(consent): State<Consent>,
    _officer: Officer<AuditRecords>,
    Path(record): Path<Id>,
) -> Result<Json<HistoryOut>, Problem> {
    Ok(Json(consent.record_history(record).await?.into()))
}
