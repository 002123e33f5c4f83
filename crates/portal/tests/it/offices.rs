//! Offices on the wire, each as small as it can be and still keep what it is told: one that grants benefits, one that
//! delivers letters, one that takes complaints.

use crate::town::PERSON;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use basis::{Id, Timestamp};
use contracts::Caller;
use contracts::governance::{Grievance, GrievanceIn, GrievanceStatus};
use contracts::identity::{SignInEntry, SignInMethod, SignInOutcome, SignIns};
use contracts::messaging::{Inbox, InboxMessage};
use contracts::registration::{
    AnswersIn, ApplicationEntry, ApplicationEvent, ApplicationStatus, ApplicationView,
    ConsentNeeded, FieldKind, FormField, FormStep, RuleOutcome, ServiceEntry, StartIn,
};
use http::StatusCode;
use kernel::http::{Json, Path};
use kernel::problem::Problem;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

fn theirs(caller: &Caller) -> Result<(), Problem> {
    assert_eq!(caller.subject()?.0.to_string(), PERSON);
    Ok(())
}

/// Grants child benefit: a step the register answers, one for the person, and a consent.
#[derive(Clone, Default)]
pub struct Benefits(Arc<Mutex<Desk>>);

#[derive(Default)]
struct Desk {
    started: usize,
    sent: usize,
    gone: bool,
    out_of_order: bool,
    status: Option<ApplicationStatus>,
    answers: BTreeMap<String, String>,
    consent: Option<Id>,
}

pub fn application() -> Id {
    Id::from_bytes([0xc3; 16])
}

impl Benefits {
    pub fn need_consent(&self, agreement: Option<Id>) {
        self.0.lock().expect("free").consent = agreement;
    }

    pub fn decide(&self, status: ApplicationStatus) {
        self.0.lock().expect("free").status = Some(status);
    }

    /// From now on it shows applications and cannot keep answers.
    pub fn keep_nothing(&self) {
        self.0.lock().expect("free").out_of_order = true;
    }

    pub fn answers(&self) -> BTreeMap<String, String> {
        self.0.lock().expect("free").answers.clone()
    }

    /// How many applications were started and how many sent.
    pub fn counts(&self) -> (usize, usize) {
        let desk = self.0.lock().expect("free");
        (desk.started, desk.sent)
    }

    pub fn router(&self) -> Router {
        Router::new()
            .route("/catalogue", get(catalogue))
            .route("/mine", get(list).post(start))
            .route("/mine/{id}", get(show))
            .route("/mine/{id}/steps/{step}", post(answer))
            .route("/mine/{id}/submit", post(submit))
            .route("/mine/{id}/withdraw", post(withdraw))
            .with_state(self.clone())
    }

    fn view(&self, id: Id) -> Result<ApplicationView, Problem> {
        let desk = self.0.lock().expect("free");
        let status = desk.status.filter(|_| !desk.gone);
        let status = status.filter(|_| id == application()).ok_or(Problem::not_found("none"))?;
        Ok(desk.view(status))
    }
}

impl Desk {
    fn view(&self, status: ApplicationStatus) -> ApplicationView {
        let mut consents = Vec::new();
        if let Some(agreement) = self.consent {
            consents.push(ConsentNeeded { agreement, purpose: "benefit-notice".to_owned() });
        }
        let number = (status != ApplicationStatus::Draft).then(|| "CB-2026-000117".to_owned());
        let decided = status == ApplicationStatus::Approved;
        ApplicationView {
            entry: ApplicationEntry {
                id: application(),
                number,
                service: "child-benefit".to_owned(),
                name: "Child benefit".to_owned(),
                status,
                changed: Timestamp::EPOCH,
            },
            steps: vec![known_step(), self.asked_step()],
            consents,
            rules: vec![RuleOutcome {
                says: "The child is 2 months old".to_owned(),
                met: true,
                law: "Social Protection Act, s.4(1)".to_owned(),
            }],
            remark: None,
            outcome: decided.then(|| "KES 1500.00 a month".to_owned()),
            due: Some(Timestamp::EPOCH.plus_seconds(30 * 86_400)),
            history: vec![ApplicationEvent { at: Timestamp::EPOCH, says: "You began".to_owned() }],
        }
    }

    fn asked_step(&self) -> FormStep {
        let ask = |name: &str, input: FieldKind| {
            let value = self.answers.get(name).cloned();
            let filled = value.as_ref().is_some_and(|value| !value.is_empty());
            let good = match input {
                FieldKind::Date => value.as_ref().is_some_and(|value| value.len() == 10),
                _ => filled,
            };
            FormField {
                name: name.to_owned(),
                label: format!("Your {name}"),
                hint: None,
                input,
                optional: false,
                source: None,
                value,
                error: (!good).then(|| format!("Give your {name}")),
            }
        };
        let fields = vec![
            ask("wallet", FieldKind::Phone),
            ask("since", FieldKind::Date),
            ask("twin", FieldKind::YesNo),
        ];
        let done = fields.iter().all(|field| field.error.is_none());
        FormStep { name: "payment".to_owned(), title: "How we pay".to_owned(), fields, done }
    }
}

fn known_step() -> FormStep {
    let field = FormField {
        name: "child".to_owned(),
        label: "Child".to_owned(),
        hint: None,
        input: FieldKind::Text,
        optional: false,
        source: Some("Register of births".to_owned()),
        value: Some("Neema Tumbo".to_owned()),
        error: None,
    };
    let (name, title) = ("child".to_owned(), "The child".to_owned());
    FormStep { name, title, fields: vec![field], done: true }
}

async fn catalogue(caller: Caller) -> Json<Vec<ServiceEntry>> {
    assert!(caller.subject().is_err(), "a catalogue is about nobody");
    Json(vec![ServiceEntry {
        code: "child-benefit".to_owned(),
        name: "Child benefit".to_owned(),
        summary: "Money each month for small children.".to_owned(),
        guide: vec!["For children under five.".to_owned()],
        law: "Social Protection Act, s.4".to_owned(),
        fee: None,
        answer_days: 30,
    }])
}

async fn list(
    State(benefits): State<Benefits>,
    caller: Caller,
) -> Result<Json<Vec<ApplicationEntry>>, Problem> {
    theirs(&caller)?;
    Ok(Json(benefits.view(application()).map(|view| view.entry).into_iter().collect()))
}

async fn start(
    State(benefits): State<Benefits>,
    caller: Caller,
    Json(ask): Json<StartIn>,
) -> Result<Json<ApplicationView>, Problem> {
    theirs(&caller)?;
    assert_eq!(ask.service, "child-benefit");
    {
        let mut desk = benefits.0.lock().expect("free");
        if desk.status.is_none() {
            desk.started += 1;
            desk.status = Some(ApplicationStatus::Draft);
        }
    }
    benefits.view(application()).map(Json)
}

async fn show(
    State(benefits): State<Benefits>,
    caller: Caller,
    Path(id): Path<Id>,
) -> Result<Json<ApplicationView>, Problem> {
    theirs(&caller)?;
    benefits.view(id).map(Json)
}

async fn answer(
    State(benefits): State<Benefits>,
    Path((id, _step)): Path<(Id, String)>,
    Json(ask): Json<AnswersIn>,
) -> Result<Json<ApplicationView>, Problem> {
    {
        let mut desk = benefits.0.lock().expect("free");
        if desk.out_of_order {
            return Err(Problem::new(StatusCode::BAD_GATEWAY, "out-of-order", "Out of order"));
        }
        desk.answers.extend(ask.answers);
    }
    benefits.view(id).map(Json)
}

async fn submit(
    State(benefits): State<Benefits>,
    Path(id): Path<Id>,
) -> Result<Json<ApplicationView>, Problem> {
    let view = benefits.view(id)?;
    if !view.consents.is_empty() || view.steps.iter().any(|step| !step.done) {
        return Err(Problem::new(StatusCode::CONFLICT, "incomplete", "Something is missing"));
    }
    {
        let mut desk = benefits.0.lock().expect("free");
        if desk.status == Some(ApplicationStatus::Draft) {
            desk.sent += 1;
            desk.status = Some(ApplicationStatus::Submitted);
        }
    }
    benefits.view(id).map(Json)
}

async fn withdraw(
    State(benefits): State<Benefits>,
    Path(id): Path<Id>,
) -> Result<Json<ApplicationView>, Problem> {
    let view = benefits.view(id)?;
    if view.entry.status == ApplicationStatus::Approved {
        return Err(Problem::new(StatusCode::CONFLICT, "decided", "It was decided"));
    }
    benefits.0.lock().expect("free").gone = true;
    Ok(Json(view))
}

/// Delivers one letter.
#[derive(Clone, Default)]
pub struct Letters(Arc<Mutex<bool>>);

pub fn letter() -> Id {
    Id::from_bytes([0xd4; 16])
}

impl Letters {
    pub fn router(&self) -> Router {
        Router::new()
            .route("/mine", get(inbox))
            .route("/mine/{id}/read", post(open))
            .with_state(self.clone())
    }

    fn message(&self) -> InboxMessage {
        InboxMessage {
            id: letter(),
            from: "TB/GOV/MSP/benefits".parse().expect("a subsystem"),
            at: Timestamp::EPOCH,
            title: "Ruzuku imekubaliwa <sana>".to_owned(),
            text: "Mpendwa Asha.\n\nKila mwezi utapata KES 1500.00.".to_owned(),
            language: "sw".to_owned(),
            read: *self.0.lock().expect("free"),
        }
    }
}

async fn inbox(State(letters): State<Letters>, caller: Caller) -> Result<Json<Inbox>, Problem> {
    theirs(&caller)?;
    let message = letters.message();
    Ok(Json(Inbox { unread: i64::from(!message.read), messages: vec![message] }))
}

async fn open(
    State(letters): State<Letters>,
    caller: Caller,
    Path(id): Path<Id>,
) -> Result<Json<InboxMessage>, Problem> {
    theirs(&caller)?;
    if id != letter() {
        return Err(Problem::not_found("no such letter"));
    }
    *letters.0.lock().expect("free") = true;
    Ok(Json(letters.message()))
}

/// Takes complaints.
#[derive(Clone, Default)]
pub struct Commission(Arc<Mutex<Vec<GrievanceIn>>>);

impl Commission {
    pub fn lodged(&self) -> Vec<GrievanceIn> {
        self.0.lock().expect("free").clone()
    }

    pub fn router(&self) -> Router {
        Router::new().route("/mine", get(grievances).post(lodge)).with_state(self.clone())
    }

    fn shown(&self) -> Vec<Grievance> {
        let shown = |grievance: &GrievanceIn| Grievance {
            number: "G-2026-000012".to_owned(),
            line: grievance.line.clone(),
            text: grievance.text.clone(),
            status: GrievanceStatus::Answered,
            lodged: Timestamp::EPOCH,
            due: Timestamp::EPOCH,
            answer: Some("The officer had no case.".to_owned()),
        };
        self.lodged().iter().map(shown).collect()
    }
}

async fn grievances(
    State(commission): State<Commission>,
    caller: Caller,
) -> Result<Json<Vec<Grievance>>, Problem> {
    theirs(&caller)?;
    Ok(Json(commission.shown()))
}

async fn lodge(
    State(commission): State<Commission>,
    caller: Caller,
    Json(grievance): Json<GrievanceIn>,
) -> Result<Json<Grievance>, Problem> {
    theirs(&caller)?;
    {
        let mut lodged = commission.0.lock().expect("free");
        if lodged.iter().all(|other| other.id != grievance.id) {
            lodged.push(grievance);
        }
    }
    let first = commission.shown().into_iter().next();
    first.map(Json).ok_or_else(|| Problem::not_found("none"))
}

/// Tells of two sign-ins, one of which failed.
pub fn sign_ins() -> Router {
    async fn list(caller: Caller) -> Result<Json<SignIns>, Problem> {
        theirs(&caller)?;
        let entry = |method, outcome, by: Option<&str>| SignInEntry {
            at: Timestamp::EPOCH,
            method,
            outcome,
            acr: "idbb:acr:generated-code".to_owned(),
            party: Some("Lakeside Clinic".to_owned()),
            by: by.map(str::to_owned),
            device: "Firefox, Android".to_owned(),
        };
        let passkey = entry(SignInMethod::Passkey, SignInOutcome::SignedIn, Some("My telephone"));
        let code = entry(SignInMethod::Code, SignInOutcome::LockedOut, None);
        Ok(Json(SignIns { entries: vec![passkey, code], more: false }))
    }
    Router::new().route("/mine", get(list))
}
