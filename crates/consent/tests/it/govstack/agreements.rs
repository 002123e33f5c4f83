//! Data agreements.

use super::{Ask, OFFICER, agreement};
use crate::app::App;
use serde_json::json;
use testkit::on_each_engine;

const CREATE: &str = "POST /config/data-agreement/";
const READ: &str = "GET /config/data-agreement/{dataAgreementId}/";
const UPDATE: &str = "PUT /config/data-agreement/{dataAgreementId}/";
const DELETE: &str = "DELETE /config/data-agreement/{dataAgreementId}/";

#[tokio::test]
async fn create_agreement() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let mut sent = agreement();
        sent["dataAgreement"]["id"] = json!("1");
        sent["dataAgreement"]["controller"] =
            json!({ "id": "c", "name": "Clinic", "url": "https://c.example/" });
        let made = app.good(OFFICER, Ask::of(CREATE).body(&sent)).await;
        assert_eq!(made["dataAgreement"]["id"], "1");
        assert_eq!(made["dataAgreement"]["lifecycle"]["name"], "Complete");
        assert_eq!(made["revision"]["schemaName"], "DataAgreement");

        for (member, value) in
            [("purpose", json!("")), ("lawfulBasis", json!("whim")), ("dpia", json!(7))]
        {
            let mut wrong = agreement();
            wrong["dataAgreement"][member] = value;
            let (status, text) = app.refused(OFFICER, Ask::of(CREATE).body(&wrong)).await;
            assert!(status == 400 && text.contains(member), "{member}: {text}");
        }
        let mut orphan = agreement();
        orphan["dataAgreement"]["policy"] = json!({ "id": "abc" });
        assert_eq!(app.refused(OFFICER, Ask::of(CREATE).body(&orphan)).await.0, 404);
    })
    .await;
}

#[tokio::test]
async fn read_agreement() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let id = app.agreement().await;
        let read = app.good(OFFICER, Ask::of(READ).id(&id)).await;
        assert_eq!(read["dataAgreement"]["id"], id.as_str());
        for (id, status) in [("c0ffee", 404), ("invalid_id", 400), ("123!%40%23", 400)] {
            assert_eq!(app.refused(OFFICER, Ask::of(READ).id(id)).await.0, status, "{id}");
        }
    })
    .await;
}

#[tokio::test]
async fn update_agreement() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let id = app.agreement().await;
        let plain = json!({ "dataAgreement": {
            "id": id, "version": "2", "purpose": "Care", "lawfulBasis": "consent", "dpia": "DPIA 8" } });
        let updated = app.good(OFFICER, Ask::of(UPDATE).id(&id).body(&plain)).await;
        assert_eq!(updated["dataAgreement"]["version"], "2");
        assert!(updated["dataAgreement"]["scope"].is_object(), "what GovStack does not know is kept");
        let offered = "GET /service/data-agreement/{dataAgreementId}/";
        let seen = app.good(OFFICER, Ask::of(offered).id(&id)).await;
        assert_eq!(seen["dataAgreement"]["version"], "1", "the change is not published");

        let mut paused = plain.clone();
        paused["dataAgreement"]["active"] = json!(false);
        let updated = app.good(OFFICER, Ask::of(UPDATE).id(&id).body(&paused)).await;
        assert_eq!(updated["dataAgreement"]["active"], false);
        assert_eq!(app.refused(OFFICER, Ask::of(offered).id(&id)).await.0, 404);
    })
    .await;
}

#[tokio::test]
async fn delete_agreement() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let id = app.agreement().await;
        let deleted = app.good(OFFICER, Ask::of(DELETE).id(&id)).await;
        assert!(deleted["revision"]["predecessorHash"].is_string());
        let read = app.good(OFFICER, Ask::of(READ).id(&id)).await;
        assert_eq!(read["dataAgreement"]["active"], false);
        assert_eq!(app.refused(OFFICER, Ask::of(DELETE).id(&id)).await.0, 409);
    })
    .await;
}

#[tokio::test]
async fn list_agreements() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let ids = [app.agreement().await, app.agreement().await];
        let all = app.good(OFFICER, Ask::of("GET /config/data-agreements/")).await;
        let listed: Vec<_> =
            all["dataAgreement"].as_array().expect("a list").iter().map(|one| &one["id"]).collect();
        assert!(listed.len() == 2 && ids.iter().all(|id| listed.iter().any(|one| *one == id)));
        let second =
            app.good(OFFICER, Ask::of("GET /config/data-agreements/").query("?offset=1")).await;
        assert_eq!(second["dataAgreement"][0], all["dataAgreement"][1]);
    })
    .await;
}

#[tokio::test]
async fn read_offered_agreement() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let id = app.agreement().await;
        let path = format!("{}/service/data-agreement/{id}/", consent::govstack::BASE);
        assert_eq!(
            app.server.send("GET", &path, &[], None).await.status,
            200,
            "without credentials"
        );
        let ask = Ask::of("GET /service/data-agreement/{dataAgreementId}/").id(&id);
        assert_eq!(app.good(OFFICER, ask).await["dataAgreement"]["active"], true);
    })
    .await;
}
