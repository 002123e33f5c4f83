//! Evidence, its files, and what probes found.

use super::acting;
use crate::Error;
use crate::model::check::Wrong;
use crate::permissions::{AddMeasurements, ReadFiles, ReadRounds, WriteAnswers};
use crate::service::{Assessments, EvidenceIn, EvidenceLine, File};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use basis::{Id, PartialDate};
use http::{HeaderValue, header};
use kernel::auth::Officer;
use kernel::http::{Created, Json, Path};
use kernel::problem::Problem;
use maturity::instrument::EvidenceKind;
use maturity::round::Measurement;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Evidence to be added: a link, or a file with its content.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceBody {
    /// `interview`, `document`, `law_text`, `gazette`, `statistic`, `system_log`, `live_probe`, `audit_report`
    #[schema(value_type = String, example = "document")]
    kind: EvidenceKind,
    /// What it is.
    title: String,
    /// Address of a link, or name of the file.
    source: String,
    /// SHA-256 of the archived page or of the file, hex.
    #[serde(default)]
    sha256: Option<String>,
    /// Who made it public.
    publisher: String,
    /// Of when it is.
    #[schema(value_type = String, example = "2026-01")]
    date: PartialDate,
    /// Until when it holds.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    expires: Option<PartialDate>,
    /// The file's content in Base64 (RFC 4648 section 4).
    #[serde(default)]
    content: Option<String>,
    /// The file's media type.
    #[serde(default)]
    media_type: String,
}

/// What probes found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeasurementsIn {
    /// As the probes write them.
    #[schema(value_type = Vec<Object>)]
    measurements: Vec<Measurement>,
}

/// How many measurements a round holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeasurementsOut {
    /// All of them, those from before included.
    held: usize,
}

impl EvidenceBody {
    fn evidence(self) -> Result<EvidenceIn, Error> {
        let Self { kind, title, source, sha256, publisher, date, expires, content, media_type } =
            self;
        let content = content.map(|text| STANDARD.decode(text)).transpose().map_err(|_| {
            Wrong::new("content", "send the file in Base64, in the standard alphabet, padded")
        })?;
        let file = content.map(|content| File { content, media_type });
        Ok(EvidenceIn { kind, title, source, sha256, publisher, date, expires, file })
    }
}

/// Lists a round's evidence.
#[utoipa::path(get, path = "/assessment/v1/rounds/{id}/evidence", tag = "evidence",
    security(("officer" = [])), params(("id" = String, Path)),
    responses((status = 200, body = Vec<EvidenceLine>), Problem))]
pub async fn list_evidence(
    State(assessments): State<Assessments>,
    _officer: Officer<ReadRounds>,
    Path(id): Path<Id>,
) -> Result<Json<Vec<EvidenceLine>>, Problem> {
    Ok(Json(assessments.list_evidence(id).await?))
}

/// Adds a link or a file.
#[utoipa::path(post, path = "/assessment/v1/rounds/{id}/evidence", tag = "evidence",
    security(("officer" = [])), params(("id" = String, Path)), request_body = EvidenceBody,
    responses((status = 201, body = EvidenceLine), Problem))]
pub async fn add_evidence(
    State(assessments): State<Assessments>,
    officer: Officer<WriteAnswers>,
    Path(id): Path<Id>,
    Json(new): Json<EvidenceBody>,
) -> Result<Created<EvidenceLine>, Problem> {
    let body = assessments.add_evidence(acting(&officer), id, new.evidence()?).await?;
    Ok(Created { location: format!("/assessment/v1/rounds/{id}/evidence"), body })
}

/// The content of an evidence file. That it was read stands in the audit trail.
#[utoipa::path(get, path = "/assessment/v1/rounds/{id}/evidence/{evidence}/file", tag = "evidence",
    security(("officer" = [])), params(("id" = String, Path), ("evidence" = String, Path)),
    responses((status = 200, description = "The file", content_type = "application/octet-stream"), Problem))]
pub async fn read_file(
    State(assessments): State<Assessments>,
    officer: Officer<ReadFiles>,
    Path((id, evidence)): Path<(Id, String)>,
) -> Result<Response, Problem> {
    let (line, content) = assessments.read_file(acting(&officer), id, evidence).await?;
    Ok(download(&line, content))
}

/// Adds what probes found. `msingi` writes them; each has its requests by digest.
#[utoipa::path(post, path = "/assessment/v1/rounds/{id}/measurements", tag = "evidence",
    security(("officer" = [])), params(("id" = String, Path)), request_body = MeasurementsIn,
    responses((status = 200, body = MeasurementsOut), Problem))]
pub async fn add_measurements(
    State(assessments): State<Assessments>,
    officer: Officer<AddMeasurements>,
    Path(id): Path<Id>,
    Json(found): Json<MeasurementsIn>,
) -> Result<Json<MeasurementsOut>, Problem> {
    let held = assessments.add_measurements(acting(&officer), id, found.measurements).await?;
    Ok(Json(MeasurementsOut { held }))
}

/// A file to be saved, never to be shown: whatever it holds, no browser runs it under our address.
pub(crate) fn download(line: &EvidenceLine, content: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(content));
    let headers = response.headers_mut();
    let kind = HeaderValue::from_str(&line.media_type);
    let bytes = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, kind.unwrap_or(bytes));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    // RFC 6266: the name in plain characters; others become dots.
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '.' };
    let name: String = line.evidence.source.chars().map(plain).collect();
    let disposition = format!("attachment; filename=\"{name}\"");
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
