//! Many records at once.

use super::{Registry, VID_BYTES_MAX, actor};
use crate::model::register::RegisterCode;
use crate::permissions::ImportRecords;
use crate::service::{ImportLine, ImportOut, refuse};
use axum::extract::State;
use contracts::batches::RefusedLine;
use http::HeaderMap;
use kernel::auth::Officer;
use kernel::http::{Json, Lines, Path, idempotency_key, parse_json};
use kernel::idempotency::Request;
use kernel::problem::Problem;

/// Enters first records of persons: newline-delimited JSON, one person a line, at most 1,000. Lines that
/// cannot be entered are answered with the field and what to send.
#[utoipa::path(post, path = "/registry/registers/{register}/records/import",
    security(("officer" = [])),
    request_body(content = ImportLine, content_type = "application/x-ndjson"),
    params(("register" = String, Path),
        ("Idempotency-Key" = String, Header, description = "1 to 200 visible ASCII characters")),
    responses((status = 200, body = ImportOut), Problem))]
pub async fn import_records(
    State(registry): State<Registry>,
    officer: Officer<ImportRecords>,
    Path(register): Path<RegisterCode>,
    headers: HeaderMap,
    lines: Lines,
) -> Result<Json<ImportOut>, Problem> {
    let actor = actor(officer);
    let key = idempotency_key(&headers)?;
    let whole = [register.as_str().as_bytes(), b"\n", &lines.0].concat();
    let request = Request::new(&actor.name, "import_records", key, &whole);
    let read = lines.numbered().map(|(number, line)| (number, read(number, line)));
    let read: Vec<_> = read.collect();
    if read.is_empty() {
        return Err(Problem::bad_request("The body is empty; send one record a line."));
    }
    Ok(Json(registry.import_records(actor, register, request, read).await?))
}

fn read(number: u32, line: &[u8]) -> Result<ImportLine, RefusedLine> {
    let line: ImportLine = parse_json(line).map_err(|problem| why(number, &problem))?;
    match (1..=VID_BYTES_MAX).contains(&line.vid.len()) {
        true => Ok(line),
        false => Err(refuse(number, "vid", "send the number on the card")),
    }
}

fn why(line: u32, problem: &Problem) -> RefusedLine {
    let document = problem.document();
    match document.errors.first() {
        Some(error) => refuse(line, &error.field, &format!("{}: {}", error.detail, error.remedy)),
        None => refuse(line, "", &document.detail.unwrap_or(document.title)),
    }
}
