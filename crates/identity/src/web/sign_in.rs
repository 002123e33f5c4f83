//! The sign-in page: number and code.

use super::{App, CLAIMS, SIGN_IN, failed, in_language, judge, redirect};
use crate::model::client::origin;
use crate::model::number::Identifier;
use crate::model::request::QUERY_LENGTH_MAX;
use crate::service::{Asked, Authorized, Credentials, SignedIn};
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use credential::totp::DIGITS;
use http::StatusCode;
use serde::Serialize;
use ui::{Errors, Fields, Submitted, Visit};

/// What the sign-in page shows.
#[derive(Serialize)]
pub(crate) struct SignInPage {
    /// Who the person is signing in to.
    pub(crate) party: String,
    /// Where the form goes, request and all.
    pub(crate) action: String,
    /// What was typed as number; a code is never shown again.
    pub(crate) number: String,
    /// What is wrong.
    pub(crate) errors: Errors,
}

/// The authorization endpoint (OpenID Connect Core section 3.1.2).
pub(super) async fn authorize(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    visit: Visit,
) -> Response {
    let query = query.unwrap_or_default();
    let asked = match judge(&app, &visit, &query).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let visit = in_language(visit, &query, &asked.request.ui_locales);
    match app.identity.authorize(&asked, visit.session()).await {
        Ok(Authorized::Answered(location)) => redirect(&location, None),
        Ok(Authorized::Claims) => redirect(&with_request(CLAIMS, &asked), None),
        Ok(Authorized::SignIn) => {
            show(&visit, &asked, String::new(), Errors::none(), StatusCode::OK)
        }
        Err(error) => failed(&visit, error),
    }
}

/// The same by POST, which OpenID Connect Core section 3.1.2.1 demands. Nothing is done but to ask
/// again by GET, so that no token against forged forms is needed.
pub(super) async fn authorize_by_form(visit: Visit, body: Bytes) -> Response {
    match std::str::from_utf8(&body) {
        Ok(form) if body.len() <= QUERY_LENGTH_MAX && is_query(form) => {
            redirect(&format!("/authorize?{form}"), None)
        }
        _ => visit.error(StatusCode::BAD_REQUEST, "form.unreadable", None),
    }
}

/// Where the language links of a page end that answered a form.
pub(super) async fn back_to_authorize(RawQuery(query): RawQuery) -> Response {
    redirect(&format!("/authorize?{}", query.unwrap_or_default()), None)
}

/// Takes number and code.
pub(super) async fn sign_in(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    submitted: Submitted,
) -> Response {
    let Submitted { visit, fields } = submitted;
    let asked = match judge(&app, &visit, &query.unwrap_or_default()).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let number = fields.text("number").to_owned();
    let credentials = match read(&visit, &fields) {
        Ok(credentials) => credentials,
        Err(errors) => {
            return show(&visit, &asked, number, errors, StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    match app.identity.sign_in(&asked, credentials).await {
        Ok(SignedIn::In { session, location }) => {
            let age = u32::try_from(crate::service::SESSION_SECONDS).unwrap_or_default();
            let cookie = app.ui.session_cookie().set(&session, Some(age));
            let location = location.unwrap_or_else(|| with_request(CLAIMS, &asked));
            redirect(&location, Some(cookie))
        }
        Ok(SignedIn::Refused) => {
            let mut errors = Errors::none();
            errors.add("code", visit.t("sign-in.wrong", &[]));
            show(&visit, &asked, number, errors, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => failed(&visit, error),
    }
}

/// What anybody can see to be mistyped, without asking who is known here.
fn read(visit: &Visit, fields: &Fields) -> Result<Credentials, Errors> {
    let mut errors = Errors::none();
    let identifier = Identifier::parse(fields.text("number"));
    if identifier.is_none() {
        errors.add("number", visit.t("sign-in.number-mistyped", &[]));
    }
    let code: String = fields.text("code").chars().filter(|c| *c != ' ').collect();
    if code.len() != DIGITS || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        errors.add("code", visit.t("sign-in.code-mistyped", &[]));
    }
    match identifier {
        Some(identifier) if errors.is_empty() => {
            Ok(Credentials { identifier, code, session: visit.session().map(str::to_owned) })
        }
        _ => Err(errors),
    }
}

fn show(
    visit: &Visit,
    asked: &Asked,
    number: String,
    errors: Errors,
    status: StatusCode,
) -> Response {
    let page = SignInPage {
        party: asked.party.name.clone(),
        action: with_request(SIGN_IN, asked),
        number,
        errors,
    };
    let page = visit.page("identity/sign_in.html", page).status(status);
    // Browsers hold form-action against the redirect that follows the form as well.
    page.forms_to(&origin(&asked.request.redirect_uri)).respond()
}

/// A path with the request in its query.
pub(super) fn with_request(path: &str, asked: &Asked) -> String {
    format!("{path}?{}", asked.parameters.query())
}

/// Only characters that a query may hold, so that a form cannot put anything else into a header.
fn is_query(form: &str) -> bool {
    form.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#')
}
