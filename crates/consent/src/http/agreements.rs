//! Data agreements, for officers of the member that runs the block.

use super::{PageQuery, reference};
use crate::error::Error;
use crate::model::actor::Actor;
use crate::model::agreement::{
    AgreementTerms, Attribute, Controller, DataUse, LawfulBasis, PolicyAt, Scope,
};
use crate::model::check::Invalid;
use crate::model::reference::Code;
use crate::permissions::ManageAgreements;
use crate::service::{AgreementDraft, AgreementView, Consent};
use axum::extract::State;
use basis::Id;
use kernel::auth::Officer;
use kernel::http::{Created, Json, Path, Query};
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// An agreement as an officer writes it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgreementIn {
    /// Short public code, 1 to 24 of 0-9 and a-f. Only when the agreement is created.
    #[schema(value_type = Option<String>, example = "c1")]
    code: Option<Code>,
    /// Version, as the organisation counts.
    version: String,
    /// What the data is used for, in plain words, as shown to residents.
    purpose: String,
    /// The same in other languages, by language tag.
    #[serde(default)]
    purpose_in: BTreeMap<String, String>,
    /// Why the use is lawful.
    lawful_basis: LawfulBasis,
    /// Whether the organisation gives or uses the data.
    data_use: Option<DataUse>,
    /// Data protection impact assessment: a reference or a summary.
    dpia: String,
    /// Who decides on the use of the data.
    controller: Option<Controller>,
    /// Id or code of the policy it stands under.
    policy: Option<String>,
    /// Whether a record may be deleted once withdrawn.
    #[serde(default)]
    forgettable: bool,
    /// The data concerned.
    #[serde(default)]
    attributes: Vec<Attribute>,
    /// The calls a consent allows; without it, none.
    scope: Option<Scope>,
    /// How long a consent runs at most, in days.
    valid_days: Option<u32>,
}

/// An agreement as stored.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AgreementOut {
    /// The agreement's id.
    #[schema(value_type = String, format = Uuid)]
    id: Id,
    /// Its short public code.
    #[schema(value_type = Option<String>)]
    code: Option<Code>,
    /// `draft`, `published` or `terminated`.
    state: &'static str,
    /// The revision shown.
    #[schema(value_type = String, format = Uuid)]
    revision: Id,
    /// Its place in the agreement's history, from 1.
    number: i64,
    /// SHA-256 of its snapshot, hexadecimal.
    hash: String,
    /// The revision residents are asked to consent to.
    #[schema(value_type = Option<String>, format = Uuid)]
    published: Option<Id>,
    /// Version, as the organisation counts.
    version: String,
    /// What the data is used for.
    purpose: String,
    /// The same in other languages, by language tag.
    purpose_in: BTreeMap<String, String>,
    /// Why the use is lawful.
    lawful_basis: LawfulBasis,
    /// Whether the organisation gives or uses the data.
    data_use: Option<DataUse>,
    /// Data protection impact assessment.
    dpia: String,
    /// Who decides on the use of the data.
    controller: Option<Controller>,
    /// The policy it stands under.
    #[schema(value_type = Option<String>, format = Uuid)]
    policy: Option<Id>,
    /// Whether a record may be deleted once withdrawn.
    forgettable: bool,
    /// The data concerned.
    attributes: Vec<Attribute>,
    /// The calls a consent allows.
    scope: Option<Scope>,
    /// How long a consent runs at most, in days.
    valid_days: Option<u32>,
}

impl AgreementIn {
    fn draft(self) -> Result<(Option<Code>, AgreementDraft), Error> {
        let policy = self.policy.as_deref().map(reference).transpose()?;
        let terms = AgreementTerms {
            version: self.version,
            controller: self.controller,
            policy: None,
            purpose: self.purpose,
            purpose_in: self.purpose_in,
            lawful_basis: self.lawful_basis,
            data_use: self.data_use,
            dpia: self.dpia,
            forgettable: self.forgettable,
            attributes: self.attributes,
            scope: self.scope,
            valid_days: self.valid_days,
        };
        Ok((self.code, AgreementDraft { terms, policy, offered: None }))
    }
}

impl From<AgreementView> for AgreementOut {
    fn from(view: AgreementView) -> Self {
        let AgreementView { agreement, terms, revision } = view;
        Self {
            id: agreement.id,
            code: agreement.code,
            state: agreement.state.as_str(),
            revision: revision.id,
            number: revision.number,
            hash: revision.hash.to_string(),
            published: agreement.published,
            version: terms.version,
            purpose: terms.purpose,
            purpose_in: terms.purpose_in,
            lawful_basis: terms.lawful_basis,
            data_use: terms.data_use,
            dpia: terms.dpia,
            controller: terms.controller,
            policy: terms.policy.map(|PolicyAt { id, .. }| id),
            forgettable: terms.forgettable,
            attributes: terms.attributes,
            scope: terms.scope,
            valid_days: terms.valid_days,
        }
    }
}

/// Lists agreements at their latest revisions.
#[utoipa::path(get, path = "/consent/agreements", params(PageQuery), security(("officer" = [])),
    responses((status = 200, body = Vec<AgreementOut>), Problem))]
pub(crate) async fn list_agreements(
    State(consent): State<Consent>,
    _officer: Officer<ManageAgreements>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Vec<AgreementOut>>, Problem> {
    let agreements = consent.agreements(query.page()?).await?;
    Ok(Json(agreements.into_iter().map(AgreementOut::from).collect()))
}

/// Creates an agreement as a draft.
#[utoipa::path(post, path = "/consent/agreements", request_body = AgreementIn,
    security(("officer" = [])), responses((status = 201, body = AgreementOut), Problem))]
pub(crate) async fn create_agreement(
    State(consent): State<Consent>,
    officer: Officer<ManageAgreements>,
    Json(agreement): Json<AgreementIn>,
) -> Result<Created<AgreementOut>, Problem> {
    let (code, draft) = agreement.draft()?;
    let view = consent.create_agreement(Actor::Officer(officer.actor()), code, draft).await?;
    let location = format!("/consent/agreements/{}", view.agreement.id);
    Ok(Created { location, body: view.into() })
}

/// Shows an agreement at its latest revision.
#[utoipa::path(get, path = "/consent/agreements/{agreement}", security(("officer" = [])),
    params(("agreement" = String, Path, description = "Id or code")),
    responses((status = 200, body = AgreementOut), Problem))]
pub(crate) async fn show_agreement(
    State(consent): State<Consent>,
    _officer: Officer<ManageAgreements>,
    Path(agreement): Path<String>,
) -> Result<Json<AgreementOut>, Problem> {
    Ok(Json(consent.agreement(reference(&agreement)?).await?.into()))
}

/// Adds a revision to an agreement. Residents see it once it is published.
#[utoipa::path(put, path = "/consent/agreements/{agreement}", request_body = AgreementIn,
    params(("agreement" = String, Path, description = "Id or code")),
    security(("officer" = [])), responses((status = 200, body = AgreementOut), Problem))]
pub(crate) async fn update_agreement(
    State(consent): State<Consent>,
    officer: Officer<ManageAgreements>,
    Path(agreement): Path<String>,
    Json(changed): Json<AgreementIn>,
) -> Result<Json<AgreementOut>, Problem> {
    let (code, draft) = changed.draft()?;
    if code.is_some() {
        let remedy = "leave it out: a code is given once, when the agreement is created";
        return Err(Error::from(Invalid { field: "code", remedy }).into());
    }
    let actor = Actor::Officer(officer.actor());
    Ok(Json(consent.update_agreement(actor, reference(&agreement)?, draft).await?.into()))
}

/// Offers the latest revision of an agreement to residents.
#[utoipa::path(post, path = "/consent/agreements/{agreement}/publish", security(("officer" = [])),
    params(("agreement" = String, Path, description = "Id or code")),
    responses((status = 200, body = AgreementOut), Problem))]
pub(crate) async fn publish_agreement(
    State(consent): State<Consent>,
    officer: Officer<ManageAgreements>,
    Path(agreement): Path<String>,
) -> Result<Json<AgreementOut>, Problem> {
    let actor = Actor::Officer(officer.actor());
    Ok(Json(consent.publish_agreement(actor, reference(&agreement)?).await?.into()))
}

/// Ends an agreement for good. No consent to it allows anything any more.
#[utoipa::path(post, path = "/consent/agreements/{agreement}/terminate", security(("officer" = [])),
    params(("agreement" = String, Path, description = "Id or code")),
    responses((status = 200, body = AgreementOut), Problem))]
pub(crate) async fn terminate_agreement(
    State(consent): State<Consent>,
    officer: Officer<ManageAgreements>,
    Path(agreement): Path<String>,
) -> Result<Json<AgreementOut>, Problem> {
    let actor = Actor::Officer(officer.actor());
    Ok(Json(consent.terminate_agreement(actor, reference(&agreement)?).await?.into()))
}
