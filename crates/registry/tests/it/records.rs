//! Writing: create, update, delete, restore, and what stands in the history afterwards.

use crate::desk::{Desk, MOTHER, NEIGHBOUR, VID, amina, benefits};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::on_each_engine;

const RECORDS: &str = "/registry/registers/residents/records";

fn id(written: &Value) -> String {
    written["record"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn every_change_is_a_revision_with_times_actor_and_reason() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let record = id(&desk.enter(json!({ "pseudonym": MOTHER }), amina("Kisima")).await);
        store.time.advance_seconds(3_600);
        let body = json!({ "data": amina("Bandari"), "reason": "moved to the coast",
            "effective": "2026-03-01T00:00:00Z", "expected_revision": 1 });
        let path = format!("/registry/records/{record}");
        let updated = desk.clerk(Method::PUT, &path, &body).await;
        assert_eq!(updated.etag.as_deref(), Some("\"2\""));

        let history = desk.clerk(Method::GET, &format!("{path}/history"), &json!({})).await.good();
        let expected = json!([
            { "revision": 2, "schema_version": 1, "effective": "2026-03-01T00:00:00Z",
              "recorded": "2026-03-14T09:00:00Z", "actor": "officer:GOV/NIA/r-17", "case": "CASE-7",
              "reason": "moved to the coast", "deleted": false, "data": amina("Bandari") },
            { "revision": 1, "schema_version": 1, "effective": "2026-03-14T08:00:00Z",
              "recorded": "2026-03-14T08:00:00Z", "actor": "officer:GOV/NIA/r-17", "case": "CASE-7",
              "reason": "first entry", "deleted": false, "data": amina("Kisima") },
        ]);
        assert_eq!((&history["revisions"], &history["more"]), (&expected, &json!(false)));
        let page =
            desk.clerk(Method::GET, &format!("{path}/history?limit=1"), &json!({})).await.good();
        assert_eq!((&page["revisions"][0]["revision"], &page["more"]), (&json!(2), &json!(true)));
        let rest = desk
            .clerk(Method::GET, &format!("{path}/history?before=2&limit=1"), &json!({}))
            .await
            .good();
        assert_eq!((&rest["revisions"][0]["revision"], &rest["more"]), (&json!(1), &json!(false)));
    })
    .await;
}

#[tokio::test]
async fn a_change_based_on_an_old_revision_is_refused() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let record = id(&desk.enter(json!({ "pseudonym": MOTHER }), amina("Kisima")).await);
        desk.update(&record, 1, amina("Bandari")).await.good();
        let lost = desk.update(&record, 1, amina("Mlima")).await;
        assert_eq!(
            (lost.refusal(), lost.etag.as_deref()),
            ((409, "stale-revision"), Some("\"2\""))
        );
        assert!(lost.body["detail"].as_str().expect("text").contains("revision 2"), "{lost:?}");

        let path = format!("/registry/records/{record}");
        let body = json!({ "data": amina("Mlima"), "reason": "moved" });
        let put = async |if_match: &str, key: &str| {
            let headers = [("if-match", if_match), ("idempotency-key", key)];
            desk.ask(&["registry-clerk"], Method::PUT, &path, &headers, &body).await
        };
        assert_eq!(put("\"1\"", "a").await.refusal(), (409, "stale-revision"));
        assert_eq!(put("\"2\"", "b").await.good()["revision"], 3);
        let neither = desk.clerk(Method::PUT, &path, &body).await;
        assert_eq!(neither.refusal(), (428, "revision-required"));
        assert_eq!(desk.count("SELECT COUNT(*) AS n FROM revision").await, 3);
    })
    .await;
}

#[tokio::test]
async fn of_many_changes_at_once_one_is_kept_and_the_others_are_told() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let record = id(&desk.enter(json!({ "pseudonym": MOTHER }), amina("Kisima")).await);
        let all = tokio::join!(
            desk.update(&record, 1, amina("Bandari")),
            desk.update(&record, 1, amina("Mlima")),
            desk.update(&record, 1, amina("Mto")),
            desk.update(&record, 1, amina("Ziwa"))
        );
        let mut refusals = [all.0.refusal(), all.1.refusal(), all.2.refusal(), all.3.refusal()];
        refusals.sort_unstable();
        let stale = (409, "stale-revision");
        assert_eq!(refusals, [(200, ""), stale, stale, stale]);
        assert_eq!(desk.count("SELECT COUNT(*) AS n FROM revision").await, 2);
        assert_eq!(desk.count("SELECT latest AS n FROM record").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_repeated_creation_answers_as_the_first_did() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let body = json!({ "subject": { "vid": VID }, "data": amina("Kisima"), "reason": "r" });
        let post = async |key: &str, body: &Value| {
            let headers = [("idempotency-key", key)];
            desk.ask(&["registry-clerk"], Method::POST, RECORDS, &headers, body).await
        };
        // At the same time, as a client does that gave up waiting.
        let (one, two) = tokio::join!(post("k-1", &body), post("k-1", &body));
        assert_eq!(one.status, StatusCode::CREATED);
        assert_eq!(one.good(), two.good());
        let other = json!({ "subject": { "vid": VID }, "data": amina("Mlima"), "reason": "r" });
        assert_eq!(post("k-1", &other).await.refusal(), (409, "idempotency-mismatch"));
        assert_eq!(desk.count("SELECT COUNT(*) AS n FROM revision").await, 1);
        assert_eq!(
            desk.count("SELECT COUNT(*) AS n FROM audit WHERE event = 'registry.record.created'")
                .await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn a_repeated_change_answers_as_the_first_did() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let record = id(&desk.enter(json!({ "pseudonym": MOTHER }), amina("Kisima")).await);
        let path = format!("/registry/records/{record}");
        let body = json!({ "data": amina("Mlima"), "reason": "moved", "expected_revision": 1 });
        let put = async || {
            let headers = [("idempotency-key", "k-1")];
            desk.ask(&["registry-clerk"], Method::PUT, &path, &headers, &body).await
        };
        let first = put().await.good();
        assert_eq!(put().await.good(), first);
        assert_eq!(desk.count("SELECT COUNT(*) AS n FROM revision").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_person_has_one_record_in_a_register() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let record = id(&desk.enter(json!({ "vid": VID }), amina("Kisima")).await);
        let body =
            json!({ "subject": { "pseudonym": MOTHER }, "data": amina("Mlima"), "reason": "again" });
        let second = desk.clerk(Method::POST, RECORDS, &body).await;
        assert_eq!(second.refusal(), (409, "record-exists"));
        let detail = second.body["detail"].as_str().expect("text");
        assert!(detail.contains(&record) && detail.contains("revision 1"), "{detail}");
        desk.enter(json!({ "pseudonym": NEIGHBOUR }), amina("Kisima")).await;
    })
    .await;
}

#[tokio::test]
async fn a_deleted_record_is_gone_for_readers_and_its_history_stays() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let record = id(&desk.enter(json!({ "pseudonym": MOTHER }), amina("Kisima")).await);
        let path = format!("/registry/records/{record}");
        let body = json!({ "reason": "entered twice", "expected_revision": 1 });
        store.time.advance_seconds(60);
        let deleted = desk.clerk(Method::POST, &format!("{path}/delete"), &body).await.good();
        assert_eq!((&deleted["revision"], &deleted["deleted"]), (&json!(2), &json!(true)));

        let gone = desk.call(&benefits(MOTHER), "/registry/records").await;
        assert_eq!(gone.refusal(), (404, "record-unknown"));
        assert_eq!(
            desk.clerk(Method::GET, &path, &json!({})).await.refusal(),
            (404, "record-unknown")
        );
        let before = "/registry/records?as_of=2026-03-14T08:00:30Z";
        assert_eq!(desk.call(&benefits(MOTHER), before).await.good()["data"], amina("Kisima"));
        let history = desk.clerk(Method::GET, &format!("{path}/history"), &json!({})).await.good();
        let newest = &history["revisions"][0];
        assert_eq!((&newest["reason"], newest.get("data")), (&json!("entered twice"), None));

        let body = json!({ "reason": "again", "expected_revision": 2 });
        let twice = desk.clerk(Method::POST, &format!("{path}/delete"), &body).await;
        assert_eq!(twice.refusal(), (409, "record-deleted"));
        store.time.advance_seconds(60);
        desk.update(&record, 2, amina("Mlima")).await.good();
        let back = desk.call(&benefits(MOTHER), "/registry/records").await.good();
        assert_eq!((&back["revision"], &back["data"]), (&json!(3), &amina("Mlima")));
        let between = "/registry/records?as_of=2026-03-14T08:01:30Z";
        assert_eq!(desk.call(&benefits(MOTHER), between).await.refusal(), (404, "record-unknown"));
        assert_eq!(
            desk.count(
                "SELECT COUNT(*) AS n FROM audit WHERE event IN ('registry.record.created',
                'registry.record.deleted', 'registry.record.restored')"
            )
            .await,
            3
        );
    })
    .await;
}

#[tokio::test]
async fn a_vid_is_resolved_at_the_identity_authority_on_the_registers_law() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        desk.enter(json!({ "vid": VID }), amina("Kisima")).await;
        assert_eq!(
            desk.call(&benefits(MOTHER), "/registry/records").await.good()["data"],
            amina("Kisima")
        );
        let calls = desk.wire.calls();
        let call = &calls[0];
        assert_eq!(call.service.to_string(), "TB/GOV/NIA/identity/persons");
        assert_eq!(call.basis.to_string(), "law:Residents Act s.3");
        assert_eq!((call.officer.as_deref(), call.case.as_deref()), (Some("r-17"), Some("CASE-7")));

        let find = "/registry/registers/residents/records/find";
        let found = desk.clerk(Method::POST, find, &json!({ "subject": { "vid": VID } })).await;
        assert_eq!(found.etag.as_deref(), Some("\"1\""));
        assert_eq!(found.good()["data"], amina("Kisima"));

        desk.wire.cut(&call.service);
        let body = json!({ "subject": { "vid": VID }, "data": amina("Mlima"), "reason": "r" });
        let cut = desk.clerk(Method::POST, RECORDS, &body).await;
        assert_eq!(cut.refusal(), (502, "peer-unreachable"));
    })
    .await;
}

#[tokio::test]
async fn a_register_about_things_keeps_records_without_a_person() {
    on_each_engine(async |store| {
        let desk = Desk::bare(store).await;
        let register = json!({
            "code": "clinics", "about": "thing", "owner": "Ministry of Health",
            "names": { "en": "Clinics", "fr": "Cliniques", "sw": "Zahanati" },
            "schema": { "type": "object", "additionalProperties": false,
                "properties": { "beds": { "type": "integer" } } },
        });
        desk.steward(Method::POST, "/registry/registers", &register).await.good();
        desk.steward(Method::POST, "/registry/registers/clinics/versions/1/publish", &json!({}))
            .await
            .good();
        let path = "/registry/registers/clinics/records";
        let body = json!({ "data": { "beds": 20 }, "reason": "opened" });
        let record = id(&desk.clerk(Method::POST, path, &body).await.good());
        let shown =
            desk.clerk(Method::GET, &format!("/registry/records/{record}"), &json!({})).await;
        assert_eq!(shown.good()["data"], json!({ "beds": 20 }));
        let named = json!({ "subject": { "vid": VID }, "data": { "beds": 1 }, "reason": "r" });
        let refused = desk.clerk(Method::POST, path, &named).await;
        assert_eq!(
            (refused.refusal(), refused.fields()),
            ((400, "invalid-field"), vec!["subject"])
        );
        assert_eq!(desk.count("SELECT COUNT(*) AS n FROM record").await, 1);
    })
    .await;
}

#[tokio::test]
async fn subscribers_are_told_by_reference_only() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let topics = ["registry.record.created", "registry.record.changed"];
        desk.db().subscribe(topics.iter().map(|t| ((*t).to_owned(), "TB/x".to_owned())).collect());
        let record = id(&desk.enter(json!({ "pseudonym": MOTHER }), amina("Kisima")).await);
        store.time.advance_seconds(1);
        desk.update(&record, 1, amina("Mlima")).await.good();
        let rows = desk.db().read(|tx| {
            Box::pin(async move {
                tx.all("SELECT topic, payload FROM outbox ORDER BY created", &[]).await
            })
        });
        let rows: Result<_, kernel::db::DbError> = rows.await;
        let told: Vec<(String, Value)> = rows
            .expect("reads")
            .iter()
            .map(|row| {
                let payload: String = row.get("payload").expect("text");
                (row.get("topic").expect("text"), serde_json::from_str(&payload).expect("JSON"))
            })
            .collect();
        let created = json!({ "record": record, "register": "residents", "revision": 1 });
        let changed = json!({ "record": record, "register": "residents", "revision": 2,
            "change": "updated" });
        let expected = [(topics[0].to_owned(), created), (topics[1].to_owned(), changed)];
        assert_eq!(told, expected);
    })
    .await;
}
