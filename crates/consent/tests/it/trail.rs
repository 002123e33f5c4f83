//! The audit trail: every event of the catalogue is written by the act it describes, and says who.

use crate::app::App;
use crate::govstack::{Ask, DESK, OFFICER, agreement};
use consent::Consent;
use consent::events::AUDIT_EVENTS;
use contracts::Pseudonym;
use credential::jws;
use credential::key::SigningKey;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{Store, on_each_engine};

const CREATE: &str = "POST /service/individual/record/data-agreement/{dataAgreementId}/";
const SIGNATURE: &str =
    "POST /service/individual/record/consent-record/{consentRecordId}/signature/";
const SIGN: &str = "PUT /service/individual/record/consent-record/{consentRecordId}/signature/";

async fn policies_and_agreements(app: &App) {
    let policy = json!({ "policy": { "id": "a1", "name": "P", "version": "1", "url": "https://p.example/" } });
    app.good(OFFICER, Ask::of("POST /config/policy/").body(&policy)).await;
    app.good(OFFICER, Ask::of("PUT /config/policy/{policyId}/").id("a1").body(&policy)).await;
    app.good(OFFICER, Ask::of("DELETE /config/policy/{policyId}/").id("a1")).await;
    let id = app.agreement().await;
    let mut paused = agreement();
    paused["dataAgreement"]["active"] = json!(false);
    let (put, delete) = (
        "PUT /config/data-agreement/{dataAgreementId}/",
        "DELETE /config/data-agreement/{dataAgreementId}/",
    );
    app.good(OFFICER, Ask::of(put).id(&id).body(&paused)).await;
    app.good(OFFICER, Ask::of(delete).id(&id)).await;
}

async fn records(app: &App, store: &Store, person: Pseudonym) {
    let agreement = app.published(&App::clinics_agreement()).await;
    app.answer(person, agreement, false).await;
    let record = app.answer(person, agreement, true).await.record;
    app.client.withdraw(app.as_person(person), record).await.expect("it is withdrawn");
    app.answer(person, agreement, true).await;
    store.time.advance_seconds(366 * 86_400);
    Consent::new(&app.ctx).expire_records().await.expect("it runs");
    let path = format!("/consent/agreements/{}", agreement.0);
    app.by(OFFICER, "PUT", &path, Some(&App::clinics_agreement())).await;
    let later = app.publish(&agreement.0.to_string()).await;
    app.answer(person, later, true).await;
}

async fn individuals(app: &App) {
    let person = app.individual().await;
    let id = person.0.to_string();
    let changed = json!({ "individual": { "id": id, "externalId": "2" } });
    let put = "PUT /service/individual/{individualId}/";
    app.good(DESK, Ask::of(put).id(&id).body(&changed)).await;

    let agreement = app.agreement().await;
    let made = app.good(DESK, Ask::of(CREATE).id(&agreement).person(person)).await;
    let record = made["consentRecord"]["id"].as_str().expect("an id");
    let empty = json!({ "signature": {} });
    let asked = app.good(DESK, Ask::of(SIGNATURE).id(record).person(person).body(&empty)).await;
    let key = SigningKey::generate_es256().expect("a key");
    let jwk = serde_json::to_value(key.public_jwk()).expect("a public key");
    let payload = asked["signature"]["payload"].as_str().expect("a payload");
    let jws = jws::sign(&key, &[("jwk", jwk)], payload.as_bytes()).expect("a signature");
    let signed = json!({ "signature": { "verificationMethod": "JWS", "signature": jws } });
    app.good(DESK, Ask::of(SIGN).id(record).person(person).body(&signed)).await;
    app.good(DESK, Ask::of("DELETE /service/individual/record/").person(person)).await;
}

#[tokio::test]
async fn every_act_leaves_its_entry_and_its_entry_says_who() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        policies_and_agreements(&app).await;
        records(&app, store, app.person()).await;
        individuals(&app).await;

        let written: BTreeSet<String> =
            app.texts("SELECT event FROM audit").await.into_iter().collect();
        let known = AUDIT_EVENTS.iter().map(|event| event.name.to_owned()).collect();
        assert_eq!(written, known);
        let actors: BTreeSet<String> =
            app.texts("SELECT actor FROM audit").await.into_iter().collect();
        let wanted = ["job:expire_records", "officer:GOV/NIA/o-1", "resident:TB/GOV/NIA/portal"];
        assert_eq!(actors.into_iter().collect::<Vec<_>>(), wanted);
        for detail in
            app.texts("SELECT detail FROM audit WHERE event LIKE 'consent.record.given'").await
        {
            let detail: Value = serde_json::from_str(&detail).expect("JSON");
            assert!(
                detail["hash"].is_string(),
                "the audit chain vouches for the revision: {detail}"
            );
        }
        let told: BTreeSet<String> =
            app.texts("SELECT topic FROM outbox").await.into_iter().collect();
        assert_eq!(told.len(), 4, "{told:?}");
    })
    .await;
}
