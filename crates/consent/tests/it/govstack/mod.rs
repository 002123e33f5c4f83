//! GovStack's paths, one test an operation. Every answer is held against GovStack's YAML where
//! `../shared` is beside the repository.

mod agreements;
mod audit;
mod individuals;
mod policies;
mod records;
mod signatures;
mod verification;

use crate::app::{App, CLINIC, RECORDS};
use consent::govstack::{BASE, NOT_BUILT};
use contracts::{CallContext, LegalBasis, Pseudonym};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{Answer, on_each_engine};

pub const OFFICER: &str = "consent-officer";
pub const DESK: &str = "desk-officer";
pub const AUDITOR: &str = "auditor";

/// A request to an operation as the YAML writes it (`GET /config/policy/{policyId}/`).
pub struct Ask<'a> {
    operation: &'a str,
    id: &'a str,
    query: &'a str,
    body: Option<&'a Value>,
    person: Option<Pseudonym>,
}

impl<'a> Ask<'a> {
    pub fn of(operation: &'a str) -> Self {
        Self { operation, id: "", query: "", body: None, person: None }
    }

    /// What stands in place of the path's parameter.
    pub fn id(self, id: &'a str) -> Self {
        Self { id, ..self }
    }

    pub fn query(self, query: &'a str) -> Self {
        Self { query, ..self }
    }

    pub fn body(self, body: &'a Value) -> Self {
        Self { body: Some(body), ..self }
    }

    /// Whom a desk officer acts for, in the header.
    pub fn person(self, person: Pseudonym) -> Self {
        Self { person: Some(person), ..self }
    }

    fn method(&self) -> &str {
        self.operation.split_once(' ').expect("a method and a path").0
    }

    fn path(&self) -> String {
        let (_, template) = self.operation.split_once(' ').expect("a method and a path");
        let Some((before, rest)) = template.split_once('{') else {
            return format!("{template}{}", self.query);
        };
        let (_, after) = rest.split_once('}').expect("a whole parameter");
        format!("{before}{}{after}{}", self.id, self.query)
    }
}

impl App {
    /// An officer's request.
    pub async fn ask(&self, role: &str, ask: &Ask<'_>) -> Answer {
        let token = self.officer(role);
        let person = ask.person.map(|person| person.0.to_string());
        let mut headers = vec![("authorization", token.as_str())];
        if let Some(person) = &person {
            headers.push(("X-ConsentBB-IndividualId", person));
        }
        let path = format!("{BASE}{}", ask.path());
        self.server.send(ask.method(), &path, &headers, ask.body).await
    }

    /// An officer's request that succeeds, held against the YAML.
    pub async fn good(&self, role: &str, ask: Ask<'_>) -> Value {
        let answer = self.ask(role, &ask).await;
        self.checked(&ask, &answer)
    }

    /// A request through the exchange that succeeds, held against the YAML.
    pub async fn good_through(&self, ctx: CallContext, ask: Ask<'_>) -> Value {
        let answer = self.send(ctx, ask.method(), &ask.path(), ask.body).await;
        self.checked(&ask, &answer)
    }

    /// An officer's request that is refused: status and description.
    pub async fn refused(&self, role: &str, ask: Ask<'_>) -> (u16, String) {
        let answer = self.ask(role, &ask).await;
        let json = answer.json();
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(json["errorCode"], answer.status, "{}", answer.text);
        (answer.status, json["errorDescription"].as_str().expect("a text").to_owned())
    }

    fn checked(&self, ask: &Ask<'_>, answer: &Answer) -> Value {
        assert_eq!(answer.status, 200, "{}: {}", ask.operation, answer.text);
        if answer.text.is_empty() {
            return Value::Null;
        }
        let json = answer.json();
        if let Some(spec) = &self.spec {
            assert_eq!(spec.flaws(ask.operation, answer.status, &json), Vec::<String>::new());
        }
        json
    }

    /// The clinic, asking about a person through the exchange.
    pub fn as_clinic(&self, person: Pseudonym) -> CallContext {
        self.call(CLINIC, consent::GOVSTACK_SERVICE, LegalBasis::law("Health Act s.2"), person)
    }

    /// The person themselves, through the exchange.
    pub fn on_govstack(&self, person: Pseudonym) -> CallContext {
        self.call(crate::app::PORTAL, consent::GOVSTACK_SERVICE, LegalBasis::SelfAccess, person)
    }

    /// Enters an individual; answers their pseudonym.
    pub async fn individual(&self) -> Pseudonym {
        let body = json!({ "individual": { "id": "", "externalId": "amina@example.org", "externalIdType": "email" } });
        let made = self.good(OFFICER, Ask::of("POST /config/individual/").body(&body)).await;
        Pseudonym(crate::app::id_in(&made["individual"], "id"))
    }

    /// Creates and publishes an agreement with our members; answers its id.
    pub async fn agreement(&self) -> String {
        let body = agreement();
        let made = self.good(OFFICER, Ask::of("POST /config/data-agreement/").body(&body)).await;
        made["dataAgreement"]["id"].as_str().expect("an id").to_owned()
    }
}

/// An agreement as GovStack writes it, published at once.
pub fn agreement() -> Value {
    json!({ "dataAgreement": {
        "id": "", "version": "1", "purpose": "Treatment", "lawfulBasis": "consent", "dpia": "DPIA 7",
        "active": true, "forgettable": true,
        "scope": { "service": RECORDS, "clients": [CLINIC], "purpose": "treatment" },
    } })
}

#[tokio::test]
async fn every_operation_of_the_yaml_is_built_or_listed_as_not_built() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let Some(spec) = &app.spec else { return };
        let of_ours = |(method, path): &(String, String)| {
            path.strip_prefix(BASE).map(|path| format!("{method} {path}"))
        };
        let built: BTreeSet<String> = app.routes.iter().filter_map(of_ours).collect();
        let left: BTreeSet<String> =
            NOT_BUILT.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
        let wanted: BTreeSet<String> = spec.operations().into_iter().collect();
        assert_eq!(wanted.len(), 42);
        assert!(built.is_disjoint(&left));
        assert_eq!(built.union(&left).cloned().collect::<BTreeSet<_>>(), wanted);
        for operation in &left {
            let ask = Ask::of(operation).id("1");
            assert_eq!(app.ask(OFFICER, &ask).await.status, 404, "{operation}");
        }
    })
    .await;
}
