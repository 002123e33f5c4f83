//! What anybody may know: mandates and agreements.

use crate::model::agreement::{AgreementState, Listed};
use crate::service::{Governance, MemberMandates};
use axum::extract::State;
use basis::{Id, Timestamp};
use contracts::context::BasisKind;
use contracts::{ServiceId, SubsystemId};
use kernel::http::Json;
use kernel::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

/// An agreement as it is published.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgreementOut {
    #[schema(value_type = String, format = "uuid")]
    id: Id,
    /// What is asked.
    #[schema(value_type = String, example = "TB/GOV/NIA/residents/records")]
    service: ServiceId,
    /// Who asks.
    #[schema(value_type = String, example = "TB/GOV/MSP/benefits")]
    client: SubsystemId,
    /// Purpose code.
    purpose: String,
    /// Kind of legal basis.
    basis: BasisKind,
    /// The law or contract.
    reference: String,
    /// Which fields; empty for all the service offers.
    fields: Vec<String>,
    /// True if officers need a case about the person.
    case: bool,
    #[schema(value_type = String, format = DateTime)]
    valid_from: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    valid_until: Option<Timestamp>,
    /// Whether calls pass under it now.
    state: AgreementState,
}

impl AgreementOut {
    fn of(agreement: Listed, now: Timestamp) -> Self {
        Self {
            state: agreement.state(now),
            id: agreement.id,
            service: agreement.service,
            client: agreement.client,
            purpose: agreement.purpose,
            basis: agreement.basis,
            reference: agreement.reference,
            fields: agreement.fields,
            case: agreement.case,
            valid_from: agreement.valid_from,
            valid_until: agreement.valid_until,
        }
    }
}

/// Every member with its mandates; a member without one says so.
#[utoipa::path(get, path = "/governance/v1/mandates", tag = "public",
    responses((status = 200, body = Vec<MemberMandates>), Problem))]
pub async fn list_mandates(
    State(governance): State<Governance>,
) -> Result<Json<Vec<MemberMandates>>, Problem> {
    Ok(Json(governance.members().await?))
}

/// Every agreement of the directory and whether it is in force.
#[utoipa::path(get, path = "/governance/v1/agreements", tag = "public",
    responses((status = 200, body = Vec<AgreementOut>)))]
pub async fn list_agreements(State(governance): State<Governance>) -> Json<Vec<AgreementOut>> {
    let now = governance.now();
    let all = governance.agreements().into_iter();
    Json(all.map(|agreement| AgreementOut::of(agreement, now)).collect())
}
