//! Installations with small providers behind them, whose answers show what reached them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use basis::{Id, Rng};
use contracts::cases::{self, CaseIn, CaseOut};
use contracts::consent::{NotGiven, VERIFY, VerifyIn, VerifyOut};
use contracts::identity::{KIND_ANY_SECTOR, TRANSLATE, TranslateIn, TranslateOut};
use contracts::reads::{self, attempt::Attempt};
use contracts::{CallContext, Caller, LegalBasis, MemberId, Pseudonym, ServiceId, SubsystemId};
use credential::SigningKey;
use exchange::{
    AccessRight, Actor, Binding, Config, Exchange, KIND_EVENTS, MIGRATIONS, Names, NewAgreement,
    NewOfficer, Service, Subsystem,
};
use http::{HeaderMap, StatusCode};
use kernel::block::{Ctx, ServiceOffer};
use serde_json::{Value, json};
use testkit::Store;
use tokio::net::TcpListener;
use tokio::sync::Notify;

pub const BENEFITS: &str = "TB/GOV/MSP/benefits";
pub const CLINIC: &str = "TB/COM/LAKESIDE/patients";
pub const RECORDS: &str = "TB/GOV/NIA/residents/records";
pub const PERSONS: &str = "TB/GOV/NIA/identity/persons";
pub const EVENTS: &str = "TB/GOV/NIA/identity/events";
pub const CASES: &str = "TB/GOV/MSP/benefits/case-verify";
pub const RESIDENTS: &str = "TB/GOV/NIA/residents";
pub const READ_LOG: &str = "TB/GOV/NIA/residents/read-log";
pub const TRANSFERS: &str = "TB/GOV/TREASURY/payments/transfers";

/// The sectors and the one person all tests are about.
pub const SECTORS: [&str; 6] = ["identity", "consent", "population", "social", "health", "money"];

/// The person's pseudonym in a sector.
pub fn person(sector: &str) -> Pseudonym {
    let place = SECTORS.iter().position(|s| *s == sector).expect("a sector of the fixture");
    Pseudonym(Id::from_bytes([0xA0 + u8::try_from(place).unwrap(); 16]))
}

pub fn agreement_of_consent() -> Id {
    Id::from_bytes([0x77; 16])
}

/// What the providers share with the test.
#[derive(Clone, Default)]
pub struct Watch(Arc<WatchInner>);

#[derive(Default)]
pub struct WatchInner {
    pub consent_given: AtomicBool,
    pub consent_asked: Mutex<Vec<CallContext>>,
    pub case_stands: AtomicBool,
    pub case_asked: Mutex<Vec<(CallContext, CaseIn)>>,
    pub attempts: Mutex<Vec<Attempt>>,
    pub translated: Mutex<usize>,
    pub shown: Mutex<usize>,
    pub started: Notify,
    pub release: Notify,
    pub exchange: Mutex<Option<Exchange>>,
}

impl std::ops::Deref for Watch {
    type Target = WatchInner;

    fn deref(&self) -> &WatchInner {
        &self.0
    }
}

async fn translate(
    State(watch): State<Watch>,
    _caller: Caller,
    Json(ask): Json<TranslateIn>,
) -> Result<Json<TranslateOut>, StatusCode> {
    *watch.translated.lock().unwrap() += 1;
    if person(&ask.from) != ask.pseudonym {
        return Err(StatusCode::NOT_FOUND);
    }
    Ok(Json(TranslateOut { pseudonym: person(&ask.to) }))
}

async fn verify(
    State(watch): State<Watch>,
    Caller(ctx): Caller,
    Json(ask): Json<VerifyIn>,
) -> Json<VerifyOut> {
    let right_person = ctx.subject == Some(person("consent"));
    watch.consent_asked.lock().unwrap().push(ctx);
    let covered = ask.client.as_ref() == CLINIC && ask.agreement == agreement_of_consent();
    let given = watch.consent_given.load(Ordering::SeqCst) && right_person && covered;
    let reason = (!given).then_some(NotGiven::Withdrawn);
    Json(VerifyOut {
        given,
        reason,
        fields: vec!["name".to_owned(), "born".to_owned()],
        valid_until: None,
    })
}

async fn verify_case(
    State(watch): State<Watch>,
    Caller(ctx): Caller,
    Json(ask): Json<CaseIn>,
) -> Json<CaseOut> {
    watch.case_asked.lock().unwrap().push((ctx, ask));
    Json(CaseOut { stands: watch.case_stands.load(Ordering::SeqCst) })
}

async fn note_attempt(State(watch): State<Watch>, attempt: Attempt) -> StatusCode {
    watch.attempts.lock().unwrap().push(attempt);
    StatusCode::NO_CONTENT
}

/// Answers with what a provider sees of a call.
async fn show(
    State(watch): State<Watch>,
    Caller(ctx): Caller,
    headers: HeaderMap,
    method: http::Method,
    uri: http::Uri,
    body: String,
) -> Json<Value> {
    *watch.shown.lock().unwrap() += 1;
    let names: Vec<&str> = headers.keys().map(|name| name.as_str()).collect();
    Json(json!({
        "subject": ctx.subject, "client": ctx.client, "client_sector": ctx.client_sector, "fields": ctx.fields,
        "officer": ctx.officer, "agreement": ctx.agreement, "headers": names, "method": method.as_str(),
        "uri": uri.to_string(), "body": body,
    }))
}

async fn slow(State(watch): State<Watch>, _caller: Caller) -> &'static str {
    watch.started.notify_one();
    watch.release.notified().await;
    "done"
}

/// Answers with how many hops are in the log while the provider runs.
async fn hops_now(State(watch): State<Watch>, _caller: Caller) -> Json<usize> {
    let exchange = watch.exchange.lock().unwrap().clone().unwrap();
    Json(exchange.hops(None, 200, None, None).await.unwrap().len())
}

async fn fail(_caller: Caller) -> StatusCode {
    panic!("a provider that panics");
}

fn providers(watch: &Watch) -> Router {
    Router::new()
        .route("/identity/translate", post(translate))
        .route("/consent/verify", post(verify))
        .route("/shown", get(show).post(show))
        .route("/shown/{*rest}", get(show).post(show))
        .route("/cases", post(verify_case))
        .route("/read-log/attempts", post(note_attempt))
        .route("/slow", get(slow))
        .route("/hops-now", get(hops_now))
        .route("/fail", get(fail))
        .route("/outside", get(|| async { "reached what is not a service" }))
        .with_state(watch.clone())
}

fn offers(pairs: &[(&'static str, &'static str)]) -> Vec<ServiceOffer> {
    pairs.iter().map(|(code, prefix)| ServiceOffer { code, prefix }).collect()
}

/// One installation under test.
pub struct Site {
    pub exchange: Exchange,
    pub ctx: Ctx,
    pub watch: Watch,
    pub socket: Mutex<Option<TcpListener>>,
}

pub fn actor() -> Actor {
    Actor::operator("test")
}

pub fn names(text: &str) -> Names {
    Names::from([("en".to_owned(), text.to_owned())])
}

impl Site {
    /// An installation on a database of its own in the store. `block` tells databases apart.
    pub async fn open(
        store: &Store,
        block: &'static str,
        name: &str,
        hub: bool,
        seed: u64,
    ) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("https://{}", socket.local_addr().unwrap());
        let config = Config {
            installation: name.to_owned(),
            hub,
            address,
            timeout_seconds: 5,
            ..Config::default()
        };
        let mut site = Self::with(store, block, config, seed).await;
        site.socket = Mutex::new(Some(socket));
        site
    }

    pub async fn with(store: &Store, block: &'static str, config: Config, seed: u64) -> Self {
        let mut ctx = testkit::block_ctx(store, block, MIGRATIONS, "GOV/NIA").await.unwrap();
        // Ids of several installations at one mock time must differ.
        ctx.rng = Rng::seeded(seed);
        let exchange = Exchange::open(ctx.clone(), config).await.unwrap();
        let watch = Watch::default();
        *watch.exchange.lock().unwrap() = Some(exchange.clone());
        Self { exchange, ctx, watch, socket: Mutex::new(None) }
    }

    /// Opens the same installation once more, as after a restart.
    pub async fn reopened(&self, config: Config) -> Exchange {
        Exchange::open(self.ctx.clone(), config).await.unwrap()
    }

    /// Starts to serve other installations.
    pub fn serve(&self) {
        let socket = self.socket.lock().unwrap().take().expect("served once");
        let exchange = self.exchange.clone();
        tokio::spawn(
            async move { exchange.serve_wire(socket, std::future::pending()).await.unwrap() },
        );
    }

    pub async fn member(&self, id: &str) {
        self.exchange.put_member(&actor(), &id.parse().unwrap(), names(id)).await.unwrap();
    }

    pub async fn subsystem(&self, id: &str, sector: &str) {
        let subsystem =
            Subsystem { id: id.parse().unwrap(), sector: sector.to_owned(), names: names(id) };
        self.exchange.put_subsystem(&actor(), subsystem).await.unwrap();
    }

    pub async fn service(&self, id: &str, kinds: &[&str]) {
        self.exchange.put_service(&actor(), service(id, kinds, true)).await.unwrap();
    }

    pub async fn grant(&self, service: &str, client: &str) {
        self.exchange.grant_right(&actor(), right(service, client)).await.unwrap();
    }

    pub async fn agree(&self, service: &str, client: &str, purpose: &str, basis: LegalBasis) -> Id {
        let new = NewAgreement {
            service: service.parse().unwrap(),
            client: client.parse().unwrap(),
            purpose: purpose.to_owned(),
            basis: basis.kind(),
            reference: basis.reference(),
            fields: vec!["name".to_owned(), "address".to_owned()],
            case: None,
            valid_from: None,
            valid_until: None,
        };
        self.exchange.create_agreement(&actor(), new).await.unwrap().id
    }

    /// Registers an officer and answers with the officer's private key.
    pub async fn officer(&self, member: &str, id: &str, roles: &[&str]) -> SigningKey {
        let key = SigningKey::generate_es256().unwrap();
        let officer = NewOfficer {
            member: member.parse().unwrap(),
            id: id.to_owned(),
            key: Some(key.public_jwk()),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            one_time_code: false,
        };
        self.exchange.put_officer(&actor(), officer).await.unwrap();
        key
    }

    /// The identity authority: identity, consent and residents.
    pub async fn run_authority(&self) {
        self.member("TB/GOV/NIA").await;
        self.subsystem("TB/GOV/NIA/identity", "identity").await;
        self.subsystem("TB/GOV/NIA/consent", "consent").await;
        self.subsystem("TB/GOV/NIA/residents", "population").await;
        self.service("TB/GOV/NIA/identity/translate", &[TRANSLATE]).await;
        self.service("TB/GOV/NIA/consent/verify", &[VERIFY]).await;
        for code in ["records", "slow", "hops-now", "fail"] {
            let id = format!("TB/GOV/NIA/residents/{code}");
            self.service(&id, &[]).await;
            self.grant(&id, BENEFITS).await;
            self.grant(&id, CLINIC).await;
            self.agree(&id, BENEFITS, "benefit-eligibility", law()).await;
            self.agree(&id, CLINIC, "treatment", LegalBasis::consent(agreement_of_consent())).await;
        }
        self.grant("TB/GOV/NIA/consent/verify", RESIDENTS).await;
        self.service(READ_LOG, &[reads::KIND]).await;
        self.service(PERSONS, &[KIND_ANY_SECTOR]).await;
        self.grant(PERSONS, BENEFITS).await;
        self.agree(PERSONS, BENEFITS, "benefit-eligibility", law()).await;
        self.service(EVENTS, &[KIND_EVENTS]).await;
        self.grant(EVENTS, BENEFITS).await;
        let router = providers(&self.watch);
        let subsystem = |id: &str| -> SubsystemId { id.parse().unwrap() };
        let residents = [
            ("records", "/shown"),
            ("slow", "/slow"),
            ("hops-now", "/hops-now"),
            ("fail", "/fail"),
            ("read-log", "/read-log"),
        ];
        self.exchange
            .bind(vec![
                Binding {
                    subsystem: subsystem("TB/GOV/NIA/identity"),
                    services: offers(&[
                        ("translate", "/identity/translate"),
                        ("persons", "/shown"),
                        ("events", "/shown"),
                    ]),
                    router: router.clone(),
                },
                Binding {
                    subsystem: subsystem("TB/GOV/NIA/consent"),
                    services: offers(&[("verify", "/consent/verify")]),
                    router: router.clone(),
                },
                Binding {
                    subsystem: subsystem(RESIDENTS),
                    services: offers(&residents),
                    router: router.clone(),
                },
                // Reached only where the ministry is hosted here, too.
                Binding {
                    subsystem: subsystem(BENEFITS),
                    services: offers(&[("case-verify", "/cases")]),
                    router,
                },
            ])
            .unwrap();
    }

    /// The ministry and the clinic. Members must be hosted here already.
    pub async fn run_clients(&self) {
        self.subsystem(BENEFITS, "social").await;
        self.subsystem(CLINIC, "health").await;
    }

    /// The ministry keeps cases, and the residents' register may ask about them.
    pub async fn keep_cases(&self) {
        self.service(CASES, &[cases::KIND]).await;
        self.grant(CASES, RESIDENTS).await;
    }

    /// Runs what keeps the ministry's cases, in an installation without providers of its own.
    pub fn run_cases(&self) {
        let services = offers(&[("case-verify", "/cases")]);
        let (subsystem, router) = (BENEFITS.parse().unwrap(), providers(&self.watch));
        self.exchange.bind(vec![Binding { subsystem, services, router }]).unwrap();
    }

    /// An agreement on records for which officers need a case.
    pub async fn agree_on_cases(&self, purpose: &str) {
        let new = NewAgreement {
            service: RECORDS.parse().unwrap(),
            client: BENEFITS.parse().unwrap(),
            purpose: purpose.to_owned(),
            basis: law().kind(),
            reference: law().reference(),
            fields: Vec::new(),
            case: Some(CASES.parse().unwrap()),
            valid_from: None,
            valid_until: None,
        };
        self.exchange.create_agreement(&actor(), new).await.unwrap();
    }

    /// The treasury. Its member must be hosted here already.
    pub async fn run_treasury(&self) {
        self.subsystem("TB/GOV/TREASURY/payments", "money").await;
        self.service(TRANSFERS, &[]).await;
        self.grant(TRANSFERS, BENEFITS).await;
        self.agree(TRANSFERS, BENEFITS, "benefit-payment", law()).await;
        let services = offers(&[("transfers", "/shown")]);
        let subsystem = "TB/GOV/TREASURY/payments".parse().unwrap();
        self.exchange
            .bind(vec![Binding { subsystem, services, router: providers(&self.watch) }])
            .unwrap();
    }

    pub fn call(
        &self,
        client: &str,
        service: &str,
        purpose: &str,
        basis: LegalBasis,
    ) -> CallContext {
        let id = Id::mint(&self.ctx.clock, &self.ctx.rng);
        CallContext::new(
            client.parse().unwrap(),
            service.parse().unwrap(),
            purpose,
            basis,
            id,
            self.ctx.clock.now(),
        )
    }
}

/// Everything in one installation.
pub async fn one_house(store: &Store) -> Site {
    let site = Site::open(store, "exchange", "main", true, 1).await;
    for member in ["TB/GOV/MSP", "TB/COM/LAKESIDE"] {
        site.member(member).await;
    }
    site.run_clients().await;
    site.run_authority().await;
    site
}

pub fn law() -> LegalBasis {
    LegalBasis::law("Social Protection Act s.4")
}

pub fn member(id: &str) -> MemberId {
    id.parse().unwrap()
}

pub fn right(service: &str, client: &str) -> AccessRight {
    AccessRight { service: service.parse().unwrap(), client: client.parse().unwrap() }
}

pub fn service(id: &str, kinds: &[&str], enabled: bool) -> Service {
    let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    Service { id: id.parse::<ServiceId>().unwrap(), names: names(id), kinds, enabled }
}

pub fn read(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap()
}
