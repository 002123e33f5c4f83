//! Signing in by the identity authority, and out.

use super::{App, fail};
use crate::model::session::{HOME, SESSION_SECONDS, SIGN_IN_SECONDS};
use crate::service::Callback;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderValue, header};
use kernel::http::Query;
use kernel::problem::Problem;
use serde::Deserialize;
use ui::{Cookie, Submitted, Visit, see_other};

/// Where a resident wants to go after signing in.
#[derive(Default, Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    next: String,
}

/// `GET /portal/sign-in`: sends the resident to the issuer.
pub(super) async fn begin_sign_in(
    State(app): State<App>,
    query: Result<Query<Next>, Problem>,
    visit: Visit,
) -> Response {
    let next = query.map(|Query(query)| query.next).unwrap_or_default();
    match app.portal.begin_sign_in(&next, visit.lang.as_str()).await {
        Ok(begun) => {
            let seconds = u32::try_from(SIGN_IN_SECONDS).ok();
            with_cookies(
                see_other(&begun.url),
                &[browser_cookie(&visit).set(&begun.browser, seconds)],
            )
        }
        Err(error) => fail(&visit, &error),
    }
}

/// `GET /portal/sign-in/callback`: the issuer sends the resident back.
pub(super) async fn complete_sign_in(
    State(app): State<App>,
    query: Result<Query<Callback>, Problem>,
    visit: Visit,
) -> Response {
    let callback = query.map(|Query(query)| query).unwrap_or_default();
    let cookie = browser_cookie(&visit);
    let browser = visit.cookie(&cookie).unwrap_or_default();
    match app.portal.complete_sign_in(callback, browser, visit.session()).await {
        Ok(completed) => {
            let seconds = u32::try_from(SESSION_SECONDS).ok();
            let session = app.ui.session_cookie().set(&completed.token, seconds);
            with_cookies(see_other(&completed.next), &[session, cookie.forget()])
        }
        Err(error) => fail(&visit, &error),
    }
}

/// `POST /portal/sign-out`. Works for whoever holds the cookie, ended session or not.
pub(super) async fn end_session(State(app): State<App>, form: Submitted) -> Response {
    if let Some(token) = form.visit.session()
        && let Err(error) = app.portal.end_session(token).await
    {
        return fail(&form.visit, &error);
    }
    with_cookies(see_other(HOME), &[app.ui.session_cookie().forget()])
}

/// Ties a sign-in to the browser it was begun in: else a stranger's answer could be slipped to a resident (RFC 9700
/// section 4.7.1).
fn browser_cookie(visit: &Visit) -> Cookie {
    Cookie::new("portal-sign-in", visit.ui().site().secure)
}

fn with_cookies(mut response: Response, cookies: &[HeaderValue]) -> Response {
    let sent = response.headers_mut();
    for cookie in cookies {
        sent.append(header::SET_COOKIE, cookie.clone());
    }
    sent.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The address that is left may hold a code.
    sent.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
