//! The block under test and who talks to it.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, header};
use basis::{Id, Timestamp};
use contracts::context::BasisKind;
use contracts::governance::{GovernanceClient, Grievance, GrievanceIn, MY_GRIEVANCES, TrackerLine};
use contracts::messaging::{MessageIn, MessageOut};
use contracts::reads::attempt::Attempt;
use contracts::reads::{ReadEntry, ReadLogClient, ReadLogQuery};
use contracts::{
    CallContext, CallError, Caller, LegalBasis, MemberId, Pseudonym, RefusalReason, ServiceId,
};
use governance::model::mandate::Names;
use governance::{Deps, Directory, Listed, MIGRATIONS, MandateSeed};
use http_body_util::BodyExt;
use kernel::auth::TokenIssuer;
use kernel::block::{Ctx, Job};
use kernel::db::{DbError, Row};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use testkit::{Answer, RouterWire, Store, TestServer, block_ctx, officer_layer};
use tower::ServiceExt;

pub const OWNER: &str = "GOV/DPC";
const PORTAL: &str = "TB/GOV/NIA/portal";
pub const MESSAGES: &str = "TB/GOV/NIA/messages/messages";

/// What the messaging block was asked.
#[derive(Clone, Default)]
pub struct Post(pub Arc<Mutex<Vec<(CallContext, MessageIn)>>>);

/// A directory that a test may change.
#[derive(Default)]
pub struct Book {
    pub agreements: Mutex<Vec<Listed>>,
}

impl Directory for Book {
    fn members(&self) -> Vec<(MemberId, Names)> {
        let named = [("TB/GOV/DPC", "Data Protection Commission"), ("TB/COM/SIMU", "Simu Money")];
        named.iter().map(|(id, name)| (member(id), names(name))).collect()
    }

    fn agreements(&self) -> Vec<Listed> {
        self.agreements.lock().expect("no test panicked while it held this").clone()
    }

    fn label(&self, id: &str, _language: &str) -> Option<String> {
        let found = self.members().into_iter().find(|(member, _)| member.as_ref() == id);
        found.map(|(_, names)| names["en"].clone())
    }
}

pub fn member(id: &str) -> MemberId {
    id.parse().expect("a member")
}

pub fn names(english: &str) -> Names {
    Names::from([("en".to_owned(), english.to_owned())])
}

/// The block under test.
pub struct App {
    pub ctx: Ctx,
    pub server: TestServer,
    pub wire: Arc<RouterWire>,
    pub post: Post,
    pub book: Arc<Book>,
    router: Router,
    jobs: Vec<Job>,
    sessions: Mutex<BTreeMap<String, String>>,
    issuer: TokenIssuer,
}

/// An answer to a browser.
pub struct Seen {
    pub status: u16,
    pub location: String,
    pub text: String,
    csrf: String,
}

impl App {
    pub async fn start(store: &Store) -> Self {
        let ctx = block_ctx(store, governance::NAME, MIGRATIONS, OWNER).await.expect("it opens");
        let (wire, post) = (Arc::new(RouterWire::default()), Post::default());
        let book = Arc::new(Book::default());
        let deps = Deps {
            wire: wire.clone(),
            subsystem: "TB/GOV/DPC/grievances".parse().expect("a subsystem"),
            law: "Data Protection Act, s.12".to_owned(),
            messages: MESSAGES.parse().expect("a service"),
            answer_days: 30,
            mandates: vec![MandateSeed {
                member: member("TB/GOV/DPC"),
                reference: "Data Protection Act, s.12".to_owned(),
                allows: names("Look into complaints"),
            }],
            directory: book.clone(),
            site: ui::Site {
                service: "Tumbawe services".to_owned(),
                operator: "Data Protection Commission".to_owned(),
                home: "/".to_owned(),
                sandbox: true,
                secure: false,
                utc_offset_minutes: 180,
            },
        };
        let mut block = governance::block(&ctx, deps).expect("the block is whole");
        let jobs = std::mem::take(&mut block.jobs);
        let (auth, issuer) = officer_layer(&ctx, block.permissions);
        let offers = block.services.clone();
        let router = block.into_router(ctx.owner.clone()).layer(auth.layer());
        for offer in offers {
            wire.serve(service(offer.code), router.clone(), offer.prefix);
        }
        let server = TestServer::start(router.clone()).await;
        let sessions = Mutex::default();
        let app = Self { server, ctx, wire, post, book, router, jobs, sessions, issuer };
        app.connect_messaging();
        app
    }

    /// Puts the messaging block on the wire.
    pub fn connect_messaging(&self) {
        async fn send(
            State(post): State<Post>,
            Caller(ctx): Caller,
            axum::Json(message): axum::Json<MessageIn>,
        ) -> axum::Json<MessageOut> {
            let out = MessageOut { id: message.id, deliveries: Vec::new() };
            post.0.lock().expect("no test panicked while it held this").push((ctx, message));
            axum::Json(out)
        }
        let router = Router::new()
            .route("/messages", axum::routing::post(send))
            .with_state(self.post.clone());
        self.wire.serve(MESSAGES.parse().expect("a service"), router, "/messages");
    }

    /// One run of a job.
    pub async fn run(&self, job: &str) {
        let job = self.jobs.iter().find(|known| known.name == job).expect("a job of the block");
        (job.run)(self.ctx.clone()).await.expect("the job runs");
    }

    /// A call of the portal for a person.
    pub fn as_person(&self, code: &str, subject: Pseudonym) -> CallContext {
        let client = PORTAL.parse().expect("a subsystem");
        let correlation = Id::from_bytes([1; 16]);
        let (basis, now) = (LegalBasis::SelfAccess, self.ctx.clock.now());
        CallContext::new(client, service(code), "self-access", basis, correlation, now)
            .about(subject)
    }

    pub async fn lodge(
        &self,
        subject: Pseudonym,
        ask: &GrievanceIn,
    ) -> Result<Grievance, CallError> {
        let client = GovernanceClient::new(self.wire.clone());
        client.lodge(self.as_person(MY_GRIEVANCES, subject), ask).await
    }

    pub async fn list(&self, subject: Pseudonym) -> Vec<Grievance> {
        let client = GovernanceClient::new(self.wire.clone());
        client.list(self.as_person(MY_GRIEVANCES, subject)).await.expect("it lists")
    }

    pub async fn read_log(&self, subject: Pseudonym) -> Vec<ReadEntry> {
        let client = ReadLogClient::new(self.wire.clone());
        let ctx = self.as_person("read-log", subject);
        client.read_log(ctx, &ReadLogQuery::default()).await.expect("it lists").entries
    }

    /// The exchange tells of an attempt.
    pub async fn tell_attempt(&self, subject: Pseudonym) -> u16 {
        let context =
            self.as_person(MY_GRIEVANCES, subject).by_officer("b-9", Some("CB-2026-17".to_owned()));
        let attempt = Attempt { context, reason: RefusalReason::CaseNotStanding };
        let mut request =
            Request::post("/governance/read-log/attempts").body(Body::empty()).expect("a request");
        request.extensions_mut().insert(attempt);
        let answer = self.router.clone().oneshot(request).await.expect("it answers");
        answer.status().as_u16()
    }

    /// A request by a commissioner, or by an officer with another role or of another member.
    pub async fn by(&self, (id, member, role): (&str, &str, &str), ask: Ask) -> Answer {
        let token = self.issuer.mint(id, member, &[role], 600).expect("a token");
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        self.server.send(ask.0, &ask.1, &headers, ask.2.as_ref()).await
    }

    pub async fn commissioner(&self, id: &str, ask: Ask) -> Answer {
        self.by((id, OWNER, governance::COMMISSIONER), ask).await
    }

    /// A page of the desk, for an officer who is signed in there.
    pub async fn page(&self, id: &str, path: &str) -> Seen {
        let request = Request::get(path).header("cookie", format!("desk={}", self.session(id)));
        self.browse(request.body(Body::empty()).expect("a request")).await
    }

    /// The same for somebody who is not signed in.
    pub async fn page_for_nobody(&self, path: &str) -> Seen {
        self.browse(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    /// Sends a form of a page of the desk.
    pub async fn submit(&self, id: &str, shown: &Seen, path: &str, fields: &str) -> Seen {
        let csrf = &shown.csrf;
        let cookie = format!("desk={}; governance-form={csrf}", self.session(id));
        let request = Request::post(path)
            .header("cookie", cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(format!("csrf={csrf}&{fields}")));
        self.browse(request.expect("a request")).await
    }

    fn session(&self, id: &str) -> String {
        let mut sessions = self.sessions.lock().expect("no test panicked while it held this");
        let mint = || {
            let roles = [governance::COMMISSIONER];
            self.issuer.mint_session(id, OWNER, &roles, 3_600).expect("a token")
        };
        sessions.entry(id.to_owned()).or_insert_with(mint).clone()
    }

    async fn browse(&self, request: Request<Body>) -> Seen {
        let answer = self.router.clone().oneshot(request).await.expect("it answers");
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let text = |value: &axum::http::HeaderValue| value.to_str().expect("text").to_owned();
        let cookies = parts.headers.get_all(header::SET_COOKIE).iter().map(text);
        let form = cookies.into_iter().find(|line| line.starts_with("governance-form="));
        let csrf = form.and_then(|line| line.split(['=', ';']).nth(1).map(str::to_owned));
        Seen {
            status: parts.status.as_u16(),
            location: parts.headers.get(header::LOCATION).map(text).unwrap_or_default(),
            text: String::from_utf8(bytes.to_vec()).expect("text"),
            csrf: csrf.unwrap_or_default(),
        }
    }

    /// Rows of a query.
    pub async fn rows(&self, sql: &'static str) -> Vec<Row> {
        let rows: Result<Vec<Row>, DbError> =
            self.ctx.db.read(move |tx| Box::pin(async move { tx.all(sql, &[]).await })).await;
        rows.expect("it reads")
    }
}

/// Method, path and body.
pub struct Ask(pub &'static str, pub String, pub Option<Value>);

pub fn get(path: &str) -> Ask {
    Ask("GET", path.to_owned(), None)
}

pub fn post(path: &str, body: Value) -> Ask {
    Ask("POST", path.to_owned(), Some(body))
}

fn service(code: &str) -> ServiceId {
    format!("TB/GOV/DPC/grievances/{code}").parse().expect("a service")
}

pub fn person(number: u8) -> Pseudonym {
    Pseudonym(Id::from_bytes([number; 16]))
}

/// A complaint about a read.
pub fn complaint(id: u8, text: &str) -> GrievanceIn {
    GrievanceIn {
        id: Id::from_bytes([id; 16]),
        line: TrackerLine {
            at: "2026-03-13T09:00:00Z".parse::<Timestamp>().expect("a time"),
            source: "TB/GOV/NIA/residents".parse().expect("a subsystem"),
            reader: "TB/GOV/MSP/benefits".parse().expect("a subsystem"),
            officer: Some("b-9".to_owned()),
            case: Some("CB-2026-17".to_owned()),
            purpose: "benefit-eligibility".to_owned(),
        },
        text: text.to_owned(),
        language: Some("sw".to_owned()),
    }
}

/// An agreement of the directory.
pub fn agreement(purpose: &str, until: Option<Timestamp>) -> Listed {
    Listed {
        id: Id::from_bytes([9; 16]),
        service: "TB/GOV/DPC/grievances/my-grievances".parse().expect("a service"),
        client: "TB/COM/SIMU/wallets".parse().expect("a subsystem"),
        purpose: purpose.to_owned(),
        basis: BasisKind::Contract,
        reference: "Contract 7".to_owned(),
        fields: vec!["name".to_owned()],
        case: true,
        valid_from: "2026-01-01T00:00:00Z".parse().expect("a time"),
        valid_until: until,
        suspended: false,
    }
}
