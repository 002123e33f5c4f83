//! A form with a file. Its fields are checked as those of any form of ours, the token included.

use super::Web;
use super::multipart::{boundary, parts};
use crate::service::File;
use axum::body::{self, Body};
use axum::extract::{FromRequest, Request};
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use ui::{Submitted, Visit};

/// What a form may have beside its file, bytes.
const FIELDS_BYTES_MAX: usize = 64 * 1024;

/// A form that may bring a file in its field `file`.
pub(super) struct Upload {
    /// The other fields.
    pub form: Submitted,
    /// The file with its name; none if none was chosen.
    pub file: Option<(String, File)>,
}

impl FromRequest<Web> for Upload {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let (mut head, body) = request.into_parts();
        let content_type = head.headers.get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let Some(boundary) = boundary(content_type).map(str::to_owned) else {
            let form = Submitted::from_request(Request::from_parts(head, body), web).await?;
            return Ok(Self { form, file: None });
        };
        let visit = Visit::of(web.ui.clone(), &head);
        let limit = web.assessments.file_bytes_max() + FIELDS_BYTES_MAX;
        let Ok(bytes) = body::to_bytes(body, limit).await else {
            return Err(visit.error(StatusCode::PAYLOAD_TOO_LARGE, "assessment.too-large", None));
        };
        let Some((fields, file)) = read(&boundary, &bytes) else {
            return Err(visit.error(StatusCode::BAD_REQUEST, "form.unreadable", None));
        };
        let plain = HeaderValue::from_static("application/x-www-form-urlencoded");
        head.headers.insert(header::CONTENT_TYPE, plain);
        head.headers.remove(header::CONTENT_LENGTH);
        let fields = Request::from_parts(head, Body::from(fields));
        Ok(Self { form: Submitted::from_request(fields, web).await?, file })
    }
}

/// The fields as a form without files would send them, and the file.
fn read(boundary: &str, bytes: &[u8]) -> Option<(String, Option<(String, File)>)> {
    let mut fields = form_urlencoded::Serializer::new(String::new());
    let mut file = None;
    for part in parts(boundary, bytes)? {
        match part.file_name {
            Some(name) if part.name == "file" && !name.is_empty() => {
                let (content, media_type) = (part.content.to_vec(), part.media_type);
                file = Some((name, File { content, media_type }));
            }
            Some(_) => {}
            None => {
                fields.append_pair(&part.name, std::str::from_utf8(part.content).ok()?);
            }
        }
    }
    Some((fields.finish(), file))
}
