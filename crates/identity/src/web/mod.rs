//! The pages people see when they sign in. They work without script.

mod claims;
mod door;
mod foreign;
mod own;
mod script;
mod sign_in;
mod sign_out;

use crate::error::Error;
use crate::service::{Asked, FOREIGN_CALLBACK, Identity, Judged};
use axum::extract::FromRef;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kernel::pages::Pages;
use kernel::problem::Problem;
use serde::Serialize;
use ui::{Lang, Ui, Visit};

/// Where the sign-in form goes.
const SIGN_IN: &str = "/identity/sign-in";
/// Where a passkey's answer goes.
const SIGN_IN_BY_PASSKEY: &str = "/identity/sign-in/passkey";
/// A person's passkeys.
const PASSKEYS: &str = "/identity/passkeys";
/// Where the wish to remove one goes.
const PASSKEYS_REMOVE: &str = "/identity/passkeys/remove";
/// Where the wish to unlink a provider goes.
const UNLINK: &str = "/identity/unlink";
/// A person's sign-ins.
const SIGN_INS: &str = "/identity/sign-ins";
/// Where the answer about claims goes.
const CLAIMS: &str = "/identity/sign-in/claims";
/// Where one signs out.
const SIGN_OUT: &str = "/identity/sign-out";

/// The state of every page.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) identity: Identity,
    pub(crate) ui: Ui,
}

impl FromRef<App> for Ui {
    fn from_ref(app: &App) -> Self {
        app.ui.clone()
    }
}

pub(crate) fn routes() -> Pages<App> {
    Pages::new()
        .get("/authorize", sign_in::authorize)
        .post("/authorize", sign_in::authorize_by_form)
        .get(SIGN_IN, sign_in::back_to_authorize)
        .post(SIGN_IN, sign_in::sign_in)
        .get(SIGN_IN_BY_PASSKEY, sign_in::back_to_authorize)
        .post(SIGN_IN_BY_PASSKEY, sign_in::sign_in_by_passkey)
        .get(door::ENTER, own::back)
        .post(door::ENTER, own::enter)
        .get(door::ENTER_BY_PASSKEY, own::back)
        .post(door::ENTER_BY_PASSKEY, own::enter_by_passkey)
        .get(PASSKEYS, own::show_passkeys)
        .post(PASSKEYS, own::add_passkey)
        .get(PASSKEYS_REMOVE, own::back)
        .post(PASSKEYS_REMOVE, own::remove_passkey)
        .get("/identity/foreign/{provider}", foreign::begin)
        .get("/identity/foreign/{provider}/own", foreign::begin_own)
        .get(FOREIGN_CALLBACK, foreign::complete)
        .get(UNLINK, own::back)
        .post(UNLINK, own::unlink)
        .get(SIGN_INS, own::show_sign_ins)
        .get(script::PATH, script::serve)
        .get(CLAIMS, claims::show)
        .post(CLAIMS, claims::decide)
        .get(SIGN_OUT, sign_out::show)
        .post(SIGN_OUT, sign_out::sign_out)
}

/// What the page for an unanswerable request shows.
#[derive(Serialize)]
pub(crate) struct RefusedPage {
    /// For the developer of the relying party, in English.
    pub(crate) reason: String,
}

/// The request in a query, or the answer that ends it.
async fn judge(app: &App, visit: &Visit, query: &str) -> Result<Asked, Response> {
    match app.identity.judge(query).await {
        Ok(Judged::Sound(asked)) => Ok(*asked),
        Ok(Judged::Refused(location)) => Err(redirect(&location, None)),
        Ok(Judged::Unanswerable(why)) => {
            let page = RefusedPage { reason: why.to_string() };
            let page = visit.page("identity/refused.html", page).status(StatusCode::BAD_REQUEST);
            Err(page.respond())
        }
        Err(error) => Err(failed(visit, error)),
    }
}

/// The relying party may wish for a language; what the person chose comes first.
fn in_language(mut visit: Visit, query: &str, wanted: &[String]) -> Visit {
    let chosen = query.split('&').any(|pair| pair.starts_with("lang="));
    let wanted: Vec<Lang> = wanted.iter().filter_map(|tag| Lang::parse(tag)).collect();
    if let Some(first) = wanted.first().filter(|_| !chosen) {
        let known = visit.ui().choose(&wanted);
        if known != Lang::EN || *first == Lang::EN {
            visit.lang = known;
        }
    }
    visit
}

/// 303, so that the browser comes with GET and no form data (RFC 9700 section 4.12). The address may
/// hold a code: nothing keeps it, and no `Referer` carries it on.
fn redirect(location: &str, cookie: Option<HeaderValue>) -> Response {
    let Ok(location) = HeaderValue::from_str(location) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::LOCATION, location);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Some(cookie) = cookie {
        headers.insert(header::SET_COOKIE, cookie);
    }
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// A page for our own fault; the cause goes to the log with its trace id.
fn failed(visit: &Visit, error: Error) -> Response {
    let problem = Problem::from(error);
    let trace = problem.document().trace_id;
    match problem.status() {
        StatusCode::SERVICE_UNAVAILABLE => visit.unavailable(trace.as_deref()),
        _ => visit.failed(trace.as_deref()),
    }
}

#[cfg(test)]
pub(crate) mod samples;
