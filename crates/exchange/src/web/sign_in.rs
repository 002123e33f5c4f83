//! Signing in by number and one-time code, or with an operator's token, and signing out.

use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use credential::totp::DIGITS;
use http::{StatusCode, header};
use kernel::auth::AuthState;
use serde::Serialize;
use ui::desk::{SIGN_IN, SignedIn, next};
use ui::{Errors, Fields, Submitted, Visit, see_other};

use super::{App, failed};
use crate::service::SignIn;

/// What the sign-in page shows.
#[derive(Serialize)]
struct SignInPage {
    /// Where the officer wanted to go.
    next: String,
    /// What was typed as number; a code or token is never shown again.
    number: String,
    errors: Errors,
}

/// The sign-in page.
pub(super) async fn show(visit: Visit, Query(asked): Query<Vec<(String, String)>>) -> Response {
    let asked = asked.into_iter().find(|(name, _)| name == "next").map(|(_, next)| next);
    page(&visit, next(&asked.unwrap_or_default()), "", Errors::none())
}

/// Takes number and code, or an operator's token.
pub(super) async fn sign_in(
    State(app): State<App>,
    Extension(auth): Extension<AuthState>,
    submitted: Submitted,
) -> Response {
    let Submitted { visit, fields } = submitted;
    let (number, token) = (fields.text("number"), fields.text("token"));
    let next = next(fields.text("next"));
    let outcome = if token.is_empty() {
        match mistyped(&visit, &fields) {
            errors if errors.is_empty() => {
                let code = code_of(&fields);
                app.exchange.sign_in_with_code(number, &code).await
            }
            errors => return page(&visit, next, number, errors),
        }
    } else {
        match auth.verifier().verify(token) {
            Ok(claims) => app.exchange.sign_in_operator(&claims).await,
            Err(_) => Ok(None),
        }
    };
    match outcome {
        Ok(Some(signed_in)) => enter(&app, &signed_in, next),
        Ok(None) => {
            let mut errors = Errors::none();
            let (field, text) = match token {
                "" => ("code", "desk-sign-in.wrong"),
                _ => ("token", "desk-sign-in.token-wrong"),
            };
            errors.add(field, visit.t(text, &[]));
            page(&visit, next, number, errors)
        }
        Err(error) => failed(&visit, error),
    }
}

/// Ends the session. It takes no token of a form: the button stands on the pages of every block, and
/// the cookie alone proves that one of them was used, as no other site's request carries it.
pub(super) async fn sign_out(
    State(app): State<App>,
    visit: Visit,
    who: Result<SignedIn, Response>,
) -> Response {
    if !visit.may_sign_out() {
        return see_other(SIGN_IN);
    }
    if let Ok(signed_in) = who
        && let Err(error) = app.exchange.sign_out(&signed_in.claims).await
    {
        return failed(&visit, error);
    }
    let mut response = see_other(SIGN_IN);
    let forget = ui::desk::cookie(app.ui.site().secure).forget();
    response.headers_mut().append(header::SET_COOKIE, forget);
    response
}

fn enter(app: &App, signed_in: &SignIn, next: &str) -> Response {
    // No Max-Age: the session is over when the browser is closed, at the latest.
    let cookie = ui::desk::cookie(app.ui.site().secure).set(&signed_in.token, None);
    let mut response = see_other(next);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// What anybody can see to be mistyped, without asking who is known here.
fn mistyped(visit: &Visit, fields: &Fields) -> Errors {
    let mut errors = Errors::none();
    if fields.text("number").split('/').filter(|part| !part.is_empty()).count() < 3 {
        errors.add("number", visit.t("desk-sign-in.number-mistyped", &[]));
    }
    let code = code_of(fields);
    if code.len() != DIGITS || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        errors.add("code", visit.t("desk-sign-in.code-mistyped", &[]));
    }
    errors
}

fn code_of(fields: &Fields) -> String {
    fields.text("code").chars().filter(|c| *c != ' ').collect()
}

fn page(visit: &Visit, next: &str, number: &str, errors: Errors) -> Response {
    let good = errors.is_empty();
    let status = if good { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = SignInPage { next: next.to_owned(), number: number.to_owned(), errors };
    visit.page("exchange/sign_in.html", page).status(status).respond()
}

/// The page with something to show, for the tests.
#[cfg(test)]
pub(super) fn samples() -> Vec<ui::Sample> {
    let page = |fields: &[&str]| {
        let mut errors = Errors::none();
        fields.iter().for_each(|field| errors.add(field, "Look again"));
        let page = SignInPage { next: "/desk".to_owned(), number: "GOV/M&P/1".to_owned(), errors };
        ui::Sample::new("exchange/sign_in.html", page)
    };
    vec![page(&[]), page(&["number", "code"]), page(&["token"])]
}
