//! The stylesheet and the icon, under names that change with their content.

use crate::headers;
use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::LazyLock;

/// A file that is part of the program.
pub struct Asset {
    path: String,
    kind: &'static str,
    content: &'static str,
}

impl Asset {
    fn new(content: &'static str, ending: &str, kind: &'static str) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, content.as_bytes());
        let hash: String = digest.as_ref()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        Self { path: format!("/assets/{hash}.{ending}"), kind, content }
    }

    /// Where it is served: `/assets/<first 8 bytes of its SHA-256 in hex>.<ending>`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The file itself.
    #[must_use]
    pub fn content(&self) -> &'static str {
        self.content
    }
}

/// The one stylesheet.
#[must_use]
pub fn css() -> &'static Asset {
    static CSS: LazyLock<Asset> = LazyLock::new(|| {
        Asset::new(include_str!("../assets/site.css"), "css", "text/css; charset=utf-8")
    });
    &CSS
}

/// The icon in the browser's tab.
#[must_use]
pub fn icon() -> &'static Asset {
    static ICON: LazyLock<Asset> =
        LazyLock::new(|| Asset::new(include_str!("../assets/icon.svg"), "svg", "image/svg+xml"));
    &ICON
}

/// Serves `/assets/`; mounted once beside the pages of all blocks.
pub fn router() -> Router {
    Router::new().route("/assets/{file}", get(serve))
}

/// One asset, to be kept by the browser for a year: its name changes when it does.
pub async fn serve(Path(file): Path<String>) -> Response {
    let asked = format!("/assets/{file}");
    let Some(asset) = [css(), icon()].into_iter().find(|asset| asset.path == asked) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = Response::new(Body::from(asset.content));
    let sent = response.headers_mut();
    sent.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    sent.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    headers::protect(sent, false);
    response
}
