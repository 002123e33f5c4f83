//! Verification: what the exchange is told before a call that rests on consent.

use crate::app::{App, CLINIC, RECORDS};
use contracts::LegalBasis;
use contracts::consent::{NotGiven, VERIFY, VerifyIn};
use serde_json::json;
use testkit::on_each_engine;

#[tokio::test]
async fn a_withdrawal_holds_for_the_next_question() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.person();
        let agreement = app.published(&App::clinics_agreement()).await;
        assert_eq!(app.refusal(person, agreement.0).await, "not-asked");
        let record = app.answer(person, agreement, true).await;
        assert_eq!(app.refusal(person, agreement.0).await, "");
        app.client.withdraw(app.as_person(person), record.record).await.expect("it is withdrawn");
        assert_eq!(app.refusal(person, agreement.0).await, "withdrawn");
        assert_eq!(app.refusal(app.person(), agreement.0).await, "not-asked", "another person");
    })
    .await;
}

#[tokio::test]
async fn a_verdict_names_fields_and_end_and_nobodys_record() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.person();
        let agreement = app.published(&App::clinics_agreement()).await;
        let record = app.answer(person, agreement, true).await;
        let law = LegalBasis::law("Data Exchange Act s.9");
        let ctx = app.call("TB/GOV/NIA/exchange", VERIFY, law, person);
        let body = json!({ "agreement": agreement.0, "service": RECORDS, "client": CLINIC, "purpose": "treatment" });
        let answer = app.send(ctx, "POST", "/", Some(&body)).await;
        let wanted = json!({ "given": true, "fields": ["name", "birth_date"], "valid_until": record.valid_until });
        assert_eq!(answer.json(), wanted);
    })
    .await;
}

#[tokio::test]
async fn what_the_agreement_does_not_name_is_not_covered() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.person();
        let agreement = app.published(&App::clinics_agreement()).await;
        app.answer(person, agreement, true).await;
        let ask = |service: &str, client: &str, purpose: &str| VerifyIn {
            agreement: agreement.0,
            service: service.parse().expect("a service"),
            client: client.parse().expect("a subsystem"),
            purpose: purpose.to_owned(),
        };
        let table = [
            (ask(RECORDS, "TB/COM/LAKESIDE/billing", "treatment"), NotGiven::ClientNotCovered),
            (ask("TB/GOV/CRO/civil/births", CLINIC, "treatment"), NotGiven::ServiceNotCovered),
            (ask(RECORDS, CLINIC, "research"), NotGiven::PurposeNotCovered),
            (
                VerifyIn { agreement: app.unused_id(), ..ask(RECORDS, CLINIC, "treatment") },
                NotGiven::AgreementUnknown,
            ),
        ];
        for (ask, reason) in table {
            let law = LegalBasis::law("Data Exchange Act s.9");
            let ctx = app.call("TB/GOV/NIA/exchange", VERIFY, law, person);
            let verdict = app.client.verify(ctx, &ask).await.expect("a verdict");
            assert_eq!((verdict.given, verdict.reason), (false, Some(reason)));
        }
    })
    .await;
}

#[tokio::test]
async fn a_wider_agreement_covers_nothing_until_the_person_agrees_to_it() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.person();
        let first = app.published(&App::clinics_agreement()).await;
        app.answer(person, first, true).await;

        let mut wider = App::clinics_agreement();
        wider["scope"]["purpose"] = json!("research");
        let path = format!("/consent/agreements/{}", first.0);
        assert_eq!(app.by("consent-officer", "PUT", &path, Some(&wider)).await.status, 200);
        let second = app.publish(&first.0.to_string()).await;
        assert_ne!(first.1, second.1);
        assert_eq!(app.refusal(person, first.0).await, "", "what they agreed to still stands");

        app.answer(person, second, true).await;
        assert_eq!(
            app.refusal(person, first.0).await,
            "purpose-not-covered",
            "the later answer counts"
        );
    })
    .await;
}

#[tokio::test]
async fn no_consent_outlives_its_end_or_its_agreement() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.person();
        let agreement = app.published(&App::clinics_agreement()).await;
        app.answer(person, agreement, true).await;
        store.time.advance_seconds(365 * 86_400 - 1);
        assert_eq!(app.refusal(person, agreement.0).await, "");
        store.time.advance_seconds(1);
        assert_eq!(
            app.refusal(person, agreement.0).await,
            "expired",
            "by the clock, without any job"
        );

        app.answer(person, agreement, true).await;
        assert_eq!(app.refusal(person, agreement.0).await, "");
        let path = format!("/consent/agreements/{}/terminate", agreement.0);
        assert_eq!(app.by("consent-officer", "POST", &path, None).await.status, 200);
        assert_eq!(app.refusal(person, agreement.0).await, "agreement-terminated");
        let mine = app.client.agreements(app.as_person(person), "en").await.expect("a list");
        assert_eq!(
            (mine[0].offered, mine[0].given),
            (false, false),
            "the person sees that it ended"
        );
    })
    .await;
}
