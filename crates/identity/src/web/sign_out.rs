//! Signing out at the provider. Relying parties keep their own sessions.

use super::{App, SIGN_OUT, failed};
use axum::extract::State;
use axum::response::Response;
use http::header;
use serde::Serialize;
use ui::{Submitted, Visit};

/// What the page shows.
#[derive(Serialize)]
pub(crate) struct SignOutPage {
    /// Whether somebody is still signed in and is asked.
    pub(crate) signed_in: bool,
    /// Where the form goes.
    pub(crate) action: &'static str,
}

/// Asks; a link alone must not sign anybody out.
pub(super) async fn show(State(app): State<App>, visit: Visit) -> Response {
    match app.identity.is_signed_in(visit.session()).await {
        Ok(signed_in) => page(&visit, signed_in),
        Err(error) => failed(&visit, error),
    }
}

/// Signs out.
pub(super) async fn sign_out(State(app): State<App>, submitted: Submitted) -> Response {
    let visit = submitted.visit;
    if let Some(session) = visit.session()
        && let Err(error) = app.identity.sign_out(session).await
    {
        return failed(&visit, error);
    }
    let mut response = page(&visit, false);
    response.headers_mut().append(header::SET_COOKIE, app.ui.session_cookie().forget());
    response
}

fn page(visit: &Visit, signed_in: bool) -> Response {
    let page = SignOutPage { signed_in, action: SIGN_OUT };
    visit.page("identity/sign_out.html", page).respond()
}
