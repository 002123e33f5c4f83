//! The block under test and who talks to it.

use basis::{Id, Rng};
use consent::MIGRATIONS;
use contracts::consent::{ConsentClient, GiveIn, MY_CONSENTS, MyRecord, VERIFY, VerifyIn};
use contracts::{CallContext, LegalBasis, Pseudonym, ServiceId, SubsystemId, Wire};
use kernel::auth::TokenIssuer;
use kernel::block::{Block, Ctx};
use kernel::db::{DbError, Row};
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::{Answer, RouterWire, Spec, Store, TestServer, block_ctx, officer_layer};
use ui::Site;

pub const OWNER: &str = "GOV/NIA";
pub const PORTAL: &str = "TB/GOV/NIA/portal";
pub const CLINIC: &str = "TB/COM/LAKESIDE/patients";
pub const RECORDS: &str = "TB/GOV/NIA/residents/records";

/// The block under test.
pub struct App {
    pub ctx: Ctx,
    pub server: TestServer,
    pub wire: Arc<RouterWire>,
    pub client: ConsentClient,
    pub routes: Vec<(String, String)>,
    pub spec: Option<Spec>,
    issuer: TokenIssuer,
}

pub fn site() -> Site {
    Site {
        service: "Tumbawe services".to_owned(),
        operator: "National Identity Authority".to_owned(),
        home: "/".to_owned(),
        sandbox: true,
        secure: false,
        utc_offset_minutes: 180,
    }
}

fn service(code: &str) -> ServiceId {
    format!("TB/GOV/NIA/consent/{code}").parse().expect("a service")
}

impl App {
    pub async fn start(store: &Store) -> Self {
        let ctx = block_ctx(store, consent::NAME, MIGRATIONS, OWNER).await.expect("it opens");
        let topics = ["given", "withdrawn", "expired"].map(|act| format!("consent.record.{act}"));
        let topics = topics.into_iter().chain(["consent.agreement.terminated".to_owned()]);
        ctx.db.subscribe(topics.map(|topic| (topic, "listener".to_owned())).collect());
        let block: Block = consent::block(&ctx, site()).expect("the block is whole");
        let (auth, issuer) = officer_layer(&ctx, block.permissions);
        let routes = block.routes();
        let offers = block.services.clone();
        let router = block.into_router(ctx.owner.clone()).layer(auth.layer());
        let wire = Arc::new(RouterWire::default());
        for offer in offers {
            wire.serve(service(offer.code), router.clone(), offer.prefix);
        }
        Self {
            server: TestServer::start(router).await,
            client: ConsentClient::new(wire.clone()),
            wire,
            routes: routes.into_iter().map(|(method, path)| (method.to_string(), path)).collect(),
            spec: Spec::govstack("consent/consent-openapi.yaml"),
            issuer,
            ctx,
        }
    }

    /// A header that lets in an officer of the owner with this role.
    pub fn officer(&self, role: &str) -> String {
        self.officer_of(OWNER, role)
    }

    pub fn officer_of(&self, member: &str, role: &str) -> String {
        let token = self.issuer.mint("o-1", member, &[role], 600).expect("a token");
        format!("Bearer {token}")
    }

    /// A request by an officer of the owner with this role.
    pub async fn by(&self, role: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let token = self.officer(role);
        self.server.send(method, path, &[("authorization", &token)], body).await
    }

    /// A call of the exchange to one of the block's services.
    pub fn call(&self, from: &str, to: &str, basis: LegalBasis, subject: Pseudonym) -> CallContext {
        let client: SubsystemId = from.parse().expect("a subsystem");
        let correlation = Id::from_bytes([1; 16]);
        CallContext::new(client, service(to), "test", basis, correlation, self.ctx.clock.now())
            .about(subject)
    }

    /// The person themselves, through the portal.
    pub fn as_person(&self, subject: Pseudonym) -> CallContext {
        self.call(PORTAL, MY_CONSENTS, LegalBasis::SelfAccess, subject)
    }

    /// A new person.
    pub fn person(&self) -> Pseudonym {
        Pseudonym::random(&Rng::system())
    }

    /// An id nothing has.
    pub fn unused_id(&self) -> Id {
        Id::random(&Rng::system())
    }

    /// Sends JSON through the exchange.
    pub async fn send(
        &self,
        ctx: CallContext,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let mut request = http::Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map(ToString::to_string).unwrap_or_default();
        let request = request.body(body.into()).expect("a request");
        let response = self.wire.call(ctx, request).await.expect("it is delivered");
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(body.to_vec()).expect("text");
        Answer { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    /// The clinic's agreement as an officer writes it.
    pub fn clinics_agreement() -> Value {
        json!({
            "version": "1",
            "purpose": "So that the clinic treats the right person",
            "purpose_in": { "sw": "Ili kliniki imtibu mtu sahihi" },
            "lawful_basis": "consent",
            "data_use": "data_using_service",
            "dpia": "DPIA 2026/7",
            "controller": { "id": "TB/COM/LAKESIDE", "name": "Lakeside Clinic", "url": "https://lakeside.example/" },
            "attributes": [
                { "name": "name", "sensitivity": "personal", "category": "identity" },
                { "name": "birth_date", "sensitivity": "personal", "category": "identity" },
            ],
            "scope": { "service": RECORDS, "clients": [CLINIC], "purpose": "treatment" },
            "valid_days": 365,
        })
    }

    /// Creates and publishes an agreement; answers its id and the published revision.
    pub async fn published(&self, agreement: &Value) -> (Id, Id) {
        let officer = "consent-officer";
        let created = self.by(officer, "POST", "/consent/agreements", Some(agreement)).await;
        assert_eq!(created.status, 201, "{}", created.text);
        let id = created.json()["id"].as_str().expect("an id").to_owned();
        self.publish(&id).await
    }

    /// Publishes the latest revision.
    pub async fn publish(&self, agreement: &str) -> (Id, Id) {
        let path = format!("/consent/agreements/{agreement}/publish");
        let published = self.by("consent-officer", "POST", &path, None).await;
        assert_eq!(published.status, 200, "{}", published.text);
        let json = published.json();
        (id_in(&json, "id"), id_in(&json, "published"))
    }

    /// The person's answer, through the portal.
    pub async fn answer(
        &self,
        subject: Pseudonym,
        (agreement, revision): (Id, Id),
        give: bool,
    ) -> MyRecord {
        let answer = GiveIn { agreement, revision, give, valid_until: None };
        let key = self.ctx.rng.digits(20);
        self.client.give(self.as_person(subject), &answer, &key).await.expect("an answer")
    }

    /// What the exchange is told about the clinic's use: empty if the consent stands, else why not.
    pub async fn refusal(&self, subject: Pseudonym, agreement: Id) -> String {
        let ask = VerifyIn {
            agreement,
            service: RECORDS.parse().expect("a service"),
            client: CLINIC.parse().expect("a subsystem"),
            purpose: "treatment".to_owned(),
        };
        let law = LegalBasis::law("Data Exchange Act s.9");
        let ctx = self.call("TB/GOV/NIA/exchange", VERIFY, law, subject);
        let answer = self.client.verify(ctx, &ask).await.expect("a verdict");
        assert_eq!(answer.given, answer.reason.is_none());
        answer.reason.map(|reason| reason.as_str().to_owned()).unwrap_or_default()
    }

    /// One column of a query, as text.
    pub async fn texts(&self, sql: &'static str) -> Vec<String> {
        let rows: Result<Vec<Row>, DbError> =
            self.ctx.db.read(move |tx| Box::pin(async move { tx.all(sql, &[]).await })).await;
        let first = |row: Row| match &row.values()[0] {
            kernel::db::Value::Text(text) => text.clone(),
            other => format!("{other:?}"),
        };
        rows.expect("it reads").into_iter().map(first).collect()
    }

    /// Changes the database behind the block's back.
    pub async fn tamper(&self, sql: &'static str) {
        let done: Result<u64, DbError> =
            self.ctx.db.write(move |tx| Box::pin(async move { tx.exec(sql, &[]).await })).await;
        assert!(done.expect("it is done") > 0, "{sql} changed nothing");
    }
}

/// A member of a JSON object that holds an id.
pub fn id_in(json: &Value, member: &str) -> Id {
    json[member].as_str().and_then(|text| text.parse().ok()).expect("an id")
}
