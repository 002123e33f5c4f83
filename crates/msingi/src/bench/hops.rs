//! Calls through the exchange, within an installation and between two.
//!
//! The provider answers a small record and does nothing else, so that what is measured is the hop:
//! decision, subject in the provider's sector, durable hop log, delivery; between installations also
//! mutual TLS over the loopback device and a signature made and verified at each end.

use super::load::{Plan, closed_loop};
use super::report::{Aim, Figure, grouped};
use super::stage::context;
use axum::routing::{get, post};
use axum::{Json, Router};
use basis::Id;
use contracts::identity::{TRANSLATE, TranslateOut};
use contracts::{CallContext, Caller, LegalBasis, Pseudonym, Wire, WireError, call};
use exchange::{
    AccessRight, Actor, Binding, Config, Exchange, MIGRATIONS, Names, NewAgreement, Service,
    Subsystem,
};
use kernel::block::{Ctx, ServiceOffer};
use kernel::db::Storage;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Microseconds of CPU that a local hop may take.
const AIM_MICROS: u64 = 50;
const PROVIDER: &str = "BM/GOV/KEEPER";
const RECORDS: &str = "BM/GOV/KEEPER/records";
const READ: &str = "BM/GOV/KEEPER/records/read";
const IDENTITY: &str = "BM/GOV/KEEPER/identity";
const TRANSLATIONS: &str = "BM/GOV/KEEPER/identity/translate";
const READER: &str = "BM/GOV/READER";
const DESK: &str = "BM/GOV/READER/desk";
const PURPOSE: &str = "measurement";
const LAW: &str = "law of the bench";

type Failure = Box<dyn std::error::Error>;

/// Measures hops within one installation, then between two.
///
/// # Errors
/// Whatever stops an exchange.
pub async fn measure(storage: &Storage, plan: &Plan) -> Result<Vec<Figure>, Failure> {
    let house = Site::open(storage, "exchange_one", "one", true).await?;
    house.exchange.put_member(&actor(), &READER.parse()?, names()).await?;
    house.subsystem(DESK, "reading").await?;
    house.provide().await?;
    let mut figures = of("local hop", Some(AIM_MICROS), &house, plan).await?;

    let hub = Site::open(storage, "exchange_hub", "hub", true).await?;
    hub.provide().await?;
    hub.serve().await?;
    let far = Site::open(storage, "exchange_far", "far", false).await?;
    let token = hub.exchange.create_join_token("bench", "far", vec![READER.parse()?], 600).await?;
    far.exchange.join(&token).await?;
    far.subsystem(DESK, "reading").await?;
    far.exchange.synchronise().await?;
    figures.extend(of("remote hop, both ends", None, &far, plan).await?);
    Ok(figures)
}

async fn of(
    name: &str,
    aim: Option<u64>,
    site: &Site,
    plan: &Plan,
) -> Result<Vec<Figure>, Failure> {
    let mut figures = Vec::new();
    for callers in [1, 64, 1_024] {
        let (exchange, ctx) = (site.exchange.clone(), site.ctx.clone());
        let runs = closed_loop(plan, callers, move |_| hop(exchange.clone(), ctx.clone())).await?;
        let callers = grouped(callers as u64);
        let engine = site.ctx.db.engine();
        figures.push(Figure::of_runs(
            &format!("{engine}: {name}, {callers} callers"),
            "hops/s",
            &runs,
        ));
        let cpu = format!("{engine}: CPU of a {name}, {callers} callers");
        figures.extend(Figure::cpu_of_runs(&cpu, &runs).map(|figure| match aim {
            Some(aim) => figure.with_aim(Aim::AtMost(aim)),
            None => figure,
        }));
    }
    Ok(figures)
}

/// One call about a person, whose pseudonym is another in the provider's sector.
async fn hop(exchange: Exchange, ctx: Ctx) -> Result<u64, WireError> {
    let correlation = Id::mint(&ctx.clock, &ctx.rng);
    let (client, service) = (named(DESK), named(READ));
    let basis = LegalBasis::law(LAW);
    let call = CallContext::new(client, service, PURPOSE, basis, correlation, ctx.clock.now())
        .about(Pseudonym(Id::from_bytes([1; 16])));
    let request = call::get("/").map_err(|error| WireError::Malformed(error.to_string()))?;
    let answer = exchange.call(call, request).await?;
    match answer.status().is_success() {
        true => Ok(1),
        false => Err(WireError::Internal(format!("the provider answered {}", answer.status()))),
    }
}

fn named<T: std::str::FromStr>(id: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    id.parse().expect("the ids of this file are well-formed")
}

fn actor() -> Actor {
    Actor::operator("bench")
}

fn names() -> Names {
    Names::from([("en".to_owned(), "Bench".to_owned())])
}

/// One installation.
struct Site {
    exchange: Exchange,
    ctx: Ctx,
    socket: std::sync::Mutex<Option<TcpListener>>,
}

impl Site {
    async fn open(storage: &Storage, block: &str, name: &str, hub: bool) -> Result<Self, Failure> {
        let socket = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("https://{}", socket.local_addr()?);
        let config = Config { installation: name.to_owned(), hub, address, ..Config::default() };
        let ctx = context(storage, block, MIGRATIONS).await?;
        let exchange = Exchange::open(ctx.clone(), config).await?;
        Ok(Self { exchange, ctx, socket: std::sync::Mutex::new(Some(socket)) })
    }

    async fn serve(&self) -> Result<(), Failure> {
        let socket = self.socket.lock().expect("nothing panics with it").take();
        let (exchange, socket) = (self.exchange.clone(), socket.ok_or("served twice")?);
        tokio::spawn(async move { exchange.serve_wire(socket, std::future::pending()).await });
        Ok(())
    }

    async fn subsystem(&self, id: &str, sector: &str) -> Result<(), Failure> {
        let subsystem = Subsystem { id: id.parse()?, sector: sector.to_owned(), names: names() };
        Ok(self.exchange.put_subsystem(&actor(), subsystem).await?)
    }

    async fn service(&self, id: &str, kinds: &[&str]) -> Result<(), Failure> {
        let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        let service = Service { id: id.parse()?, names: names(), kinds, enabled: true };
        Ok(self.exchange.put_service(&actor(), service).await?)
    }

    /// Hosts the provider, and what translates pseudonyms.
    async fn provide(&self) -> Result<(), Failure> {
        self.exchange.put_member(&actor(), &PROVIDER.parse()?, names()).await?;
        self.subsystem(IDENTITY, "identity").await?;
        self.subsystem(RECORDS, "records").await?;
        self.service(TRANSLATIONS, &[TRANSLATE]).await?;
        self.service(READ, &[]).await?;
        for service in [READ, TRANSLATIONS] {
            let right = AccessRight { service: service.parse()?, client: DESK.parse()? };
            self.exchange.grant_right(&actor(), right).await?;
        }
        let agreement = NewAgreement {
            service: READ.parse()?,
            client: DESK.parse()?,
            purpose: PURPOSE.to_owned(),
            basis: LegalBasis::law(LAW).kind(),
            reference: LAW.to_owned(),
            fields: vec!["name".to_owned()],
            case: None,
            valid_from: None,
            valid_until: None,
        };
        self.exchange.create_agreement(&actor(), agreement).await?;
        let router = Router::new().route("/translate", post(translate)).route("/read", get(read));
        let offer = |code, prefix| vec![ServiceOffer { code, prefix }];
        self.exchange.bind(vec![
            Binding {
                subsystem: IDENTITY.parse()?,
                services: offer("translate", "/translate"),
                router: router.clone(),
            },
            Binding { subsystem: RECORDS.parse()?, services: offer("read", "/read"), router },
        ])?;
        Ok(())
    }
}

async fn translate(_caller: Caller) -> Json<TranslateOut> {
    Json(TranslateOut { pseudonym: Pseudonym(Id::from_bytes([2; 16])) })
}

async fn read(Caller(ctx): Caller) -> Json<Value> {
    Json(json!({ "name": "Zawadi Tamba", "district": "Lake East", "purpose": ctx.purpose }))
}
