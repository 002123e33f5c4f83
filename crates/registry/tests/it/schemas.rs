//! Versions of schemas: drafts, publishing, compatibility.

use crate::desk::{Desk, MOTHER, amina, benefits, resident_schema, residents};
use http::Method;
use serde_json::{Value, json};
use testkit::on_each_engine;

const DRAFT: &str = "/registry/registers/residents/draft";

fn version(number: i64, end: &str) -> String {
    format!("/registry/registers/residents/versions/{number}{end}")
}

#[tokio::test]
async fn a_register_takes_records_once_its_schema_is_published() {
    on_each_engine(async |store| {
        let desk = Desk::bare(store).await;
        let created = desk.steward(Method::POST, "/registry/registers", &residents()).await.good();
        assert_eq!(created["version"], 1);
        let body =
            json!({ "subject": { "pseudonym": MOTHER }, "data": amina("Kisima"), "reason": "r" });
        let records = "/registry/registers/residents/records";
        let early = desk.clerk(Method::POST, records, &body).await;
        assert_eq!(early.refusal(), (409, "register-not-published"));

        desk.steward(Method::POST, &version(1, "/publish"), &json!({})).await.good();
        assert_eq!(desk.clerk(Method::POST, records, &body).await.good()["schema_version"], 1);
        let shown =
            desk.steward(Method::GET, "/registry/registers/residents", &json!({})).await.good();
        assert_eq!((&shown["published"], &shown["names"]["sw"]), (&json!(1), &json!("Wakazi")));
        let list = desk.steward(Method::GET, "/registry/registers", &json!({})).await.good();
        assert_eq!(list.as_array().expect("a list").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_compatible_version_reads_what_was_written_before() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let record = desk.enter(json!({ "pseudonym": MOTHER }), amina("Kisima")).await;
        let mut schema = resident_schema();
        schema["properties"]["phone"] = json!({ "type": "string", "x-personal": true });
        schema["properties"]["village"]["maxLength"] = json!(120);
        let draft = desk.steward(Method::PUT, DRAFT, &json!({ "schema": schema })).await.good();
        assert_eq!(draft["version"], 2);
        assert_eq!(draft["compatibility"]["breaking"], json!([]));
        let told: Vec<&Value> = draft["compatibility"]["compatible"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|change| &change["field"])
            .collect();
        assert_eq!(told, ["/village", "/phone"]);

        // A draft changes nothing: records still follow version 1.
        let mut data = amina("Kisima");
        data["phone"] = json!("+254700000000");
        let id = record["record"].as_str().expect("an id");
        let early = desk.update(id, 1, data.clone()).await;
        assert_eq!((early.refusal(), early.fields()), ((400, "data-refused"), vec!["/data/phone"]));

        let published =
            desk.steward(Method::POST, &version(2, "/publish"), &json!({})).await.good();
        assert_eq!(published["published"], "2026-03-14T08:00:00Z");
        let old = desk.call(&benefits(MOTHER), "/registry/records").await.good();
        assert_eq!((&old["schema_version"], &old["data"]), (&json!(1), &amina("Kisima")));
        assert_eq!(desk.update(id, 1, data.clone()).await.good()["schema_version"], 2);
        let new = desk.call(&benefits(MOTHER), "/registry/records").await.good();
        assert_eq!((&new["schema_version"], &new["data"]), (&json!(2), &data));
    })
    .await;
}

#[tokio::test]
async fn a_breaking_version_is_reported_and_then_refused_with_the_fields_named() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let mut schema = resident_schema();
        schema["required"] = json!(["name", "village", "born"]);
        schema["properties"]["village"]["maxLength"] = json!(10);
        schema["properties"]["household"] = json!({ "type": "string" });
        let fields = schema["properties"].as_object_mut().expect("an object");
        fields
            .get_mut("name")
            .and_then(Value::as_object_mut)
            .expect("a field")
            .remove("x-personal");
        let draft = desk.steward(Method::PUT, DRAFT, &json!({ "schema": schema })).await.good();
        let reported = draft["compatibility"]["breaking"].as_array().expect("a list").len();

        let refused = desk.steward(Method::POST, &version(2, "/publish"), &json!({})).await;
        assert_eq!(refused.refusal(), (409, "breaking-change"));
        assert_eq!(refused.fields(), ["/household", "/name", "/village", "/born"]);
        assert_eq!(refused.fields().len(), reported);
        let remedies = refused.body["errors"].as_array().expect("a list").iter();
        assert!(remedies.clone().all(|error| error["remedy"].is_string()), "{refused:?}");
        let register = desk.steward(Method::GET, "/registry/registers/residents", &json!({})).await;
        assert_eq!(register.good()["published"], 1);

        // The draft can be mended.
        desk.steward(Method::PUT, DRAFT, &json!({ "schema": resident_schema() })).await.good();
        desk.steward(Method::POST, &version(2, "/publish"), &json!({})).await.good();
    })
    .await;
}

#[tokio::test]
async fn a_published_version_never_changes() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let before = desk.steward(Method::GET, &version(1, ""), &json!({})).await.good();
        let mut schema = resident_schema();
        schema["title"] = json!("Resident");
        let draft = desk.steward(Method::PUT, DRAFT, &json!({ "schema": schema })).await.good();
        assert_eq!(draft["version"], 2);
        store.time.advance_seconds(60);
        let again = desk.steward(Method::POST, &version(1, "/publish"), &json!({})).await.good();
        assert_eq!(again, before);
        assert_eq!(desk.steward(Method::GET, &version(1, ""), &json!({})).await.good(), before);
        assert_eq!(
            desk.count("SELECT COUNT(*) AS n FROM audit WHERE event = 'registry.schema.published'")
                .await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn a_register_is_created_once() {
    on_each_engine(async |store| {
        let desk = Desk::bare(store).await;
        let keyed = [("idempotency-key", "one")];
        let path = "/registry/registers";
        let roles = ["registry-steward"];
        let first = desk.ask(&roles, Method::POST, path, &keyed, &residents()).await.good();
        let again = desk.ask(&roles, Method::POST, path, &keyed, &residents()).await.good();
        assert_eq!(first, again);
        let mut other = residents();
        other["owner"] = json!("Somebody else");
        let mismatch = desk.ask(&roles, Method::POST, path, &keyed, &other).await;
        assert_eq!(mismatch.refusal(), (409, "idempotency-mismatch"));
        let taken = desk.steward(Method::POST, path, &other).await;
        assert_eq!(taken.refusal(), (409, "register-exists"));
        assert_eq!(desk.count("SELECT COUNT(*) AS n FROM schema_version").await, 1);
    })
    .await;
}
