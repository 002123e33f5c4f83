//! The page that asks whether facts may go out. It names them; the values are shown to nobody here.

use super::sign_in::with_request;
use super::{App, CLAIMS, failed, judge, redirect};
use crate::model::claims::Claim;
use crate::model::client::origin;
use crate::service::Authorized;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use serde::Serialize;
use ui::{Submitted, Visit};

/// What the page shows.
#[derive(Serialize)]
pub(crate) struct ClaimsPage {
    /// Who asks.
    pub(crate) party: String,
    /// Where the form goes, request and all.
    pub(crate) action: String,
    /// Names of the claims, as OpenID Connect has them.
    pub(crate) claims: Vec<&'static str>,
}

/// Asks.
pub(super) async fn show(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    visit: Visit,
) -> Response {
    let asked = match judge(&app, &visit, &query.unwrap_or_default()).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    match app.identity.authorize(&asked, visit.session()).await {
        Ok(Authorized::Claims) => {}
        Ok(Authorized::Answered(location)) => return redirect(&location, None),
        Ok(Authorized::SignIn) => return redirect(&with_request("/authorize", &asked), None),
        Err(error) => return failed(&visit, error),
    }
    let page = ClaimsPage {
        party: asked.party.name.clone(),
        action: with_request(CLAIMS, &asked),
        claims: Claim::PROFILE.iter().map(|claim| claim.name()).collect(),
    };
    let page = visit.page("identity/claims.html", page);
    page.forms_to(&origin(&asked.request.redirect_uri)).respond()
}

/// Takes the answer. Anything but a plain yes is a no.
pub(super) async fn decide(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    submitted: Submitted,
) -> Response {
    let Submitted { visit, fields } = submitted;
    let asked = match judge(&app, &visit, &query.unwrap_or_default()).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let allowed = fields.text("answer") == "allow";
    match app.identity.decide_claims(&asked, visit.session(), allowed).await {
        Ok(Some(location)) => redirect(&location, None),
        Ok(None) => redirect(&with_request("/authorize", &asked), None),
        Err(error) => failed(&visit, error),
    }
}
