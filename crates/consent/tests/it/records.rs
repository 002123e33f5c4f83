//! Records: a resident's answers through the portal.

use crate::agreements::slug;
use crate::app::App;
use basis::Id;
use consent::Consent;
use contracts::LegalBasis;
use contracts::consent::{GiveIn, MY_CONSENTS, RecordState};
use contracts::{CallContext, CallError};
use serde_json::json;
use testkit::on_each_engine;

fn slug_of<T: std::fmt::Debug>(answer: Result<T, CallError>) -> String {
    match answer {
        Err(CallError::Answered { status, slug, .. }) => format!("{} {slug}", status.as_u16()),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn an_answer_is_recorded_audited_and_told_without_naming_the_person() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.person();
        let agreement = app.published(&App::clinics_agreement()).await;
        let given = app.answer(person, agreement, true).await;
        assert_eq!(given.state, RecordState::Given);
        let withdrawn =
            app.client.withdraw(app.as_person(person), given.record).await.expect("done");
        assert_eq!(withdrawn.state, RecordState::Withdrawn);
        let again = app.client.withdraw(app.as_person(person), given.record).await.expect("done");
        assert_eq!(again, withdrawn, "withdrawing twice is withdrawing once");

        let events = "SELECT event FROM audit WHERE event LIKE 'consent.record%' ORDER BY event";
        assert_eq!(app.texts(events).await, ["consent.record.given", "consent.record.withdrawn"]);
        let topics = "SELECT topic FROM outbox ORDER BY topic";
        assert_eq!(app.texts(topics).await, ["consent.record.given", "consent.record.withdrawn"]);
        for sql in [
            "SELECT actor FROM audit",
            "SELECT object FROM audit",
            "SELECT detail FROM audit",
            "SELECT payload FROM outbox",
        ] {
            let name = person.0.to_string();
            assert!(app.texts(sql).await.iter().all(|text| !text.contains(&name)), "{sql}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_another_body_is_refused() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.person();
        let (agreement, revision) = app.published(&App::clinics_agreement()).await;
        let yes = GiveIn { agreement, revision, give: true, valid_until: None };
        let give = async |answer: &GiveIn, key: &str| {
            app.client.give(app.as_person(person), answer, key).await
        };
        let first = give(&yes, "key-1").await.expect("an answer");
        app.client.withdraw(app.as_person(person), first.record).await.expect("it is withdrawn");
        assert_eq!(give(&yes, "key-1").await.expect("the stored answer"), first);
        assert_eq!(
            app.refusal(person, agreement).await,
            "withdrawn",
            "a repetition gives nothing again"
        );

        let no = GiveIn { give: false, ..yes.clone() };
        assert_eq!(slug_of(give(&no, "key-1").await), "409 idempotency-mismatch");
        let other =
            app.client.give(app.as_person(app.person()), &yes, "key-1").await.expect("an answer");
        assert_ne!(other.record, first.record, "keys of different persons never meet");
        assert_eq!(slug_of(give(&yes, "").await), "400 bad-request");
    })
    .await;
}

#[tokio::test]
async fn giving_twice_is_giving_once() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.person();
        let agreement = app.published(&App::clinics_agreement()).await;
        let first = app.answer(person, agreement, true).await;
        store.time.advance_seconds(60);
        assert_eq!(app.answer(person, agreement, true).await, first);
        assert_eq!(app.texts("SELECT state FROM consent_record").await, ["given"]);
    })
    .await;
}

#[tokio::test]
async fn many_answers_at_once_leave_one_record() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.person();
        let agreement = app.published(&App::clinics_agreement()).await;
        let answers = (0..16).map(|n| app.answer(person, agreement, n % 4 != 3));
        let answers = futures_util::future::join_all(answers).await;
        assert!(answers.iter().all(|answer| answer.record == answers[0].record));
        assert_eq!(app.texts("SELECT signing FROM consent_record").await, ["unsigned"]);
        let history = format!("/consent/records/{}/history", answers[0].record);
        let history = app.by("auditor", "GET", &history, None).await.json();
        assert_eq!(history["intact"], true, "{history}");
    })
    .await;
}

#[tokio::test]
async fn nobody_agrees_to_a_text_they_have_not_seen() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.person();
        let (agreement, revision) = app.published(&App::clinics_agreement()).await;
        let path = format!("/consent/agreements/{agreement}");
        app.by("consent-officer", "PUT", &path, Some(&App::clinics_agreement())).await;
        let give = async |revision: Id| {
            let answer = GiveIn { agreement, revision, give: true, valid_until: None };
            app.client.give(app.as_person(person), &answer, &app.ctx.rng.digits(20)).await
        };
        assert!(give(revision).await.is_ok(), "an unpublished change changes nothing");
        let (_, published) = app.publish(&agreement.to_string()).await;
        assert_eq!(slug_of(give(revision).await), "409 agreement-changed");
        assert!(give(published).await.is_ok());
        let unknown = GiveIn { agreement: revision, revision, give: true, valid_until: None };
        let answer = app.client.give(app.as_person(person), &unknown, "key").await;
        assert_eq!(slug_of(answer), "404 agreement-unknown");
    })
    .await;
}

#[tokio::test]
async fn a_later_answer_replaces_the_earlier_and_is_the_only_one_that_counts() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.person();
        let first = app.published(&App::clinics_agreement()).await;
        let old = app.answer(person, first, true).await;
        let path = format!("/consent/agreements/{}", first.0);
        app.by("consent-officer", "PUT", &path, Some(&App::clinics_agreement())).await;
        let second = app.publish(&first.0.to_string()).await;
        let new = app.answer(person, second, false).await;
        assert_eq!(new.state, RecordState::Refused);
        assert_eq!(app.refusal(person, first.0).await, "refused");

        let records = app.client.records(app.as_person(person)).await.expect("a list");
        let found: Vec<_> = records.iter().map(|record| (record.record, record.state)).collect();
        assert_eq!(
            found,
            [(new.record, RecordState::Refused), (old.record, RecordState::Replaced)]
        );
        let told = app.texts("SELECT topic FROM outbox ORDER BY topic").await;
        assert_eq!(
            told,
            ["consent.record.given", "consent.record.withdrawn"],
            "others learn that it ended"
        );
        let withdraw = app.client.withdraw(app.as_person(person), old.record).await;
        assert_eq!(slug_of(withdraw), "409 record-replaced");
    })
    .await;
}

#[tokio::test]
async fn a_record_is_its_persons_own() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let (person, other) = (app.person(), app.person());
        let agreement = app.published(&App::clinics_agreement()).await;
        let record = app.answer(person, agreement, true).await.record;
        let receipt = app.client.receipt(app.as_person(other), record).await;
        assert_eq!(slug_of(receipt), "404 record-unknown");
        let withdraw = app.client.withdraw(app.as_person(other), record).await;
        assert_eq!(slug_of(withdraw), "404 record-unknown");
        assert!(app.client.records(app.as_person(other)).await.expect("a list").is_empty());
        assert_eq!(app.refusal(person, agreement.0).await, "");
    })
    .await;
}

#[tokio::test]
async fn only_the_person_themselves_can_answer() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.person();
        let agreement = app.published(&App::clinics_agreement()).await;
        let law = app.call("TB/GOV/MSP/benefits", MY_CONSENTS, LegalBasis::law("Act s.1"), person);
        let nobody = CallContext { subject: None, ..app.as_person(person) };
        let body = json!({ "agreement": agreement.0, "revision": agreement.1, "give": true });
        for (ctx, status, wanted) in
            [(law, 403, "self-access-only"), (nobody, 400, "subject-missing")]
        {
            let answer = app.send(ctx, "POST", "/records", Some(&body)).await;
            assert_eq!((answer.status, slug(&answer.json())), (status, wanted.to_owned()));
        }
        assert_eq!(app.refusal(person, agreement.0).await, "not-asked");
    })
    .await;
}

#[tokio::test]
async fn the_job_writes_down_what_the_clock_ended() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let (person, other) = (app.person(), app.person());
        let agreement = app.published(&App::clinics_agreement()).await;
        let record = app.answer(person, agreement, true).await.record;
        store.time.advance_seconds(86_400);
        app.answer(other, agreement, true).await;
        store.time.advance_seconds(364 * 86_400);
        let consent = Consent::new(&app.ctx);
        assert_eq!(consent.expire_records().await.expect("it runs"), 1);
        assert_eq!(consent.expire_records().await.expect("it runs"), 0, "once is enough");
        let mine = app.client.records(app.as_person(person)).await.expect("a list");
        assert_eq!((mine[0].record, mine[0].state), (record, RecordState::Expired));
        let actors = "SELECT actor FROM audit WHERE event = 'consent.record.expired'";
        assert_eq!(app.texts(actors).await, ["job:expire_records"]);
        let told = "SELECT topic FROM outbox WHERE topic = 'consent.record.expired'";
        assert_eq!(app.texts(told).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_receipt_proves_itself_to_anyone_with_the_blocks_public_key() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.person();
        let agreement = app.published(&App::clinics_agreement()).await;
        let record = app.answer(person, agreement, true).await;
        app.client.withdraw(app.as_person(person), record.record).await.expect("it is withdrawn");
        let receipt =
            app.client.receipt(app.as_person(person), record.record).await.expect("a receipt");
        assert!(receipt.agreement_snapshot.contains("So that the clinic treats the right person"));
        assert_eq!(receipt.history.len(), 2);

        let keys = app.ctx.keys.public_keys("consent");
        let key = credential::key::VerifyingKey::from_jwk(&keys[0]).expect("a key");
        for entry in &receipt.history {
            let allowed = [credential::alg::SigAlg::Es256];
            let verified =
                credential::jws::verify(&entry.seal, std::slice::from_ref(&key), &allowed);
            let payload = verified.expect("our seal").payload;
            let link: serde_json::Value = serde_json::from_slice(&payload).expect("JSON");
            assert_eq!((&link["hash"], &link["chain"]), (&json!(entry.hash), &json!(entry.chain)));
            assert!(entry.snapshot.contains(&receipt.agreement_hash));
        }
    })
    .await;
}
