//! The ministry's office: the block behind its API, officers with tokens, residents who come through the
//! portal.

use crate::neighbours::Neighbours;
use axum::Router;
use axum::body::Body;
use basis::Id;
use contracts::registration::{ApplicationView, RegistrationClient, StartIn};
use contracts::{CallContext, CallError, LegalBasis, Pseudonym, SubsystemId};
use http::{Method, Request, StatusCode, header};
use kernel::auth::TokenIssuer;
use kernel::block::Ctx;
use kernel::db::{DbError, Row};
use registration::{Deps, MIGRATIONS, PERMISSIONS, Registration};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use testkit::{RouterWire, Store, block_ctx, officer_layer};
use tower::ServiceExt;

pub const CHILD_BENEFIT: &str =
    include_str!("../../../../countries/demo/services/child-benefit.toml");
pub const MOTHER: Pseudonym = Pseudonym(Id::from_bytes([0x4d; 16]));
pub const NEIGHBOUR: Pseudonym = Pseudonym(Id::from_bytes([0x4e; 16]));
/// The data agreement on her telephone number.
pub const AGREEMENT: Id = Id::from_bytes([0xa9; 16]);

pub struct Office {
    pub ctx: Ctx,
    pub registration: Registration,
    pub neighbours: Arc<Neighbours>,
    /// What the portal asks through.
    pub client: RegistrationClient,
    router: Router,
    issuer: TokenIssuer,
}

/// An answer, read.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl Answer {
    /// Status and slug, for comparisons.
    pub fn refusal(&self) -> (u16, &str) {
        let kind = self.body["type"].as_str().and_then(|kind| kind.rsplit(':').next());
        (self.status.as_u16(), kind.unwrap_or_default())
    }

    /// The body of a success.
    pub fn good(self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        self.body
    }
}

pub fn subsystem(text: &str) -> SubsystemId {
    text.parse().expect("a subsystem")
}

pub fn site() -> ui::Site {
    ui::Site {
        service: "Tumbawe services".to_owned(),
        operator: "Ministry of Social Protection".to_owned(),
        home: "/portal".to_owned(),
        sandbox: true,
        secure: false,
        utc_offset_minutes: 180,
    }
}

impl Office {
    pub async fn open(store: &Store) -> Self {
        Self::with(store, &[CHILD_BENEFIT.to_owned()]).await
    }

    pub async fn with(store: &Store, packages: &[String]) -> Self {
        let ctx = block_ctx(store, "registration", MIGRATIONS, "GOV/MSP").await.expect("opens");
        let neighbours = Arc::new(Neighbours::new());
        let deps = Deps {
            wire: neighbours.clone(),
            subsystem: subsystem("TB/GOV/MSP/benefits"),
            identity: subsystem("TB/GOV/NIA/identity"),
            consent: subsystem("TB/GOV/NIA/consent"),
            payments: subsystem("TB/GOV/TREASURY/payments"),
            messages: subsystem("TB/GOV/NIA/messages"),
            packages: packages.to_vec(),
            site: site(),
        };
        let (auth, issuer) = officer_layer(&ctx, PERMISSIONS);
        let registration = registration::open(&ctx, deps.clone()).expect("packages are right");
        let block = registration::block(&ctx, deps).expect("packages are right");
        let wire = Arc::new(RouterWire::default());
        let services = block.services.clone();
        let router = block.into_router(ctx.owner.clone()).layer(auth.layer());
        for offer in services {
            let service = subsystem("TB/GOV/MSP/benefits").service(offer.code).expect("a code");
            wire.serve(service, router.clone(), offer.prefix);
        }
        let client = RegistrationClient::new(wire);
        Self { ctx, registration, neighbours, client, router, issuer }
    }

    /// The portal's call for a resident.
    pub fn of(&self, subject: Pseudonym, service: &str) -> CallContext {
        CallContext::new(
            subsystem("TB/GOV/NIA/portal"),
            subsystem("TB/GOV/MSP/benefits").service(service).expect("a code"),
            "self-access",
            LegalBasis::SelfAccess,
            Id::from_bytes([9; 16]),
            self.ctx.clock.now(),
        )
        .about(subject)
    }

    pub fn mine(&self) -> CallContext {
        self.of(MOTHER, "my-applications")
    }

    /// Starts an application for the mother.
    pub async fn start(&self, service: &str) -> ApplicationView {
        let ask = StartIn { service: service.to_owned(), language: Some("sw".to_owned()) };
        self.client.start(self.mine(), &ask, "en").await.expect("starts")
    }

    /// Answers a step for the mother.
    pub async fn answer(&self, id: Id, step: &str, answers: &[(&str, &str)]) -> ApplicationView {
        let answers: BTreeMap<String, String> =
            answers.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let ask = contracts::registration::AnswersIn { answers };
        self.client.answer(self.mine(), id, step, &ask, "en").await.expect("answers")
    }

    /// Fills in child benefit rightly, without consent, and does not send it.
    pub async fn fill(&self) -> Id {
        let id = self.start("child-benefit").await.entry.id;
        let child = [
            ("child_name", "Neema Tamba"),
            ("child_born", "2026-01-20"),
            ("lives_with_you", "true"),
        ];
        self.answer(id, "child", &child).await;
        let payment = [("provider", "COM/SIMU"), ("account", "W-550114")];
        self.answer(id, "payment", &payment).await;
        self.answer(id, "contact", &[("phone", "")]).await;
        id
    }

    /// Fills it in and sends it.
    pub async fn submitted(&self) -> Id {
        let id = self.fill().await;
        self.client.submit(self.mine(), id, "en").await.expect("is complete");
        id
    }

    /// Sent, taken and approved by officer `b-7`.
    pub async fn approved(&self) -> Id {
        let id = self.submitted().await;
        self.case("b-7", id, "take", &json!({})).await.good();
        self.case("b-7", id, "approve", &json!({})).await.good();
        id
    }

    /// A caseworker does something with a case.
    pub async fn case(&self, officer: &str, id: Id, what: &str, body: &Value) -> Answer {
        let path = format!("/registration/cases/{id}/{what}");
        self.ask(officer, &["caseworker"], Method::POST, &path, &body.to_string()).await
    }

    /// Any request by an officer of the ministry.
    pub async fn ask(
        &self,
        officer: &str,
        roles: &[&str],
        method: Method,
        path: &str,
        body: &str,
    ) -> Answer {
        let token = self.issuer.mint(officer, "GOV/MSP", roles, 600).expect("a token");
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_owned()));
        self.send(request.expect("a request")).await
    }

    /// A call of the exchange with this context.
    pub async fn call(
        &self,
        ctx: &CallContext,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        request.extensions_mut().insert(ctx.clone());
        self.send(request).await
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("routers do not fail");
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        Answer { status, body: serde_json::from_slice(&body).unwrap_or_default() }
    }

    /// What a browser gets.
    pub async fn page(&self, request: Request<Body>) -> http::Response<Body> {
        self.router.clone().oneshot(request).await.expect("routers do not fail")
    }

    /// The cookie's value of an officer who signed in at the desk.
    pub fn session(&self, officer: &str, roles: &[&str]) -> String {
        self.issuer.mint_session(officer, "GOV/MSP", roles, 600).expect("a token")
    }

    /// Rows of the block's database.
    pub async fn rows(&self, sql: &'static str) -> Vec<Row> {
        let rows: Result<Vec<Row>, DbError> =
            self.ctx.db.read(move |tx| Box::pin(async move { tx.all(sql, &[]).await })).await;
        rows.expect("reads")
    }

    /// One number from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        self.rows(sql).await[0].get("n").expect("a number")
    }
}

/// Status and slug of a call that was answered, but not with a success.
pub fn refusal<T: std::fmt::Debug>(answer: Result<T, CallError>) -> (u16, String) {
    match answer.expect_err("is refused") {
        CallError::Answered { status, slug, .. } => (status.as_u16(), slug),
        other => panic!("{other}"),
    }
}

/// Value and source of a field of a view.
pub fn field<'v>(view: &'v ApplicationView, name: &str) -> &'v contracts::registration::FormField {
    let mut fields = view.steps.iter().flat_map(|step| &step.fields);
    fields.find(|field| field.name == name).expect("a field")
}
