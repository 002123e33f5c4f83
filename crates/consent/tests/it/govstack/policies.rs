//! Policies.

use super::{Ask, OFFICER, agreement};
use crate::app::App;
use serde_json::{Value, json};
use testkit::on_each_engine;

fn policy(id: &str) -> Value {
    json!({ "policy": {
        "id": id, "name": "Data policy", "version": "1", "url": "https://lakeside.example/policy",
        "jurisdiction": "TB", "industrySector": "health", "dataRetentionPeriodDays": 30,
        "geographicRestriction": "TB", "storageLocation": "TB",
    } })
}

async fn created(app: &App, id: &str) -> Value {
    app.good(OFFICER, Ask::of("POST /config/policy/").body(&policy(id))).await
}

#[tokio::test]
async fn create_policy() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let made = created(&app, "a1").await;
        let wanted = policy("a1");
        assert_eq!(made["policy"], wanted["policy"]);
        assert_eq!(made["revision"]["schemaName"], "Policy");
        assert_eq!(made["revision"]["authorizedByOther"], "officer:GOV/NIA/o-1");
        let snapshot = made["revision"]["serializedSnapshot"].as_str().expect("a text");
        let snapshot: Value = serde_json::from_str(snapshot).expect("JSON");
        assert_eq!(snapshot["objectData"]["dataRetentionPeriodDays"], 30);

        let ask = |body: Value| async {
            let body = body;
            app.refused(OFFICER, Ask::of("POST /config/policy/").body(&body)).await
        };
        let taken = ask(policy("a1")).await;
        assert_eq!(taken.0, 409, "{}", taken.1);
        let mut nameless = policy("");
        nameless["policy"]["name"] = json!("");
        let (status, text) = ask(nameless).await;
        assert!(status == 400 && text.starts_with("bad input parameter: name"), "{text}");
        assert_eq!(ask(json!({})).await.0, 400);
        assert_eq!(ask(policy("not an id")).await.0, 400);
    })
    .await;
}

#[tokio::test]
async fn read_policy() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let made = created(&app, "a1").await;
        let read = app.good(OFFICER, Ask::of("GET /config/policy/{policyId}/").id("a1")).await;
        assert_eq!(read, made);
        for (id, status) in [("b2", 404), ("invalid_id", 400), ("123!%40%23", 400)] {
            let ask = Ask::of("GET /config/policy/{policyId}/").id(id);
            assert_eq!(app.refused(OFFICER, ask).await.0, status, "{id}");
        }
    })
    .await;
}

#[tokio::test]
async fn update_policy() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let made = created(&app, "a1").await;
        let mut changed = policy("a1");
        changed["policy"]["version"] = json!("2");
        let put = "PUT /config/policy/{policyId}/";
        let updated = app.good(OFFICER, Ask::of(put).id("a1").body(&changed)).await;
        assert_eq!(updated["policy"]["version"], "2");
        assert_eq!(updated["revision"]["predecessorHash"], made["revision"]["serializedHash"]);

        let old = format!("?revisionId={}", made["revision"]["id"].as_str().expect("an id"));
        let ask = Ask::of("GET /config/policy/{policyId}/").id("a1").query(&old);
        assert_eq!(app.good(OFFICER, ask).await["policy"]["version"], "1");
    })
    .await;
}

#[tokio::test]
async fn delete_policy() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        created(&app, "a1").await;
        let mut agreement = agreement();
        agreement["dataAgreement"]["policy"] = json!({ "id": "a1" });
        let under =
            app.good(OFFICER, Ask::of("POST /config/data-agreement/").body(&agreement)).await;
        assert_eq!(under["dataAgreement"]["policy"]["name"], "Data policy");

        let delete = || Ask::of("DELETE /config/policy/{policyId}/").id("a1");
        assert_eq!(
            app.refused(OFFICER, delete()).await.0,
            409,
            "a published agreement stands under it"
        );
        let id = under["dataAgreement"]["id"].as_str().expect("an id");
        app.good(OFFICER, Ask::of("DELETE /config/data-agreement/{dataAgreementId}/").id(id)).await;
        let deleted = app.good(OFFICER, delete()).await;
        assert_eq!(deleted["revision"]["schemaName"], "Policy");
        assert_eq!(app.refused(OFFICER, delete()).await.0, 409, "deleting twice");
        let late =
            app.refused(OFFICER, Ask::of("POST /config/data-agreement/").body(&agreement)).await;
        assert_eq!(late.0, 409, "nothing comes under a deleted policy: {}", late.1);
    })
    .await;
}

#[tokio::test]
async fn a_draft_under_a_policy_deleted_since_cannot_be_published() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        created(&app, "a1").await;
        let mut draft = agreement();
        draft["dataAgreement"]["policy"] = json!({ "id": "a1" });
        draft["dataAgreement"]["active"] = json!(false);
        let made = app.good(OFFICER, Ask::of("POST /config/data-agreement/").body(&draft)).await;
        app.good(OFFICER, Ask::of("DELETE /config/policy/{policyId}/").id("a1")).await;
        let id = made["dataAgreement"]["id"].as_str().expect("an id");
        let publish = format!("/consent/agreements/{id}/publish");
        let answer = app.by(OFFICER, "POST", &publish, None).await;
        assert_eq!(
            (answer.status, answer.json()["title"].as_str()),
            (409, Some("The policy is deleted"))
        );
    })
    .await;
}

#[tokio::test]
async fn list_policy_revisions() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        created(&app, "a1").await;
        app.good(OFFICER, Ask::of("PUT /config/policy/{policyId}/").id("a1").body(&policy("a1")))
            .await;
        let list = Ask::of("GET /config/policy/{policyId}/revisions/").id("a1");
        let all = app.good(OFFICER, list).await;
        assert_eq!(all["revisions"].as_array().map(Vec::len), Some(2));
        let list =
            Ask::of("GET /config/policy/{policyId}/revisions/").id("a1").query("?offset=1&limit=1");
        assert_eq!(app.good(OFFICER, list).await["revisions"][0], all["revisions"][1]);
    })
    .await;
}

#[tokio::test]
async fn list_policies() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let first = created(&app, "a1").await;
        created(&app, "a2").await;
        let all = app.good(OFFICER, Ask::of("GET /config/policies/")).await;
        assert_eq!(all["policies"].as_array().map(Vec::len), Some(2));
        let at = format!("?revisionId={}", first["revision"]["id"].as_str().expect("an id"));
        let one = app.good(OFFICER, Ask::of("GET /config/policies/").query(&at)).await;
        assert_eq!(one["policies"], json!([first["policy"]]));
        let bad = app.refused(OFFICER, Ask::of("GET /config/policies/").query("?limit=many")).await;
        assert!(bad.0 == 400 && bad.1.contains("limit"), "{}", bad.1);
    })
    .await;
}

#[tokio::test]
async fn read_public_policy() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let made = created(&app, "a1").await;
        let path = format!("{}/service/policy/a1/", consent::govstack::BASE);
        let read = app.server.send("GET", &path, &[], None).await;
        assert_eq!((read.status, read.json()), (200, made), "without credentials");
        app.good(OFFICER, Ask::of("GET /service/policy/{policyId}/").id("a1")).await;
    })
    .await;
}
