//! Messages on both engines, with a scripted SMS gateway and a small SMTP server.

mod email;
mod inbox;
mod once;
mod receipts;
mod retries;
mod sealed;
mod smtp;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use basis::{Id, Timestamp};
use contracts::messaging::{
    DeliveryStatus, Inbox, MessageIn, MessageOut, MessagingClient, SmsIn, SmsReceipt,
};
use contracts::{CallContext, CallError, LegalBasis, Pseudonym, ServiceId, SubsystemId};
use http::StatusCode;
use kernel::block::{Ctx, Job};
use kernel::db::{DbError, Row};
use messaging::{Deps, Mail, SmsRoute, Templates};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use testkit::{RouterWire, Store, block_ctx};

pub const TEMPLATES: &str = include_str!("../../../../countries/demo/messages.toml");
pub const MINISTRY: &str = "TB/GOV/MSP/benefits";
pub const GATEWAY: &str = "TB/COM/SIMU/sms";
pub const SMS: &str = "TB/COM/SIMU/sms/sms";
pub const MOBILE: &str = "+255700550114";

/// The block, with those around it scripted.
pub struct App {
    pub ctx: Ctx,
    pub wire: Arc<RouterWire>,
    pub gateway: Gateway,
    job: Job,
    deps: Deps,
}

/// How an app differs from the usual one.
#[derive(Default)]
pub struct Setting {
    pub without_sms: bool,
    pub mail: Option<Mail>,
}

impl App {
    pub async fn new(store: &Store, setting: Setting) -> Self {
        let ctx = block_ctx(store, messaging::NAME, messaging::MIGRATIONS, "GOV/NIA").await;
        let ctx = ctx.expect("opens");
        let wire = Arc::new(RouterWire::default());
        let gateway = Gateway::on(&wire);
        let route = SmsRoute {
            service: SMS.parse().expect("a service"),
            basis: LegalBasis::Contract { reference: "SMS contract 2025/3".to_owned() },
            purpose: "notice".to_owned(),
        };
        let deps = Deps {
            wire: wire.clone(),
            subsystem: "TB/GOV/NIA/messages".parse().expect("a subsystem"),
            templates: Templates::parse(TEMPLATES).expect("right"),
            sms: (!setting.without_sms).then_some(route),
            mail: setting.mail,
        };
        Self::started(ctx, wire, gateway, deps)
    }

    fn started(ctx: Ctx, wire: Arc<RouterWire>, gateway: Gateway, deps: Deps) -> Self {
        let block = messaging::block(&ctx, deps.clone());
        let (job, services) = (block.jobs[0].clone(), block.services.clone());
        let router = block.into_router(ctx.owner.clone());
        for offer in services {
            let service = deps.subsystem.service(offer.code).expect("a service");
            wire.serve(service, router.clone(), offer.prefix);
        }
        Self { ctx, wire, gateway, job, deps }
    }

    /// The same block after its process was killed and started again.
    pub fn restarted(&self) -> Self {
        let (ctx, wire, gateway) = (self.ctx.clone(), self.wire.clone(), self.gateway.clone());
        Self::started(ctx, wire, gateway, self.deps.clone())
    }

    /// Runs the job once, as the composition root does each second.
    pub async fn work(&self) {
        (self.job.run)(self.ctx.clone()).await.expect("the job runs");
    }

    pub fn client(&self) -> MessagingClient {
        MessagingClient::new(self.wire.clone())
    }

    pub async fn send(&self, subject: Pseudonym, ask: &MessageIn) -> Result<MessageOut, CallError> {
        self.send_as(MINISTRY, subject, ask).await
    }

    pub async fn send_as(
        &self,
        client: &str,
        subject: Pseudonym,
        ask: &MessageIn,
    ) -> Result<MessageOut, CallError> {
        let call = call(client, "TB/GOV/NIA/messages/messages").about(subject);
        self.client().send(call, ask).await
    }

    pub async fn inbox(&self, subject: Pseudonym) -> Inbox {
        let call = own_call(subject);
        self.client().inbox(call).await.expect("an inbox")
    }

    pub async fn receipt(&self, from: &str, receipt: &SmsReceipt) -> Result<(), CallError> {
        let call = call(from, "TB/GOV/NIA/messages/sms-receipts");
        self.client().report_sms(call, receipt).await
    }

    /// Rows of a query.
    pub async fn rows(&self, sql: &'static str) -> Vec<Row> {
        let rows: Result<Vec<Row>, DbError> =
            self.ctx.db.read(move |tx| Box::pin(async move { tx.all(sql, &[]).await })).await;
        rows.expect("reads")
    }

    /// Status and reason of the only delivery.
    pub async fn delivery(&self) -> (String, Option<String>) {
        let rows = self.rows("SELECT status, reason FROM delivery").await;
        assert_eq!(rows.len(), 1);
        (rows[0].get("status").expect("reads"), rows[0].get("reason").expect("reads"))
    }
}

pub fn own_call(subject: Pseudonym) -> CallContext {
    let mut call = call("TB/GOV/NIA/portal", "TB/GOV/NIA/messages/my-messages").about(subject);
    call.basis = LegalBasis::SelfAccess;
    call
}

pub fn call(client: &str, service: &str) -> CallContext {
    let client: SubsystemId = client.parse().expect("a subsystem");
    let service: ServiceId = service.parse().expect("a service");
    let (basis, at) = (LegalBasis::law("Social Protection Act, s.4"), Timestamp::from_micros(0));
    CallContext::new(client, service, "benefit-notice", basis, Id::from_bytes([1; 16]), at)
}

/// An approved application, in Swahili.
pub fn approved(store: &Store, sms: Option<&str>, email: Option<&str>) -> MessageIn {
    let values = [("number", "CB-2026-17"), ("service", "Malezi"), ("amount", "KES 2,000.00")];
    let values = values.map(|(name, value)| (name.to_owned(), value.to_owned()));
    MessageIn {
        id: Id::random(&store.rng),
        template: "benefit-approved".to_owned(),
        language: Some("sw".to_owned()),
        values: BTreeMap::from(values),
        sms: sms.map(str::to_owned),
        email: email.map(str::to_owned),
    }
}

pub fn status(out: &MessageOut, channel: &str) -> Option<DeliveryStatus> {
    out.deliveries.iter().find(|one| one.channel == channel).map(|one| one.status)
}

/// A scripted SMS gateway: remembers what it was given and answers what it is told to.
#[derive(Clone)]
pub struct Gateway {
    given: Arc<Mutex<Vec<SmsIn>>>,
    answer: Arc<Mutex<StatusCode>>,
}

impl Gateway {
    fn on(wire: &RouterWire) -> Self {
        let gateway = Self { given: Arc::default(), answer: Arc::new(Mutex::new(StatusCode::OK)) };
        let router = Router::new().route("/sms", post(take)).with_state(gateway.clone());
        wire.serve(SMS.parse().expect("a service"), router, "/sms");
        gateway
    }

    pub fn answer_with(&self, status: StatusCode) {
        *self.answer.lock().expect("no test panicked") = status;
    }

    pub fn given(&self) -> Vec<SmsIn> {
        self.given.lock().expect("no test panicked").clone()
    }
}

async fn take(State(gateway): State<Gateway>, body: Bytes) -> (StatusCode, String) {
    let sms: SmsIn = serde_json::from_slice(&body).expect("an SMS");
    let receipt = SmsReceipt { id: sms.id, status: DeliveryStatus::Sent };
    gateway.given.lock().expect("no test panicked").push(sms);
    let status = *gateway.answer.lock().expect("no test panicked");
    (status, serde_json::to_string(&receipt).expect("JSON"))
}
