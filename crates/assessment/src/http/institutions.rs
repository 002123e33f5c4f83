//! The service `rounds` of the exchange: other institutions see what they are to answer, answer and sign.
//! Which institution it is says the exchange, not the caller.

use super::sign_offs::Signed;
use crate::service::{Acting, AnswerIn, AnswerView, Assessments, OwnRound, SignatureIn};
use axum::extract::State;
use basis::Id;
use contracts::Caller;
use kernel::http::{Json, Path};
use kernel::problem::Problem;
use std::collections::BTreeMap;

/// The institution that calls, and its officer where one acts.
fn acting(caller: &Caller) -> Acting {
    let client = caller.0.client.member();
    let actor = match &caller.0.officer {
        Some(officer) => format!("officer:{}/{officer}", client.local()),
        None => format!("member:{}", client.local()),
    };
    Acting { actor, institution: client.local().to_owned() }
}

/// Rounds that are not closed, with what the calling institution is to answer and the digest to sign.
#[utoipa::path(get, path = "/assessment/rounds", tag = "institutions",
    responses((status = 200, body = Vec<OwnRound>), Problem))]
pub async fn list_own(
    State(assessments): State<Assessments>,
    caller: Caller,
) -> Result<Json<Vec<OwnRound>>, Problem> {
    Ok(Json(assessments.rounds_of(&acting(&caller).institution).await?))
}

/// Answers an indicator that is assigned to the calling institution.
#[utoipa::path(put, path = "/assessment/rounds/{id}/answers/{indicator}", tag = "institutions",
    params(("id" = String, Path), ("indicator" = String, Path)), request_body = AnswerIn,
    responses((status = 200, body = AnswerView), Problem))]
pub async fn answer_own(
    State(assessments): State<Assessments>,
    caller: Caller,
    Path((id, indicator)): Path<(Id, String)>,
    Json(ask): Json<AnswerIn>,
) -> Result<Json<AnswerView>, Problem> {
    let by = acting(&caller);
    let ask = AnswerIn { institution: by.institution.clone(), ..ask };
    assessments.answer(by, id, BTreeMap::from([(indicator.clone(), ask)]), false).await?;
    Ok(Json(assessments.show_answer(id, indicator).await?))
}

/// Signs a round for the calling institution.
#[utoipa::path(post, path = "/assessment/rounds/{id}/sign-offs", tag = "institutions",
    params(("id" = String, Path)), request_body = SignatureIn,
    responses((status = 200, body = Signed), Problem))]
pub async fn sign_own(
    State(assessments): State<Assessments>,
    caller: Caller,
    Path(id): Path<Id>,
    Json(new): Json<SignatureIn>,
) -> Result<Json<Signed>, Problem> {
    Ok(Json(Signed { state: assessments.sign(acting(&caller), id, new).await? }))
}
