//! The only way from a probe to a target: within the allow-list, slowly, bounded, and on record.

use std::collections::BTreeSet;
use std::error::Error;
use std::io;
use std::time::Duration;

use basis::Clock;
use maturity::round::HttpExchange;
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Method, StatusCode, Url, redirect};
use serde_json::Value;

use super::targets::Target;
use crate::model::digest::sha256;

/// Longest wait for one answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest answer that is read.
pub const ANSWER_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Redirects that are followed, all on the target's own host.
const REDIRECTS_MAX: usize = 3;
/// Most requests that one probe sends to one target.
const REQUESTS_MAX: usize = 300;

/// Why a probe did not get what it asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Nobody answers, or a gateway says so.
    #[error("{0}")]
    Down(String),
    /// Somebody answers, and what the probe looks for is not there.
    #[error("{0}")]
    Gone(String),
    /// It would be against the rules of probing to go on, or the answer is not what can be judged.
    #[error("{0}")]
    Refused(String),
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body, whole.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether it is a success.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as JSON; none if it is something else.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's text, empty if there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// A request with all that belongs to it.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Its method.
    pub method: Method,
    /// Headers.
    pub headers: Vec<(&'static str, String)>,
    /// A bearer token.
    pub token: Option<String>,
    /// Media type of the body.
    pub kind: &'static str,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

/// Media type of forms.
const FORM: &str = "application/x-www-form-urlencoded";

impl Told {
    /// A form that is posted.
    #[must_use]
    pub fn form<'f>(fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        Self {
            method: Method::POST,
            kind: FORM,
            body: body.finish().into_bytes(),
            ..Self::default()
        }
    }

    /// JSON that is posted.
    #[must_use]
    pub fn json(body: &Value) -> Self {
        let (kind, body) = ("application/json", body.to_string().into_bytes());
        Self { method: Method::POST, kind, body, ..Self::default() }
    }

    /// JSON that is posted, one value a line.
    #[must_use]
    pub fn lines(lines: &[Value]) -> Self {
        let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let (kind, body) = ("application/x-ndjson", body.into_bytes());
        Self { method: Method::POST, kind, body, ..Self::default() }
    }

    /// With a bearer token.
    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }
}

/// One probe's requests to one target.
pub struct Visit<'a> {
    client: &'a Client,
    target: &'a Target,
    /// Other targets of the list that this probe may go on to.
    others: Vec<&'a Target>,
    pace: &'a mut Pace,
    clock: &'a Clock,
    exchanges: Vec<HttpExchange>,
}

/// Keeps requests to one target apart, over all probes.
#[derive(Default)]
pub struct Pace(BTreeSet<String>);

impl Pace {
    /// Waits the whole gap after every answer: a target that takes long is asked less often, not in a burst.
    async fn wait(&mut self, target: &Target) {
        if !self.0.insert(target.name.clone()) {
            tokio::time::sleep(Duration::from_secs(60) / target.requests_per_minute).await;
        }
    }
}

/// A client that follows nothing by itself and keeps no cookies.
///
/// # Errors
/// [`Trouble::Refused`] when this process has no TLS provider.
pub fn client() -> Result<Client, Trouble> {
    built(builder())
}

/// The same with cookies, for a person who signs in.
///
/// # Errors
/// As [`client`].
pub fn browser() -> Result<Client, Trouble> {
    built(builder().cookie_store(true))
}

fn builder() -> reqwest::ClientBuilder {
    let client = Client::builder().redirect(redirect::Policy::none()).timeout(TIMEOUT).no_proxy();
    client.user_agent("msingi-probe/1")
}

fn built(client: reqwest::ClientBuilder) -> Result<Client, Trouble> {
    client.build().map_err(|error| Trouble::Refused(format!("no HTTP client can be made: {error}")))
}

impl<'a> Visit<'a> {
    /// Nothing is sent yet.
    pub fn new(
        client: &'a Client,
        target: &'a Target,
        pace: &'a mut Pace,
        clock: &'a Clock,
    ) -> Self {
        Self { client, target, others: Vec::new(), pace, clock, exchanges: Vec::new() }
    }

    /// Lets the probe go on to other targets of the list.
    #[must_use]
    pub fn with_others(mut self, others: Vec<&'a Target>) -> Self {
        self.others = others;
        self
    }

    /// A target by its name, among those this probe may ask; the target itself for none.
    ///
    /// # Errors
    /// [`Trouble::Refused`] when it is not in the list or may not be acted at.
    pub fn at(&self, name: Option<&str>) -> Result<&'a Target, Trouble> {
        let Some(name) = name else { return Ok(self.target) };
        let mut all = std::iter::once(self.target).chain(self.others.iter().copied());
        all.find(|target| target.name == name).ok_or_else(|| {
            let why = format!("goes on to `{name}`, which is no target that allows writes");
            Trouble::Refused(why)
        })
    }

    /// Whom it asks.
    #[must_use]
    pub fn target(&self) -> &'a Target {
        self.target
    }

    /// What was sent and answered.
    #[must_use]
    pub fn into_exchanges(self) -> Vec<HttpExchange> {
        self.exchanges
    }

    /// GET, without the token.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn get(&mut self, address: &str) -> Result<Answer, Trouble> {
        self.follow(address, None).await
    }

    /// GET, for which a redirect is an answer like any other.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn get_once(&mut self, address: &str) -> Result<Answer, Trouble> {
        let url = self.inside(address, None)?;
        self.send(&Method::GET, &url, self.client.get(url.clone())).await
    }

    /// GET, asking for a language.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn get_in(&mut self, address: &str, language: &str) -> Result<Answer, Trouble> {
        self.follow(address, Some(language)).await
    }

    /// GET with the token.
    ///
    /// # Errors
    /// [`Trouble::Refused`] where the list names none.
    pub async fn get_with_token(&mut self, path: &str) -> Result<Answer, Trouble> {
        self.with_token(Method::GET, path).await
    }

    /// POST with the token and without a body, for what is asked by POST but changes nothing that it is about.
    ///
    /// # Errors
    /// [`Trouble::Refused`] where the list names no token.
    pub async fn ask_with_token(&mut self, path: &str) -> Result<Answer, Trouble> {
        self.with_token(Method::POST, path).await
    }

    /// One request as it is told, to a target of the list. A redirect is an answer like any other.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn tell(
        &mut self,
        base: &Target,
        address: &str,
        told: Told,
    ) -> Result<Answer, Trouble> {
        let url = self.inside(address, Some(&base.url))?;
        let mut request = self.client.request(told.method.clone(), url.clone());
        for (name, value) in &told.headers {
            request = request.header(*name, value);
        }
        if let Some(token) = &told.token {
            request = request.bearer_auth(token);
        }
        if !told.body.is_empty() {
            request = request.header(CONTENT_TYPE, told.kind).body(told.body.clone());
        }
        self.send_body(&told.method, &url, request, &told.body).await
    }

    async fn with_token(&mut self, method: Method, path: &str) -> Result<Answer, Trouble> {
        let Some(token) = &self.target.token else {
            let why = "needs a token: name token_env or token_file for the target".to_owned();
            return Err(Trouble::Refused(why));
        };
        let url = self.inside(path, None)?;
        // A redirect is not followed here: the token belongs to this address only.
        let request = self.client.request(method.clone(), url.clone()).bearer_auth(token.reveal());
        self.send(&method, &url, request).await
    }

    async fn follow(&mut self, address: &str, language: Option<&str>) -> Result<Answer, Trouble> {
        let mut url = self.inside(address, None)?;
        for _ in 0..=REDIRECTS_MAX {
            let mut request = self.client.get(url.clone());
            if let Some(language) = language {
                request = request.header(ACCEPT_LANGUAGE, language);
            }
            let answer = self.send(&Method::GET, &url, request).await?;
            let location = answer.header("location");
            if !(300..400).contains(&answer.status) || location.is_empty() {
                return Ok(answer);
            }
            url = self.inside(location, Some(&url))?;
        }
        Err(Trouble::Refused(format!("{} redirects without end", shown(&url))))
    }

    /// The address, if it is the target's: same scheme, host and port.
    fn inside(&self, address: &str, from: Option<&Url>) -> Result<Url, Trouble> {
        let base = from.unwrap_or(&self.target.url);
        let url = base.join(address);
        let url = url.map_err(|_| Trouble::Refused(format!("{address} is no address")))?;
        if self.host(&url).is_none() {
            let (there, here) = (url.origin().ascii_serialization(), &self.target.url);
            let why = format!("{there} is not in the list of targets: only {here} was asked");
            return Err(Trouble::Refused(why));
        }
        Ok(url)
    }

    /// The target that an address belongs to.
    fn host(&self, url: &Url) -> Option<&'a Target> {
        let mut all = std::iter::once(self.target).chain(self.others.iter().copied());
        all.find(|target| target.url.origin() == url.origin())
    }

    async fn send(
        &mut self,
        method: &Method,
        url: &Url,
        request: reqwest::RequestBuilder,
    ) -> Result<Answer, Trouble> {
        self.send_body(method, url, request, &[]).await
    }

    async fn send_body(
        &mut self,
        method: &Method,
        url: &Url,
        request: reqwest::RequestBuilder,
        sent: &[u8],
    ) -> Result<Answer, Trouble> {
        if self.exchanges.len() >= REQUESTS_MAX {
            return Err(Trouble::Refused(format!("more than {REQUESTS_MAX} requests are needed")));
        }
        self.pace.wait(self.host(url).unwrap_or(self.target)).await;
        let start = self.clock.monotonic_micros();
        let outcome = read(request, url).await;
        let (status, body) =
            outcome.as_ref().map_or((0, &[][..]), |answer| (answer.status, &answer.body[..]));
        let milliseconds = (self.clock.monotonic_micros() - start) / 1_000;
        let milliseconds = u64::try_from(milliseconds).unwrap_or_default();
        self.exchanges.push(HttpExchange {
            method: method.to_string(),
            url: shown(url),
            status,
            request_sha256: sha256(sent),
            response_sha256: sha256(body),
            milliseconds,
        });
        let answer = outcome?;
        if is_outage(answer.status) {
            return Err(Trouble::Down(format!("{} answers {}", shown(url), answer.status)));
        }
        Ok(answer)
    }
}

async fn read(request: reqwest::RequestBuilder, url: &Url) -> Result<Answer, Trouble> {
    let down = |error: reqwest::Error| {
        if is_about_tls(&error) {
            // Somebody is there, only not safely: that is no outage.
            return Trouble::Refused(format!("{} does not speak a TLS to be trusted", shown(url)));
        }
        let why = if error.is_timeout() { "in time" } else { "at all" };
        Trouble::Down(format!("{} does not answer {why}", shown(url)))
    };
    let mut answer = request.send().await.map_err(down)?;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(down)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            let why = format!("{} answers more than {ANSWER_BYTES_MAX} bytes", shown(url));
            return Err(Trouble::Refused(why));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body })
}

/// TLS reports what it refuses as invalid data, wrapped in other errors on its way here.
fn is_about_tls(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            let within = |inner: &(dyn Error + Send + Sync + 'static)| is_about_tls(inner);
            return io.kind() == io::ErrorKind::InvalidData || io.get_ref().is_some_and(within);
        }
        next = error.source();
    }
    false
}

/// What a gateway says for a system that is not there.
fn is_outage(status: u16) -> bool {
    let outages =
        [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE, StatusCode::GATEWAY_TIMEOUT];
    outages.iter().any(|outage| outage.as_u16() == status)
}

/// An address without its query, which may hold what nobody should read in a report.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}
