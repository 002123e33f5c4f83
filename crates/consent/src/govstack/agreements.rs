//! `/config/data-agreement/`, `/config/data-agreements/`, `/service/data-agreement/`.

use super::objects::{AgreementIn, AgreementObject, RevisionObject, given_code};
use crate::http::{PageQuery, reference};
use crate::model::actor::Actor;
use crate::permissions::ManageAgreements;
use crate::service::{AgreementView, Consent};
use axum::extract::State;
use kernel::auth::Officer;
use kernel::http::{Json, Path, Query};
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};

/// An agreement as sent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sent {
    data_agreement: AgreementIn,
}

/// An agreement and a revision of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown {
    data_agreement: AgreementObject,
    revision: RevisionObject,
}

/// The revision that records a deletion.
#[derive(Debug, Serialize)]
pub(super) struct Deleted {
    revision: RevisionObject,
}

/// A list of agreements, under the name in the YAML, which is singular.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    data_agreement: Vec<AgreementObject>,
}

impl From<AgreementView> for Shown {
    fn from(view: AgreementView) -> Self {
        Self { data_agreement: (&view).into(), revision: (&view.revision).into() }
    }
}

/// `configDataAgreementCreate`.
pub(super) async fn create_agreement(
    State(consent): State<Consent>,
    officer: Officer<ManageAgreements>,
    Json(sent): Json<Sent>,
) -> Result<Json<Shown>, Problem> {
    let code = given_code(&sent.data_agreement.id)?;
    let draft = sent.data_agreement.draft(None)?;
    let actor = Actor::Officer(officer.actor());
    Ok(Json(consent.create_agreement(actor, code, draft).await?.into()))
}

/// `configDataAgreementRead`.
pub(super) async fn read_agreement(
    State(consent): State<Consent>,
    _officer: Officer<ManageAgreements>,
    Path(agreement): Path<String>,
) -> Result<Json<Shown>, Problem> {
    Ok(Json(consent.agreement(reference(&agreement)?).await?.into()))
}

/// `serviceDataAgreementRead`: what is offered is public, so that residents can read it first.
pub(super) async fn read_offered_agreement(
    State(consent): State<Consent>,
    Path(agreement): Path<String>,
) -> Result<Json<Shown>, Problem> {
    Ok(Json(consent.offered_agreement(reference(&agreement)?).await?.into()))
}

/// `configDataAgreementUpdate`.
pub(super) async fn update_agreement(
    State(consent): State<Consent>,
    officer: Officer<ManageAgreements>,
    Path(agreement): Path<String>,
    Json(sent): Json<Sent>,
) -> Result<Json<Shown>, Problem> {
    let before = consent.agreement(reference(&agreement)?).await?;
    let draft = sent.data_agreement.draft(Some(before.terms))?;
    let actor = Actor::Officer(officer.actor());
    Ok(Json(consent.update_agreement(actor, before.agreement.id.into(), draft).await?.into()))
}

/// `configDataAgreementDelete`.
pub(super) async fn delete_agreement(
    State(consent): State<Consent>,
    officer: Officer<ManageAgreements>,
    Path(agreement): Path<String>,
) -> Result<Json<Deleted>, Problem> {
    let actor = Actor::Officer(officer.actor());
    let view = consent.terminate_agreement(actor, reference(&agreement)?).await?;
    Ok(Json(Deleted { revision: (&view.revision).into() }))
}

/// `configDataAgreementList`.
pub(super) async fn list_agreements(
    State(consent): State<Consent>,
    _officer: Officer<ManageAgreements>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Listed>, Problem> {
    let views = consent.agreements(query.page()?).await?;
    Ok(Json(Listed { data_agreement: views.iter().map(AgreementObject::from).collect() }))
}
