//! Records without signatures.

use super::{Ask, DESK, OFFICER};
use crate::app::App;
use serde_json::{Value, json};
use testkit::on_each_engine;

const CREATE: &str = "POST /service/individual/record/data-agreement/{dataAgreementId}/";
const READ: &str = "GET /service/individual/record/data-agreement/{dataAgreementId}/";
const ALL: &str = "GET /service/individual/record/data-agreement/{dataAgreementId}/all/";
const LIST: &str = "GET /service/individual/record/consent-record/";
const UPDATE: &str = "PUT /service/individual/record/consent-record/{consentRecordId}/";
const FORGET: &str = "DELETE /service/individual/record/";

fn text(json: &Value) -> &str {
    json.as_str().expect("a text")
}

#[tokio::test]
async fn create_record() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let (agreement, person) = (app.agreement().await, app.individual().await);
        let query = format!("?individualId={}", person.0);
        let made = app.good(DESK, Ask::of(CREATE).id(&agreement).query(&query)).await;
        let record = &made["consentRecord"];
        assert_eq!((&record["optIn"], &record["state"]), (&json!(true), &json!("unsigned")));
        assert_eq!(record["individual"]["id"], person.0.to_string());
        assert_eq!(
            record["dataAgreementRevisionHash"],
            record["dataAgreementRevision"]["serializedHash"]
        );
        assert_eq!(
            made["revision"]["authorizedByOther"], "officer:GOV/NIA/o-1",
            "the officer answered for them"
        );

        let again = app.good(DESK, Ask::of(CREATE).id(&agreement).query(&query)).await;
        assert_eq!(again, made, "one record a person and revision");
        let nobody = app.refused(DESK, Ask::of(CREATE).id(&agreement)).await;
        assert!(nobody.0 == 400 && nobody.1.contains("individualId"), "{}", nobody.1);
        let stranger = format!("?individualId={}", app.unused_id());
        assert_eq!(app.refused(DESK, Ask::of(CREATE).id(&agreement).query(&stranger)).await.0, 404);
        let old = format!("{query}&revisionId={}", app.unused_id());
        assert_eq!(app.refused(DESK, Ask::of(CREATE).id(&agreement).query(&old)).await.0, 409);
    })
    .await;
}

#[tokio::test]
async fn a_person_creates_their_own_record_through_the_exchange() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let (agreement, person) = (app.agreement().await, app.person());
        let made = app.good_through(app.on_govstack(person), Ask::of(CREATE).id(&agreement)).await;
        assert_eq!(made["revision"]["authorizedByIndividual"]["id"], person.0.to_string());
        let other = format!("?individualId={}", app.unused_id());
        let path = format!("/service/individual/record/data-agreement/{agreement}/{other}");
        let refused = app.send(app.on_govstack(person), "POST", &path, None).await;
        assert_eq!(refused.status, 400, "naming somebody else");
        let clinic = app.send(app.as_clinic(person), "POST", &path, None).await;
        assert_eq!(clinic.status, 403, "not on the basis of self-access");
    })
    .await;
}

#[tokio::test]
async fn read_record() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let (agreement, person) = (app.agreement().await, app.individual().await);
        let ask = || Ask::of(READ).id(&agreement).person(person);
        assert_eq!(app.refused(DESK, ask()).await.0, 404, "not answered yet");
        let made = app.good(DESK, Ask::of(CREATE).id(&agreement).person(person)).await;
        assert_eq!(app.good(DESK, ask()).await["consentRecord"], made["consentRecord"]);
        let mine = app.good_through(app.on_govstack(person), Ask::of(READ).id(&agreement)).await;
        assert_eq!(mine["consentRecord"], made["consentRecord"]);
    })
    .await;
}

#[tokio::test]
async fn update_record() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let (agreement, person) = (app.agreement().await, app.individual().await);
        let made = app.good(DESK, Ask::of(CREATE).id(&agreement).person(person)).await;
        let id = text(&made["consentRecord"]["id"]);
        for (opt_in, hash) in [(false, &made["revision"]["serializedHash"]), (true, &Value::Null)] {
            let mut changed = made.clone();
            changed["consentRecord"]["optIn"] = json!(opt_in);
            let updated =
                app.good(DESK, Ask::of(UPDATE).id(id).person(person).body(&changed)).await;
            assert_eq!(updated["consentRecord"]["optIn"], opt_in);
            assert!(hash.is_null() || *hash == updated["revision"]["predecessorHash"]);
        }
        let other = app.individual().await;
        let (status, _) = app.refused(DESK, Ask::of(UPDATE).id(id).person(other).body(&made)).await;
        assert_eq!(status, 404, "another person's record");
        let broken = json!({ "consentRecord": { "optIn": "yes" } });
        let (status, text) =
            app.refused(DESK, Ask::of(UPDATE).id(id).person(person).body(&broken)).await;
        assert!(status == 400 && text.contains("optIn"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn list_records() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.individual().await;
        for _ in 0..2 {
            let agreement = app.agreement().await;
            app.good(DESK, Ask::of(CREATE).id(&agreement).person(person)).await;
        }
        let all = app.good(DESK, Ask::of(LIST).person(person)).await;
        assert_eq!(all["consentRecords"].as_array().map(Vec::len), Some(2));
        let one = app.good(DESK, Ask::of(LIST).person(person).query("?offset=1&limit=1")).await;
        assert_eq!(one["consentRecords"], json!([all["consentRecords"][1]]));
    })
    .await;
}

#[tokio::test]
async fn list_records_for_agreement() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let (agreement, person) = (app.agreement().await, app.individual().await);
        app.good(DESK, Ask::of(CREATE).id(&agreement).person(person)).await;
        let put = "PUT /config/data-agreement/{dataAgreementId}/";
        app.good(OFFICER, Ask::of(put).id(&agreement).body(&super::agreement())).await;
        let latest = app.good(DESK, Ask::of(CREATE).id(&agreement).person(person)).await;
        let all = app.good(DESK, Ask::of(ALL).id(&agreement).person(person)).await;
        let opted: Vec<_> = all["consentRecords"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| &one["optIn"])
            .collect();
        assert_eq!(opted, [true, false], "the later answer counts, the earlier is replaced");
        let current = app.good(DESK, Ask::of(READ).id(&agreement).person(person)).await;
        assert_eq!(current["consentRecord"], latest["consentRecord"]);
    })
    .await;
}

#[tokio::test]
async fn forget_individual() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.individual().await;
        let kept = app.published(&App::clinics_agreement()).await.0.to_string();
        let forgettable = app.agreement().await;
        for agreement in [&kept, &forgettable] {
            app.good(DESK, Ask::of(CREATE).id(agreement).person(person)).await;
        }
        assert_eq!(app.good(DESK, Ask::of(FORGET).person(person)).await, Value::Null);
        let left = app.good(DESK, Ask::of(LIST).person(person)).await;
        assert_eq!(left["consentRecords"].as_array().map(Vec::len), Some(1));
        assert_eq!(left["consentRecords"][0]["dataAgreement"]["id"], kept.as_str());
        let read = "GET /config/individual/{individualId}/";
        let id = person.0.to_string();
        app.good(OFFICER, Ask::of(read).id(&id)).await;
        let told = "SELECT topic FROM outbox WHERE topic = 'consent.record.withdrawn'";
        assert_eq!(app.texts(told).await.len(), 1, "others learn that a consent is gone");
    })
    .await;
}

#[tokio::test]
async fn who_has_no_record_left_is_forgotten_wholly() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let (agreement, person) = (app.agreement().await, app.individual().await);
        app.good(DESK, Ask::of(CREATE).id(&agreement).person(person)).await;
        app.good_through(app.on_govstack(person), Ask::of(FORGET)).await;
        let id = person.0.to_string();
        let read = Ask::of("GET /config/individual/{individualId}/").id(&id);
        assert_eq!(app.refused(OFFICER, read).await.0, 404);
        let pieces = "SELECT snapshot FROM revision WHERE schema_name = 'ConsentRecord'";
        assert!(app.texts(pieces).await.is_empty());
        let keys = app.texts("SELECT wrapped FROM subject_key").await;
        assert_eq!(keys, ["Null"], "backups cannot be read either");
    })
    .await;
}
