//! The officers' desk: signing in, the home page, and the operator's view. Pages work without script.

mod home;
pub(crate) mod operator;
mod sign_in;

use axum::extract::FromRef;
use axum::response::Response;
use kernel::pages::Pages;
use kernel::problem::Problem;
use ui::desk::{HOME, SIGN_IN, SIGN_OUT};
use ui::{Lang, TextsError, Ui, Visit};

use crate::error::ExchangeError;
use crate::exchange::Exchange;
use crate::surroundings::Surroundings;
use std::sync::Arc;

const TEMPLATES: &[(&str, &str)] = &[
    ("exchange/sign_in.html", include_str!("../../templates/sign_in.html")),
    ("exchange/home.html", include_str!("../../templates/home.html")),
];
const TEXTS: &[(Lang, &str)] = &[
    (Lang::EN, include_str!("../../texts/en.toml")),
    (Lang::FR, include_str!("../../texts/fr.toml")),
    (Lang::SW, include_str!("../../texts/sw.toml")),
];

/// The state of every page.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) exchange: Exchange,
    pub(crate) surroundings: Arc<dyn Surroundings>,
    pub(crate) ui: Ui,
}

impl FromRef<App> for Ui {
    fn from_ref(app: &App) -> Self {
        app.ui.clone()
    }
}

/// The block's templates and texts, on the frame.
pub(crate) fn dress(frame: ui::UiBuilder) -> Result<Ui, TextsError> {
    Ok(frame.templates(TEMPLATES).templates(operator::TEMPLATES).texts(TEXTS)?.build())
}

/// The pages of the desk that belong to no other block.
pub(crate) fn pages(app: App) -> Pages {
    Pages::new()
        .get(SIGN_IN, sign_in::show)
        .post(SIGN_IN, sign_in::sign_in)
        .post(SIGN_OUT, sign_in::sign_out)
        .get(HOME, home::show)
        .merge(operator::pages())
        .with_state(app)
}

/// A page for our own fault; the cause goes to the log with its trace id.
fn failed(visit: &Visit, error: ExchangeError) -> Response {
    let trace = Problem::from(error).document().trace_id;
    visit.failed(trace.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::Rng;

    #[test]
    fn every_page_in_every_language() {
        let site = ui::Site {
            service: "Tumbawe".to_owned(),
            operator: "Ministry & <friends>".to_owned(),
            home: HOME.to_owned(),
            sandbox: true,
            secure: false,
            utc_offset_minutes: 180,
        };
        let frame = Ui::builder("exchange", site, &[7; 32], Rng::seeded(1));
        let ui = dress(frame).unwrap();
        let samples: Vec<ui::Sample> = [sign_in::samples(), home::samples(), operator::samples()]
            .into_iter()
            .flatten()
            .collect();
        let flaws = ui.check(&samples);
        assert!(flaws.is_empty(), "{}", flaws.join("\n"));
    }
}
