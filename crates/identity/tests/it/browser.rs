//! A browser without script: it keeps cookies, follows nothing by itself and sends the forms it sees.

use crate::app::App;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use http::{HeaderMap, StatusCode};
use std::collections::BTreeMap;
use tower::ServiceExt;

pub struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
}

pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

impl Browser {
    pub fn new(app: &App) -> Self {
        Self { router: app.router.clone(), cookies: BTreeMap::new() }
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends the form of a page with these fields filled in.
    pub async fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let csrf = between(&page.html, "name=\"csrf\" value=\"", "\"");
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        let path = between(&page.html, "<form method=\"post\" action=\"", "\"");
        self.post(&unescape(&path), &all).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body));
        self.send(request.unwrap()).await
    }

    pub fn has_cookie(&self, name: &str) -> bool {
        self.cookies.contains_key(name)
    }

    async fn send(&mut self, mut request: Request) -> Page {
        if !self.cookies.is_empty() {
            let pairs: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.headers_mut().insert("cookie", pairs.join("; ").parse().unwrap());
        }
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        for line in parts.headers.get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let html = String::from_utf8(body.to_vec()).unwrap();
        Page { status: parts.status, headers: parts.headers, html }
    }
}

impl Page {
    /// Where a redirect leads.
    #[track_caller]
    pub fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.html);
        self.headers["location"].to_str().unwrap()
    }

    /// A parameter of the address a redirect leads to.
    #[track_caller]
    pub fn answer(&self, name: &str) -> Option<String> {
        let query = self.location().split_once('?').map_or("", |(_, query)| query);
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
    }

    /// The page without what differs each time.
    pub fn stripped(&self) -> String {
        let csrf = between(&self.html, "name=\"csrf\" value=\"", "\"");
        self.html.replace(&csrf, "CSRF")
    }
}

fn between(text: &str, start: &str, end: &str) -> String {
    let after = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}")).1;
    after.split_once(end).unwrap().0.to_owned()
}

fn unescape(text: &str) -> String {
    text.replace("&amp;", "&").replace("&#x2f;", "/").replace("&#x3d;", "=").replace("&quot;", "\"")
}
