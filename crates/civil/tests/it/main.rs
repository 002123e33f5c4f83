//! Civil registration on both engines, with a scripted identity authority.

mod desk;
mod import;
mod office;
mod posts;
mod speed;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::routing::post;
use basis::{Id, Timestamp};
use contracts::civil::{BirthClient, BirthPage, BirthRecord};
use contracts::reads::{ReadLog, ReadLogClient, ReadLogQuery};
use contracts::{CallContext, LegalBasis, Pseudonym, ServiceId, SubsystemId};
use http::StatusCode;
use kernel::block::{Block, Ctx};
use kernel::db::{DbError, Row, Value};
use kernel::outbox::Delivery;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use testkit::{RouterWire, Store, block_ctx, officer_layer, on_each_engine};
use tower::ServiceExt;

const NOBODY: &str = "0000000000000000";

struct App {
    ctx: Ctx,
    router: Router,
    token: String,
    wire: Arc<RouterWire>,
    child: Pseudonym,
}

fn subsystem(text: &str) -> SubsystemId {
    text.parse().expect("a subsystem")
}

/// Answers every resolve with `child`, but knows nobody with the VID [`NOBODY`].
fn identity(child: Pseudonym) -> Router {
    let answer = async move |body: axum::Json<Json>| match body.0["value"] == NOBODY {
        true => (
            StatusCode::NOT_FOUND,
            axum::Json(json!({"title": "Unknown", "status": 404, "type": "about:blank"})),
        ),
        false => (StatusCode::OK, axum::Json(json!({ "pseudonym": child }))),
    };
    Router::new().route("/identity/persons/resolve", post(answer))
}

async fn app(store: &Store) -> App {
    let ctx = block_ctx(store, "civil", civil::MIGRATIONS, "GOV/CRO").await.expect("opens");
    let wire = Arc::new(RouterWire::default());
    let child = Pseudonym::random(&store.rng);
    let deps = civil::Deps {
        wire: wire.clone(),
        subsystem: subsystem("TB/GOV/CRO/civil"),
        identity: subsystem("TB/GOV/NIA/identity"),
        law: "Registration Act s.3".to_owned(),
        registrar: None,
        site: ui::Site {
            service: "Tumbawe services".to_owned(),
            operator: "Civil Registration Office".to_owned(),
            home: "/".to_owned(),
            sandbox: true,
            secure: false,
            utc_offset_minutes: 180,
        },
    };
    wire.serve(
        "TB/GOV/NIA/identity/persons".parse().expect("a service"),
        identity(child),
        "/identity/persons",
    );
    ctx.db.subscribe(vec![("civil.birth.registered".to_owned(), "identity".to_owned())]);
    let block: Block = civil::block(&ctx, deps).expect("the block is whole");
    let (auth, issuer) = officer_layer(&ctx, block.permissions);
    let services: Vec<_> = block.services.clone();
    let router = block.into_router(ctx.owner.clone()).layer(auth.layer());
    for offer in services {
        let service: ServiceId =
            subsystem("TB/GOV/CRO/civil").service(offer.code).expect("a service");
        wire.serve(service, router.clone(), offer.prefix);
    }
    let token = issuer.mint("r-1", "GOV/CRO", &["registrar"], 600).expect("mints");
    App { ctx, router, token, wire, child }
}

fn birth() -> Json {
    json!({ "child": {"full": "Neema Tamba"}, "sex": "female", "born": "2026-03-13", "place": "TB-03-114",
        "mother": {"full": "Zawadi Tamba"}, "mother_vid": "1234567890123456" })
}

impl App {
    async fn register(&self, key: &str, body: &Json) -> (StatusCode, Json) {
        let request = Request::post("/civil/births")
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(Body::from(body.to_string()))
            .expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("answers");
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 100_000).await.expect("a body");
        (status, serde_json::from_slice(&body).expect("JSON"))
    }

    async fn registered(&self) -> Id {
        let (status, body) = self.register("key-1", &birth()).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        body["registration"].as_str().expect("an id").parse().expect("an id")
    }

    fn call(&self, service: &str) -> CallContext {
        CallContext::new(
            subsystem("TB/GOV/NIA/identity"),
            service.parse().expect("a service"),
            "person-creation",
            LegalBasis::law("Identity Act s.7"),
            Id::from_bytes([1; 16]),
            Timestamp::from_micros(0),
        )
    }

    async fn show(&self, id: Id) -> BirthRecord {
        let client = BirthClient::new(self.wire.clone());
        client.get(self.call("TB/GOV/CRO/civil/births"), id).await.expect("shows")
    }

    async fn read_log(&self, subject: Pseudonym) -> ReadLog {
        let client = ReadLogClient::new(self.wire.clone());
        let ctx = self.call("TB/GOV/CRO/civil/read-log").about(subject);
        client.read_log(ctx, &ReadLogQuery::default()).await.expect("lists")
    }

    async fn person_created(&self, registration: Id) -> StatusCode {
        let delivery = Delivery {
            id: Id::from_bytes([5; 16]),
            topic: "identity.person.created".to_owned(),
            object: registration,
            payload: json!({ "registration": registration }),
            at: self.ctx.clock.now(),
        };
        let mut request = Request::post("/civil/events")
            .header("content-type", "application/json")
            .body(Body::from(serde_json::to_vec(&delivery).expect("JSON")))
            .expect("a request");
        request.extensions_mut().insert(self.call("TB/GOV/CRO/civil/events"));
        self.router.clone().oneshot(request).await.expect("answers").status()
    }

    async fn rows(&self, sql: &'static str) -> Vec<Row> {
        let rows: Result<Vec<Row>, DbError> =
            self.ctx.db.read(move |tx| Box::pin(async move { tx.all(sql, &[]).await })).await;
        rows.expect("reads")
    }
}

#[tokio::test]
async fn a_birth_is_registered_once_and_told_by_reference_only() {
    on_each_engine(async |store| {
        let app = app(store).await;
        let id = app.registered().await;
        let (status, again) = app.register("key-1", &birth()).await;
        assert_eq!(
            (status, again["registration"].as_str()),
            (StatusCode::CREATED, Some(id.to_string().as_str()))
        );
        assert_eq!(app.rows("SELECT id FROM birth").await.len(), 1);
        let events = app.rows("SELECT payload FROM outbox").await;
        assert_eq!(events.len(), 1);
        assert_eq!(
            events[0].get::<String>("payload").expect("text"),
            json!({"registration": id}).to_string()
        );
    })
    .await;
}

#[tokio::test]
async fn the_same_key_for_another_birth_is_refused() {
    on_each_engine(async |store| {
        let app = app(store).await;
        app.registered().await;
        let mut other = birth();
        other["place"] = json!("TB-04");
        let (status, problem) = app.register("key-1", &other).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert_eq!(problem["type"], "urn:msingi:problem:idempotency-mismatch");
    })
    .await;
}

#[tokio::test]
async fn bad_declarations_name_the_field_and_leave_nothing() {
    on_each_engine(async |store| {
        let app = app(store).await;
        let rows = [
            ("/born", json!("2026-03-17"), "born"),
            ("/born", json!("14.3.2026"), "born"),
            ("/place", json!("somewhere nice"), "place"),
            ("/sex", json!("f"), "sex"),
            ("/mother_vid", json!(NOBODY), "mother_vid"),
            ("/child", json!({"full": ""}), "child"),
        ];
        for (pointer, value, field) in rows {
            let mut body = birth();
            *body.pointer_mut(pointer).expect("a field") = value;
            let (status, problem) = app.register("key-2", &body).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
            assert!(
                problem["errors"][0]["field"].as_str().expect("a field").starts_with(field),
                "{problem}"
            );
        }
        assert_eq!(app.rows("SELECT id FROM birth").await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn nothing_about_persons_lies_in_clear_in_the_database() {
    on_each_engine(async |store| {
        let app = app(store).await;
        let id = app.registered().await;
        for sql in [
            "SELECT * FROM birth",
            "SELECT * FROM outbox",
            "SELECT * FROM idempotency",
            "SELECT * FROM audit",
        ] {
            for value in app.rows(sql).await.iter().flat_map(|row| row.values().to_vec()) {
                let text = match value {
                    Value::Text(text) => text,
                    Value::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                    _ => continue,
                };
                assert!(!text.contains("Tamba") && !text.contains("2026-03-13"), "{sql}: {text}");
            }
        }
        assert_eq!(app.show(id).await.child.full(), "Neema Tamba");
    })
    .await;
}

#[tokio::test]
async fn reads_before_and_after_the_link_are_one_entry_each_in_the_childs_log() {
    on_each_engine(async |store| {
        let app = app(store).await;
        let id = app.registered().await;
        app.show(id).await;
        assert_eq!(app.person_created(id).await, StatusCode::NO_CONTENT);
        assert_eq!(
            app.person_created(id).await,
            StatusCode::NO_CONTENT,
            "a second delivery is harmless"
        );
        app.show(id).await;
        let log = app.read_log(app.child).await;
        assert_eq!(log.entries.len(), 2);
        assert_eq!(log.entries[0].reader.to_string(), "TB/GOV/NIA/identity");
        assert_eq!(log.entries[0].basis_reference, "Identity Act s.7");
        assert_eq!(app.read_log(Pseudonym(id)).await.entries.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn the_reconciliation_list_pages_through_all_registrations() {
    on_each_engine(async |store| {
        let app = app(store).await;
        for number in 0..5 {
            store.time.advance_seconds(1);
            let (status, _) = app.register(&format!("key-{number}"), &birth()).await;
            assert_eq!(status, StatusCode::CREATED);
        }
        let client = BirthClient::new(app.wire.clone());
        let mut after = None;
        let mut seen = Vec::new();
        loop {
            let page: BirthPage =
                client.list(app.call("TB/GOV/CRO/civil/births"), after, 2).await.expect("lists");
            seen.extend(page.births.iter().map(|birth| birth.registration));
            after = seen.last().copied();
            if !page.more {
                break;
            }
        }
        assert_eq!(seen.len(), 5);
        assert!(seen.is_sorted());
    })
    .await;
}

#[tokio::test]
async fn only_registrars_register_and_only_the_exchange_reads() {
    let store = Store::sqlite();
    let mut app = app(&store).await;
    let (_, issuer) = officer_layer(&app.ctx, &[]);
    let id = app.registered().await;
    for (member, role, expected) in [("GOV/CRO", "clerk", 403), ("GOV/MSP", "registrar", 403)] {
        app.token = issuer.mint("x", member, &[role], 600).expect("mints");
        assert_eq!(app.register("key-9", &birth()).await.0.as_u16(), expected, "{member} {role}");
    }
    app.token = "no token".to_owned();
    assert_eq!(app.register("key-9", &birth()).await.0, StatusCode::UNAUTHORIZED);
    let outside =
        Request::get(format!("/civil/births/{id}")).body(Body::empty()).expect("a request");
    assert_eq!(
        app.router.clone().oneshot(outside).await.expect("answers").status(),
        StatusCode::UNAUTHORIZED
    );
}
