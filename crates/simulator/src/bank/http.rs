//! A bank's API: its service, and what its own officers may do.

use super::model::{Behaviour, Books};
use super::service::Bank;
use crate::permissions::{ReadBooks, SetBehaviour};
use axum::extract::State;
use basis::Id;
use contracts::Caller;
use contracts::rails::{CreditTransfersIn, RailResult, RailResults, Statement, StatementQuery};
use kernel::auth::Officer;
use kernel::http::{Json, Path, Query, parse_json};
use kernel::problem::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The API of this bank under its own path.
pub fn api(bank: Bank, path: &str) -> OpenApiRouter {
    let routes = OpenApiRouter::new()
        .routes(routes!(take_transfers))
        .routes(routes!(tell_statement))
        .routes(routes!(tell_transfer))
        .routes(routes!(set_behaviour))
        .routes(routes!(show_books))
        .with_state(bank);
    OpenApiRouter::new().nest(path, routes)
}

/// Takes credit transfers.
#[utoipa::path(post, path = "/credit-transfers", tag = "bank", request_body = CreditTransfersIn,
    responses((status = 200, body = RailResults), Problem))]
async fn take_transfers(
    State(bank): State<Bank>,
    Caller(call): Caller,
    Json(asked): Json<CreditTransfersIn>,
) -> Result<Json<RailResults>, Problem> {
    Ok(Json(bank.take_transfers(call, asked.transfers).await?))
}

/// Tells what is booked for the asking member.
#[utoipa::path(get, path = "/credit-transfers/statement", tag = "bank",
    params(("after" = Option<i64>, Query), ("limit" = Option<u16>, Query, description = "1 to 1,000")),
    responses((status = 200, body = Statement), Problem))]
async fn tell_statement(
    State(bank): State<Bank>,
    Caller(call): Caller,
    Query(query): Query<StatementQuery>,
) -> Result<Json<Statement>, Problem> {
    Ok(Json(bank.statement(call, query).await?))
}

/// Tells what became of a transfer of the asking member.
#[utoipa::path(get, path = "/credit-transfers/{id}", tag = "bank", params(("id" = String, Path)),
    responses((status = 200, body = RailResult), Problem))]
async fn tell_transfer(
    State(bank): State<Bank>,
    Caller(call): Caller,
    Path(id): Path<Id>,
) -> Result<Json<RailResult>, Problem> {
    Ok(Json(bank.transfer(call, id).await?))
}

/// Tells the bank how to behave.
#[utoipa::path(put, path = "/behaviour", tag = "bank", security(("officer" = [])),
    request_body = Behaviour, responses((status = 200, body = Behaviour), Problem))]
async fn set_behaviour(
    State(bank): State<Bank>,
    officer: Officer<SetBehaviour>,
    // An object first: a list without entries would do for a struct in which every field has a default.
    Json(asked): Json<serde_json::Map<String, serde_json::Value>>,
) -> Result<Json<Behaviour>, Problem> {
    let behaviour = serde_json::to_vec(&asked).map_err(Problem::internal)?;
    let behaviour: Behaviour = parse_json(&behaviour)?;
    Ok(Json(bank.set_behaviour(officer.actor(), behaviour).await?))
}

/// Shows what the books add up to.
#[utoipa::path(get, path = "/books", tag = "bank", security(("officer" = [])),
    responses((status = 200, body = Books), Problem))]
async fn show_books(
    State(bank): State<Bank>,
    _officer: Officer<ReadBooks>,
) -> Result<Json<Books>, Problem> {
    Ok(Json(bank.books().await?))
}
