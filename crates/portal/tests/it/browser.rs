//! A browser without script: cookies, and redirects only when told.

use http::StatusCode;
use reqwest::Client;
use std::collections::BTreeMap;

/// Keeps cookies for all hosts alike, as for the ports of one host.
pub struct Browser {
    http: Client,
    cookies: BTreeMap<String, String>,
}

/// What came back.
pub struct Seen {
    pub status: StatusCode,
    pub location: String,
    pub headers: http::HeaderMap,
    pub html: String,
}

impl Browser {
    pub fn new() -> Self {
        Self { http: crate::town::http_client(), cookies: BTreeMap::new() }
    }

    pub async fn get(&mut self, address: &str) -> Seen {
        let request = self.http.get(address);
        self.send(request).await
    }

    pub async fn post(&mut self, address: &str, form: &[(&str, &str)]) -> Seen {
        let request = self.http.post(address).form(form);
        self.send(request).await
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Seen {
        let held: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header("cookie", held.join("; ")).send().await.expect("an answer");
        for line in answer.headers().get_all("set-cookie") {
            let line = line.to_str().expect("text");
            assert!(line.contains("; HttpOnly; SameSite=Lax"), "{line}");
            let pair = line.split(';').next().expect("a first part");
            let (name, value) = pair.split_once('=').expect("a pair");
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let status = answer.status();
        let headers = answer.headers().clone();
        let location = headers.get("location").and_then(|value| value.to_str().ok());
        let location = location.unwrap_or_default().to_owned();
        Seen { status, location, headers, html: answer.text().await.expect("text") }
    }
}

impl Seen {
    /// The value of a hidden field.
    pub fn field(&self, name: &str) -> String {
        let marker = format!("name=\"{name}\" value=\"");
        let from = self.html.split(&marker).nth(1);
        let from = from.unwrap_or_else(|| panic!("no field {name} in {}", self.html));
        from.split('"').next().expect("a value").to_owned()
    }

    pub fn has(&self, text: &str) -> bool {
        self.html.contains(text)
    }
}
