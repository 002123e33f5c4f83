//! The sign-in page: number and code, or a passkey.

use super::door::{Came, Door};
use super::foreign::link_cookie;
use super::{App, CLAIMS, failed, in_language, judge, redirect, script};
use crate::error::Error;
use crate::model::number::Identifier;
use crate::model::passkey::Answer;
use crate::model::provider::DOOR_LENGTH_MAX;
use crate::model::request::QUERY_LENGTH_MAX;
use crate::service::{Asked, Authorized, Credentials, Question, SignedIn};
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use credential::totp::DIGITS;
use http::{StatusCode, header};
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
    /// Other providers.
    pub(crate) providers: Vec<ProviderLink>,
    /// Name of the provider that vouches for somebody whom number and code are to tie to it.
    pub(crate) linking: Option<String>,
}

/// A way to another provider.
#[derive(Serialize)]
pub(crate) struct ProviderLink {
    /// What people call it.
    pub(crate) name: String,
    /// Where it begins.
    pub(crate) href: String,
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
        Ok(Authorized::SignIn) => {
            Shown::new(&app, &visit, &came).first(&Door::Party(asked.into())).await
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
        Err(errors) => return page.again(door, number, errors).await,
    };
    let cookie = link_cookie(&visit);
    let link = match app.identity.link_in(visit.cookie(&cookie), visit.lang.as_str()).await {
        Ok(link) => link.map(|(link, _)| link),
        Err(error) => return failed(&visit, error),
    };
    let forget = link.is_some();
    let credentials = Credentials { link, ..credentials };
    match app.identity.sign_in(door.arrival(&visit, came), credentials).await {
        Ok(SignedIn::Refused) => {
            let mut errors = Errors::none();
            errors.add("code", visit.t("sign-in.wrong", &[]));
            page.again(door, number, errors).await
        }
        Ok(signed_in) => {
            let mut answer = let_in(app, signed_in, door);
            if forget {
                answer.headers_mut().append(header::SET_COOKIE, cookie.forget());
            }
            answer
        }
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
            Shown::new(app, &visit, came).again(door, String::new(), errors).await
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
        Some(identifier) if errors.is_empty() => Ok(Credentials { identifier, code, link: None }),
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
    pub(super) async fn first(&self, door: &Door) -> Response {
        self.show(door, String::new(), Errors::none(), StatusCode::OK).await
    }

    /// With what is wrong.
    async fn again(&self, door: &Door, number: String, errors: Errors) -> Response {
        self.show(door, number, errors, StatusCode::UNPROCESSABLE_ENTITY).await
    }

    async fn show(
        &self,
        door: &Door,
        number: String,
        errors: Errors,
        status: StatusCode,
    ) -> Response {
        let page = match self.gather(door, number, errors).await {
            Ok(page) => page,
            Err(error) => return failed(self.visit, error),
        };
        let has_script = page.passkey.is_some();
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

    /// What the page shows. While another provider's word is to be tied to somebody, number and code
    /// are the one way: who signs in otherwise would leave it untied.
    async fn gather(
        &self,
        door: &Door,
        number: String,
        errors: Errors,
    ) -> Result<SignInPage, Error> {
        let (identity, language) = (&self.app.identity, self.visit.lang.as_str());
        let note = self.visit.cookie(&link_cookie(self.visit));
        let linking = identity.link_in(note, language).await?.map(|(_, name)| name);
        let mut page = SignInPage {
            party: door.party(),
            action: door.action(),
            number,
            errors,
            passkey: None,
            twin: None,
            providers: Vec::new(),
            linking,
        };
        if page.linking.is_some() {
            return Ok(page);
        }
        if let Some(home) = identity.home() {
            if home.is_at(&self.came.host) {
                let bound_to = door.arrival(self.visit, self.came).digest();
                let form = |question| PasskeyForm { action: door.passkey_action(), question };
                page.passkey = identity.passkey_question(&bound_to)?.map(form);
            } else {
                page.twin = Some(format!("{}{}", home.origin, door.page()));
            }
        }
        // People are sent back to the issuer's own address, where the cookie must be.
        let issued = identity.issuer().split_once("://").map(|(_, authority)| authority);
        if issued == Some(self.came.host.as_str()) && door.note().len() <= DOOR_LENGTH_MAX {
            let offered = identity.offered(language).await?.into_iter();
            page.providers = offered
                .map(|one| ProviderLink { href: door.leave_for(&one.id), name: one.name })
                .collect();
        }
        Ok(page)
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
