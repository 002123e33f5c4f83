//! `/config/individual/`, `/service/individual/` and their lists.

use super::objects::IndividualObject;
use crate::http::PageQuery;
use crate::model::actor::Actor;
use crate::permissions::ManageIndividuals;
use crate::service::Consent;
use axum::extract::State;
use basis::Id;
use contracts::Pseudonym;
use kernel::auth::Officer;
use kernel::http::{Json, Path, Query};
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};

/// An individual, both ways.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct One {
    individual: IndividualObject,
}

/// A list of individuals.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    individuals: Vec<IndividualObject>,
}

/// `configIndividualCreate`, `serviceIndividualCreate`. The id is ours, whatever was sent.
pub(super) async fn create_individual(
    State(consent): State<Consent>,
    officer: Officer<ManageIndividuals>,
    Json(sent): Json<One>,
) -> Result<Json<One>, Problem> {
    let actor = Actor::Officer(officer.actor());
    let individual = consent.create_individual(actor, sent.individual.naming).await?;
    Ok(Json(One { individual: individual.into() }))
}

/// `configIndividualRead`, `serviceIndividualRead`.
pub(super) async fn read_individual(
    State(consent): State<Consent>,
    _officer: Officer<ManageIndividuals>,
    Path(individual): Path<Id>,
) -> Result<Json<One>, Problem> {
    let individual = consent.individual(Pseudonym(individual)).await?;
    Ok(Json(One { individual: individual.into() }))
}

/// `serviceIndividualUpdate`.
pub(super) async fn update_individual(
    State(consent): State<Consent>,
    officer: Officer<ManageIndividuals>,
    Path(individual): Path<Id>,
    Json(sent): Json<One>,
) -> Result<Json<One>, Problem> {
    let (actor, subject) = (Actor::Officer(officer.actor()), Pseudonym(individual));
    let individual = consent.update_individual(actor, subject, sent.individual.naming).await?;
    Ok(Json(One { individual: individual.into() }))
}

/// `configIndividualList`, `serviceIndividualList`.
pub(super) async fn list_individuals(
    State(consent): State<Consent>,
    _officer: Officer<ManageIndividuals>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Listed>, Problem> {
    let individuals = consent.individuals(query.page()?).await?;
    Ok(Json(Listed { individuals: individuals.into_iter().map(IndividualObject::from).collect() }))
}
