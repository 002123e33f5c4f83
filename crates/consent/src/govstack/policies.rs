//! `/config/policy/`, `/config/policies/`, `/service/policy/`.

use super::objects::{PolicyObject, RevisionObject, given_code};
use crate::http::{PageQuery, reference};
use crate::model::actor::Actor;
use crate::permissions::ManageAgreements;
use crate::service::{Consent, PolicyView};
use axum::extract::State;
use basis::Id;
use kernel::auth::Officer;
use kernel::http::{Json, Path, Query};
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};

/// A policy as sent.
#[derive(Debug, Deserialize)]
pub(super) struct Sent {
    policy: PolicyObject,
}

/// A policy and a revision of it.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    policy: PolicyObject,
    revision: RevisionObject,
}

/// The revision that records a deletion.
#[derive(Debug, Serialize)]
pub(super) struct Deleted {
    revision: RevisionObject,
}

/// The YAML says `policy` and means its revisions; both are here.
#[derive(Debug, Serialize)]
pub(super) struct Revisions {
    policy: PolicyObject,
    revisions: Vec<RevisionObject>,
}

/// A list of policies.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    policies: Vec<PolicyObject>,
}

/// Which revision is wanted.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AtRevision {
    revision_id: Option<Id>,
    offset: Option<u32>,
    limit: Option<u32>,
}

impl From<PolicyView> for Shown {
    fn from(view: PolicyView) -> Self {
        Self { revision: (&view.revision).into(), policy: view.into() }
    }
}

/// `configPolicyCreate`.
pub(super) async fn create_policy(
    State(consent): State<Consent>,
    officer: Officer<ManageAgreements>,
    Json(sent): Json<Sent>,
) -> Result<Json<Shown>, Problem> {
    let code = given_code(&sent.policy.id)?;
    let actor = Actor::Officer(officer.actor());
    Ok(Json(consent.create_policy(actor, code, sent.policy.terms).await?.into()))
}

/// `configPolicyRead`.
pub(super) async fn read_policy(
    State(consent): State<Consent>,
    _officer: Officer<ManageAgreements>,
    Path(policy): Path<String>,
    Query(query): Query<AtRevision>,
) -> Result<Json<Shown>, Problem> {
    Ok(Json(consent.policy(reference(&policy)?, query.revision_id).await?.into()))
}

/// `servicePolicyRead`: a policy is public, so that whoever is asked to consent can read it.
pub(super) async fn read_public_policy(
    State(consent): State<Consent>,
    Path(policy): Path<String>,
    Query(query): Query<AtRevision>,
) -> Result<Json<Shown>, Problem> {
    Ok(Json(consent.policy(reference(&policy)?, query.revision_id).await?.into()))
}

/// `configPolicyUpdate`.
pub(super) async fn update_policy(
    State(consent): State<Consent>,
    officer: Officer<ManageAgreements>,
    Path(policy): Path<String>,
    Json(sent): Json<Sent>,
) -> Result<Json<Shown>, Problem> {
    let actor = Actor::Officer(officer.actor());
    let view = consent.update_policy(actor, reference(&policy)?, sent.policy.terms).await?;
    Ok(Json(view.into()))
}

/// `configPolicyDelete`.
pub(super) async fn delete_policy(
    State(consent): State<Consent>,
    officer: Officer<ManageAgreements>,
    Path(policy): Path<String>,
) -> Result<Json<Deleted>, Problem> {
    let actor = Actor::Officer(officer.actor());
    let revision = consent.delete_policy(actor, reference(&policy)?).await?;
    Ok(Json(Deleted { revision: (&revision).into() }))
}

/// `configPolicyRevisionsList`.
pub(super) async fn list_policy_revisions(
    State(consent): State<Consent>,
    _officer: Officer<ManageAgreements>,
    Path(policy): Path<String>,
    Query(query): Query<AtRevision>,
) -> Result<Json<Revisions>, Problem> {
    let page = PageQuery { offset: query.offset, limit: query.limit }.page()?;
    let view = consent.policy(reference(&policy)?, None).await?;
    let revisions = consent.policy_revisions(view.policy.id.into(), page).await?;
    let revisions = revisions.iter().map(RevisionObject::from).collect();
    Ok(Json(Revisions { policy: view.into(), revisions }))
}

/// `configPolicyList`. With `revisionId`: the one policy that has this revision, as it was then.
pub(super) async fn list_policies(
    State(consent): State<Consent>,
    _officer: Officer<ManageAgreements>,
    Query(query): Query<AtRevision>,
) -> Result<Json<Listed>, Problem> {
    let page = PageQuery { offset: query.offset, limit: query.limit }.page()?;
    let policies = match query.revision_id {
        Some(revision) => consent.policy_of_revision(revision).await?.into_iter().collect(),
        None => consent.policies(page).await?,
    };
    Ok(Json(Listed { policies: policies.into_iter().map(PolicyObject::from).collect() }))
}
