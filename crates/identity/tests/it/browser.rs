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
    /// The host that the addresses name.
    pub host: &'static str,
}

pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

impl Browser {
    pub fn new(app: &App) -> Self {
        Self { router: app.router.clone(), cookies: BTreeMap::new(), host: "127.0.0.1" }
    }

    /// A browser at the name that passkeys are bound to.
    pub fn at_home(app: &App) -> Self {
        Self { host: "localhost", ..Self::new(app) }
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

    /// Sends the form that the script fills in, as the script does.
    pub async fn submit_passkey(&mut self, page: &Page, credential: &str) -> Page {
        let csrf = between(&page.html, "name=\"csrf\" value=\"", "\"");
        let before = page.html.split_once("\" id=\"passkey\"").expect("a form for passkeys").0;
        let path = unescape(before.rsplit_once("action=\"").unwrap().1);
        self.post(&path, &[("csrf", csrf.as_str()), ("credential", credential)]).await
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
        request.headers_mut().insert("host", self.host.parse().unwrap());
        let agent = "Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0";
        request.headers_mut().insert("user-agent", agent.parse().unwrap());
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
        let page = self.html.replace(&csrf, "CSRF");
        match self.html.contains("data-challenge") {
            true => page.replace(&self.data("challenge"), "CHALLENGE"),
            false => page,
        }
    }

    /// What the form for passkeys tells the script.
    pub fn data(&self, name: &str) -> String {
        between(&self.html, &format!("data-{name}=\""), "\"")
    }
}

pub fn between(text: &str, start: &str, end: &str) -> String {
    let after = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}")).1;
    after.split_once(end).unwrap().0.to_owned()
}

pub fn unescape(text: &str) -> String {
    text.replace("&amp;", "&").replace("&#x2f;", "/").replace("&#x3d;", "=").replace("&quot;", "\"")
}
