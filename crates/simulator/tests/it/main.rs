//! Simulated institutions on both engines, with a scripted client behind the wire.

mod bank;
mod reports;
mod sms;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::routing::post;
use basis::Id;
use contracts::{CallContext, LegalBasis, ServiceId, SubsystemId};
use http::{Request, StatusCode};
use kernel::auth::TokenIssuer;
use kernel::block::{Block, Ctx, Job};
use kernel::db::{Db, DbError, Row, Value};
use serde_json::Value as Json;
use simulator::Deps;
use std::sync::{Arc, Mutex};
use testkit::{RouterWire, Store, block_ctx, officer_layer};
use tower::ServiceExt;

pub const TREASURY: &str = "TB/GOV/TREASURY/payments";
pub const MINISTRY: &str = "TB/GOV/MSP/benefits";

/// One simulated institution.
pub struct Town {
    pub ctx: Ctx,
    pub router: Router,
    pub wire: Arc<RouterWire>,
    issuer: TokenIssuer,
    job: Job,
}

pub fn deps(wire: Arc<RouterWire>, kind: &str, name: &'static str, id: &'static str) -> Deps {
    let path: &'static str = format!("/simulator/{id}").leak();
    Deps {
        wire,
        subsystem: format!("TB/{id}").parse().expect("a subsystem"),
        name,
        path,
        service: simulator::service_path(kind, path).leak(),
    }
}

impl Town {
    pub async fn bank(store: &Store) -> Self {
        let name = "bank_lakebank_accounts";
        let owner = "COM/LAKEBANK";
        let ctx = block_ctx(store, name, simulator::BANK_MIGRATIONS, owner).await.expect("opens");
        let wire = Arc::new(RouterWire::default());
        let deps = deps(wire.clone(), simulator::BANK, name, "COM/LAKEBANK/accounts");
        let block = simulator::bank(&ctx, deps.clone());
        Self::new(ctx, wire, &deps, block)
    }

    pub async fn gateway(store: &Store) -> Self {
        let name = "sms_gateway_simu_sms";
        let owner = "COM/SIMU";
        let ctx = block_ctx(store, name, simulator::SMS_MIGRATIONS, owner).await.expect("opens");
        let wire = Arc::new(RouterWire::default());
        let deps = deps(wire.clone(), simulator::SMS_GATEWAY, name, "COM/SIMU/sms");
        let block = simulator::sms_gateway(&ctx, deps.clone());
        Self::new(ctx, wire, &deps, block)
    }

    fn new(ctx: Ctx, wire: Arc<RouterWire>, deps: &Deps, block: Block) -> Self {
        let (auth, issuer) = officer_layer(&ctx, block.permissions);
        let (job, services) = (block.jobs[0].clone(), block.services.clone());
        let router = block.into_router(ctx.owner.clone()).layer(auth.layer());
        for offer in services {
            let service = deps.subsystem.service(offer.code).expect("a service");
            wire.serve(service, router.clone(), offer.prefix);
        }
        Self { ctx, router, wire, issuer, job }
    }

    /// The same institution after its process was killed and started again.
    pub fn restarted(&self, kind: &str, id: &'static str) -> Self {
        let deps = deps(self.wire.clone(), kind, "unused", id);
        let block = match kind {
            simulator::BANK => simulator::bank(&self.ctx, deps.clone()),
            _ => simulator::sms_gateway(&self.ctx, deps.clone()),
        };
        Self::new(self.ctx.clone(), self.wire.clone(), &deps, block)
    }

    /// Runs the institution's job once, as the composition root does each second.
    pub async fn work(&self) {
        (self.job.run)(self.ctx.clone()).await.expect("the job runs");
    }

    pub fn token(&self, member: &str, roles: &[&str]) -> String {
        self.issuer.mint("s-1", member, roles, 600).expect("mints")
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&Json>,
    ) -> (StatusCode, Json) {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.header("content-type", "application/json").body(body);
        let answer = self.router.clone().oneshot(request.expect("a request")).await;
        let answer = answer.expect("answers");
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 1_000_000).await.expect("a body");
        (status, serde_json::from_slice(&body).unwrap_or(Json::Null))
    }
}

/// A call of a client on the ground of a contract.
pub fn call(client: &str, service: &str, purpose: &str) -> CallContext {
    let basis = LegalBasis::Contract { reference: "Contract 2025/7".to_owned() };
    let client: SubsystemId = client.parse().expect("a subsystem");
    let service: ServiceId = service.parse().expect("a service");
    let at = basis::Timestamp::from_micros(0);
    CallContext::new(client, service, purpose, basis, Id::from_bytes([1; 16]), at)
}

/// Takes what an institution reports, unless it was told not to.
#[derive(Clone, Default)]
pub struct Listener {
    heard: Arc<Mutex<Vec<Json>>>,
    deaf: Arc<Mutex<bool>>,
}

impl Listener {
    /// Listens on a service of the wire.
    pub fn on(wire: &RouterWire, service: &str) -> Self {
        let listener = Self::default();
        let router = Router::new().route("/reports", post(hear)).with_state(listener.clone());
        wire.serve(service.parse().expect("a service"), router, "/reports");
        listener
    }

    pub fn be_deaf(&self, deaf: bool) {
        *self.deaf.lock().expect("no test panicked") = deaf;
    }

    /// What was heard since the last time.
    pub fn heard(&self) -> Vec<Json> {
        std::mem::take(&mut self.heard.lock().expect("no test panicked"))
    }
}

async fn hear(State(listener): State<Listener>, body: Bytes) -> StatusCode {
    if *listener.deaf.lock().expect("no test panicked") {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    listener
        .heard
        .lock()
        .expect("no test panicked")
        .push(serde_json::from_slice(&body).expect("JSON"));
    StatusCode::NO_CONTENT
}

/// Every value of some tables, as bytes.
pub async fn everything(db: &Db, selects: &[&'static str]) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    for sql in selects.iter().copied() {
        let rows: Result<Vec<Row>, DbError> =
            db.read(move |tx| Box::pin(async move { tx.all(sql, &[]).await })).await;
        for row in rows.expect("reads") {
            values.extend(row.values().iter().map(|value| match value {
                Value::Text(text) => text.clone().into_bytes(),
                Value::Bytes(bytes) => bytes.clone(),
                _ => Vec::new(),
            }));
        }
    }
    assert!(!values.is_empty(), "there is something to look at");
    values
}

pub fn stands_in(values: &[Vec<u8>], wanted: &[u8]) -> bool {
    values.iter().any(|value| value.windows(wanted.len()).any(|part| part == wanted))
}
