//! The block under test and who talks to it.

use assessment::permissions::{LEAD, OFFICER, REVIEWER, SIGNATORY};
use assessment::{Deps, MIGRATIONS, ROUNDS_SERVICE};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, header};
use basis::Id;
use contracts::{CallContext, LegalBasis};
use http_body_util::BodyExt;
use kernel::auth::TokenIssuer;
use kernel::block::Ctx;
use kernel::db::{DbError, Row};
use maturity::round::{Country, Institution};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;
use testkit::{Answer, Store, TestServer, block_ctx, officer_layer};
use tower::ServiceExt;

pub const OWNER: &str = "GOV/DIGITAL";
/// What the application takes as a file here, bytes.
pub const FILE_MAX: usize = 2_000;

/// Officers of the institution that assesses, each with one role.
pub const LEADER: (&str, &str, &str) = ("l-1", OWNER, LEAD);
pub const CLERK: (&str, &str, &str) = ("o-1", OWNER, OFFICER);
pub const CHECKER: (&str, &str, &str) = ("r-1", OWNER, REVIEWER);
pub const SIGNER: (&str, &str, &str) = ("s-1", OWNER, SIGNATORY);

/// The block under test.
pub struct App {
    pub ctx: Ctx,
    pub server: TestServer,
    router: Router,
    issuer: TokenIssuer,
    sessions: Mutex<BTreeMap<String, String>>,
}

/// An answer to a browser.
pub struct Seen {
    pub status: u16,
    pub location: String,
    pub text: String,
    csrf: String,
}

impl App {
    pub async fn start(store: &Store) -> Self {
        Self::start_with(store, FILE_MAX).await
    }

    /// The same, which takes files of so many bytes.
    pub async fn start_with(store: &Store, file_bytes_max: usize) -> Self {
        let ctx = block_ctx(store, assessment::NAME, MIGRATIONS, OWNER).await.expect("it opens");
        let named = [
            (OWNER, "Digital Agency"),
            ("GOV/NIA", "National Identity Authority"),
            ("GOV/MSP", "Ministry of Social Protection"),
        ];
        let institution = |(id, name): (&str, &str)| Institution {
            id: id.to_owned(),
            name: name.to_owned(),
            sector: String::new(),
        };
        let country = Country { code: "TB".to_owned(), name: "Tumbawe".to_owned(), invented: true };
        let deps = Deps {
            country,
            institutions: named.map(institution).into(),
            file_bytes_max,
            site: ui::Site {
                service: "Tumbawe services".to_owned(),
                operator: "Digital Agency".to_owned(),
                home: "/".to_owned(),
                sandbox: true,
                secure: false,
                utc_offset_minutes: 180,
            },
        };
        let block = assessment::block(&ctx, deps).expect("the block is whole");
        let (auth, issuer) = officer_layer(&ctx, block.permissions);
        let router = block.into_router(ctx.owner.clone()).layer(auth.layer());
        let server = TestServer::start(router.clone()).await;
        Self { ctx, server, router, issuer, sessions: Mutex::default() }
    }

    /// A request by an officer: id, member, role.
    pub async fn by(&self, (id, member, role): (&str, &str, &str), ask: Ask) -> Answer {
        let token = self.issuer.mint(id, member, &[role], 600).expect("a token");
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        self.server.send(ask.0, &ask.1, &headers, ask.2.as_ref()).await
    }

    /// The same, which must be well.
    pub async fn done(&self, officer: (&str, &str, &str), ask: Ask) -> Value {
        let what = format!("{} {}", ask.0, ask.1);
        let answer = self.by(officer, ask).await;
        assert!((200..300).contains(&answer.status), "{what}: {} {}", answer.status, answer.text);
        answer.json()
    }

    /// A round that asks the two institutions to sign; its path.
    pub async fn open(&self) -> String {
        let new = json!({
            "title": "Baseline 2026", "profile": "full", "as_of": "2026-03-01",
            "quorum": {"institutions": [OWNER, "GOV/NIA"], "needed": 2}
        });
        let round = self.done(LEADER, post("/assessment/v1/rounds", new)).await;
        format!("/assessment/v1/rounds/{}", round["id"].as_str().expect("an id"))
    }

    /// Puts a round into another state.
    pub async fn put_into(&self, round: &str, to: &str) -> Answer {
        let view = self.done(LEADER, get(round)).await;
        let ask = json!({"to": to, "revision": view["round"]["revision"]});
        self.by(LEADER, post(&format!("{round}/state"), ask)).await
    }

    /// Answers an indicator with a level, as the clerk.
    pub async fn answer(&self, round: &str, indicator: &str, level: u8) -> Answer {
        let path = format!("{round}/answers/{indicator}");
        let before = self.done(CLERK, get(&path)).await;
        let ask = json!({
            "level": level, "institution": "GOV/NIA", "revision": before["revision"],
            "note": "As the register says."
        });
        self.by(CLERK, put(&path, ask)).await
    }

    /// The bytes of a file that an officer gets.
    pub async fn download(&self, (id, member, role): (&str, &str, &str), path: &str) -> Vec<u8> {
        let token = self.issuer.mint(id, member, &[role], 600).expect("a token");
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        let request = request.body(Body::empty()).expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("it answers");
        answer.into_body().collect().await.expect("a body").to_bytes().to_vec()
    }

    /// Puts bytes as an officer; status and document.
    pub async fn send_bytes(
        &self,
        (id, member, role): (&str, &str, &str),
        path: &str,
        body: Vec<u8>,
    ) -> (u16, Value) {
        let token = self.issuer.mint(id, member, &[role], 600).expect("a token");
        let request = Request::put(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/octet-stream")
            .body(Body::from(body));
        let answer = self.router.clone().oneshot(request.expect("a request")).await;
        let answer = answer.expect("it answers");
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.expect("a body").to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// A call of another institution through the exchange: method, path, body.
    pub async fn through_exchange(&self, client: &str, ask: Ask) -> (u16, Value) {
        let client = client.parse().expect("a subsystem");
        let service = format!("TB/{OWNER}/assessment/{ROUNDS_SERVICE}").parse().expect("a service");
        let (basis, now) = (LegalBasis::law("Digital Government Act, s.6"), self.ctx.clock.now());
        let correlation = Id::from_bytes([1; 16]);
        let ctx = CallContext::new(client, service, "dpi-assessment", basis, correlation, now)
            .by_officer("q-1", None);
        let body = ask.2.map(|body| body.to_string()).unwrap_or_default();
        let mut request = Request::builder()
            .method(ask.0)
            .uri(ask.1)
            .header("content-type", "application/json")
            .body(Body::from(body))
            .expect("a request");
        request.extensions_mut().insert(ctx);
        let answer = self.router.clone().oneshot(request).await.expect("it answers");
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.expect("a body").to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// A page of the desk, for an officer who is signed in there.
    pub async fn page(&self, officer: (&str, &str, &str), path: &str) -> Seen {
        let cookie = format!("desk={}", self.session(officer));
        let request = Request::get(path).header("cookie", cookie);
        self.browse(request.body(Body::empty()).expect("a request")).await
    }

    /// Sends a form of a page of the desk.
    pub async fn submit(
        &self,
        officer: (&str, &str, &str),
        shown: &Seen,
        path: &str,
        fields: &str,
    ) -> Seen {
        let csrf = &shown.csrf;
        let kind = "application/x-www-form-urlencoded";
        let body = format!("csrf={csrf}&{fields}").into_bytes();
        self.send_form(officer, shown, path, kind, body).await
    }

    /// Sends a form of some content type, with the page's token in the cookie.
    pub async fn send_form(
        &self,
        officer: (&str, &str, &str),
        shown: &Seen,
        path: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> Seen {
        let cookie = format!("desk={}; assessment-form={}", self.session(officer), shown.csrf);
        let request = Request::post(path)
            .header("cookie", cookie)
            .header("content-type", kind)
            .body(Body::from(body));
        self.browse(request.expect("a request")).await
    }

    /// One session an officer: the token of a form is bound to it.
    fn session(&self, (id, member, role): (&str, &str, &str)) -> String {
        let mut sessions = self.sessions.lock().expect("no test panicked while it held this");
        let mint = || self.issuer.mint_session(id, member, &[role], 3_600).expect("a token");
        sessions.entry(format!("{id} {member} {role}")).or_insert_with(mint).clone()
    }

    async fn browse(&self, request: Request<Body>) -> Seen {
        let answer = self.router.clone().oneshot(request).await.expect("it answers");
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let text = |value: &HeaderValue| value.to_str().expect("text").to_owned();
        let cookies = parts.headers.get_all(header::SET_COOKIE).iter().map(text);
        let form = cookies.into_iter().find(|line| line.starts_with("assessment-form="));
        let csrf = form.and_then(|line| line.split(['=', ';']).nth(1).map(str::to_owned));
        Seen {
            status: parts.status.as_u16(),
            location: parts.headers.get(header::LOCATION).map(text).unwrap_or_default(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
            csrf: csrf.unwrap_or_default(),
        }
    }

    /// How often an event stands in the audit trail.
    pub async fn audited(&self, event: &'static str) -> usize {
        let rows: Result<Vec<Row>, DbError> = self
            .ctx
            .db
            .read(move |tx| {
                let sql = "SELECT id FROM audit WHERE event = $1";
                Box::pin(async move { tx.all(sql, &[event.into()]).await })
            })
            .await;
        rows.expect("it reads").len()
    }
}

impl Seen {
    pub fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// Method, path and body.
pub struct Ask(pub &'static str, pub String, pub Option<Value>);

pub fn get(path: &str) -> Ask {
    Ask("GET", path.to_owned(), None)
}

pub fn post(path: &str, body: Value) -> Ask {
    Ask("POST", path.to_owned(), Some(body))
}

pub fn put(path: &str, body: Value) -> Ask {
    Ask("PUT", path.to_owned(), Some(body))
}

/// The slug of a problem.
pub fn slug(answer: &Answer) -> String {
    let kind = answer.json()["type"].as_str().unwrap_or_default().to_owned();
    kind.rsplit(':').next().unwrap_or_default().to_owned()
}

/// The fields that a problem names.
pub fn fields(answer: &Answer) -> Vec<String> {
    let document = answer.json();
    let errors = document["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|one| one["field"].as_str().unwrap_or_default().to_owned()).collect()
}
