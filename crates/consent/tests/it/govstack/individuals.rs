//! Individuals.

use super::{Ask, DESK, OFFICER};
use crate::app::{App, id_in};
use serde_json::{Value, json};
use testkit::on_each_engine;

fn amina() -> Value {
    json!({ "individual": { "id": "", "externalId": "amina@example.org", "externalIdType": "email", "identityProviderId": "nia" } })
}

async fn create(app: &App, operation: &str) {
    let made = app.good(OFFICER, Ask::of(operation).body(&amina())).await;
    let mut wanted = amina();
    wanted["individual"]["id"] = made["individual"]["id"].clone();
    assert_eq!(made, wanted);
    id_in(&made["individual"], "id");
    let mut empty = amina();
    empty["individual"]["externalId"] = json!("");
    let (status, text) = app.refused(OFFICER, Ask::of(operation).body(&empty)).await;
    assert!(status == 400 && text.contains("externalId") && !text.contains("amina"), "{text}");
}

async fn read(app: &App, operation: &str) {
    let id = app.individual().await.0.to_string();
    let read = app.good(DESK, Ask::of(operation).id(&id)).await;
    assert_eq!(read["individual"]["externalId"], "amina@example.org");
    let unknown = app.unused_id().to_string();
    assert_eq!(app.refused(DESK, Ask::of(operation).id(&unknown)).await.0, 404);
    assert_eq!(app.refused(DESK, Ask::of(operation).id("amina")).await.0, 400);
}

async fn list(app: &App, operation: &str) {
    app.individual().await;
    app.individual().await;
    let all = app.good(DESK, Ask::of(operation)).await;
    assert_eq!(all["individuals"].as_array().map(Vec::len), Some(2));
    let one = app.good(DESK, Ask::of(operation).query("?offset=1&limit=1")).await;
    assert_eq!(one["individuals"], json!([all["individuals"][1]]));
}

#[tokio::test]
async fn create_individual_under_config() {
    on_each_engine(async |store| {
        create(&App::start(store).await, "POST /config/individual/").await
    })
    .await;
}

#[tokio::test]
async fn create_individual_under_service() {
    on_each_engine(async |store| {
        create(&App::start(store).await, "POST /service/individual/").await
    })
    .await;
}

#[tokio::test]
async fn read_individual_under_config() {
    on_each_engine(async |store| {
        read(&App::start(store).await, "GET /config/individual/{individualId}/").await;
    })
    .await;
}

#[tokio::test]
async fn read_individual_under_service() {
    on_each_engine(async |store| {
        read(&App::start(store).await, "GET /service/individual/{individualId}/").await;
    })
    .await;
}

#[tokio::test]
async fn list_individuals_under_config() {
    on_each_engine(async |store| list(&App::start(store).await, "GET /config/individuals/").await)
        .await;
}

#[tokio::test]
async fn list_individuals_under_service() {
    on_each_engine(async |store| list(&App::start(store).await, "GET /service/individuals/").await)
        .await;
}

#[tokio::test]
async fn update_individual() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let id = app.individual().await.0.to_string();
        let changed = json!({ "individual": { "id": id, "externalId": "+255 700 000 001", "externalIdType": "phone" } });
        let put = "PUT /service/individual/{individualId}/";
        let updated = app.good(DESK, Ask::of(put).id(&id).body(&changed)).await;
        assert_eq!(updated, changed);
        let read = app.good(DESK, Ask::of("GET /service/individual/{individualId}/").id(&id)).await;
        assert_eq!(read, changed);
    })
    .await;
}

#[tokio::test]
async fn how_a_person_is_named_lies_encrypted() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        app.individual().await;
        let stored = app.texts("SELECT naming FROM individual").await;
        assert_eq!(stored.len(), 1);
        let bytes = "amina".bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ");
        assert!(!stored[0].contains(&bytes), "{}", stored[0]);
    })
    .await;
}
