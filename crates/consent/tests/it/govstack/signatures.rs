//! Drafts and signatures by persons.

use super::{Ask, DESK};
use crate::app::App;
use consent::model::digest::Digest;
use contracts::Pseudonym;
use credential::jws;
use credential::key::SigningKey;
use serde_json::{Value, json};
use testkit::{Store, on_each_engine};

const DRAFT: &str = "POST /service/individual/record/consent-record/draft/";
const CREATE_SIGNED: &str = "POST /service/individual/record/consent-record/";
const CREATE: &str = "POST /service/individual/record/data-agreement/{dataAgreementId}/";
const SIGNATURE: &str =
    "POST /service/individual/record/consent-record/{consentRecordId}/signature/";
const SIGN: &str = "PUT /service/individual/record/consent-record/{consentRecordId}/signature/";
const UPDATE: &str = "PUT /service/individual/record/consent-record/{consentRecordId}/";

/// Signs `payload` as a person's own device would.
fn sign(key: &SigningKey, payload: &Value) -> String {
    let jwk = serde_json::to_value(key.public_jwk()).expect("a public key");
    let payload = payload.as_str().expect("a payload");
    jws::sign(key, &[("jwk", jwk)], payload.as_bytes()).expect("a signature")
}

fn text(json: &Value) -> &str {
    json.as_str().expect("a text")
}

struct Desk {
    app: App,
    agreement: String,
    person: Pseudonym,
    key: SigningKey,
}

impl Desk {
    async fn start(store: &Store) -> Self {
        let app = App::start(store).await;
        let (agreement, person) = (app.agreement().await, app.individual().await);
        Self { app, agreement, person, key: SigningKey::generate_es256().expect("a key") }
    }

    async fn draft(&self) -> Value {
        let query = format!("?individualId={}&dataAgreementId={}", self.person.0, self.agreement);
        self.app.good(DESK, Ask::of(DRAFT).query(&query)).await
    }

    async fn signed_draft(&self) -> Value {
        let mut draft = self.draft().await;
        draft["signature"]["signature"] = json!(sign(&self.key, &draft["signature"]["payload"]));
        draft
    }

    /// The draft with another snapshot in it, signed with the key at hand.
    fn resigned(&self, draft: &Value, snapshot: &str) -> Value {
        let mut payload: Value =
            serde_json::from_str(text(&draft["signature"]["payload"])).expect("JSON");
        payload["verificationPayload"] = json!(snapshot);
        payload["verificationPayloadHash"] = json!(Digest::of(&[snapshot.as_bytes()]));
        // serde_json writes members in the order of their names, which is canonical here.
        let payload = json!(payload.to_string());
        let mut draft = draft.clone();
        draft["signature"]["verificationPayload"] = json!(snapshot);
        draft["signature"]["signature"] = json!(sign(&self.key, &payload));
        draft
    }

    async fn refused(&self, draft: &Value) -> (u16, String) {
        self.app.refused(DESK, Ask::of(CREATE_SIGNED).person(self.person).body(draft)).await
    }
}

#[tokio::test]
async fn draft_record() {
    on_each_engine(async |store| {
        let desk = Desk::start(store).await;
        let draft = desk.draft().await;
        assert_eq!(
            (&draft["consentRecord"]["id"], &draft["signature"]["id"]),
            (&json!(""), &json!(""))
        );
        assert_eq!(draft["signature"]["signedWithoutObjectReference"], true);
        assert!(
            desk.app.texts("SELECT state FROM consent_record").await.is_empty(),
            "a draft is not stored"
        );
        let unknown = format!("?individualId={}&dataAgreementId=c0ffee", desk.person.0);
        assert_eq!(desk.app.refused(DESK, Ask::of(DRAFT).query(&unknown)).await.0, 404);
        let missing = format!("?individualId={}", desk.person.0);
        let (status, text) = desk.app.refused(DESK, Ask::of(DRAFT).query(&missing)).await;
        assert!(status == 400 && text.contains("dataAgreementId"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn create_signed_record() {
    on_each_engine(async |store| {
        let desk = Desk::start(store).await;
        let draft = desk.signed_draft().await;
        let ask = Ask::of(CREATE_SIGNED).person(desk.person).body(&draft);
        let stored = desk.app.good(DESK, ask).await;
        assert_eq!(stored["consentRecord"]["state"], "signed");
        assert_eq!(stored["revision"]["signedWithoutObjectId"], true);
        assert_eq!(
            stored["revision"]["serializedSnapshot"],
            draft["signature"]["verificationPayload"]
        );
        let thumbprint = desk.key.public_jwk().thumbprint();
        assert_eq!(stored["signature"]["verificationSignedBy"], thumbprint.as_str());
        assert_eq!(stored["signature"]["objectReference"], stored["revision"]["id"]);

        let id = stored["consentRecord"]["id"].as_str().expect("an id");
        let history = format!("/consent/records/{id}/history");
        assert_eq!(desk.app.by("auditor", "GET", &history, None).await.json()["intact"], true);
    })
    .await;
}

#[tokio::test]
async fn a_draft_that_was_altered_or_is_old_is_refused() {
    on_each_engine(async |store| {
        let desk = Desk::start(store).await;
        let draft = desk.signed_draft().await;

        let mut unsigned = draft.clone();
        unsigned["signature"]["signature"] = json!("");
        assert_eq!(desk.refused(&unsigned).await.0, 400);

        let other = SigningKey::generate_es256().expect("a key");
        let mut foreign = draft.clone();
        foreign["signature"]["verificationSignedBy"] = json!(other.public_jwk().thumbprint());
        assert_eq!(desk.refused(&foreign).await.0, 400);

        // What is signed properly, but was never handed out: another person's consent, a longer one.
        let snapshot = text(&draft["signature"]["verificationPayload"]);
        let stranger = desk.app.unused_id().to_string();
        for (ours, theirs) in [
            (desk.person.0.to_string(), stranger.as_str()),
            (r#""validUntil":null"#.to_owned(), r#""validUntil":"9999-12-31T23:59:59Z""#),
        ] {
            let altered = snapshot.replace(&ours, theirs);
            assert_ne!(altered, snapshot);
            let (status, text) = desk.refused(&desk.resigned(&draft, &altered)).await;
            assert!(status == 400 && text.contains("draft"), "{text}");
        }

        store.time.advance_seconds(15 * 60);
        let (status, text) = desk.refused(&draft).await;
        assert!(status == 400 && text.contains("15 minutes"), "{text}");
        assert!(desk.app.texts("SELECT state FROM consent_record").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn create_signature() {
    on_each_engine(async |store| {
        let desk = Desk::start(store).await;
        let made =
            desk.app.good(DESK, Ask::of(CREATE).id(&desk.agreement).person(desk.person)).await;
        let id = made["consentRecord"]["id"].as_str().expect("an id");
        let empty = json!({ "signature": {} });
        let ask = Ask::of(SIGNATURE).id(id).person(desk.person).body(&empty);
        let asked = desk.app.good(DESK, ask).await;
        assert_eq!(asked["signature"]["signature"], "");
        assert_eq!(
            asked["signature"]["verificationPayload"],
            made["revision"]["serializedSnapshot"]
        );
        assert_eq!(
            asked["signature"]["verificationPayloadHash"],
            made["revision"]["serializedHash"]
        );
        let other = desk.app.individual().await;
        let foreign = Ask::of(SIGNATURE).id(id).person(other).body(&empty);
        assert_eq!(desk.app.refused(DESK, foreign).await.0, 404);
    })
    .await;
}

#[tokio::test]
async fn sign_record() {
    on_each_engine(async |store| {
        let desk = Desk::start(store).await;
        let (app, person) = (&desk.app, desk.person);
        let made = app.good(DESK, Ask::of(CREATE).id(&desk.agreement).person(person)).await;
        let id = made["consentRecord"]["id"].as_str().expect("an id");
        let sign_with = |signature: Value| json!({ "signature": signature });
        let nothing = sign_with(json!({ "verificationMethod": "JWS", "signature": "x.y.z" }));
        let early = app.refused(DESK, Ask::of(SIGN).id(id).person(person).body(&nothing)).await;
        assert_eq!(early.0, 404, "nobody asked for a signature: {}", early.1);

        let asked = app.good(DESK, Ask::of(SIGNATURE).id(id).person(person).body(&nothing)).await;
        let jws = sign(&desk.key, &asked["signature"]["payload"]);
        let wrong = sign_with(json!({ "verificationMethod": "PAdES", "signature": jws }));
        assert_eq!(
            app.refused(DESK, Ask::of(SIGN).id(id).person(person).body(&wrong)).await.0,
            400
        );
        let right = sign_with(json!({ "verificationMethod": "JWS", "signature": jws }));
        let signed = app.good(DESK, Ask::of(SIGN).id(id).person(person).body(&right)).await;
        assert_eq!(signed["signature"]["signature"], jws.as_str());
        let read = "GET /service/individual/record/data-agreement/{dataAgreementId}/";
        let read = || Ask::of(read).id(&desk.agreement).person(person);
        assert_eq!(app.good(DESK, read()).await["consentRecord"]["state"], "signed");

        let mut withdrawn = made.clone();
        withdrawn["consentRecord"]["optIn"] = json!(false);
        app.good(DESK, Ask::of(UPDATE).id(id).person(person).body(&withdrawn)).await;
        assert_eq!(
            app.good(DESK, read()).await["consentRecord"]["state"],
            "unsigned",
            "a change voids it"
        );
        let late = app.refused(DESK, Ask::of(SIGN).id(id).person(person).body(&right)).await;
        assert_eq!(late.0, 404, "what was signed is not what stands: {}", late.1);
        assert!(app.texts("SELECT signature FROM record_signature").await.is_empty());
    })
    .await;
}
