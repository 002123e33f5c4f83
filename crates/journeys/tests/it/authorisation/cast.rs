//! Everybody who tries: officers of every kind, the mother, a relying party.

use super::attempt::{AGREEMENT, Answer, Attempt, below, path_of};
use super::table::{Agreed, Row, Who};
use super::{method, openid};
use crate::country::Country;
use basis::{Clock, Id, Rng};
use bytes::Bytes;
use contracts::{CallContext, LegalBasis, Pseudonym, Wire, WireError};
use credential::SigningKey;
use credential::totp::Totp;
use msingi::demo::{Browser, Desk, Site, Told, world};
use reqwest::{Client, redirect};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Mutex;
use ui::desk;

/// The cookie with the token of the sign-in page's form.
const FORM_COOKIE: &str = "exchange-form";

/// Member and roles.
type Kind = (String, Vec<String>);

/// Everybody who tries.
pub struct Cast<'c> {
    country: &'c Country,
    site: Site,
    http: Client,
    browser: &'c Browser,
    mother: Pseudonym,
    access_token: String,
    agreement: String,
    roles: BTreeSet<&'static str>,
    tokens: Mutex<HashMap<Kind, String>>,
    sessions: Mutex<HashMap<Kind, String>>,
    officers: AtomicUsize,
}

impl<'c> Cast<'c> {
    /// Lets everybody arrive, and enters what the country pack leaves out.
    pub async fn assemble(country: &'c Country, told: &'c Told, table: &[Row]) -> Self {
        let site = country.world().registrar;
        let steward = world::STEWARD.arrive(&site, "TB").await.expect("the steward arrives");
        let operator = Desk::new(&site.base, &site.operator);
        offer_the_rest(&operator).await;
        let tokens = openid::sign_in(&site.base, &steward, &told.browser).await;
        let http = Client::builder().redirect(redirect::Policy::none()).build();
        Self {
            http: http.expect("a client without special settings"),
            country,
            site,
            browser: &told.browser,
            mother: Pseudonym(tokens.subject),
            access_token: tokens.access_token,
            agreement: agreement(&operator).await,
            roles: table.iter().flat_map(|row| &row.who).flat_map(roles_of).collect(),
            tokens: Mutex::default(),
            sessions: Mutex::default(),
            officers: AtomicUsize::default(),
        }
    }

    /// Where everything is.
    pub fn base(&self) -> &str {
        &self.site.base
    }

    /// Of the test's own relying party, for the mother.
    pub fn access_token(&self) -> &str {
        &self.access_token
    }

    /// `GOV/MSP` of `GOV/MSP/benefits`.
    pub fn member_of(subsystem: &str) -> &str {
        subsystem.rsplit_once('/').expect("a subsystem has a member").0
    }

    /// Every role there is but these.
    pub fn all_roles_but(&self, roles: &[&str]) -> Vec<&'static str> {
        self.roles.iter().copied().filter(|role| !roles.contains(role)).collect()
    }

    /// The token of an officer with these roles, who signed in as any officer does.
    pub async fn token(&self, member: &str, roles: &[&str]) -> String {
        let kind: Kind = (member.to_owned(), roles.iter().map(|role| (*role).to_owned()).collect());
        let mut tokens = self.tokens.lock().await;
        if let Some(token) = tokens.get(&kind) {
            return token.clone();
        }
        let number = self.officers.fetch_add(1, Ordering::Relaxed);
        let key = SigningKey::generate_es256().expect("a key can be made");
        let officer = json!({
            "member": format!("TB/{member}"), "id": format!("test-{number}"), "key": key.public_jwk(), "roles": roles,
        });
        let operator = Desk::new(&self.site.base, &self.site.operator);
        let put = operator.request(reqwest::Method::PUT, "/exchange/v1/officers").json(&officer);
        assert_eq!(put.send().await.expect("answers").status(), 204, "{officer}");
        let name = format!("{member}/test-{number}");
        let token = world::sign_in(&self.site, &name, &key).await.expect("the officer signs in");
        tokens.insert(kind, token.clone());
        token
    }

    /// The session of an officer with these roles, who signed in at the desk as any officer does.
    pub async fn session(&self, member: &str, roles: &[&str]) -> String {
        let kind: Kind = (member.to_owned(), roles.iter().map(|role| (*role).to_owned()).collect());
        let mut sessions = self.sessions.lock().await;
        if let Some(session) = sessions.get(&kind) {
            return session.clone();
        }
        let id = format!("desk-{}", self.officers.fetch_add(1, Ordering::Relaxed));
        let operator = Desk::new(&self.site.base, &self.site.operator);
        let officer = json!({
            "member": format!("TB/{member}"), "id": id, "roles": roles, "one_time_code": true,
        });
        let put = operator.request(reqwest::Method::PUT, "/exchange/v1/officers").json(&officer);
        let answer = put.send().await.expect("answers").json::<serde_json::Value>().await;
        let answer = answer.expect("the address for an authenticator app");
        let uri = answer["otpauth_uri"].as_str().unwrap_or_else(|| panic!("{officer}: {answer}"));
        let app = Totp::from_uri(uri).expect("an address of an authenticator");
        let code = app.code_at(Clock::system().now().unix_seconds());
        let answer = self.sign_in_at_desk(&format!("{member}/{id}"), &code).await;
        let session = cookie_of(&answer, desk::cookie(false).name());
        sessions.entry(kind).or_insert(session).clone()
    }

    /// Sends number and code with the form's token.
    pub async fn sign_in_at_desk(&self, number: &str, code: &str) -> Answer {
        let attempt = |method| Attempt::to(method, desk::SIGN_IN);
        let token = cookie_of(&self.send(attempt("GET")).await, FORM_COOKIE);
        let fields = [("csrf", token.as_str()), ("number", number), ("code", code)];
        self.send(attempt("POST").cookie(FORM_COOKIE, &token).form(&fields)).await
    }

    /// Sends a request and follows no redirect.
    pub async fn send(&self, attempt: Attempt) -> Answer {
        let method: reqwest::Method = attempt.method.parse().expect("an HTTP method");
        let path = attempt.path.replace(AGREEMENT, &self.agreement);
        let mut request = self.http.request(method, format!("{}{path}", self.site.base));
        for (name, value) in attempt.headers {
            request = request.header(name, value);
        }
        if let Some(token) = attempt.bearer {
            request = request.bearer_auth(token);
        }
        if !attempt.cookies.is_empty() {
            request = request.header("cookie", attempt.cookies);
        }
        request = match (attempt.form, attempt.raw, attempt.body) {
            (Some(form), ..) => request.form(&form),
            (None, Some(raw), _) => request.header("content-type", "application/json").body(raw),
            (None, None, Some(body)) => request.json(&body),
            (None, None, None) => request,
        };
        let answer = request.send().await.expect("the installation answers");
        let all = |name: &str| -> Vec<String> {
            let values = answer.headers().get_all(name).iter();
            values.filter_map(|value| value.to_str().ok().map(str::to_owned)).collect()
        };
        let bare = |line: String| line.split(';').next().unwrap_or_default().to_owned();
        Answer {
            status: answer.status().as_u16(),
            location: all("location").pop().unwrap_or_default(),
            cookies: all("set-cookie").into_iter().map(bare).collect(),
            body: answer.text().await.expect("a body"),
        }
    }

    /// Sends a request from the mother's browser, with the token of a form where there is one.
    pub async fn send_as_mother(&self, row: &Row, form_token: &str) -> Answer {
        let url = format!("{}{}", self.site.base, path_of(row));
        let mut request = self.browser.client().request(method(row), url);
        if row.method != "GET" {
            request = request.form(&[("csrf", form_token)]);
        }
        let answer = request.send().await.expect("the installation answers");
        let (status, location) = (answer.status().as_u16(), answer.url().path().to_owned());
        Answer { status, location, cookies: Vec::new(), body: answer.text().await.expect("a body") }
    }

    /// The token of the form on a page, as the mother sees it.
    pub async fn form_token(&self, page: &str) -> String {
        let page = self.browser.open(&format!("{}{page}", self.site.base)).await.expect("a page");
        let after = page.html.split_once("name=\"csrf\" value=\"").expect("a form").1;
        after.split('"').next().unwrap_or_default().to_owned()
    }

    /// Calls a service as the portal does for the mother.
    pub async fn call_for_mother(&self, row: &Row, agreed: &Agreed) -> Result<Answer, WireError> {
        let (clock, rng) = (Clock::system(), Rng::system());
        let id = |text: &str| format!("TB/{text}");
        let mut ctx = CallContext::new(
            id(agreed.client).parse().expect("a subsystem"),
            id(agreed.service).parse().expect("a service"),
            agreed.purpose,
            LegalBasis::SelfAccess,
            Id::mint(&clock, &rng),
            clock.now(),
        );
        ctx.subject = Some(self.mother);
        let below = below(row, agreed);
        let request = http::Request::builder()
            .method(row.method)
            .uri(if below.is_empty() { "/" } else { &below })
            .header("content-type", "application/json")
            .header("idempotency-key", "test")
            .body(Bytes::from_static(b"{}"))
            .expect("a request");
        let answer = self.country.running().exchange.call(ctx, request).await?;
        let body = String::from_utf8_lossy(answer.body()).into_owned();
        let (status, location) = (answer.status().as_u16(), String::new());
        Ok(Answer { status, location, cookies: Vec::new(), body })
    }
}

/// The value of a cookie that an answer sets.
fn cookie_of(answer: &Answer, name: &str) -> String {
    let pairs = answer.cookies.iter().filter_map(|cookie| cookie.split_once('='));
    let found = pairs.into_iter().find(|(set, _)| *set == name);
    found.unwrap_or_else(|| panic!("no cookie {name}: {answer}")).1.to_owned()
}

/// An agreement of the identity authority that no row calls under.
async fn agreement(operator: &Desk) -> String {
    let directory = operator.get("/exchange/v1/directory").await.expect("the directory");
    let agreements = directory["agreements"].as_array().expect("a list");
    let found = agreements.iter().find(|agreement| {
        agreement["service"] == "TB/GOV/NIA/identity/persons"
            && agreement["client"] == "TB/COM/LAKESIDE/patients"
    });
    found.expect("the clinic may look persons up")["id"].as_str().expect("an id").to_owned()
}

fn roles_of(who: &Who) -> Vec<&'static str> {
    match who {
        Who::Officer { roles, .. }
        | Who::Desk { roles, .. }
        | Who::Hosted { roles, .. }
        | Who::Caller { roles } => roles.clone(),
        _ => Vec::new(),
    }
}

/// Services that blocks offer and the demo country has nobody ask for.
async fn offer_the_rest(operator: &Desk) {
    let services = [
        (
            "TB/GOV/CRO/civil/post-registrations",
            "TB/GOV/MSP/benefits",
            "post-registration",
            "law",
            "Births and Deaths Registration Act, s.9",
        ),
        (
            "TB/GOV/NIA/consent/govstack-consent",
            "TB/GOV/MSP/benefits",
            "benefit-eligibility",
            "law",
            "Social Protection Act, s.4",
        ),
        (
            "TB/GOV/NIA/consent/govstack-consent",
            "TB/GOV/NIA/portal",
            "self-access",
            "self-access",
            "",
        ),
        (
            "TB/GOV/TREASURY/payments/read-log",
            "TB/GOV/NIA/portal",
            "self-access",
            "self-access",
            "",
        ),
    ];
    let put = async |path: &str, body: serde_json::Value| {
        let answer = operator.request(reqwest::Method::PUT, path).json(&body).send().await;
        let answer = answer.expect("answers");
        assert!(answer.status().is_success(), "{path} {body}: {}", answer.status());
    };
    for (service, client, purpose, basis, reference) in services {
        let names = json!({"en": "For a test"});
        put(
            "/exchange/v1/services",
            json!({"id": service, "names": names, "kinds": [], "enabled": true}),
        )
        .await;
        put("/exchange/v1/access-rights", json!({"service": service, "client": client})).await;
        let agreement = json!({"service": service, "client": client, "purpose": purpose, "basis": basis, "reference": reference});
        let made = operator.post("/exchange/v1/agreements", "test", &agreement).await;
        made.expect("the agreement is made");
    }
}
