//! Bulk payments, for programmes through the exchange.

use super::ground;
use crate::error::Error;
use crate::model::batch::BatchError;
use crate::model::instruction::read_line;
use crate::service::{Decider, Part, Payments};
use axum::body::Body;
use axum::extract::State;
use basis::Id;
use contracts::batches::{
    BatchIn, BatchOut, BeneficiaryIn, FailedInstruction, PART_LINES_MAX, PartOut,
};
use contracts::{Caller, SubsystemId};
use futures_util::StreamExt;
use http::StatusCode;
use kernel::http::{Created, Json, Path};
use kernel::problem::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Where the exchange finds the beneficiary mapper.
pub const EXCHANGE_BENEFICIARIES: &str = "/payments/exchange/beneficiaries";
/// Where the exchange finds batches.
pub const EXCHANGE_BATCHES: &str = "/payments/exchange/batches";
/// Longest line of a part: an instruction with a reference of the longest characters fits three times.
const LINE_BYTES_MAX: usize = 4_096;
/// Longest part in bytes. In practice the exchange's own bound on a message comes first.
const PART_BYTES_MAX: usize = PART_LINES_MAX * LINE_BYTES_MAX;

/// The API over these use cases.
pub(super) fn api() -> OpenApiRouter<Payments> {
    OpenApiRouter::new()
        .routes(routes!(register_beneficiary))
        .routes(routes!(open_batch))
        .routes(routes!(add_part))
        .routes(routes!(close_batch))
        .routes(routes!(approve_batch))
        .routes(routes!(cancel_batch))
        .routes(routes!(resend_batch))
        .routes(routes!(tell_batch))
        .routes(routes!(tell_failed))
}

/// Notes where the person the call is about is paid.
#[utoipa::path(post, path = "/payments/exchange/beneficiaries", tag = "exchange",
    request_body = BeneficiaryIn, responses((status = 204), Problem))]
async fn register_beneficiary(
    State(payments): State<Payments>,
    caller: Caller,
    Json(asked): Json<BeneficiaryIn>,
) -> Result<StatusCode, Problem> {
    let (subject, actor) = (caller.subject()?, ground(&caller).actor);
    payments.register_beneficiary(&caller.0.client, actor, subject, asked).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Opens a batch. The same id again opens nothing.
#[utoipa::path(post, path = "/payments/exchange/batches", tag = "exchange",
    request_body = BatchIn, responses((status = 201, body = BatchOut), Problem))]
async fn open_batch(
    State(payments): State<Payments>,
    caller: Caller,
    Json(asked): Json<BatchIn>,
) -> Result<Created<BatchOut>, Problem> {
    let body = payments.open_batch(ground(&caller), asked).await?;
    Ok(Created { location: format!("{EXCHANGE_BATCHES}/{}", body.id), body })
}

/// Adds instructions: newline-delimited JSON, one a line, at most 5,000. Lines sent before are taken once.
#[utoipa::path(post, path = "/payments/exchange/batches/{id}/parts", tag = "exchange",
    params(("id" = String, Path)), request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 200, body = PartOut), Problem))]
async fn add_part(
    State(payments): State<Payments>,
    caller: Caller,
    Path(id): Path<Id>,
    body: Body,
) -> Result<Json<PartOut>, Problem> {
    payments.open_for_parts(member(&caller), id).await?;
    let part = read_part(&payments, &caller.0.client, body).await?;
    Ok(Json(payments.take_part(id, part).await?))
}

/// Closes a batch: nothing more comes.
#[utoipa::path(post, path = "/payments/exchange/batches/{id}/close", tag = "exchange",
    params(("id" = String, Path)), responses((status = 200, body = BatchOut), Problem))]
async fn close_batch(
    State(payments): State<Payments>,
    caller: Caller,
    Path(id): Path<Id>,
) -> Result<Json<BatchOut>, Problem> {
    Ok(Json(payments.close_batch(decider(&caller)?, id).await?))
}

/// Approves a batch that another officer closed: its money moves.
#[utoipa::path(post, path = "/payments/exchange/batches/{id}/approve", tag = "exchange",
    params(("id" = String, Path)), responses((status = 200, body = BatchOut), Problem))]
async fn approve_batch(
    State(payments): State<Payments>,
    caller: Caller,
    Path(id): Path<Id>,
) -> Result<Json<BatchOut>, Problem> {
    Ok(Json(payments.approve_batch(decider(&caller)?, id).await?))
}

/// Gives a batch up before approval.
#[utoipa::path(post, path = "/payments/exchange/batches/{id}/cancel", tag = "exchange",
    params(("id" = String, Path)), responses((status = 200, body = BatchOut), Problem))]
async fn cancel_batch(
    State(payments): State<Payments>,
    caller: Caller,
    Path(id): Path<Id>,
) -> Result<Json<BatchOut>, Problem> {
    Ok(Json(payments.cancel_batch(decider(&caller)?, id).await?))
}

/// Has what failed tried again, where its payees are paid now.
#[utoipa::path(post, path = "/payments/exchange/batches/{id}/resend", tag = "exchange",
    params(("id" = String, Path)), responses((status = 200, body = BatchOut), Problem))]
async fn resend_batch(
    State(payments): State<Payments>,
    caller: Caller,
    Path(id): Path<Id>,
) -> Result<Json<BatchOut>, Problem> {
    Ok(Json(payments.resend_batch(decider(&caller)?, id).await?))
}

/// Tells a programme where its batch stands.
#[utoipa::path(get, path = "/payments/exchange/batches/{id}", tag = "exchange",
    params(("id" = String, Path)), responses((status = 200, body = BatchOut), Problem))]
async fn tell_batch(
    State(payments): State<Payments>,
    caller: Caller,
    Path(id): Path<Id>,
) -> Result<Json<BatchOut>, Problem> {
    let (_, batch) = payments.batch(Some(member(&caller)), id).await?;
    Ok(Json(batch))
}

/// Tells a programme what failed in its batch.
#[utoipa::path(get, path = "/payments/exchange/batches/{id}/failed", tag = "exchange",
    params(("id" = String, Path)), responses((status = 200, body = Vec<FailedInstruction>), Problem))]
async fn tell_failed(
    State(payments): State<Payments>,
    caller: Caller,
    Path(id): Path<Id>,
) -> Result<Json<Vec<FailedInstruction>>, Problem> {
    Ok(Json(payments.failed(member(&caller), id).await?))
}

fn member(caller: &Caller) -> String {
    caller.0.client.member().local().to_owned()
}

fn decider(caller: &Caller) -> Result<Decider, Problem> {
    let member = member(caller);
    let Some(officer) = &caller.0.officer else {
        return Err(Error::Batch(BatchError::OfficerNeeded).into());
    };
    Ok(Decider { officer: format!("{member}/{officer}"), member })
}

/// Reads a part as it arrives, line by line: what is held is the lines, not the text.
async fn read_part(payments: &Payments, client: &SubsystemId, body: Body) -> Result<Part, Problem> {
    let mut reader = Reader { payments, client, part: Part::default(), number: 0 };
    let (mut stream, mut rest, mut bytes) = (body.into_data_stream(), Vec::new(), 0);
    while let Some(chunk) = stream.next().await {
        let chunk =
            chunk.map_err(|_| Problem::bad_request("The body broke off. Send the part again."))?;
        bytes += chunk.len();
        if bytes > PART_BYTES_MAX {
            return Err(Problem::too_large(PART_BYTES_MAX));
        }
        let mut pieces = chunk.split(|byte| *byte == b'\n').peekable();
        while let Some(piece) = pieces.next() {
            if pieces.peek().is_none() {
                rest.extend_from_slice(piece);
            } else if rest.is_empty() {
                reader.take(piece)?;
            } else {
                rest.extend_from_slice(piece);
                reader.take(&rest)?;
                rest.clear();
            }
        }
        if rest.len() > LINE_BYTES_MAX {
            return Err(Problem::too_large(LINE_BYTES_MAX)
                .field("line", "one line is too long: end each instruction with a line break"));
        }
    }
    if !rest.is_empty() {
        reader.take(&rest)?;
    }
    Ok(reader.part)
}

/// Turns lines of text into lines of a part.
struct Reader<'a> {
    payments: &'a Payments,
    client: &'a SubsystemId,
    part: Part,
    number: u32,
}

impl Reader<'_> {
    fn take(&mut self, text: &[u8]) -> Result<(), Error> {
        self.number += 1;
        if text.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        if self.part.lines.len() >= PART_LINES_MAX || self.number as usize > 2 * PART_LINES_MAX {
            return Err(Error::TooManyLines(PART_LINES_MAX));
        }
        match read_line(self.number, text) {
            Ok(read) => self.part.lines.push(self.payments.line(self.client, self.number, read)?),
            Err(refused) => self.part.refuse(refused),
        }
        Ok(())
    }
}
