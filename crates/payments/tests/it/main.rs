//! The payments block over its API, once an engine.

mod access;
mod bank;
mod batches;
mod bulk_speed;
mod crash_campaign;
mod desk;
mod engine;
mod exchange;
mod once;
mod programme;
mod speed;

use axum::Router;
use axum::body::Body;
use basis::Id;
use contracts::rails::CREDIT_TRANSFERS;
use contracts::{LegalBasis, MemberId};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use kernel::auth::TokenIssuer;
use kernel::block::{Ctx, Job, JobError};
use payments::{Deps, Rail, Rails};
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::{RouterWire, Store, block_ctx, officer_layer};
use tower::ServiceExt;

pub const TREASURY: &str = "GOV/TREASURY";

/// The block as an installation would mount it.
pub struct Desk {
    pub ctx: Ctx,
    pub router: Router,
    tokens: TokenIssuer,
    jobs: Vec<Job>,
}

/// Every provider but nobody takes payments.
struct Anyone;

impl Rails for Anyone {
    fn find(&self, provider: &MemberId) -> Option<Rail> {
        if provider.code() == "NOBODY" {
            return None;
        }
        let service = provider.subsystem("accounts").and_then(|own| own.service(CREDIT_TRANSFERS));
        let basis = LegalBasis::Contract { reference: "contract 7".to_owned() };
        Some(Rail { service: service.ok()?, purpose: "payment-execution".to_owned(), basis })
    }
}

/// What the block is given, with this wire.
pub fn deps(wire: Arc<RouterWire>) -> Deps {
    let subsystem = "TB/GOV/TREASURY/payments".parse().expect("a subsystem");
    let site = ui::Site {
        service: "Tumbawe services".to_owned(),
        operator: "Treasury".to_owned(),
        home: "/".to_owned(),
        sandbox: true,
        secure: false,
        utc_offset_minutes: 180,
    };
    Deps { wire, subsystem, rails: Arc::new(Anyone), site }
}

pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl Answer {
    pub fn slug(&self) -> &str {
        let kind = self.body["type"].as_str().unwrap_or_default();
        kind.rsplit(':').next().unwrap_or_default()
    }
}

impl Desk {
    pub async fn open(store: &Store) -> Self {
        let ctx =
            block_ctx(store, payments::NAME, payments::MIGRATIONS, TREASURY).await.expect("opens");
        Self::over(ctx)
    }

    /// Another process over the same database.
    pub fn over(ctx: Ctx) -> Self {
        Self::over_wire(ctx, Arc::default())
    }

    /// The same with a wire to providers.
    pub fn over_wire(ctx: Ctx, wire: Arc<RouterWire>) -> Self {
        let (auth, tokens) = officer_layer(&ctx, payments::PERMISSIONS);
        let block = payments::block(&ctx, deps(wire)).expect("is whole");
        let jobs = block.jobs.clone();
        let router = block.into_router(ctx.owner.clone()).layer(auth.layer());
        Self { ctx, router, tokens, jobs }
    }

    /// Runs a job of the block once.
    pub async fn run(&self, job: &str) -> Result<(), JobError> {
        let found = self.jobs.iter().find(|one| one.name == job).expect("there is such a job");
        (found.run)(self.ctx.clone()).await
    }

    /// Every value of the tables about beneficiaries, one after the other.
    pub async fn all_bytes(&self) -> Vec<u8> {
        let read = self.ctx.db.read(|tx| {
            Box::pin(async move {
                let mut bytes = Vec::new();
                for sql in [
                    "SELECT payee, subject, provider, account FROM payment_beneficiary",
                    "SELECT actor, object, detail FROM audit",
                ] {
                    for row in tx.all(sql, &[]).await? {
                        for value in row.values() {
                            match value {
                                kernel::db::Value::Bytes(some) => bytes.extend_from_slice(some),
                                kernel::db::Value::Text(text) => bytes.extend(text.as_bytes()),
                                _ => {}
                            }
                        }
                    }
                }
                Ok::<_, kernel::db::DbError>(bytes)
            })
        });
        read.await.expect("reads")
    }

    pub fn mint(&self) -> Id {
        Id::mint(&self.ctx.clock, &self.ctx.rng)
    }

    pub fn token(&self, member: &str, roles: &[&str]) -> String {
        self.tokens.mint("o-1", member, roles, 600).expect("signs")
    }

    /// What the desk's cookie holds of an officer who is signed in there.
    pub fn session(&self, member: &str, roles: &[&str]) -> String {
        self.tokens.mint_session("o-1", member, roles, 600).expect("signs")
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("routers do not fail");
        let status = response.status();
        let body = response.into_body().collect().await.expect("a body in memory").to_bytes();
        Answer { status, body: serde_json::from_slice(&body).unwrap_or(Value::Null) }
    }

    pub async fn get(&self, path: &str) -> Answer {
        let token = self.token(TREASURY, &["treasurer"]);
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    pub async fn post(&self, path: &str, key: Option<Id>, body: &Value) -> Answer {
        let token = self.token(TREASURY, &["treasurer"]);
        let mut request = Request::post(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key.to_string());
        }
        self.send(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// An account in shillings; answers its id.
    pub async fn account(&self, kind: &str, owner: &str) -> Id {
        let id = self.mint();
        let asked = json!({ "id": id, "kind": kind, "currency": "KES", "owner": owner });
        let answer = self.post("/payments/accounts", None, &asked).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        id
    }

    pub async fn transfer(&self, key: Id, debit: Id, credit: Id, amount: &str) -> Answer {
        self.post("/payments/transfers", Some(key), &transfer(debit, credit, amount)).await
    }

    pub async fn balance(&self, account: Id) -> String {
        let answer = self.get(&format!("/payments/accounts/{account}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body["balance"]["amount"].as_str().expect("an amount").to_owned()
    }

    /// A source of the treasury and a programme of GOV/MSP that got 1,000 shillings from it.
    pub async fn funded(&self) -> (Id, Id) {
        let source = self.account("source", TREASURY).await;
        let programme = self.account("programme", "GOV/MSP").await;
        let answer = self.transfer(self.mint(), source, programme, "1000.00").await;
        assert_eq!(answer.body["posted"], json!(true), "{}", answer.body);
        (source, programme)
    }

    pub async fn assert_sums_to_zero(&self) {
        let answer = self.get("/payments/trial-balance").await;
        let ledgers = answer.body["ledgers"].as_array().expect("a list").clone();
        assert!(!ledgers.is_empty());
        for ledger in ledgers {
            assert_eq!(ledger["sum_of_postings"]["amount"], json!("0.00"));
        }
        payments::prove(&self.ctx.db).await.expect("the log proves it");
    }
}

pub fn transfer(debit: Id, credit: Id, amount: &str) -> Value {
    let amount = json!({ "amount": amount, "currency": "KES" });
    json!({ "debit": debit, "credit": credit, "amount": amount, "reference": "budget 2026" })
}
