//! A portal with everything around it.

use crate::browser::{Browser, Seen};
use crate::issuer::Issuer;
use crate::offices::{Benefits, Commission, Letters};
use axum::Router;
use axum::extract::State;
use basis::{Id, Timestamp};
use contracts::consent::{GiveIn, MyAgreement, MyRecord, Receipt, ReceiptEntry, RecordState};
use contracts::context::BasisKind;
use contracts::reads::{ReadEntry, ReadLog, ReadLogQuery};
use contracts::{Caller, ServiceId, SubsystemId};
use kernel::block::Ctx;
use kernel::http::{Json, Path, Query};
use kernel::problem::Problem;
use portal::{Deps, Directory, MIGRATIONS, Portal};
use std::sync::{Arc, Mutex, Once};
use testkit::{RouterWire, Store, block_ctx};

pub const PERSON: &str = "0b8f2f3e-6a55-4c58-9f0e-3f7a4f1f2a10";
pub const CIVIL: &str = "TB/GOV/CRO/civil/read-log";
pub const RESIDENTS: &str = "TB/GOV/NIA/residents/read-log";
pub const MY_CONSENTS: &str = "TB/GOV/NIA/consent/my-consents";
pub const CATALOGUE: &str = "TB/GOV/MSP/benefits/catalogue";
pub const MY_APPLICATIONS: &str = "TB/GOV/MSP/benefits/my-applications";
pub const MY_MESSAGES: &str = "TB/GOV/NIA/messages/my-messages";
pub const MY_SIGN_INS: &str = "TB/GOV/NIA/identity/my-sign-ins";
pub const MY_GRIEVANCES: &str = "TB/GOV/DPC/grievances/my-grievances";

pub struct Town {
    pub base: String,
    pub issuer: Issuer,
    pub wire: Arc<RouterWire>,
    pub ctx: Ctx,
    pub portal: Portal,
    pub consents: Consents,
    pub benefits: Benefits,
    pub inbox: Letters,
    pub commission: Commission,
}

pub fn service(text: &str) -> ServiceId {
    text.parse().expect("a service")
}

pub fn http_client() -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        rustls::crypto::aws_lc_rs::default_provider().install_default().expect("the only provider");
    });
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client")
}

struct Names;

impl Directory for Names {
    fn services(&self, kind: &str) -> Vec<ServiceId> {
        match kind {
            "read-log" => vec![service(CIVIL), service(RESIDENTS)],
            "e-services" => vec![service(CATALOGUE)],
            "grievances" => vec![service(MY_GRIEVANCES)],
            other => panic!("nobody offers {other}"),
        }
    }

    fn reference(
        &self,
        service: &ServiceId,
        client: &SubsystemId,
        purpose: &str,
    ) -> Option<String> {
        assert_eq!(service.to_string(), CATALOGUE);
        assert_eq!((client.code(), purpose), ("portal", portal::CATALOGUE_PURPOSE));
        Some("Digital Services Act, s.7".to_owned())
    }

    fn label(&self, id: &str, language: &str) -> Option<String> {
        let name = match (id, language) {
            ("TB/GOV/MSP", "fr") => "Ministère de la Protection sociale",
            ("TB/GOV/MSP", _) => "Ministry of Social Protection",
            ("TB/GOV/MSP/benefits", _) => "Benefits",
            ("TB/GOV/CRO", _) => "Civil Registration Office",
            ("TB/GOV/NIA", _) => "National Identity Authority",
            ("TB/COM/LAKESIDE", _) => "Lakeside Clinic",
            _ => return None,
        };
        Some(name.to_owned())
    }
}

impl Town {
    pub async fn start(store: &Store) -> Self {
        Self::start_with_issuer(store, None).await
    }

    /// With an issuer at another address than the one that runs.
    pub async fn start_with_issuer(store: &Store, address: Option<&str>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let issuer = Issuer::start(&base, store.clock.clone(), PERSON).await;
        let mut ctx = block_ctx(store, "portal", MIGRATIONS, "GOV/NIA").await.expect("opens");
        ctx.issuer = Arc::from(base.as_str());
        let wire = Arc::new(RouterWire::default());
        let consents = Consents::default();
        wire.serve(service(MY_CONSENTS), consents.router(), "/mine");
        let (benefits, inbox, commission) =
            (Benefits::default(), Letters::default(), Commission::default());
        wire.serve(service(CATALOGUE), benefits.router(), "/catalogue");
        wire.serve(service(MY_APPLICATIONS), benefits.router(), "/mine");
        wire.serve(service(MY_MESSAGES), inbox.router(), "/mine");
        wire.serve(service(MY_SIGN_INS), crate::offices::sign_ins(), "/mine");
        wire.serve(service(MY_GRIEVANCES), commission.router(), "/mine");
        wire.serve(service(CIVIL), read_log(Vec::new()), "/read-log");
        wire.serve(service(RESIDENTS), read_log(Vec::new()), "/read-log");
        let deps = Deps {
            wire: wire.clone(),
            subsystem: "TB/GOV/NIA/portal".parse().expect("a subsystem"),
            my_consents: service(MY_CONSENTS),
            my_messages: Some(service(MY_MESSAGES)),
            my_sign_ins: Some(service(MY_SIGN_INS)),
            directory: Arc::new(Names),
            site: ui::Site {
                service: "Tumbawe services".to_owned(),
                operator: "National Identity Authority".to_owned(),
                home: "/portal".to_owned(),
                sandbox: true,
                secure: false,
                utc_offset_minutes: 180,
            },
            issuer: address.unwrap_or(issuer.address()).to_owned(),
            client_id: "portal".to_owned(),
            http: http_client(),
        };
        let block = portal::block(&ctx, &deps).expect("a block");
        let router = block.into_router(ctx.owner.clone()).merge(ui::assets::router());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let portal = Portal::new(&ctx, &deps);
        Self { base, issuer, wire, ctx, portal, consents, benefits, inbox, commission }
    }

    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Signs in by way of a page and answers what the browser sees after the last redirect.
    pub async fn sign_in_for(&self, browser: &mut Browser, path: &str) -> Seen {
        let asked = browser.get(&self.at(&format!("/portal/sign-in?next={path}"))).await;
        let back = browser.get(&self.issuer.approve(&asked.location)).await;
        assert_eq!(back.status, 303, "{}", back.html);
        browser.get(&self.at(&back.location)).await
    }

    pub async fn signed_in(&self) -> Browser {
        let mut browser = Browser::new();
        let home = self.sign_in_for(&mut browser, "/portal").await;
        assert_eq!(home.status, 200);
        browser
    }
}

/// A source that answers with these entries, as the shared read log does.
pub fn read_log(entries: Vec<ReadEntry>) -> Router {
    async fn list(
        State(entries): State<Vec<ReadEntry>>,
        caller: Caller,
        Query(query): Query<ReadLogQuery>,
    ) -> Result<Json<ReadLog>, Problem> {
        assert_eq!(caller.subject()?.0.to_string(), PERSON);
        let limit = usize::from(query.limit.unwrap_or(100));
        let fitting =
            entries.into_iter().filter(|entry| query.before.is_none_or(|before| entry.at < before));
        let mut fitting: Vec<ReadEntry> = fitting.collect();
        let more = fitting.len() > limit;
        fitting.truncate(limit);
        Ok(Json(ReadLog { entries: fitting, more }))
    }
    Router::new().route("/read-log", axum::routing::get(list)).with_state(entries)
}

pub fn read(at: &str, reader: &str, basis: BasisKind, reference: &str) -> ReadEntry {
    ReadEntry {
        at: at.parse().expect("a time"),
        reader: reader.parse().expect("a subsystem"),
        officer: Some("J. Mwangi".to_owned()),
        case: Some("CB-2026-17".to_owned()),
        purpose: "benefit-eligibility".to_owned(),
        basis,
        basis_reference: reference.to_owned(),
        fields: vec!["name".to_owned(), "born".to_owned(), "shoe-size".to_owned()],
        self_read: basis == BasisKind::SelfAccess,
        refused: None,
    }
}

/// A consent block that remembers one agreement and what was answered to it.
#[derive(Clone, Default)]
pub struct Consents(Arc<Mutex<Answers>>);

#[derive(Default)]
struct Answers {
    state: Option<RecordState>,
    revision: u8,
    keys: Vec<String>,
}

pub fn agreement_id() -> Id {
    Id::from_bytes([0xa1; 16])
}

impl Consents {
    pub fn publish_new_revision(&self) {
        self.0.lock().expect("free").revision += 1;
    }

    pub fn state(&self) -> Option<RecordState> {
        self.0.lock().expect("free").state
    }

    pub fn keys(&self) -> Vec<String> {
        self.0.lock().expect("free").keys.clone()
    }

    fn router(&self) -> Router {
        use axum::routing::{get, post};
        Router::new()
            .route("/mine/agreements", get(agreements))
            .route("/mine/records", post(give))
            .route("/mine/records/{record}", get(receipt))
            .route("/mine/records/{record}/withdraw", post(withdraw))
            .with_state(self.clone())
    }

    fn record(&self) -> Option<MyRecord> {
        let answers = self.0.lock().expect("free");
        Some(MyRecord {
            record: Id::from_bytes([0xb2; 16]),
            agreement: agreement_id(),
            agreement_revision: Id::from_bytes([answers.revision; 16]),
            state: answers.state?,
            changed: Timestamp::EPOCH,
            valid_until: None,
        })
    }
}

async fn agreements(
    State(consents): State<Consents>,
    caller: Caller,
) -> Result<Json<Vec<MyAgreement>>, Problem> {
    assert_eq!(caller.subject()?.0.to_string(), PERSON);
    let answer = consents.record();
    let revision = consents.0.lock().expect("free").revision;
    Ok(Json(vec![MyAgreement {
        agreement: agreement_id(),
        revision: Id::from_bytes([revision; 16]),
        title: "Treatment at the clinic".to_owned(),
        purpose: Some("treatment".to_owned()),
        controller: Some("Lakeside Clinic".to_owned()),
        clients: vec!["TB/COM/LAKESIDE/patients".parse().expect("a subsystem")],
        service: Some(service("TB/GOV/NIA/residents/records")),
        fields: vec!["name".to_owned()],
        valid_days: Some(30),
        policy_url: Some("javascript:alert(1)".to_owned()),
        offered: true,
        given: answer.as_ref().is_some_and(|answer| answer.state == RecordState::Given),
        answer,
    }]))
}

async fn give(
    State(consents): State<Consents>,
    headers: http::HeaderMap,
    Json(answer): Json<GiveIn>,
) -> Result<Json<MyRecord>, Problem> {
    {
        let mut answers = consents.0.lock().expect("free");
        if answer.revision != Id::from_bytes([answers.revision; 16]) {
            return Err(Problem::new(http::StatusCode::CONFLICT, "agreement-changed", "Changed"));
        }
        answers.state = Some(if answer.give { RecordState::Given } else { RecordState::Refused });
        answers.keys.push(headers["idempotency-key"].to_str().expect("text").to_owned());
    }
    consents.record().map(Json).ok_or_else(|| Problem::not_found("none"))
}

async fn withdraw(
    State(consents): State<Consents>,
    Path(_record): Path<Id>,
) -> Result<Json<MyRecord>, Problem> {
    consents.0.lock().expect("free").state = Some(RecordState::Withdrawn);
    consents.record().map(Json).ok_or_else(|| Problem::not_found("none"))
}

async fn receipt(
    State(consents): State<Consents>,
    Path(_record): Path<Id>,
) -> Result<Json<Receipt>, Problem> {
    let record = consents.record().ok_or_else(|| Problem::not_found("none"))?;
    let entry = ReceiptEntry {
        number: 1,
        recorded: record.changed,
        snapshot: "{}".to_owned(),
        hash: "ab".repeat(32),
        chain: "cd".repeat(32),
        seal: "e30.e30.c2VhbA".to_owned(),
    };
    Ok(Json(Receipt {
        record,
        agreement_snapshot: "{\"purpose\":\"treatment\"}".to_owned(),
        agreement_hash: "ef".repeat(32),
        history: vec![entry],
    }))
}
