//! The block under test with everything around it.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::routing::get;
use basis::{Id, MockClock, PersonName, Timestamp};
use contracts::civil::{BirthFactsPage, BirthListed, BirthPage, BirthRecord};
use contracts::{CallContext, LegalBasis, Pseudonym, ServiceId, SubsystemId};
use credential::totp::Totp;
use http::StatusCode;
use kernel::auth::TokenIssuer;
use kernel::block::{Block, Ctx};
use kernel::db::{DbError, Row, Value};
use kernel::outbox::Delivery;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use testkit::{RouterWire, Store, block_ctx, officer_layer};
use tower::ServiceExt;

pub const CIVIL: &str = "TB/GOV/CRO/civil";
pub const BENEFITS: &str = "TB/GOV/MSP/benefits";
pub const BIRTHS: &str = "TB/GOV/CRO/civil/births";

type Register = Arc<Mutex<BTreeMap<Id, BirthRecord>>>;

/// The block, its router and its surroundings.
pub struct App {
    pub ctx: Ctx,
    pub router: Router,
    pub time: MockClock,
    pub wire: Arc<RouterWire>,
    pub issuer: TokenIssuer,
    /// Method and path of every route, sorted.
    pub routes: Vec<String>,
    register: Register,
}

/// What the desk gave a person.
pub struct Enrolled {
    pub vid: String,
    pub totp: Totp,
}

impl App {
    pub async fn new(store: &Store) -> Self {
        Self::at(store, None).await
    }

    /// The block under another issuer than that of the test kit.
    pub async fn at(store: &Store, issuer: Option<&str>) -> Self {
        let mut ctx = block_ctx(store, "identity", identity::MIGRATIONS, "GOV/NIA").await.unwrap();
        if let Some(issuer) = issuer {
            ctx.issuer = issuer.into();
        }
        let wire = Arc::new(RouterWire::default());
        let register = Register::default();
        wire.serve(BIRTHS.parse().unwrap(), civil(register.clone()), "/civil/births");
        let told = ["identity.person.created", "identity.persons.created"];
        ctx.db.subscribe(told.map(|topic| (topic.to_owned(), "civil".to_owned())).to_vec());
        let block: Block = identity::block(&ctx, deps(wire.clone())).unwrap();
        let (auth, issuer) = officer_layer(&ctx, block.permissions);
        let mut routes: Vec<String> =
            block.routes().iter().map(|(method, path)| format!("{method} {path}")).collect();
        routes.sort();
        let router = block.into_router(ctx.owner.clone()).layer(auth.layer());
        Self { ctx, router, time: store.time.clone(), wire, issuer, routes, register }
    }

    /// The use cases, for what no route does.
    pub fn identity(&self) -> identity::Identity {
        identity::Identity::new(&self.ctx, deps(self.wire.clone()))
    }

    /// Enters a birth into the civil register.
    pub fn register(&self, name: PersonName, born: &str) -> Id {
        let now = self.ctx.clock.now();
        let record = BirthRecord {
            registration: Id::mint(&self.ctx.clock, &self.ctx.rng),
            number: "1".to_owned(),
            child: name,
            sex: "female".to_owned(),
            born: born.parse().unwrap(),
            place: "TB-03".to_owned(),
            mother: None,
            mother_pseudonym: None,
            effective: now,
            recorded: now,
        };
        let id = record.registration;
        self.register.lock().unwrap().insert(id, record);
        id
    }

    /// Enters a birth under a registration that was struck out.
    pub fn put_back(&self, registration: Id, name: PersonName) {
        let stand_in = self.register(name, "2026");
        let mut register = self.register.lock().unwrap();
        let record = register.remove(&stand_in).unwrap();
        register.insert(registration, BirthRecord { registration, ..record });
    }

    pub fn strike_out(&self, registration: Id) {
        self.register.lock().unwrap().remove(&registration);
    }

    /// Delivers the event of a registration, as the exchange would.
    pub async fn deliver(&self, event: Id, registration: Id) -> (StatusCode, Json) {
        self.deliver_as(CIVIL, "civil.birth.registered", event, registration).await
    }

    pub async fn deliver_as(
        &self,
        client: &str,
        topic: &str,
        event: Id,
        registration: Id,
    ) -> (StatusCode, Json) {
        let delivery = Delivery {
            id: event,
            topic: topic.to_owned(),
            object: registration,
            payload: json!({ "registration": registration }),
            at: self.ctx.clock.now(),
        };
        let body = serde_json::to_value(delivery).unwrap();
        self.call(context(client, "events"), "POST", "/identity/events", Some(body)).await
    }

    /// Delivers the event of an import, which here is of all births registered so far.
    pub async fn deliver_import(&self) {
        let delivery = Delivery {
            id: Id::random(&self.ctx.rng),
            topic: "civil.births.imported".to_owned(),
            object: Id::random(&self.ctx.rng),
            payload: json!({ "batch": Id::random(&self.ctx.rng), "count": 1 }),
            at: self.ctx.clock.now(),
        };
        let body = serde_json::to_value(delivery).unwrap();
        let (status, body) =
            self.call(context(CIVIL, "events"), "POST", "/identity/events", Some(body)).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
    }

    /// A person who follows from a registration.
    pub async fn person(&self, name: &str, born: &str) -> Id {
        self.person_named(PersonName::new(name).unwrap(), born).await
    }

    pub async fn person_named(&self, name: PersonName, born: &str) -> Id {
        let registration = self.register(name, born);
        let (status, body) = self.deliver(Id::random(&self.ctx.rng), registration).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
        registration
    }

    /// A person with card and app.
    pub async fn enrolled(&self, name: PersonName, born: &str) -> Enrolled {
        let registration = self.person_named(name, born).await;
        self.enrol("civil", &registration.to_string()).await
    }

    pub async fn enrol(&self, system: &str, value: &str) -> Enrolled {
        let ask = json!({ "system": system, "value": value });
        let path = "/identity/authenticators/totp";
        let (status, body) = self.officer(&["identity-desk"], "POST", path, Some(ask)).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        let totp = Totp::from_uri(body["otpauth_uri"].as_str().unwrap()).unwrap();
        Enrolled { vid: body["vid"].as_str().unwrap().to_owned(), totp }
    }

    /// Calls as the exchange would.
    pub async fn call(
        &self,
        ctx: CallContext,
        method: &str,
        path: &str,
        body: Option<Json>,
    ) -> (StatusCode, Json) {
        let mut request = request(method, path, body);
        request.extensions_mut().insert(ctx);
        self.send(request).await
    }

    /// Calls as an officer of the identity authority.
    pub async fn officer(
        &self,
        roles: &[&str],
        method: &str,
        path: &str,
        body: Option<Json>,
    ) -> (StatusCode, Json) {
        self.officer_of("GOV/NIA", roles, method, path, body).await
    }

    pub async fn officer_of(
        &self,
        member: &str,
        roles: &[&str],
        method: &str,
        path: &str,
        body: Option<Json>,
    ) -> (StatusCode, Json) {
        let token = self.issuer.mint("d-1", member, roles, 600).unwrap();
        let mut request = request(method, path, body);
        let bearer = format!("Bearer {token}").parse().unwrap();
        request.headers_mut().insert("authorization", bearer);
        self.send(request).await
    }

    /// Calls as anybody.
    pub async fn anybody(
        &self,
        method: &str,
        path: &str,
        body: Option<Json>,
    ) -> (StatusCode, Json) {
        self.send(request(method, path, body)).await
    }

    async fn send(&self, request: Request) -> (StatusCode, Json) {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or(Json::Null))
    }

    pub async fn resolve(&self, client: &str, system: &str, value: &str) -> (StatusCode, Json) {
        let ask = json!({ "system": system, "value": value });
        let path = "/identity/persons/resolve";
        self.call(context(client, "persons"), "POST", path, Some(ask)).await
    }

    /// The pseudonym of whoever has this VID, in the sector of `client`.
    pub async fn pseudonym(&self, client: &str, vid: &str) -> Pseudonym {
        let (status, body) = self.resolve(client, "VID", vid).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        serde_json::from_value(body["pseudonym"].clone()).unwrap()
    }

    /// The read log of a subject, as its own sector asks.
    pub async fn read_log(&self, client: &str, subject: Pseudonym) -> Vec<Json> {
        let ctx = context(client, "read-log").about(subject);
        let (status, body) = self.call(ctx, "GET", "/identity/read-log", None).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body["entries"].as_array().unwrap().clone()
    }

    pub async fn rows(&self, sql: &'static str) -> Vec<Row> {
        let rows: Result<Vec<Row>, DbError> =
            self.ctx.db.read(move |tx| Box::pin(async move { tx.all(sql, &[]).await })).await;
        rows.unwrap()
    }

    pub async fn count(&self, sql: &'static str) -> usize {
        self.rows(sql).await.len()
    }

    /// Every value of every table of the block.
    pub async fn all_values(&self) -> Vec<(&'static str, Value)> {
        const TABLES: [&str; 20] = [
            "SELECT * FROM person",
            "SELECT * FROM vid",
            "SELECT * FROM pseudonym",
            "SELECT * FROM crosswalk",
            "SELECT * FROM authenticator",
            "SELECT * FROM refused_attempt",
            "SELECT * FROM login_session",
            "SELECT * FROM sign_in",
            "SELECT * FROM foreign_provider",
            "SELECT * FROM passkey",
            "SELECT * FROM used_challenge",
            "SELECT * FROM code_grant",
            "SELECT * FROM used_assertion",
            "SELECT * FROM read_log",
            "SELECT * FROM reconciliation_run",
            "SELECT * FROM reconciliation_difference",
            "SELECT * FROM audit",
            "SELECT * FROM inbox",
            "SELECT * FROM subject_key",
            "SELECT * FROM lock_row",
        ];
        let mut all = Vec::new();
        for sql in TABLES {
            for row in self.rows(sql).await {
                all.extend(row.values().iter().map(|value| (sql, value.clone())));
            }
        }
        all
    }
}

/// The context of a call, as the exchange hands it to the provider.
pub fn context(client: &str, service: &str) -> CallContext {
    let client: SubsystemId = client.parse().unwrap();
    let service: ServiceId = format!("TB/GOV/NIA/identity/{service}").parse().unwrap();
    let sector = client.code().to_owned();
    let mut ctx = CallContext::new(
        client,
        service,
        "test",
        LegalBasis::law("Test Act"),
        Id::from_bytes([1; 16]),
        Timestamp::from_micros(0),
    );
    ctx.client_sector = Some(sector);
    ctx
}

fn deps(wire: Arc<RouterWire>) -> identity::Deps {
    // A second install changes nothing.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    identity::Deps {
        http: http.build().unwrap(),
        wire,
        subsystem: "TB/GOV/NIA/identity".parse().unwrap(),
        births: BIRTHS.parse().unwrap(),
        law: "Identity Act s.7".to_owned(),
        name: "Tumbawe ID".to_owned(),
        site: ui::Site {
            service: "Tumbawe".to_owned(),
            operator: "National Identity Authority".to_owned(),
            home: "/".to_owned(),
            sandbox: true,
            secure: false,
            utc_offset_minutes: 180,
        },
    }
}

fn request(method: &str, path: &str, body: Option<Json>) -> Request {
    let request = Request::builder().method(method).uri(path);
    match body {
        Some(body) => {
            let request = request.header("content-type", "application/json");
            request.body(Body::from(body.to_string())).unwrap()
        }
        None => request.body(Body::empty()).unwrap(),
    }
}

#[derive(Deserialize)]
struct ListQuery {
    after: Option<Id>,
    limit: usize,
}

/// The civil register's births service, pages of two so that paging is walked.
fn civil(register: Register) -> Router {
    async fn show(
        State(register): State<Register>,
        Path(id): Path<Id>,
    ) -> axum::response::Response {
        use axum::response::IntoResponse;
        match register.lock().unwrap().get(&id) {
            Some(birth) => axum::Json(birth.clone()).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }
    async fn list(
        State(register): State<Register>,
        Query(query): Query<ListQuery>,
    ) -> axum::Json<BirthPage> {
        assert_eq!(query.limit, 1_000);
        let register = register.lock().unwrap();
        let after = register.values().filter(|birth| Some(birth.registration) > query.after);
        let listed = |birth: &BirthRecord| BirthListed {
            registration: birth.registration,
            recorded: birth.recorded,
        };
        let births: Vec<BirthListed> = after.map(listed).collect();
        let more = births.len() > 2;
        axum::Json(BirthPage { births: births.into_iter().take(2).collect(), more })
    }
    async fn facts(
        State(register): State<Register>,
        Query(query): Query<ListQuery>,
    ) -> axum::Json<BirthFactsPage> {
        let register = register.lock().unwrap();
        let after = register.values().filter(|birth| Some(birth.registration) > query.after);
        let births: Vec<BirthRecord> = after.take(query.limit + 1).cloned().collect();
        let more = births.len() > query.limit;
        axum::Json(BirthFactsPage { births: births.into_iter().take(query.limit).collect(), more })
    }
    Router::new()
        .route("/civil/births", get(list))
        .route("/civil/births/facts", get(facts))
        .route("/civil/births/{id}", get(show))
        .with_state(register)
}
