//! Many births at once, from a paper book.

use super::registrar_of;
use crate::model::import::{Entry, ImportLine, entry, refused};
use crate::service::ImportOut;
use crate::{Civil, ImportBirths};
use axum::extract::State;
use basis::Timestamp;
use contracts::batches::RefusedLine;
use http::HeaderMap;
use kernel::auth::Officer;
use kernel::http::{Json, Lines, idempotency_key, parse_json};
use kernel::idempotency::Request;
use kernel::problem::Problem;

/// Enters births of a paper book: newline-delimited JSON, one birth a line, at most 1,000. Each entry of
/// the book is registered once; lines that cannot be are answered with the field and what to send.
#[utoipa::path(post, path = "/civil/births/import", security(("officer" = [])),
    request_body(content = ImportLine, content_type = "application/x-ndjson"),
    params(("Idempotency-Key" = String, Header, description = "1 to 200 visible ASCII characters")),
    responses((status = 200, body = ImportOut), Problem))]
pub async fn import_births(
    State(civil): State<Civil>,
    officer: Officer<ImportBirths>,
    headers: HeaderMap,
    lines: Lines,
) -> Result<Json<ImportOut>, Problem> {
    let officer = registrar_of(officer);
    let key = idempotency_key(&headers)?;
    let request = Request::new(&officer.actor, "import_births", key, &lines.0);
    let now = civil.now();
    let read = lines.numbered().map(|(number, line)| read(number, line, now)).collect::<Vec<_>>();
    if read.is_empty() {
        return Err(Problem::bad_request("The body is empty; send one birth a line."));
    }
    Ok(Json(civil.import_births(officer, request, read).await?))
}

fn read(number: u32, line: &[u8], now: Timestamp) -> Result<Entry, RefusedLine> {
    let line: ImportLine = parse_json(line).map_err(|problem| why(number, &problem))?;
    entry(number, line, now)
}

fn why(line: u32, problem: &Problem) -> RefusedLine {
    let document = problem.document();
    match document.errors.first() {
        Some(error) => refused(line, &error.field, &format!("{}: {}", error.detail, error.remedy)),
        None => refused(line, "", &document.detail.unwrap_or(document.title)),
    }
}
