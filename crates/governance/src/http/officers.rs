//! What officers of the authority do.

use crate::permissions::{HandleGrievances, ManageMandates};
use crate::service::{Acting, EndIn, Governance, MandateIn, MandateOut, Queue, QueueLine};
use axum::extract::State;
use basis::Id;
use contracts::governance::Grievance;
use kernel::auth::{Officer, Permission};
use kernel::http::{Created, Json, Path};
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A complaint for an officer.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrievanceOut {
    /// Where it stands, and with whom.
    line: QueueLine,
    /// As the person sees it.
    grievance: Grievance,
}

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerIn {
    /// 1 to 2,000 characters.
    answer: String,
}

/// The officer as the service knows actors.
pub(crate) fn acting<P: Permission>(officer: Officer<P>) -> Acting {
    Acting { actor: officer.actor(), id: officer.id }
}

/// Shows what is to be done, without a word of it.
#[utoipa::path(get, path = "/governance/v1/grievances", tag = "officers", security(("officer" = [])),
    responses((status = 200, body = Queue), Problem))]
pub async fn show_queue(
    State(governance): State<Governance>,
    _officer: Officer<HandleGrievances>,
) -> Result<Json<Queue>, Problem> {
    Ok(Json(governance.queue().await?))
}

/// Reads a complaint; the person sees in their read log who did.
#[utoipa::path(get, path = "/governance/v1/grievances/{number}", tag = "officers",
    security(("officer" = [])), params(("number" = String, Path)),
    responses((status = 200, body = GrievanceOut), Problem))]
pub async fn read_grievance(
    State(governance): State<Governance>,
    officer: Officer<HandleGrievances>,
    Path(number): Path<String>,
) -> Result<Json<GrievanceOut>, Problem> {
    let (line, grievance) = governance.read_grievance(acting(officer), number).await?;
    Ok(Json(GrievanceOut { line, grievance }))
}

/// Takes a complaint up. Twice is once.
#[utoipa::path(post, path = "/governance/v1/grievances/{number}/take-up", tag = "officers",
    security(("officer" = [])), params(("number" = String, Path)),
    responses((status = 200, body = QueueLine), Problem))]
pub async fn take_up(
    State(governance): State<Governance>,
    officer: Officer<HandleGrievances>,
    Path(number): Path<String>,
) -> Result<Json<QueueLine>, Problem> {
    Ok(Json(governance.take_up(acting(officer), number).await?))
}

/// Answers a complaint one has taken up; the person is sent a message. The same answer again changes
/// nothing.
#[utoipa::path(post, path = "/governance/v1/grievances/{number}/answer", tag = "officers",
    security(("officer" = [])), params(("number" = String, Path)), request_body = AnswerIn,
    responses((status = 200, body = QueueLine), Problem))]
pub async fn answer(
    State(governance): State<Governance>,
    officer: Officer<HandleGrievances>,
    Path(number): Path<String>,
    Json(ask): Json<AnswerIn>,
) -> Result<Json<QueueLine>, Problem> {
    Ok(Json(governance.answer(acting(officer), number, ask.answer).await?))
}

/// Enters a member's mandate in the public register.
#[utoipa::path(post, path = "/governance/v1/mandates", tag = "officers", security(("officer" = [])),
    request_body = MandateIn, responses((status = 201, body = MandateOut), Problem))]
pub async fn publish_mandate(
    State(governance): State<Governance>,
    officer: Officer<ManageMandates>,
    Json(new): Json<MandateIn>,
) -> Result<Created<MandateOut>, Problem> {
    let body = governance.publish_mandate(officer.actor(), new).await?;
    Ok(Created { location: "/governance/v1/mandates".to_owned(), body })
}

/// Enters the end of a mandate.
#[utoipa::path(post, path = "/governance/v1/mandates/{id}/end", tag = "officers",
    security(("officer" = [])), params(("id" = String, Path)), request_body = EndIn,
    responses((status = 200, body = MandateOut), Problem))]
pub async fn end_mandate(
    State(governance): State<Governance>,
    officer: Officer<ManageMandates>,
    Path(id): Path<Id>,
    Json(ask): Json<EndIn>,
) -> Result<Json<MandateOut>, Problem> {
    Ok(Json(governance.end_mandate(officer.actor(), id, ask.valid_until).await?))
}
