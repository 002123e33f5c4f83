//! The driver's way to the country: HTTP and nothing else.

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use serde_json::Value;
use std::time::Duration;

/// What went wrong, for whoever reads the story.
#[derive(Debug, thiserror::Error)]
pub enum StoryError {
    /// The request was not answered.
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    /// The answer is not the one the story expects.
    #[error("{step}: expected {expected}, got {status}: {body}")]
    Unexpected {
        /// What was tried.
        step: String,
        /// What should have come back.
        expected: String,
        /// What came back.
        status: StatusCode,
        /// The start of its body.
        body: String,
    },
    /// Something the story needs is not in an answer.
    #[error("{0}")]
    Missing(String),
}

/// An officer or operator at one installation: a base URL and a token.
#[derive(Clone)]
pub struct Desk {
    http: Client,
    base: String,
    token: String,
}

impl Desk {
    /// A desk at `base`, signed in with `token`.
    #[must_use]
    pub fn new(base: &str, token: &str) -> Self {
        Self { http: http(), base: base.to_owned(), token: token.to_owned() }
    }

    /// The installation's base URL.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A request with the token on it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    /// Sends JSON and reads JSON; `key` makes a write that is sent twice happen once.
    ///
    /// # Errors
    /// [`StoryError`] unless the answer is a success.
    pub async fn post(&self, path: &str, key: &str, body: &Value) -> Result<Value, StoryError> {
        let request = self.request(Method::POST, path).header("idempotency-key", key).json(body);
        json(path, request.send().await?).await
    }

    /// Puts JSON where it belongs and reads JSON.
    ///
    /// # Errors
    /// [`StoryError`] unless the answer is a success.
    pub async fn put(&self, path: &str, body: &Value) -> Result<Value, StoryError> {
        json(path, self.request(Method::PUT, path).json(body).send().await?).await
    }

    /// Sends newline-delimited JSON and reads JSON; `key` makes a write that is sent twice happen once.
    ///
    /// # Errors
    /// [`StoryError`] unless the answer is a success.
    pub async fn post_lines(
        &self,
        path: &str,
        key: &str,
        lines: &[Value],
    ) -> Result<Value, StoryError> {
        let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let request = self.request(Method::POST, path).header("idempotency-key", key);
        let request = request.header("content-type", "application/x-ndjson").body(body);
        json(path, request.send().await?).await
    }

    /// Reads JSON.
    ///
    /// # Errors
    /// [`StoryError`] unless the answer is a success.
    pub async fn get(&self, path: &str) -> Result<Value, StoryError> {
        json(path, self.request(Method::GET, path).send().await?).await
    }
}

/// The JSON of a successful answer; `null` when it has no body.
///
/// # Errors
/// [`StoryError::Unexpected`] when it is no success.
pub async fn json(step: &str, answer: Response) -> Result<Value, StoryError> {
    let status = answer.status();
    let body = answer.text().await?;
    if !status.is_success() {
        return Err(unexpected(step, "a success", status, &body));
    }
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&body).map_err(|_| unexpected(step, "JSON", status, &body))
}

/// An answer the story does not expect.
#[must_use]
pub fn unexpected(step: &str, expected: &str, status: StatusCode, body: &str) -> StoryError {
    /// Enough to see what is wrong.
    const SHOWN: usize = 600;
    StoryError::Unexpected {
        step: step.to_owned(),
        expected: expected.to_owned(),
        status,
        body: body.chars().take(SHOWN).collect(),
    }
}

/// The text at a JSON pointer.
///
/// # Errors
/// [`StoryError::Missing`] naming the pointer.
pub fn text(value: &Value, pointer: &str) -> Result<String, StoryError> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found
        .map(str::to_owned)
        .ok_or_else(|| StoryError::Missing(format!("no text at {pointer} in {value}")))
}

fn http() -> Client {
    Client::builder()
        .redirect(redirect::Policy::none())
        .timeout(Duration::from_secs(30))
        .build()
        .expect("a client without special settings can be built")
}

/// A resident's browser: keeps cookies, follows links, fills in forms.
pub struct Browser {
    http: Client,
}

/// A page as the browser sees it.
pub struct Page {
    /// Where it was found, after all redirects.
    pub url: reqwest::Url,
    /// Its status.
    pub status: StatusCode,
    /// Its HTML.
    pub html: String,
}

impl Browser {
    /// A browser without cookies.
    #[must_use]
    pub fn without_cookies() -> Self {
        let http = Client::builder().cookie_store(true).timeout(Duration::from_secs(30)).build();
        Self { http: http.expect("a client without special settings can be built") }
    }

    /// Its HTTP client, cookies and all, for what no page has a link or a form for.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.http
    }

    /// Opens a page, following redirects.
    ///
    /// # Errors
    /// [`StoryError`] unless it is found.
    pub async fn open(&self, url: &str) -> Result<Page, StoryError> {
        page(url, self.http.get(url).send().await?).await
    }

    /// Sends the page's form that posts to a path containing `action`, with `fields` filled in and
    /// everything else as the page gave it (the CSRF token among it).
    ///
    /// # Errors
    /// [`StoryError::Missing`] when there is no such form; else as [`Browser::open`].
    pub async fn submit(
        &self,
        page_: &Page,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Result<Page, StoryError> {
        let form = forms(&page_.html).into_iter().find(|form| form.action.contains(action));
        let form = form
            .ok_or_else(|| StoryError::Missing(format!("no form for {action} on {}", page_.url)))?;
        let target = match form.action.is_empty() {
            true => page_.url.clone(),
            false => page_
                .url
                .join(&form.action)
                .map_err(|error| StoryError::Missing(error.to_string()))?,
        };
        let mut values: Vec<(String, String)> = form.hidden;
        values.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        page(target.path(), self.http.post(target.clone()).form(&values).send().await?).await
    }
}

impl Page {
    /// The address of the first link that begins with `path`.
    ///
    /// # Errors
    /// [`StoryError::Missing`] when there is none.
    pub fn link(&self, path: &str) -> Result<reqwest::Url, StoryError> {
        let links = self.html.split("<a ").skip(1);
        let tags = links.map(|rest| format!(" {}", rest.split('>').next().unwrap_or(rest)));
        let mut found = tags.filter_map(|tag| attribute(&tag, "href"));
        let found = found.find(|href| href.starts_with(path));
        let found = found.and_then(|href| self.url.join(&href).ok());
        found.ok_or_else(|| StoryError::Missing(format!("no link to {path} on {}", self.url)))
    }
}

async fn page(step: &str, answer: Response) -> Result<Page, StoryError> {
    let (url, status) = (answer.url().clone(), answer.status());
    let html = answer.text().await?;
    match status.is_success() {
        true => Ok(Page { url, status, html }),
        false => Err(unexpected(step, "a page", status, &html)),
    }
}

/// A form with the values it comes with.
struct Form {
    action: String,
    hidden: Vec<(String, String)>,
}

/// The forms of a page. Our own pages are well-formed, so no HTML parser is needed to find them.
fn forms(html: &str) -> Vec<Form> {
    html.split("<form")
        .skip(1)
        .map(|rest| {
            let body = rest.split("</form>").next().unwrap_or(rest);
            let tag = body.split('>').next().unwrap_or_default();
            let inputs = body
                .split("<input")
                .skip(1)
                .map(|input| input.split('>').next().unwrap_or_default());
            let hidden =
                inputs.filter(|input| attribute(input, "type").as_deref() == Some("hidden"));
            let hidden = hidden.filter_map(|input| {
                Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default()))
            });
            Form { action: attribute(tag, "action").unwrap_or_default(), hidden: hidden.collect() }
        })
        .collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = tag.get(start..)?.split('"').next()?;
    Some(unescape(value))
}

fn unescape(text: &str) -> String {
    let text = text.replace("&#x2f;", "/").replace("&#x27;", "'").replace("&#39;", "'");
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_come_with_their_hidden_fields() {
        let html = r#"<form method="post" action="/a&amp;b"><input type="hidden" name="csrf" value="x&quot;y">
            <input type="text" name="vid"></form><form action="/other"></form>"#;
        let forms = forms(html);
        assert_eq!(forms.len(), 2);
        assert_eq!(forms[0].action, "/a&b");
        assert_eq!(forms[0].hidden, [("csrf".to_owned(), "x\"y".to_owned())]);
    }
}
