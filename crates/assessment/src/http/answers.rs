//! Answers and reviews.

use super::acting;
use super::headers::{etag, seen};
use crate::permissions::{ReadRounds, ReviewAnswers, WriteAnswers};
use crate::service::{AnswerIn, AnswerView, Assessments, ReviewIn};
use axum::extract::State;
use axum::response::IntoResponse;
use basis::Id;
use http::HeaderMap;
use kernel::auth::Officer;
use kernel::http::{Json, Path};
use kernel::problem::Problem;
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Answers to many indicators.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswersIn {
    /// By indicator.
    answers: BTreeMap<String, AnswerIn>,
}

/// Answers many indicators: all of them, or none if one cannot be accepted. Every wrong field is named.
#[utoipa::path(put, path = "/assessment/v1/rounds/{id}/answers", tag = "answers",
    security(("officer" = [])), params(("id" = String, Path)), request_body = AnswersIn,
    responses((status = 200, description = "Revision by indicator", body = BTreeMap<String, i64>), Problem))]
pub async fn answer_many(
    State(assessments): State<Assessments>,
    officer: Officer<WriteAnswers>,
    Path(id): Path<Id>,
    Json(ask): Json<AnswersIn>,
) -> Result<Json<BTreeMap<String, i64>>, Problem> {
    Ok(Json(assessments.answer(acting(&officer), id, ask.answers, true).await?))
}

/// Shows an answer with its history.
#[utoipa::path(get, path = "/assessment/v1/rounds/{id}/answers/{indicator}", tag = "answers",
    security(("officer" = [])), params(("id" = String, Path), ("indicator" = String, Path)),
    responses((status = 200, body = AnswerView), Problem))]
pub async fn show_answer(
    State(assessments): State<Assessments>,
    _officer: Officer<ReadRounds>,
    Path((id, indicator)): Path<(Id, String)>,
) -> Result<impl IntoResponse, Problem> {
    let view = assessments.show_answer(id, indicator).await?;
    Ok((etag(view.revision), Json(view)))
}

/// Answers an indicator. What stood there stays in its history.
#[utoipa::path(put, path = "/assessment/v1/rounds/{id}/answers/{indicator}", tag = "answers",
    security(("officer" = [])), params(("id" = String, Path), ("indicator" = String, Path)),
    request_body = AnswerIn, responses((status = 200, body = AnswerView), Problem))]
pub async fn answer(
    State(assessments): State<Assessments>,
    officer: Officer<WriteAnswers>,
    Path((id, indicator)): Path<(Id, String)>,
    headers: HeaderMap,
    Json(ask): Json<AnswerIn>,
) -> Result<impl IntoResponse, Problem> {
    let ask = AnswerIn { revision: seen(&headers, ask.revision)?, ..ask };
    let one = BTreeMap::from([(indicator.clone(), ask)]);
    assessments.answer(acting(&officer), id, one, false).await?;
    let view = assessments.show_answer(id, indicator).await?;
    Ok((etag(view.revision), Json(view)))
}

/// Accepts an answer or sets a level beside it. Nobody reviews their own answer.
#[utoipa::path(post, path = "/assessment/v1/rounds/{id}/answers/{indicator}/review", tag = "answers",
    security(("officer" = [])), params(("id" = String, Path), ("indicator" = String, Path)),
    request_body = ReviewIn, responses((status = 200, body = AnswerView), Problem))]
pub async fn review(
    State(assessments): State<Assessments>,
    officer: Officer<ReviewAnswers>,
    Path((id, indicator)): Path<(Id, String)>,
    headers: HeaderMap,
    Json(word): Json<ReviewIn>,
) -> Result<impl IntoResponse, Problem> {
    let word = ReviewIn { revision: seen(&headers, word.revision)?, ..word };
    assessments.review(acting(&officer), id, indicator.clone(), word).await?;
    let view = assessments.show_answer(id, indicator).await?;
    Ok((etag(view.revision), Json(view)))
}
