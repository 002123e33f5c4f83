//! Reads for auditors.

use super::{AUDITOR, Ask, DESK};
use crate::app::App;
use serde_json::json;
use testkit::on_each_engine;

const CREATE: &str = "POST /service/individual/record/data-agreement/{dataAgreementId}/";

#[tokio::test]
async fn list_records() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let agreement = app.agreement().await;
        for _ in 0..2 {
            let person = app.individual().await;
            app.good(DESK, Ask::of(CREATE).id(&agreement).person(person)).await;
        }
        let all = app.good(AUDITOR, Ask::of("GET /audit/consent-records/")).await;
        assert_eq!(all["consentRecords"].as_array().map(Vec::len), Some(2));
        let second = app
            .good(AUDITOR, Ask::of("GET /audit/consent-records/").query("?offset=1&limit=1"))
            .await;
        assert_eq!(second["consentRecords"], json!([all["consentRecords"][1]]));
    })
    .await;
}

#[tokio::test]
async fn read_record() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let (agreement, person) = (app.agreement().await, app.individual().await);
        let made = app.good(DESK, Ask::of(CREATE).id(&agreement).person(person)).await;
        let id = made["consentRecord"]["id"].as_str().expect("an id");
        let read =
            app.good(AUDITOR, Ask::of("GET /audit/consent-record/{consentRecordId}/").id(id)).await;
        assert_eq!(read["consentRecord"], made["consentRecord"]);
        let unknown = app.unused_id().to_string();
        let ask = Ask::of("GET /audit/consent-record/{consentRecordId}/").id(&unknown);
        assert_eq!(app.refused(AUDITOR, ask).await.0, 404);
    })
    .await;
}

#[tokio::test]
async fn list_agreements() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let id = app.agreement().await;
        let all = app.good(AUDITOR, Ask::of("GET /audit/data-agreements/")).await;
        assert_eq!(all["dataAgreements"][0]["id"], id.as_str());
    })
    .await;
}

#[tokio::test]
async fn read_agreement() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let id = app.agreement().await;
        let read = app
            .good(AUDITOR, Ask::of("GET /audit/data-agreement/{dataAgreementId}/").id(&id))
            .await;
        assert_eq!(read["dataAgreement"]["id"], id.as_str());
        let invalid = Ask::of("GET /audit/data-agreement/{dataAgreementId}/").id("invalid_id");
        assert_eq!(app.refused(AUDITOR, invalid).await.0, 400);
    })
    .await;
}
