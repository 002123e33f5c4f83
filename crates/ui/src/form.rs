//! What a visitor sent in a form, and what is wrong with it.

use crate::{Ui, Visit, visit::sessions};
use axum::body::{self, Body};
use axum::extract::{Form, FromRef, FromRequest, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use std::collections::BTreeMap;

/// Our forms are text; longer ones are not ours. Bytes.
const BODY_MAX: usize = 64 * 1024;

/// A form that was sent from one of our pages, by the one who was shown it. The extractor refuses all others with a page:
/// 403 for a forged or stale one, 413 for one too large, 400 for one that is no form.
pub struct Submitted {
    /// The visit, to answer with.
    pub visit: Visit,
    /// What was filled in.
    pub fields: Fields,
}

/// The fields of a form, in the order sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

/// What is wrong with a form, field by field, in the visitor's language. Templates hand it to the macros of
/// `components.html` whole.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Errors {
    list: Vec<FieldError>,
    by: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Serialize)]
struct FieldError {
    field: String,
    text: String,
}

impl Fields {
    /// Fields as a test or another form would send them.
    #[must_use]
    pub fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// What stands in a field, without the spaces around it; empty if the field was not sent.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(field, _)| field == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// All values of a field that may be ticked more than once.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

impl Errors {
    /// Nothing is wrong.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds what is wrong with a field; the first error of a field is the one shown beside it.
    pub fn add(&mut self, field: &str, text: impl Into<String>) {
        let text = text.into();
        self.by.entry(field.to_owned()).or_insert_with(|| text.clone());
        self.list.push(FieldError { field: field.to_owned(), text });
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl<S: Send + Sync> FromRequest<S> for Submitted
where
    Ui: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let ui = Ui::from_ref(state);
        let (parts, body) = request.into_parts();
        let visit = Visit::of(ui, &parts);
        if comes_from_elsewhere(&parts.headers) {
            return Err(visit.error(StatusCode::FORBIDDEN, "form.expired", None));
        }
        let Ok(bytes) = body::to_bytes(body, BODY_MAX).await else {
            return Err(visit.error(StatusCode::PAYLOAD_TOO_LARGE, "form.too-long", None));
        };
        let whole = Request::from_parts(parts, Body::from(bytes));
        let Ok(Form(fields)) = Form::<Vec<(String, String)>>::from_request(whole, state).await
        else {
            return Err(visit.error(StatusCode::BAD_REQUEST, "form.unreadable", None));
        };
        let fields = Fields(fields);
        if !visit.allows(fields.text("csrf")) {
            return Err(visit.error(StatusCode::FORBIDDEN, "form.expired", None));
        }
        Ok(Self { visit, fields })
    }
}

impl Visit {
    fn allows(&self, in_form: &str) -> bool {
        let inner = &self.ui.0;
        let session = sessions(&self.ui, &self.headers);
        inner.csrf.allows(self.cookie(&inner.csrf_cookie), in_form, &session)
    }
}

/// What the browser itself says about where the form stood (W3C Fetch Metadata). Old browsers say nothing; the token
/// decides then.
pub(crate) fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
    !matches!(site, None | Some(b"same-origin" | b"none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields =
            Fields::new(vec![pair("name", "  Asha "), pair("data", "a"), pair("data", "b")]);
        assert_eq!(fields.text("name"), "Asha");
        assert_eq!(fields.text("nothing"), "");
        assert_eq!(fields.all("data").collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn a_field_shows_its_first_error_and_the_summary_all() {
        let mut errors = Errors::none();
        assert!(errors.is_empty());
        errors.add("code", "Enter the code");
        errors.add("code", "Six digits");
        let seen = serde_json::to_value(&errors).unwrap();
        assert_eq!(seen["by"]["code"], "Enter the code");
        assert_eq!(seen["list"].as_array().unwrap().len(), 2);
    }
}
