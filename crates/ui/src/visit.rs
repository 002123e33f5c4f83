//! A visitor asking for a page: language, session, token, and what the frame shows about them.

use crate::{Cookie, Lang, Page, Ui, lang};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use minijinja::value::Serde;
use serde::Serialize;
use std::convert::Infallible;

/// The chosen language is remembered for a year, seconds.
const LANG_AGE_SECONDS: u32 = 365 * 24 * 60 * 60;

/// Who is signed in, as the frame shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Account {
    /// What to call them.
    pub name: String,
    /// Where the sign-out button posts to.
    pub sign_out: String,
}

/// An entry of the bar under the header.
#[derive(Clone, Debug, Serialize)]
pub struct NavItem {
    /// Translated text.
    pub text: String,
    /// Path.
    pub href: String,
    /// Whether this is where one is.
    pub current: bool,
}

/// A request for a page. An extractor for any state that holds a [`Ui`]; it never refuses.
#[derive(Clone)]
pub struct Visit {
    /// The language of the answer.
    pub lang: Lang,
    /// Set by the handler once it knows who is signed in.
    pub account: Option<Account>,
    /// Set by the handler; empty for none.
    pub nav: Vec<NavItem>,
    pub(crate) ui: Ui,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) token: String,
    pub(crate) cookies: Vec<HeaderValue>,
    pub(crate) home: Option<&'static str>,
    pub(crate) headers: HeaderMap,
}

impl<S: Send + Sync> FromRequestParts<S> for Visit
where
    Ui: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(Ui::from_ref(state), parts))
    }
}

impl Visit {
    /// The visit that `parts` are the head of.
    #[must_use]
    pub fn of(ui: Ui, parts: &Parts) -> Self {
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let asked =
            query.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Lang::parse);
        let asked = asked.filter(|lang| ui.choose(&[*lang]) == *lang);
        let headers = &parts.headers;
        let remembered = ui.0.lang_cookie.read(headers).and_then(Lang::parse);
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let wanted: Vec<Lang> = asked
            .into_iter()
            .chain(remembered)
            .chain(lang::accepted(accepted.unwrap_or_default()))
            .collect();

        let mut cookies = Vec::new();
        if let Some(lang) = asked {
            cookies.push(ui.0.lang_cookie.set(lang.as_str(), Some(LANG_AGE_SECONDS)));
        }
        let session = &sessions(&ui, headers);
        // A token that still holds is kept, so that a second tab does not spoil the form in the first.
        let kept = ui.0.csrf_cookie.read(headers).filter(|token| ui.0.csrf.is_ours(token, session));
        let token = kept.map_or_else(|| ui.0.csrf.mint(session), str::to_owned);
        if kept.is_none() {
            cookies.push(ui.0.csrf_cookie.set(&token, None));
        }
        Self {
            lang: ui.choose(&wanted),
            account: None,
            nav: Vec::new(),
            path: parts.uri.path().to_owned(),
            query,
            token,
            cookies,
            home: None,
            headers: headers.clone(),
            ui,
        }
    }

    /// The pages this visit belongs to.
    #[must_use]
    pub fn ui(&self) -> &Ui {
        &self.ui
    }

    /// The path asked for, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value of the block's session cookie, if the browser sent one. It proves nothing until it is looked up.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        self.ui.0.session_cookie.read(&self.headers)
    }

    /// The value of another cookie.
    #[must_use]
    pub fn cookie(&self, cookie: &Cookie) -> Option<&str> {
        cookie.read(&self.headers)
    }

    /// The same visit with somebody signed in.
    #[must_use]
    pub fn signed_in(mut self, name: impl Into<String>, sign_out: impl Into<String>) -> Self {
        self.account = Some(Account { name: name.into(), sign_out: sign_out.into() });
        self
    }

    /// The same visit with a bar of sections: `(path, text key)` each; the longest path that leads here is marked.
    #[must_use]
    pub fn with_nav(mut self, sections: &[(&str, &str)]) -> Self {
        let leads_here = |href: &str| {
            self.path == href
                || self.path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'))
        };
        let current = sections
            .iter()
            .map(|(href, _)| *href)
            .filter(|href| leads_here(href))
            .max_by_key(|href| href.len());
        let item = |(href, key): &(&str, &str)| NavItem {
            text: self.t(key, &[]),
            href: (*href).to_owned(),
            current: Some(*href) == current,
        };
        self.nav = sections.iter().map(item).collect();
        self
    }

    /// A text in the visitor's language.
    #[must_use]
    pub fn t(&self, key: &str, args: &[(&str, String)]) -> String {
        self.ui.text(self.lang, key, args)
    }

    /// A text in the visitor's language, or `otherwise` where the catalogues have none: for codes that others coin, such
    /// as purposes and names of fields.
    #[must_use]
    pub fn t_or(&self, key: &str, otherwise: &str) -> String {
        let found = self.ui.0.texts.find(self.lang, key);
        found.unwrap_or(otherwise).to_owned()
    }

    /// A page from a template and what it shows.
    pub fn page(&self, template: &'static str, context: impl Serialize) -> Page<'_> {
        Page::new(self, template, minijinja::Value::from(Serde(context)))
    }

    /// 404, for a path or a thing that is not there (or that this visitor may not know of).
    #[must_use]
    pub fn not_found(&self) -> Response {
        self.error(StatusCode::NOT_FOUND, "error.not-found", None)
    }

    /// 403, for somebody we know and who lacks the right.
    #[must_use]
    pub fn refused(&self) -> Response {
        self.error(StatusCode::FORBIDDEN, "error.refused", None)
    }

    /// 500, with the trace id under which the log has the reason.
    #[must_use]
    pub fn failed(&self, trace: Option<&str>) -> Response {
        self.error(StatusCode::INTERNAL_SERVER_ERROR, "error.failed", trace)
    }

    /// 503, when another system that the page needs does not answer.
    #[must_use]
    pub fn unavailable(&self, trace: Option<&str>) -> Response {
        self.error(StatusCode::SERVICE_UNAVAILABLE, "error.unavailable", trace)
    }

    /// A page that says what went wrong: the texts `<key>-title` and `<key>`.
    #[must_use]
    pub fn error(&self, status: StatusCode, key: &str, trace: Option<&str>) -> Response {
        let title = self.t(&format!("{key}-title"), &[]);
        let shown = minijinja::context! { title, detail => self.t(key, &[]), trace };
        self.page("error.html", shown).status(status).respond()
    }
}

/// What a form's token is bound to: the sessions, of a resident and at the desk, that the browser holds. A token made for
/// one who was signed in is worth nothing to the next one at the same machine.
pub(crate) fn sessions(ui: &Ui, headers: &HeaderMap) -> String {
    let own = ui.0.session_cookie.read(headers).unwrap_or_default();
    match ui.0.desk_cookie.read(headers) {
        Some(desk) => format!("{own} {desk}"),
        None => own.to_owned(),
    }
}

/// 303 to a path of this site: what a form handler answers after it has done something, so that reloading does not repeat
/// it.
#[must_use]
pub fn see_other(location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
