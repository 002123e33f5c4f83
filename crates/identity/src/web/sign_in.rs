//! The sign-in page: number and code, or a passkey.

use super::door::{Came, Door};
use super::{App, CLAIMS, failed, in_language, judge, redirect, script};
use crate::model::number::Identifier;
use crate::model::passkey::Answer;
use crate::model::request::QUERY_LENGTH_MAX;
use crate::service::{Asked, Authorized, Credentials, Question, SignedIn};
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
    /// Who the person is signing in to; none for our own pages.
    pub(crate) party: Option<String>,
    /// Where the form goes, request and all.
    pub(crate) action: String,
    /// What was typed as number; a code is never shown again.
    pub(crate) number: String,
    /// What is wrong.
    pub(crate) errors: Errors,
    /// Asks for a passkey, where that is possible.
    pub(crate) passkey: Option<PasskeyForm>,
    /// The same page under the name that passkeys are bound to, where this one is under another.
    pub(crate) twin: Option<String>,
}

/// The form that the script fills in.
#[derive(Serialize)]
pub(crate) struct PasskeyForm {
    /// Where it goes.
    pub(crate) action: String,
    /// What the browser is asked.
    #[serde(flatten)]
    pub(crate) question: Question,
}

/// The authorization endpoint (OpenID Connect Core section 3.1.2).
pub(super) async fn authorize(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    came: Came,
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
        Ok(Authorized::SignIn) => Shown::new(&app, &visit, &came).first(&Door::Party(asked.into())),
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

/// Takes number and code for a relying party.
pub(super) async fn sign_in(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    came: Came,
    submitted: Submitted,
) -> Response {
    match judge(&app, &submitted.visit, &query.unwrap_or_default()).await {
        Ok(asked) => by_code(&app, &came, submitted, &Door::Party(asked.into())).await,
        Err(answer) => answer,
    }
}

/// Takes the answer of a passkey for a relying party.
pub(super) async fn sign_in_by_passkey(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    came: Came,
    submitted: Submitted,
) -> Response {
    match judge(&app, &submitted.visit, &query.unwrap_or_default()).await {
        Ok(asked) => by_passkey(&app, &came, submitted, &Door::Party(asked.into())).await,
        Err(answer) => answer,
    }
}

/// Signs in by number and code.
pub(super) async fn by_code(app: &App, came: &Came, submitted: Submitted, door: &Door) -> Response {
    let Submitted { visit, fields } = submitted;
    let page = Shown::new(app, &visit, came);
    let number = fields.text("number").to_owned();
    let credentials = match read(&visit, &fields) {
        Ok(credentials) => credentials,
        Err(errors) => return page.again(door, number, errors),
    };
    match app.identity.sign_in(door.arrival(&visit, came), credentials).await {
        Ok(SignedIn::Refused) => {
            let mut errors = Errors::none();
            errors.add("code", visit.t("sign-in.wrong", &[]));
            page.again(door, number, errors)
        }
        Ok(signed_in) => let_in(app, signed_in, door),
        Err(error) => failed(&visit, error),
    }
}

/// Signs in by passkey.
pub(super) async fn by_passkey(
    app: &App,
    came: &Came,
    submitted: Submitted,
    door: &Door,
) -> Response {
    let Submitted { visit, fields } = submitted;
    let outcome = match Answer::parse(fields.text("credential")) {
        Some(answer) => app.identity.sign_in_with_passkey(door.arrival(&visit, came), answer).await,
        None => Ok(SignedIn::Refused),
    };
    match outcome {
        Ok(SignedIn::Refused) => {
            let mut errors = Errors::none();
            errors.add("number", visit.t("sign-in.passkey-wrong", &[]));
            Shown::new(app, &visit, came).again(door, String::new(), errors)
        }
        Ok(signed_in) => let_in(app, signed_in, door),
        Err(error) => failed(&visit, error),
    }
}

/// Gives the browser its session and sends it on.
pub(super) fn let_in(app: &App, signed_in: SignedIn, door: &Door) -> Response {
    let SignedIn::In { session, location } = signed_in else {
        return redirect(&door.page(), None);
    };
    let age = u32::try_from(crate::service::SESSION_SECONDS).unwrap_or_default();
    let cookie = app.ui.session_cookie().set(&session, Some(age));
    let onwards = || match door {
        Door::Party(asked) => with_request(CLAIMS, asked),
        Door::Own(page) => page.path().to_owned(),
    };
    redirect(&location.unwrap_or_else(onwards), Some(cookie))
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
        Some(identifier) if errors.is_empty() => Ok(Credentials { identifier, code }),
        _ => Err(errors),
    }
}

/// Shows the sign-in page.
pub(super) struct Shown<'a> {
    app: &'a App,
    visit: &'a Visit,
    came: &'a Came,
}

impl<'a> Shown<'a> {
    pub(super) fn new(app: &'a App, visit: &'a Visit, came: &'a Came) -> Self {
        Self { app, visit, came }
    }

    /// For the first time.
    pub(super) fn first(&self, door: &Door) -> Response {
        self.show(door, String::new(), Errors::none(), StatusCode::OK)
    }

    /// With what is wrong.
    fn again(&self, door: &Door, number: String, errors: Errors) -> Response {
        self.show(door, number, errors, StatusCode::UNPROCESSABLE_ENTITY)
    }

    fn show(&self, door: &Door, number: String, errors: Errors, status: StatusCode) -> Response {
        let (mut passkey, mut twin) = (None, None);
        if let Some(home) = self.app.identity.home() {
            let bound_to = door.arrival(self.visit, self.came).digest();
            match self.app.identity.passkey_question(&bound_to) {
                Ok(question) if home.is_at(&self.came.host) => {
                    let form = |question| PasskeyForm { action: door.passkey_action(), question };
                    passkey = question.map(form);
                }
                Ok(_) => twin = Some(format!("{}{}", home.origin, door.page())),
                Err(error) => return failed(self.visit, error),
            }
        }
        let has_script = passkey.is_some();
        let page = SignInPage {
            party: door.party(),
            action: door.action(),
            number,
            errors,
            passkey,
            twin,
        };
        let mut page = self.visit.page("identity/sign_in.html", page).status(status);
        if has_script {
            page = page.script(script::address());
        }
        match door.leads_to() {
            // Browsers hold form-action against the redirect that follows the form as well.
            Some(origin) => page.forms_to(&origin).respond(),
            None => page.respond(),
        }
    }
}

/// A path with the request in its query.
pub(super) fn with_request(path: &str, asked: &Asked) -> String {
    format!("{path}?{}", asked.parameters.query())
}

/// Only characters that a query may hold, so that a form cannot put anything else into a header.
fn is_query(form: &str) -> bool {
    form.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#')
}
