//! Verification by data-using subsystems.

use super::{Ask, DESK, OFFICER};
use crate::app::App;
use contracts::{CallContext, LegalBasis, Pseudonym};
use serde_json::{Value, json};
use testkit::on_each_engine;

const CREATE: &str = "POST /service/individual/record/data-agreement/{dataAgreementId}/";
const RECORDS: &str = "GET /service/verification/consent-records/";
const RECORD: &str = "GET /service/verification/consent-record/{consentRecordId}/";

impl App {
    /// A subsystem no agreement names.
    fn as_stranger(&self, person: Pseudonym) -> CallContext {
        let law = LegalBasis::law("Act s.1");
        self.call("TB/COM/LAKESIDE/billing", consent::GOVSTACK_SERVICE, law, person)
    }

    async fn given(&self, person: Pseudonym) -> String {
        let agreement = self.agreement().await;
        let made = self.good(DESK, Ask::of(CREATE).id(&agreement).person(person)).await;
        made["consentRecord"]["id"].as_str().expect("an id").to_owned()
    }
}

#[tokio::test]
async fn list_agreements() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let id = app.agreement().await;
        let list = || Ask::of("GET /service/verification/data-agreements/");
        let named = app.good_through(app.as_clinic(app.person()), list()).await;
        assert_eq!(named["dataAgreements"][0]["id"], id.as_str());
        let stranger = app.good_through(app.as_stranger(app.person()), list()).await;
        assert_eq!(stranger["dataAgreements"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn list_records() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.individual().await;
        let id = app.given(person).await;
        let found = app.good_through(app.as_clinic(person), Ask::of(RECORDS)).await;
        assert_eq!(found["consentRecords"][0]["id"], id.as_str());
        assert!(
            !found.to_string().contains(&person.0.to_string()),
            "no consumer learns our pseudonym"
        );
        for (who, name) in [
            (app.as_stranger(person), "not named"),
            (app.as_clinic(app.person()), "another person"),
        ] {
            let found = app.good_through(who, Ask::of(RECORDS)).await;
            assert_eq!(found["consentRecords"], json!([]), "{name}");
        }
        app.client
            .withdraw(app.as_person(person), id.parse().expect("an id"))
            .await
            .expect("it is withdrawn");
        let found = app.good_through(app.as_clinic(person), Ask::of(RECORDS)).await;
        assert_eq!(found["consentRecords"], json!([]), "what does not stand is not there");
    })
    .await;
}

#[tokio::test]
async fn read_record() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.individual().await;
        let id = app.given(person).await;
        let read = app.good_through(app.as_clinic(person), Ask::of(RECORD).id(&id)).await;
        assert_eq!(read["consentRecord"]["optIn"], true);
        assert_eq!(read["consentRecord"]["individual"], Value::Null);
        assert!(
            !read.to_string().contains(&person.0.to_string()),
            "no consumer learns our pseudonym"
        );
        let path = format!("/service/verification/consent-record/{id}/");
        for who in [app.as_stranger(person), app.as_clinic(app.person())] {
            assert_eq!(app.send(who, "GET", &path, None).await.status, 404);
        }
        let delete = "DELETE /config/data-agreement/{dataAgreementId}/";
        let agreement =
            read["consentRecord"]["dataAgreement"]["id"].as_str().expect("an id").to_owned();
        app.good(OFFICER, Ask::of(delete).id(&agreement)).await;
        let read = app.good_through(app.as_clinic(person), Ask::of(RECORD).id(&id)).await;
        assert_eq!(read["consentRecord"]["optIn"], false, "the agreement has ended");
    })
    .await;
}
