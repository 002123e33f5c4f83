//! `/gallery`: every component once, for those who design and translate. In a sandbox only.

use crate::{Errors, Sample, Visit};
use axum::response::Response;
use serde::Serialize;

const TEMPLATE: &str = "gallery.html";

#[derive(Serialize)]
struct Gallery {
    errors: Errors,
}

/// The handler of `GET /gallery`; 404 outside a sandbox.
pub async fn gallery(visit: Visit) -> Response {
    if !visit.ui().site().sandbox {
        return visit.not_found();
    }
    let mut errors = Errors::none();
    errors.add("email", visit.t("gallery.email-error", &[]));
    errors.add("channel", visit.t("gallery.channel-error", &[]));
    visit.page(TEMPLATE, Gallery { errors }).respond()
}

/// Samples of this crate's own templates, for [`crate::Ui::check`].
#[must_use]
pub fn samples() -> Vec<Sample> {
    let mut errors = Errors::none();
    errors.add("email", "E");
    errors.add("channel", "C");
    let failure =
        |trace: Option<&str>| minijinja::context! { title => "Title", detail => "Detail", trace };
    vec![
        Sample::new(TEMPLATE, Gallery { errors }),
        Sample::new(TEMPLATE, Gallery { errors: Errors::none() }),
        Sample::new("error.html", failure(None)),
        Sample::new("error.html", failure(Some("0191e6c4"))),
    ]
}
