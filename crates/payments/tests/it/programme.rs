//! A programme that pays many through two providers.

use crate::bank::Bank;
use crate::{Desk, TREASURY};
use axum::body::Body;
use basis::{Id, Money};
use contracts::batches::{BatchIn, BatchOut, BatchesClient, BeneficiaryIn, Instruction, PartOut};
use contracts::rails::{RailClient, RailResults};
use contracts::{CallContext, CallError, LegalBasis, Pseudonym, ServiceId, call};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::{RouterWire, Store, block_ctx};

pub const MAKER: &str = "b-1";
pub const CHECKER: &str = "b-2";
pub const LAKEBANK: &str = "TB/COM/LAKEBANK";
pub const SIMU: &str = "TB/COM/SIMU";

pub struct Programme {
    pub desk: Desk,
    pub wire: Arc<RouterWire>,
    pub client: BatchesClient,
    pub lakebank: Bank,
    pub simu: Bank,
    /// The account that pays, with 1,000,000.00 shillings.
    pub account: Id,
}

pub fn service(id: &str) -> ServiceId {
    id.parse().expect("a service")
}

pub fn shillings(minor: i64) -> Money {
    Money::from_minor(minor, "KES".parse().expect("a currency"))
}

/// An id that follows from a number, so that a process that starts again uses it again.
pub fn numbered(kind: u8, n: usize) -> Id {
    let mut bytes = [0; 16];
    bytes[0] = kind;
    bytes[8..].copy_from_slice(&(n as u64).to_be_bytes());
    Id::from_bytes(bytes)
}

impl Programme {
    pub async fn open(store: &Store) -> Self {
        let ctx =
            block_ctx(store, payments::NAME, payments::MIGRATIONS, TREASURY).await.expect("opens");
        let open = async |name| {
            Bank::open(&store.storage, name, store.clock.clone(), store.rng.clone()).await
        };
        let (lakebank, simu) = (open("lakebank").await, open("simu").await);
        let wire = Arc::new(RouterWire::default());
        let desk = Desk::over_wire(ctx, wire.clone());
        let programme = Self::over(desk, wire, lakebank, simu, Id::from_bytes([0; 16]));
        let source = programme.desk.account("source", TREASURY).await;
        let account = programme.desk.account("programme", "GOV/MSP").await;
        let paid =
            programme.desk.transfer(programme.desk.mint(), source, account, "1000000.00").await;
        assert_eq!(paid.body["posted"], json!(true), "{}", paid.body);
        Self { account, ..programme }
    }

    /// Puts the block and both banks on the wire.
    pub fn over(
        desk: Desk,
        wire: Arc<RouterWire>,
        lakebank: Bank,
        simu: Bank,
        account: Id,
    ) -> Self {
        let at = |code: &str| service(&format!("TB/GOV/TREASURY/payments/{code}"));
        let router = || desk.router.clone();
        wire.serve(at("beneficiaries"), router(), payments::EXCHANGE_BENEFICIARIES);
        wire.serve(at("batches"), router(), payments::EXCHANGE_BATCHES);
        wire.serve(at("rail-results"), router(), payments::EXCHANGE_RAIL_RESULTS);
        wire.serve(
            service("TB/COM/LAKEBANK/accounts/credit-transfers"),
            lakebank.router(),
            "/bank",
        );
        wire.serve(service("TB/COM/SIMU/accounts/credit-transfers"), simu.router(), "/bank");
        let client = BatchesClient::new(wire.clone());
        Self { desk, wire, client, lakebank, simu, account }
    }

    /// The context of a call of the programme's system.
    pub fn system(&self, code: &str) -> CallContext {
        let basis = LegalBasis::law("Social Protection Act, s.4");
        CallContext::new(
            "TB/GOV/MSP/benefits".parse().expect("a subsystem"),
            service(&format!("TB/GOV/TREASURY/payments/{code}")),
            "benefit-payment",
            basis,
            self.desk.mint(),
            self.desk.ctx.clock.now(),
        )
    }

    pub fn officer(&self, officer: &str) -> CallContext {
        self.system("batches").by_officer(officer, None)
    }

    pub async fn register(
        &self,
        token: Id,
        subject: Pseudonym,
        provider: &str,
        account: &str,
    ) -> Result<(), CallError> {
        let provider = provider.parse().expect("a member");
        let ask = BeneficiaryIn { token, provider, account: account.to_owned() };
        self.client.register(self.system("beneficiaries").about(subject), &ask).await
    }

    /// Registers persons 0 to `count`; each third has a wallet.
    pub async fn register_many(&self, count: usize) {
        for n in 0..count {
            let provider = if n % 3 == 0 { SIMU } else { LAKEBANK };
            let subject = Pseudonym(numbered(4, n));
            self.register(numbered(3, n), subject, provider, &format!("a-{n}"))
                .await
                .expect("registers");
        }
    }

    pub fn instruction(&self, batch: usize, n: usize) -> Instruction {
        let reference = "Child benefit, March 2026".to_owned();
        let id = numbered(5, batch * 1_000_000 + n);
        Instruction { id, payee: numbered(3, n), minor: 1_000 + n as i64, reference }
    }

    pub fn instructions(&self, batch: usize, count: usize) -> Vec<Instruction> {
        (0..count).map(|n| self.instruction(batch, n)).collect()
    }

    pub async fn announce(
        &self,
        batch: usize,
        lines: &[Instruction],
    ) -> Result<BatchOut, CallError> {
        let sum = lines.iter().map(|line| line.minor).sum();
        self.announce_sum(batch, lines.len(), sum).await
    }

    pub async fn announce_sum(
        &self,
        batch: usize,
        count: usize,
        sum: i64,
    ) -> Result<BatchOut, CallError> {
        let ask = BatchIn {
            id: numbered(6, batch),
            debit: self.account.to_string(),
            title: "Child benefit, March 2026".to_owned(),
            count: count as i64,
            total: shillings(sum),
        };
        self.client.open(self.system("batches"), &ask).await
    }

    /// Opens a batch with these lines, closes and approves it.
    pub async fn order(&self, batch: usize, lines: &[Instruction]) -> Id {
        let id = self.announce(batch, lines).await.expect("opens").id;
        for part in lines.chunks(1_000) {
            let taken = self.client.add(self.system("batches"), id, part).await.expect("takes");
            assert_eq!(
                (taken.accepted as usize, taken.refused.len()),
                (part.len(), 0),
                "{taken:?}"
            );
        }
        self.client.close(self.officer(MAKER), id).await.expect("closes");
        self.client.approve(self.officer(CHECKER), id).await.expect("approves");
        id
    }

    /// Runs the engine until there is nothing to do now.
    pub async fn work(&self) {
        self.desk.run("pay_batches").await.expect("works");
    }

    pub async fn show(&self, id: Id) -> BatchOut {
        self.client.show(self.system("batches"), id).await.expect("shows")
    }

    /// Sends a part as text.
    pub async fn part(&self, id: Id, text: String) -> Result<PartOut, CallError> {
        let request = Request::post(format!("/{id}/parts"));
        let request = request.header("content-type", "application/x-ndjson");
        let request = request.body(text.into()).expect("a request");
        call::send(self.wire.as_ref(), self.system("batches"), request).await
    }

    /// A provider reports.
    pub async fn report(&self, subsystem: &str, results: &RailResults) -> Result<(), CallError> {
        let mut context = self.system("rail-results");
        context.client = subsystem.parse().expect("a subsystem");
        RailClient::new(self.wire.clone()).report(context, results).await
    }

    pub async fn reconcile(&self) -> Value {
        let token = self.desk.token(TREASURY, &["treasurer"]);
        let request = Request::post("/payments/reconciliation")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty())
            .expect("a request");
        let answer = self.desk.send(request).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    /// Each difference as kind and provider.
    pub async fn differences(&self) -> Vec<(String, String)> {
        let answer = self.desk.get("/payments/reconciliation").await.body;
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let all = answer["differences"].as_array().expect("a list").iter();
        let mut all: Vec<_> = all.map(|one| (text(&one["kind"]), text(&one["provider"]))).collect();
        all.sort();
        all
    }

    /// All that the banks booked, by transfer.
    pub async fn booked(&self) -> Vec<(Id, i64)> {
        let mut all = Vec::new();
        for bank in [&self.lakebank, &self.simu] {
            all.extend(bank.books().await.into_iter().map(|(id, _, amount)| (id, amount)));
        }
        all.sort();
        all
    }
}

pub fn slug<T: std::fmt::Debug>(answer: Result<T, CallError>) -> (u16, String) {
    match answer {
        Err(CallError::Answered { status, slug, .. }) => (status.as_u16(), slug),
        other => panic!("{other:?}"),
    }
}
