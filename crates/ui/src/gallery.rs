//! `/gallery`: every component once, for those who design and translate. In a sandbox only.

use crate::charts::{Bar, Line, bars};
use crate::{Errors, Sample, Visit};
use axum::response::Response;
use serde::Serialize;

const TEMPLATE: &str = "gallery.html";

#[derive(Serialize)]
struct Gallery {
    errors: Errors,
    line: Line,
    bars: Vec<Bar>,
}

/// Invented figures: payments of a week, reads by purpose.
fn figures(errors: Errors, visit: Option<&Visit>) -> Gallery {
    let say = |key: &str| visit.map_or_else(|| key.to_owned(), |visit| visit.t(key, &[]));
    let line =
        Line::new(&[120, 180, 150, 260, 240, 330, 410], say("gallery.mon"), say("gallery.sun"));
    let amounts = vec![
        (say("gallery.purpose-1"), "84".to_owned(), 84),
        (say("gallery.purpose-2"), "31".to_owned(), 31),
        (say("gallery.own"), "6".to_owned(), 6),
    ];
    Gallery { errors, line, bars: bars(amounts) }
}

/// The handler of `GET /gallery`; 404 outside a sandbox.
pub async fn gallery(visit: Visit) -> Response {
    if !visit.ui().site().sandbox {
        return visit.not_found();
    }
    let mut errors = Errors::none();
    errors.add("email", visit.t("gallery.email-error", &[]));
    errors.add("channel", visit.t("gallery.channel-error", &[]));
    visit.page(TEMPLATE, figures(errors, Some(&visit))).respond()
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
        Sample::new(TEMPLATE, figures(errors, None)),
        Sample::new(TEMPLATE, figures(Errors::none(), None)),
        Sample::new("error.html", failure(None)),
        Sample::new("error.html", failure(Some("0191e6c4"))),
    ]
}
