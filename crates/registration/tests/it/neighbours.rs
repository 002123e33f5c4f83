//! The other blocks, scripted: registers, the identity authority, payments and messaging. Tests switch
//! them off and look at what they were told.

use basis::Id;
use bytes::Bytes;
use contracts::batches::{BatchIn, BeneficiaryIn, Instruction};
use contracts::context::BasisKind;
use contracts::identity::ResolveManyIn;
use contracts::messaging::MessageIn;
use contracts::{
    CallContext, Pseudonym, Refusal, RefusalReason, Wire, WireError, WireRequest, WireResponse,
};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

/// What the neighbours know, were told, and whether they are there.
#[derive(Default)]
pub struct State {
    /// True once she consents to the read of her telephone number.
    pub consent: bool,
    /// False if the register of residents knows nobody.
    pub known: bool,
    /// Subsystems that do not answer.
    pub down: Vec<&'static str>,
    /// The next part of a batch is taken, but the answer gets lost.
    pub lose_part: bool,
    /// The second line of the next part is refused.
    pub refuse_line: bool,
    /// The programme's account is empty.
    pub no_funds: bool,
    /// Persons by VID.
    pub vids: BTreeMap<String, Pseudonym>,
    /// What messaging was asked to send, by id.
    pub messages: BTreeMap<Id, (Pseudonym, MessageIn)>,
    /// Payees by token.
    pub payees: BTreeMap<Id, (Pseudonym, BeneficiaryIn)>,
    /// The batch that was opened.
    pub batch: Option<BatchIn>,
    /// Instructions taken, by id.
    pub instructions: BTreeMap<Id, Instruction>,
    /// How many lines each part had.
    pub parts: Vec<usize>,
    /// Who closed and who approved the batch.
    pub closed_by: Option<String>,
    /// Who approved the batch.
    pub approved_by: Option<String>,
    /// Every call.
    pub calls: Vec<CallContext>,
}

/// The wire to them.
#[derive(Default)]
pub struct Neighbours(Mutex<State>);

impl Neighbours {
    pub fn new() -> Self {
        let neighbours = Self::default();
        neighbours.look().known = true;
        neighbours
    }

    pub fn look(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no test panicked while it held this")
    }

    /// The calls to one service, as `basis purpose`.
    pub fn asked(&self, service: &str) -> Vec<String> {
        let state = self.look();
        let calls = state.calls.iter().filter(|ctx| ctx.service.to_string() == service);
        calls.map(|ctx| format!("{} {}", ctx.basis, ctx.purpose)).collect()
    }
}

impl Wire for Neighbours {
    fn call(
        &self,
        ctx: CallContext,
        req: WireRequest,
    ) -> BoxFuture<'_, Result<WireResponse, WireError>> {
        Box::pin(async move {
            let mut state = self.look();
            state.calls.push(ctx.clone());
            let subsystem = ctx.service.subsystem().to_string();
            if state.down.iter().any(|down| *down == subsystem) {
                let cause = "switched off by the test".to_owned();
                return Err(WireError::Unreachable { installation: "test".to_owned(), cause });
            }
            let path = req.uri().path().to_owned();
            match ctx.service.code() {
                "records" => state.record(&ctx),
                "consent-verify" => Ok(answer(200, &json!({ "given": state.consent }))),
                "persons" => Ok(answer(200, &state.resolve(&read(req.body())))),
                "messages" => Ok(state.send(&ctx, read(req.body()))),
                "beneficiaries" => Ok(state.register(&ctx, read(req.body()))),
                "batches" => state.batches(&ctx, &path, req.body()),
                other => panic!("nobody asks {other}"),
            }
        })
    }
}

impl State {
    fn record(&self, ctx: &CallContext) -> Result<WireResponse, WireError> {
        if ctx.basis.kind() == BasisKind::Consent && !self.consent {
            let refusal = Refusal::new(RefusalReason::ConsentMissing, "not asked");
            return Err(refusal.into());
        }
        if !self.known {
            let problem = json!({ "type": "urn:msingi:problem:record-unknown", "title": "None",
                "status": 404 });
            return Ok(answer(404, &problem));
        }
        let data = match ctx.basis.kind() {
            BasisKind::Consent => json!({ "phone": "+000 55 0114" }),
            _ => json!({ "name": "Zawadi Tamba", "district": "Lake East", "household": 4 }),
        };
        Ok(answer(200, &json!({ "data": data })))
    }

    fn resolve(&self, ask: &ResolveManyIn) -> Value {
        let found: Vec<_> = ask.values.iter().map(|vid| self.vids.get(vid)).collect();
        json!({ "pseudonyms": found })
    }

    fn send(&mut self, ctx: &CallContext, message: MessageIn) -> WireResponse {
        let subject = ctx.subject.expect("a message is to somebody");
        let out = json!({ "id": message.id, "deliveries": [] });
        self.messages.entry(message.id).or_insert((subject, message));
        answer(200, &out)
    }

    fn register(&mut self, ctx: &CallContext, ask: BeneficiaryIn) -> WireResponse {
        let subject = ctx.subject.expect("a payee is somebody");
        if ask.account == "closed" {
            let problem = json!({ "type": "urn:msingi:problem:invalid-field", "title": "No",
                "status": 422, "detail": "the account closed is none" });
            return answer(422, &problem);
        }
        self.payees.insert(ask.token, (subject, ask));
        answer(200, &json!({}))
    }

    fn batches(
        &mut self,
        ctx: &CallContext,
        path: &str,
        body: &Bytes,
    ) -> Result<WireResponse, WireError> {
        match path.rsplit('/').next().unwrap_or_default() {
            "" => self.batch = Some(read(body)),
            "parts" => {
                let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
                let lines: Vec<Instruction> =
                    lines.map(|line| serde_json::from_slice(line).expect("a line")).collect();
                if std::mem::take(&mut self.refuse_line) {
                    let refused =
                        json!({ "line": 2, "field": "payee", "reason": "is paid already" });
                    return Ok(answer(200, &json!({ "accepted": 1, "refused": [refused] })));
                }
                self.parts.push(lines.len());
                let accepted = lines.len();
                self.instructions.extend(lines.into_iter().map(|line| (line.id, line)));
                if std::mem::take(&mut self.lose_part) {
                    let service = ctx.service.clone();
                    return Err(WireError::Timeout { service, seconds: 1 });
                }
                return Ok(answer(200, &json!({ "accepted": accepted, "refused": [] })));
            }
            "close" => self.closed_by.clone_from(&ctx.officer),
            "approve" if self.no_funds => {
                let problem = json!({ "type": "urn:msingi:problem:insufficient-funds",
                    "title": "The account does not hold enough", "status": 409 });
                return Ok(answer(409, &problem));
            }
            "approve" => self.approved_by.clone_from(&ctx.officer),
            _ => {}
        }
        Ok(answer(200, &self.shown()))
    }

    fn shown(&self) -> Value {
        let batch = self.batch.as_ref().expect("a batch was opened");
        json!({ "id": batch.id, "title": batch.title, "status": "closed", "count": batch.count,
            "taken": self.instructions.len(), "total": batch.total,
            "tally": { "waiting": batch.count, "sent": 0, "paid": 0, "failed": 0, "paid_minor": 0 } })
    }
}

fn read<T: serde::de::DeserializeOwned>(body: &Bytes) -> T {
    serde_json::from_slice(body).expect("a body of the contract")
}

fn answer(status: u16, body: &Value) -> WireResponse {
    let body = Bytes::from(body.to_string());
    http::Response::builder().status(status).body(body).expect("a response")
}
