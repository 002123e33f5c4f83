//! Batches, providers' reports and reconciliation, for those who run the ledger.

use crate::model::decimal;
use crate::service::{Counts, Payments};
use crate::store::reconciliation::Noted;
use axum::extract::State;
use basis::{Id, Timestamp};
use contracts::Caller;
use contracts::batches::BatchOut;
use contracts::rails::RailResults;
use http::StatusCode;
use kernel::auth::{Officer, Permission};
use kernel::http::{Json, Path, Query};
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Where the exchange finds what takes providers' reports.
pub const EXCHANGE_RAIL_RESULTS: &str = "/payments/exchange/rail-results";

/// May look at batches.
pub struct ReadBatch;
impl Permission for ReadBatch {
    const NAME: &'static str = "payments.batch.read";
}

/// May compare with providers' statements, and see what differs.
pub struct Reconcile;
impl Permission for Reconcile {
    const NAME: &'static str = "payments.reconcile";
}

/// The API over these use cases.
pub(super) fn api() -> OpenApiRouter<Payments> {
    OpenApiRouter::new()
        .routes(routes!(list_batches))
        .routes(routes!(show_batch))
        .routes(routes!(list_differences, reconcile))
        .routes(routes!(take_report))
}

/// A batch and whose it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct TreasuryBatch {
    /// The programme's member, `CLASS/MEMBER`.
    #[schema(example = "GOV/MSP")]
    pub member: String,
    /// As the programme sees it.
    pub batch: BatchOut,
}

/// Batches, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchList {
    /// At most 100.
    pub batches: Vec<TreasuryBatch>,
}

/// Which page of batches.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct BatchQuery {
    /// Batches opened before this moment only.
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    pub before: Option<Timestamp>,
}

/// What stands where. Equal counts and no difference: all match.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountsOut {
    /// Instructions that are paid or on their way.
    pub instructions: i64,
    /// Postings towards providers, less those that came back.
    pub postings: i64,
    /// Lines of providers' statements.
    pub statement_lines: i64,
    /// Differences noted and not solved.
    pub differences: i64,
}

/// Where instruction, posting and statement do not match.
#[derive(Debug, Serialize, ToSchema)]
pub struct DifferenceOut {
    /// The transfer.
    #[schema(value_type = String, format = "uuid")]
    pub transfer: Id,
    /// What is wrong: `missing-on-statement`, `unknown-booking`, `amount-differs`, `other-provider`,
    /// `booked-twice`, `booked-though-refused`, `refused-though-booked`, `posting-missing`, `posting-differs`,
    /// `unknown-posting`, `return-missing` or `not-returned`.
    pub kind: String,
    /// The provider.
    pub provider: String,
    /// How much, decimal.
    #[schema(example = "12.50")]
    pub amount: String,
    /// ISO 4217.
    #[schema(example = "KES")]
    pub currency: String,
    /// In the provider's statement or the ledger's log.
    pub position: Option<i64>,
    /// When it was found.
    #[schema(value_type = String, format = DateTime)]
    pub found: Timestamp,
}

/// By the last run.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReconciliationOut {
    /// What stands where.
    pub counts: CountsOut,
    /// Newest first, at most 1,000.
    pub differences: Vec<DifferenceOut>,
}

/// Lists batches of all programmes.
#[utoipa::path(get, path = "/payments/batches", tag = "payments", security(("officer" = [])),
    params(BatchQuery), responses((status = 200, body = BatchList), Problem))]
async fn list_batches(
    State(payments): State<Payments>,
    _officer: Officer<ReadBatch>,
    Query(query): Query<BatchQuery>,
) -> Result<Json<BatchList>, Problem> {
    let before = query.before.unwrap_or(Timestamp::from_micros(i64::MAX));
    let found = payments.batches(before).await?.into_iter();
    Ok(Json(BatchList { batches: found.map(TreasuryBatch::from).collect() }))
}

/// Shows a batch.
#[utoipa::path(get, path = "/payments/batches/{id}", tag = "payments", security(("officer" = [])),
    params(("id" = String, Path)), responses((status = 200, body = TreasuryBatch), Problem))]
async fn show_batch(
    State(payments): State<Payments>,
    _officer: Officer<ReadBatch>,
    Path(id): Path<Id>,
) -> Result<Json<TreasuryBatch>, Problem> {
    Ok(Json(payments.batch(None, id).await?.into()))
}

/// Shows what the last comparison found.
#[utoipa::path(get, path = "/payments/reconciliation", tag = "payments", security(("officer" = [])),
    responses((status = 200, body = ReconciliationOut), Problem))]
async fn list_differences(
    State(payments): State<Payments>,
    _officer: Officer<Reconcile>,
) -> Result<Json<ReconciliationOut>, Problem> {
    let counts = payments.counts().await?.into();
    let found = payments.differences().await?.into_iter();
    Ok(Json(ReconciliationOut { counts, differences: found.map(DifferenceOut::from).collect() }))
}

/// Compares instructions, postings and statements now.
#[utoipa::path(post, path = "/payments/reconciliation", tag = "payments", security(("officer" = [])),
    responses((status = 200, body = CountsOut), Problem))]
async fn reconcile(
    State(payments): State<Payments>,
    _officer: Officer<Reconcile>,
) -> Result<Json<CountsOut>, Problem> {
    Ok(Json(payments.reconcile().await?.into()))
}

/// Takes a provider's report. It may come twice or late.
#[utoipa::path(post, path = "/payments/exchange/rail-results", tag = "exchange",
    request_body = RailResults, responses((status = 204), Problem))]
async fn take_report(
    State(payments): State<Payments>,
    Caller(context): Caller,
    Json(report): Json<RailResults>,
) -> Result<StatusCode, Problem> {
    payments.take_report(&context.client.member(), report.results).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<(String, BatchOut)> for TreasuryBatch {
    fn from((member, batch): (String, BatchOut)) -> Self {
        Self { member, batch }
    }
}

impl From<Counts> for CountsOut {
    fn from(counts: Counts) -> Self {
        let Counts { instructions, postings, statement_lines, differences } = counts;
        Self { instructions, postings, statement_lines, differences }
    }
}

impl From<Noted> for DifferenceOut {
    fn from(noted: Noted) -> Self {
        Self {
            transfer: noted.transfer,
            kind: noted.kind,
            provider: noted.provider,
            amount: decimal(i128::from(noted.amount), noted.currency),
            currency: noted.currency.code().to_owned(),
            position: noted.position,
            found: noted.found,
        }
    }
}
