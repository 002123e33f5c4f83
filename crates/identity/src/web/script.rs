//! The one script of these pages: passkeys cannot be had without.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, header};
use std::sync::LazyLock;

const PASSKEY: &str = include_str!("../../assets/passkey.js");

/// Where it is served.
pub(super) const PATH: &str = "/identity/passkey.js";

/// Its address, which changes with its content, so that browsers may keep it.
pub(super) fn address() -> &'static str {
    static ADDRESS: LazyLock<String> = LazyLock::new(|| {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, PASSKEY.as_bytes());
        let hash: String = digest.as_ref()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{PATH}?v={hash}")
    });
    &ADDRESS
}

/// Serves it.
pub(super) async fn serve() -> Response {
    let mut response = Response::new(Body::from(PASSKEY));
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/javascript; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    let keep = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, keep);
    ui::headers::protect(headers, false);
    response
}
