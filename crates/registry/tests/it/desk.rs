//! A registry office: the block behind its HTTP API, officers with tokens, callers of the exchange
//! and an identity authority that knows one VID.

use axum::body::Body;
use axum::{Json, Router, routing};
use basis::Id;
use contracts::{CallContext, LegalBasis, Pseudonym, SubsystemId};
use http::{Method, Request, StatusCode, header};
use kernel::auth::TokenIssuer;
use kernel::block::Ctx;
use kernel::db::{Db, DbError};
use registry::{Deps, MIGRATIONS, PERMISSIONS};
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::{RouterWire, Store, block_ctx, officer_layer};
use tower::ServiceExt;

/// The VID that the identity authority knows, and who has it in the register's sector.
pub const VID: &str = "4910283746501928";
pub const MOTHER: Pseudonym = Pseudonym(Id::from_bytes([0x4d; 16]));
/// Someone whose pseudonym the officer has from elsewhere.
pub const NEIGHBOUR: Pseudonym = Pseudonym(Id::from_bytes([0x4e; 16]));

pub struct Desk {
    pub ctx: Ctx,
    pub wire: Arc<RouterWire>,
    /// How many routes the block has.
    pub routes: usize,
    router: Router,
    issuer: TokenIssuer,
}

/// An answer, read.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub etag: Option<String>,
    pub body: Value,
}

impl Answer {
    /// The stable slug of a problem; empty for a success.
    pub fn slug(&self) -> &str {
        self.body["type"].as_str().and_then(|kind| kind.rsplit(':').next()).unwrap_or_default()
    }

    /// Status and slug, for comparisons.
    pub fn refusal(&self) -> (u16, &str) {
        (self.status.as_u16(), self.slug())
    }

    /// The fields that a problem names.
    pub fn fields(&self) -> Vec<&str> {
        let all = self.body["errors"].as_array().into_iter().flatten();
        all.filter_map(|error| error["field"].as_str()).collect()
    }

    /// The body of a success.
    pub fn good(self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        self.body
    }
}

fn subsystem(text: &str) -> SubsystemId {
    text.parse().expect("a subsystem")
}

impl Desk {
    /// An office with an empty block.
    pub async fn bare(store: &Store) -> Self {
        let ctx = block_ctx(store, "registry", MIGRATIONS, "GOV/NIA").await.expect("opens");
        let wire = Arc::new(RouterWire::default());
        let deps = Deps {
            wire: wire.clone(),
            subsystem: subsystem("TB/GOV/NIA/residents"),
            identity: subsystem("TB/GOV/NIA/identity"),
            register: "residents".parse().expect("a code"),
            law: "Residents Act s.3".to_owned(),
        };
        wire.serve(
            deps.identity.service("persons").expect("a service"),
            Router::new()
                .route("/persons/resolve", routing::post(resolve))
                .route("/persons/resolve-many", routing::post(resolve_many)),
            "/persons",
        );
        let (auth, issuer) = officer_layer(&ctx, PERMISSIONS);
        let block = registry::block(&ctx, deps);
        let routes = block.routes().len();
        let router = block.into_router(ctx.owner.clone()).layer(auth.layer());
        Self { ctx, wire, routes, router, issuer }
    }

    /// An office with a published register of residents.
    pub async fn open(store: &Store) -> Self {
        let desk = Self::bare(store).await;
        desk.steward(Method::POST, "/registry/registers", &residents()).await.good();
        desk.steward(Method::POST, "/registry/registers/residents/versions/1/publish", &json!({}))
            .await
            .good();
        desk
    }

    /// A request by whoever holds these roles, with a case and headers of its own.
    pub async fn ask(
        &self,
        roles: &[&str],
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let token = self.issuer.mint("r-17", "GOV/NIA", roles, 600).expect("a token");
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-case-reference", "CASE-7");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// A request by a steward, with a new idempotency key.
    pub async fn steward(&self, method: Method, path: &str, body: &Value) -> Answer {
        let key = self.key();
        self.ask(&["registry-steward"], method, path, &[("idempotency-key", &key)], body).await
    }

    /// A request by a clerk, with a new idempotency key.
    pub async fn clerk(&self, method: Method, path: &str, body: &Value) -> Answer {
        let key = self.key();
        self.ask(&["registry-clerk"], method, path, &[("idempotency-key", &key)], body).await
    }

    /// Imports lines of residents as a steward.
    pub async fn import(&self, key: &str, lines: &[Value]) -> Answer {
        let token = self.issuer.mint("r-18", "GOV/NIA", &["registry-steward"], 600);
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let request = Request::post("/registry/registers/residents/records/import")
            .header(header::AUTHORIZATION, format!("Bearer {}", token.expect("a token")))
            .header(header::CONTENT_TYPE, "application/x-ndjson")
            .header("idempotency-key", key);
        self.send(request.body(Body::from(text)).expect("a request")).await
    }

    /// Creates a resident's record; answers what was written.
    pub async fn enter(&self, subject: Value, data: Value) -> Value {
        let body = json!({ "subject": subject, "data": data, "reason": "first entry" });
        self.clerk(Method::POST, "/registry/registers/residents/records", &body).await.good()
    }

    /// Changes a record that is at revision `seen`.
    pub async fn update(&self, record: &str, seen: i64, data: Value) -> Answer {
        let body = json!({ "data": data, "reason": "moved", "expected_revision": seen });
        self.clerk(Method::PUT, &format!("/registry/records/{record}"), &body).await
    }

    /// What another member gets through the exchange.
    pub async fn call(&self, ctx: &CallContext, path: &str) -> Answer {
        let mut request = Request::get(path).body(Body::empty()).expect("a request");
        request.extensions_mut().insert(ctx.clone());
        self.send(request).await
    }

    /// A wire on which the block offers its service `records`.
    pub fn served(&self) -> Arc<RouterWire> {
        let service = "TB/GOV/NIA/residents/records".parse().expect("a service");
        self.wire.serve(service, self.router.clone(), "/registry/records");
        self.wire.clone()
    }

    /// The read log of a subject, newest first.
    pub async fn read_log(&self, subject: Pseudonym) -> Vec<Value> {
        let ctx = benefits(subject);
        let body = self.call(&ctx, "/registry/read-log").await.good();
        body["entries"].as_array().expect("a list").clone()
    }

    /// One number from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let found: Result<i64, DbError> = self
            .db()
            .read(move |tx| Box::pin(async move { tx.one(sql, &[]).await?.get("n") }))
            .await;
        found.expect("counts")
    }

    pub fn db(&self) -> &Db {
        &self.ctx.db
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("routers do not fail");
        let status = response.status();
        let etag = response.headers().get(header::ETAG);
        let etag = etag.map(|value| value.to_str().expect("text").to_owned());
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        Answer { status, etag, body: serde_json::from_slice(&body).unwrap_or_default() }
    }

    fn key(&self) -> String {
        Id::mint(&self.ctx.clock, &self.ctx.rng).to_string()
    }
}

/// A call of the ministry's benefits system about a person.
pub fn benefits(subject: Pseudonym) -> CallContext {
    CallContext::new(
        subsystem("TB/GOV/MSP/benefits"),
        "TB/GOV/NIA/residents/records".parse().expect("a service"),
        "benefit-eligibility",
        LegalBasis::law("Social Protection Act s.4"),
        Id::from_bytes([9; 16]),
        basis::Timestamp::from_micros(0),
    )
    .about(subject)
    .by_officer("amina", Some("BEN-1".to_owned()))
}

/// The register of residents as a steward creates it.
pub fn residents() -> Value {
    json!({
        "code": "residents", "about": "person", "owner": "Registry of residents",
        "names": { "en": "Residents", "fr": "Habitants", "sw": "Wakazi" },
        "schema": resident_schema(),
    })
}

/// Version 1 of what a resident's record says.
pub fn resident_schema() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["name", "village"],
        "properties": {
            "name": { "type": "string", "minLength": 1, "maxLength": 200, "x-personal": true,
                "x-label": { "en": "Name", "fr": "Nom", "sw": "Jina" } },
            "village": { "type": "string", "maxLength": 80, "x-personal": true },
            "born": { "type": "string", "format": "partial-date", "x-personal": true },
            "household": { "type": "integer", "minimum": 1 }
        }
    })
}

/// A resident's data.
pub fn amina(village: &str) -> Value {
    json!({ "name": "Amina Wanjiru", "village": village, "born": "1998-04", "household": 4 })
}

async fn resolve(Json(ask): Json<Value>) -> (StatusCode, Json<Value>) {
    if ask["system"] == "VID" && ask["value"] == VID {
        return (StatusCode::OK, Json(json!({ "pseudonym": MOTHER })));
    }
    let problem =
        json!({ "type": "urn:msingi:problem:not-found", "title": "Nobody", "status": 404 });
    (StatusCode::NOT_FOUND, Json(problem))
}

/// Who has a VID that begins with 1: one person each.
pub fn person(vid: &str) -> Pseudonym {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&vid.as_bytes()[..16]);
    Pseudonym(Id::from_bytes(bytes))
}

async fn resolve_many(Json(ask): Json<Value>) -> Json<Value> {
    let values = ask["values"].as_array().expect("a list").clone();
    let found = values.iter().map(|value| {
        let vid = value.as_str().expect("a text");
        vid.starts_with('1').then(|| person(vid))
    });
    Json(json!({ "pseudonyms": found.collect::<Vec<_>>() }))
}
