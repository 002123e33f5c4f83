//! Registry offices: the registrar's and a post's, each the block behind its API, on one wire, with an
//! identity authority that knows everybody whose number begins with 1.

use axum::Router;
use axum::body::Body;
use axum::routing::post;
use basis::{Id, Timestamp};
use contracts::civil::BirthClient;
use contracts::reads::{ReadLog, ReadLogClient, ReadLogQuery};
use contracts::{CallContext, LegalBasis, Pseudonym, ServiceId, SubsystemId, Wire};
use http::{Method, Request, StatusCode};
use kernel::auth::TokenIssuer;
use kernel::block::Ctx;
use kernel::db::{DbError, Row};
use serde_json::{Value as Json, json};
use std::sync::{Arc, OnceLock};
use testkit::{RouterWire, Store, block_ctx, officer_layer};
use tower::ServiceExt;

pub const REGISTRAR: &str = "TB/GOV/CRO/civil";
pub const POST: &str = "TB/GOV/POST114/civil";
pub const HAND_IN: &str = "TB/GOV/CRO/civil/post-registrations";
pub const MOTHER_VID: &str = "1234567890123456";

pub fn subsystem(text: &str) -> SubsystemId {
    text.parse().expect("a subsystem")
}

/// The person with a VID, in the civil sector.
pub fn person(vid: &str) -> Pseudonym {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&vid.as_bytes()[..16]);
    Pseudonym(Id::from_bytes(bytes))
}

fn identity() -> Router {
    let known = |vid: &str| vid.starts_with('1').then(|| person(vid));
    let one = async move |body: axum::Json<Json>| {
        let found = known(body.0["value"].as_str().expect("a value"));
        axum::Json(json!({ "pseudonym": found.expect("only known persons are asked for") }))
    };
    let many = async move |body: axum::Json<Json>| {
        let values = body.0["values"].as_array().expect("a list").clone();
        // Who follows from a registration, it knows as well.
        let born = body.0["system"] == "civil";
        let turned = |text: &str| person(&text.chars().rev().collect::<String>());
        let found = values.iter().map(|value| {
            let text = value.as_str().expect("a text");
            if born { Some(turned(text)) } else { known(text) }
        });
        axum::Json(json!({ "pseudonyms": found.collect::<Vec<_>>() }))
    };
    Router::new()
        .route("/identity/persons/resolve", post(one))
        .route("/identity/persons/resolve-many", post(many))
}

pub struct Office {
    pub ctx: Ctx,
    pub civil: civil::Civil,
    pub wire: Arc<RouterWire>,
    member: &'static str,
    router: Router,
    issuer: TokenIssuer,
    session: OnceLock<String>,
}

impl Office {
    /// The registrar's.
    pub async fn registrar(store: &Store) -> Self {
        let wire = Arc::new(RouterWire::default());
        let persons = "TB/GOV/NIA/identity/persons".parse().expect("a service");
        wire.serve(persons, identity(), "/identity/persons");
        Self::open(store, "civil", "GOV/CRO", None, wire.clone(), wire).await
    }

    /// A post's, whose only way to the registrar is `way`.
    pub async fn post(store: &Store, registrar: &Self, way: Arc<dyn Wire>) -> Self {
        let (of, wire) = (Some(subsystem(REGISTRAR)), registrar.wire.clone());
        Self::open(store, "civil_post", "GOV/POST114", of, wire, way).await
    }

    async fn open(
        store: &Store,
        database: &'static str,
        member: &'static str,
        registrar: Option<SubsystemId>,
        wire: Arc<RouterWire>,
        way: Arc<dyn Wire>,
    ) -> Self {
        let ctx = block_ctx(store, database, civil::MIGRATIONS, member).await.expect("opens");
        let own = subsystem(&format!("TB/{member}/civil"));
        let deps = civil::Deps {
            wire: way,
            subsystem: own.clone(),
            identity: subsystem("TB/GOV/NIA/identity"),
            law: "Registration Act s.3".to_owned(),
            registrar,
            site: ui::Site {
                service: "Tumbawe services".to_owned(),
                operator: "Civil Registration Office".to_owned(),
                home: "/".to_owned(),
                sandbox: true,
                secure: false,
                utc_offset_minutes: 180,
            },
        };
        let topics = ["civil.birth.registered", "civil.births.imported"];
        if database == "civil" {
            let to = |topic: &str| (topic.to_owned(), "identity".to_owned());
            ctx.db.subscribe(topics.iter().map(|topic| to(topic)).collect());
        }
        let civil = civil::Civil::new(&ctx, deps.clone());
        let block = civil::block(&ctx, deps).expect("the block is whole");
        let (auth, issuer) = officer_layer(&ctx, block.permissions);
        let services = block.services.clone();
        let router = block.into_router(ctx.owner.clone()).layer(auth.layer());
        for offer in services {
            let service: ServiceId = own.service(offer.code).expect("a service");
            wire.serve(service, router.clone(), offer.prefix);
        }
        Self { ctx, civil, wire, member, router, issuer, session: OnceLock::new() }
    }

    /// An officer with the role `registrar` asks.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        key: &str,
        body: Json,
    ) -> (StatusCode, Json) {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, path, key, "application/json", text).await
    }

    /// Imports lines.
    pub async fn import(&self, key: &str, lines: &[Json]) -> (StatusCode, Json) {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        self.send(Method::POST, "/civil/births/import", key, "application/x-ndjson", text).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        key: &str,
        kind: &str,
        body: String,
    ) -> (StatusCode, Json) {
        let token = self.issuer.mint("r-1", self.member, &["registrar"], 600).expect("mints");
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", kind)
            .header("idempotency-key", key)
            .body(Body::from(body))
            .expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("answers");
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 4_000_000).await.expect("a body");
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Registers a birth; the answer.
    pub async fn register(&self, key: &str, body: Json) -> (StatusCode, Json) {
        self.ask(Method::POST, "/civil/births", key, body).await
    }

    /// Registers a birth that must be taken; its registration.
    pub async fn registered(&self, key: &str, body: Json) -> Id {
        let (status, answer) = self.register(key, body).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        answer["registration"].as_str().expect("an id").parse().expect("an id")
    }

    /// A page of the desk for the officer `r-1`, and the token of its form.
    pub async fn page(&self, path: &str) -> (StatusCode, String, String) {
        let request = Request::get(path).header("cookie", format!("desk={}", self.session()));
        let request = request.body(Body::empty()).expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("answers");
        let cookies = answer.headers().get_all("set-cookie").iter();
        let cookies: Vec<_> = cookies.filter_map(|value| value.to_str().ok()).collect();
        let form = cookies.iter().find_map(|cookie| cookie.strip_prefix("civil-form="));
        let form = form.and_then(|rest| rest.split(';').next()).unwrap_or_default().to_owned();
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 4_000_000).await.expect("a body");
        (status, String::from_utf8_lossy(&body).into_owned(), form)
    }

    /// Sends a form of the desk.
    pub async fn submit(&self, path: &str, form: &str, fields: &str) -> (StatusCode, String) {
        let request = Request::post(path)
            .header("cookie", format!("desk={}; civil-form={form}", self.session()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(format!("csrf={form}&{fields}")))
            .expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("answers");
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 4_000_000).await.expect("a body");
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    fn session(&self) -> String {
        // One for all: the form's token is bound to it.
        let mint = || self.issuer.mint_session("r-1", self.member, &["registrar"], 600);
        self.session.get_or_init(|| mint().expect("mints")).clone()
    }

    /// Where a post stands.
    pub async fn status(&self) -> Json {
        let (status, body) = self.ask(Method::GET, "/civil/post/status", "", Json::Null).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    pub fn call(&self, client: &str, service: &str, purpose: &str) -> CallContext {
        CallContext::new(
            subsystem(client),
            format!("{REGISTRAR}/{service}").parse().expect("a service"),
            purpose,
            LegalBasis::law("An Act s.7"),
            Id::from_bytes([1; 16]),
            Timestamp::from_micros(0),
        )
    }

    pub fn births(&self) -> BirthClient {
        BirthClient::new(self.wire.clone())
    }

    pub async fn read_log(&self, subject: Pseudonym) -> ReadLog {
        let client = ReadLogClient::new(self.wire.clone());
        let ctx = self.call("TB/GOV/NIA/portal", "read-log", "self-access").about(subject);
        client.read_log(ctx, &ReadLogQuery::default()).await.expect("lists")
    }

    pub async fn rows(&self, sql: &'static str) -> Vec<Row> {
        let rows: Result<Vec<Row>, DbError> =
            self.ctx.db.read(move |tx| Box::pin(async move { tx.all(sql, &[]).await })).await;
        rows.expect("reads")
    }
}

/// A birth that an officer declares.
pub fn birth(child: &str, born: &str) -> Json {
    json!({ "child": {"full": child}, "sex": "female", "born": born, "place": "TB-03-114",
        "mother": {"full": "Zawadi Tamba"} })
}

/// The same with the mother's number.
pub fn birth_of(child: &str, born: &str, vid: &str) -> Json {
    let mut body = birth(child, born);
    body["mother_vid"] = json!(vid);
    body
}
