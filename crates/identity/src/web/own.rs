//! Pages for whoever is signed in here: ways to sign in, and the sign-ins so far. Who is not signed in
//! is shown the sign-in form in their place.

use super::door::{Came, Door, OwnPage};
use super::sign_in::{Shown, by_code, by_passkey};
use super::{App, PASSKEYS, PASSKEYS_REMOVE, SIGN_INS, SIGN_OUT, UNLINK, failed, redirect, script};
use crate::model::passkey::Made;
use crate::service::{Changed, Enrolment, PasskeyOut, ProviderName};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use contracts::identity::SignInEntry;
use http::StatusCode;
use serde::Serialize;
use ui::{Submitted, Visit};

/// Sections of these pages.
const SECTIONS: [(&str, &str); 2] = [(PASSKEYS, "own.passkeys"), (SIGN_INS, "own.sign-ins")];

/// What the page of passkeys shows.
#[derive(Serialize)]
pub(crate) struct PasskeysPage {
    pub(crate) passkeys: Vec<PasskeyOut>,
    /// Makes another.
    pub(crate) enrolment: Option<Enrolment>,
    /// Whether the person has signed in too long ago to change anything.
    pub(crate) stale: bool,
    /// The same page under the name that passkeys are bound to, where this one is under another.
    pub(crate) twin: Option<String>,
    /// Whether something was refused just now.
    pub(crate) refused: bool,
    /// Where the forms go.
    pub(crate) add: &'static str,
    pub(crate) remove: &'static str,
    pub(crate) unlink: &'static str,
    /// Other providers that are linked.
    pub(crate) linked: Vec<ProviderName>,
    /// What a new passkey is called if the person does not say.
    pub(crate) device: String,
}

/// What the page of sign-ins shows.
#[derive(Serialize)]
pub(crate) struct SignInsPage {
    pub(crate) entries: Vec<SignInEntry>,
}

/// Where the language links of a page end that answered a form.
pub(super) async fn back(RawQuery(query): RawQuery) -> Response {
    redirect(OwnPage::of(&query.unwrap_or_default()).path(), None)
}

/// Takes number and code.
pub(super) async fn enter(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    came: Came,
    submitted: Submitted,
) -> Response {
    let door = Door::Own(OwnPage::of(&query.unwrap_or_default()));
    by_code(&app, &came, submitted, &door).await
}

/// Takes the answer of a passkey.
pub(super) async fn enter_by_passkey(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    came: Came,
    submitted: Submitted,
) -> Response {
    let door = Door::Own(OwnPage::of(&query.unwrap_or_default()));
    by_passkey(&app, &came, submitted, &door).await
}

/// The passkeys of the person.
pub(super) async fn show_passkeys(State(app): State<App>, came: Came, visit: Visit) -> Response {
    passkeys_page(&app, visit, &came, false).await
}

/// Adds a passkey.
pub(super) async fn add_passkey(
    State(app): State<App>,
    came: Came,
    submitted: Submitted,
) -> Response {
    let Submitted { visit, fields } = submitted;
    let name = match fields.text("name") {
        "" if came.device.is_empty() => visit.t("passkeys.unnamed", &[]),
        "" => came.device.clone(),
        named => named.to_owned(),
    };
    let changed = match Made::parse(fields.text("credential")) {
        Some(made) => app.identity.add_passkey(visit.session(), made, name).await,
        None => Ok(Changed::Refused),
    };
    match changed {
        Ok(changed) => after(&app, visit, &came, changed).await,
        Err(error) => failed(&visit, error),
    }
}

/// Removes a passkey.
pub(super) async fn remove_passkey(
    State(app): State<App>,
    came: Came,
    submitted: Submitted,
) -> Response {
    let Submitted { visit, fields } = submitted;
    let changed = match fields.text("passkey").parse() {
        Ok(id) => app.identity.remove_passkey(visit.session(), id).await,
        Err(_) => Ok(Changed::Refused),
    };
    match changed {
        Ok(changed) => after(&app, visit, &came, changed).await,
        Err(error) => failed(&visit, error),
    }
}

/// Unlinks a provider.
pub(super) async fn unlink(State(app): State<App>, came: Came, submitted: Submitted) -> Response {
    let Submitted { visit, fields } = submitted;
    let provider = fields.text("provider").to_owned();
    match app.identity.unlink(visit.session(), provider).await {
        Ok(changed) => after(&app, visit, &came, changed).await,
        Err(error) => failed(&visit, error),
    }
}

/// The sign-ins of the person.
pub(super) async fn show_sign_ins(State(app): State<App>, came: Came, visit: Visit) -> Response {
    match app.identity.own_sign_ins(visit.session()).await {
        Ok(Some(found)) => {
            let page = SignInsPage { entries: found.entries };
            inside(visit).page("identity/sign_ins.html", page).respond()
        }
        Ok(None) => Shown::new(&app, &visit, &came).first(&Door::Own(OwnPage::SignIns)).await,
        Err(error) => failed(&visit, error),
    }
}

async fn after(app: &App, visit: Visit, came: &Came, changed: Changed) -> Response {
    match changed {
        Changed::Done => redirect(PASSKEYS, None),
        Changed::Refused => passkeys_page(app, visit, came, true).await,
        Changed::SignInFirst => {
            Shown::new(app, &visit, came).first(&Door::Own(OwnPage::Passkeys)).await
        }
    }
}

async fn passkeys_page(app: &App, visit: Visit, came: &Came, refused: bool) -> Response {
    let found = match app.identity.passkeys(visit.session()).await {
        Ok(Some(found)) => found,
        Ok(None) => {
            return Shown::new(app, &visit, came).first(&Door::Own(OwnPage::Passkeys)).await;
        }
        Err(error) => return failed(&visit, error),
    };
    let (passkeys, enrolment) = found;
    let linked = match app.identity.linked(visit.session(), visit.lang.as_str()).await {
        Ok(linked) => linked,
        Err(error) => return failed(&visit, error),
    };
    let home = app.identity.home();
    let at_home = home.is_some_and(|home| home.is_at(&came.host));
    let twin = home.filter(|_| !at_home).map(|home| format!("{}{PASSKEYS}", home.origin));
    let page = PasskeysPage {
        passkeys,
        stale: enrolment.is_none() && home.is_some(),
        enrolment: enrolment.filter(|_| at_home),
        twin,
        refused,
        add: PASSKEYS,
        remove: PASSKEYS_REMOVE,
        unlink: UNLINK,
        linked,
        device: came.device.clone(),
    };
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let has_script = page.enrolment.is_some();
    let visit = inside(visit);
    let page = visit.page("identity/passkeys.html", page).status(status);
    if has_script { page.script(script::address()).respond() } else { page.respond() }
}

/// A visit of somebody who is signed in. No name: this block tells facts only where they are read into
/// a log.
fn inside(visit: Visit) -> Visit {
    let name = visit.t("own.account", &[]);
    visit.signed_in(name, SIGN_OUT).with_nav(&SECTIONS)
}
