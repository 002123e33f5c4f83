//! A round as a spreadsheet, out and in.

use super::acting;
use crate::Error;
use crate::permissions::{ManageRounds, ReadRounds, WriteAnswers, carry};
use crate::service::{Assessments, Taken};
use axum::body::{self, Body};
use axum::extract::State;
use axum::response::Response;
use basis::Id;
use http::{HeaderValue, header};
use kernel::auth::Officer;
use kernel::http::{Json, Path};
use kernel::problem::Problem;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The workbook to fill in, with what the round holds.
#[utoipa::path(get, path = "/assessment/v1/rounds/{id}/spreadsheet", tag = "spreadsheets",
    security(("officer" = [])), params(("id" = String, Path)),
    responses((status = 200, description = "XLSX", content_type = "application/octet-stream"), Problem))]
pub async fn show_spreadsheet(
    State(assessments): State<Assessments>,
    _officer: Officer<ReadRounds>,
    Path(id): Path<Id>,
) -> Result<Response, Problem> {
    Ok(workbook(id, assessments.spreadsheet(id, "en").await?))
}

/// How a workbook begins: it is a ZIP archive (APPNOTE 4.3.7).
const ZIP: &[u8] = b"PK\x03\x04";

/// Takes a filled workbook in: all of it, or nothing and every fault with sheet, row and column. Sheets other than
/// `Answers` and `Evidence` may be changed by a lead only.
#[utoipa::path(put, path = "/assessment/v1/rounds/{id}/spreadsheet", tag = "spreadsheets",
    security(("officer" = [])), params(("id" = String, Path)),
    request_body(content = Vec<u8>, description = "XLSX", content_type = "application/octet-stream"),
    responses((status = 200, body = Taken), Problem))]
pub async fn take_in_spreadsheet(
    State(assessments): State<Assessments>,
    officer: Officer<WriteAnswers>,
    Path(id): Path<Id>,
    body: Body,
) -> Result<Json<Taken>, Problem> {
    let limit_bytes = assessments.file_bytes_max();
    let read = body::to_bytes(body, limit_bytes).await;
    let file = read.map_err(|_| Error::TooLarge { limit_bytes })?;
    if !file.starts_with(ZIP) {
        let text =
            "The body is no XLSX workbook: send the file as the spreadsheet program saved it.";
        return Err(Problem::bad_request(text));
    }
    let leads = carry::<ManageRounds>(&officer.roles);
    Ok(Json(assessments.take_in_spreadsheet(acting(&officer), id, &file, leads).await?))
}

/// A workbook to be saved.
pub(crate) fn workbook(id: Id, content: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(content));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(XLSX));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let disposition = format!("attachment; filename=\"round-{id}.xlsx\"");
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
