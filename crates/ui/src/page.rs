//! Rendering a page into an answer.

use crate::{Account, Lang, NavItem, Visit, assets, headers};
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

/// A page on its way to a visitor.
#[must_use = "a page is sent with `respond`"]
pub struct Page<'v> {
    visit: &'v Visit,
    template: &'static str,
    context: Value,
    status: StatusCode,
    forms_to: Option<String>,
    script: Option<String>,
}

/// What the shell shows around every page.
#[derive(Serialize)]
struct Frame<'v> {
    lang: &'v str,
    dir: String,
    languages: Vec<Language>,
    service: &'v str,
    operator: &'v str,
    home: &'v str,
    sandbox: bool,
    css: &'static str,
    icon: &'static str,
    account: Option<&'v Account>,
    nav: &'v [NavItem],
    path: &'v str,
}

#[derive(Serialize)]
struct Language {
    code: String,
    name: String,
    href: String,
    current: bool,
}

impl<'v> Page<'v> {
    pub(crate) fn new(visit: &'v Visit, template: &'static str, context: Value) -> Self {
        Self { visit, template, context, status: StatusCode::OK, forms_to: None, script: None }
    }

    /// Another status than 200, such as 422 for a form that is shown again with its errors.
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Lets the page's form end at another origin (`https://shop.example`), as when an answer to it redirects there;
    /// browsers hold `form-action` against the redirect too.
    pub fn forms_to(mut self, origin: &str) -> Self {
        self.forms_to = Some(origin.to_owned());
        self
    }

    /// Lets one script of ours run on the page; the template places it with `{{ script }}`. Only for what a browser does not
    /// do without, such as passkeys: the page must stand without it. `path` is one of our own, in plain characters.
    pub fn script(mut self, path: &str) -> Self {
        self.script = Some(path.to_owned());
        self
    }

    /// The answer. A template that fails is our fault: it is logged, and the visitor gets the page for that.
    pub fn respond(self) -> Response {
        let (status, html) = match self.html() {
            Ok(html) => (self.status, html),
            Err(error) => {
                tracing::error!(template = self.template, "Cannot render a page: {error:#}");
                let sorry = context! {
                    title => self.visit.t("error.failed-title", &[]),
                    detail => self.visit.t("error.failed", &[]),
                    trace => Value::from(()),
                };
                let sorry = Self {
                    template: "error.html",
                    context: sorry,
                    forms_to: None,
                    script: None,
                    ..self
                };
                let html =
                    sorry.html().unwrap_or_else(|_| sorry.visit.t("error.failed-title", &[]));
                return sorry.answer(StatusCode::INTERNAL_SERVER_ERROR, html);
            }
        };
        self.answer(status, html)
    }

    /// The page as text.
    ///
    /// # Errors
    /// When the template fails: a value is missing, or of another kind than it expects.
    pub fn html(&self) -> Result<String, minijinja::Error> {
        let visit = self.visit;
        let helpers = &visit.ui.0.helpers[&visit.lang];
        let csrf = format!("<input type=\"hidden\" name=\"csrf\" value=\"{}\">", visit.token);
        let script = self.script.as_ref();
        let script = script.map(|path| format!("<script src=\"{path}\" defer></script>"));
        let page = context! {
            page => self.frame(),
            script => Value::from_safe_string(script.unwrap_or_default()),
            csrf => Value::from_safe_string(csrf),
            ..context! { ..helpers.clone(), ..self.context.clone() }
        };
        visit.ui.0.env.get_template(self.template)?.render(page)
    }

    fn frame(&self) -> Value {
        let visit = self.visit;
        let site = visit.ui.site();
        Value::from(Serde(Frame {
            lang: visit.lang.as_str(),
            dir: visit.t("language.dir", &[]),
            languages: self.languages(),
            service: &site.service,
            operator: &site.operator,
            home: visit.home.unwrap_or(&site.home),
            sandbox: site.sandbox,
            css: assets::css().path(),
            icon: assets::icon().path(),
            account: visit.account.as_ref(),
            nav: &visit.nav,
            path: &visit.path,
        }))
    }

    fn languages(&self) -> Vec<Language> {
        let visit = self.visit;
        let others =
            visit.query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang="));
        let rest: String = others.map(|pair| format!("&{pair}")).collect();
        let language = |lang: Lang| Language {
            code: lang.to_string(),
            name: visit.ui.text(lang, "language.name", &[]),
            href: format!("{}?lang={lang}{rest}", visit.path),
            current: lang == visit.lang,
        };
        visit.ui.0.texts.languages().into_iter().map(language).collect()
    }

    fn answer(&self, status: StatusCode, html: String) -> Response {
        let mut response = Response::new(Body::from(html));
        *response.status_mut() = status;
        let sent = response.headers_mut();
        sent.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        sent.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Ok(lang) = HeaderValue::from_str(self.visit.lang.as_str()) {
            sent.insert(header::CONTENT_LANGUAGE, lang);
        }
        for cookie in &self.visit.cookies {
            sent.append(header::SET_COOKIE, cookie.clone());
        }
        if self.forms_to.is_some() || self.script.is_some() {
            headers::loosen(sent, self.forms_to.as_deref(), self.script.is_some());
        }
        headers::protect(sent, self.visit.ui.site().secure);
        response
    }
}
