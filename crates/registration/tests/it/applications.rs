//! What a resident does: start, answer, send, take back.

use crate::office::{AGREEMENT, MOTHER, NEIGHBOUR, Office, field, refusal};
use contracts::registration::{ApplicationStatus, ConsentNeeded};
use http::Method;
use testkit::on_each_engine;

const RECORDS: &str = "TB/GOV/NIA/residents/records";

#[tokio::test]
async fn the_catalogue_speaks_the_readers_language() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let ctx = office.of(MOTHER, "catalogue");
        let shown = office.client.catalogue(ctx.clone(), "sw").await.expect("shows");
        assert_eq!(shown[0].name, "Posho ya mtoto");
        assert_eq!((shown[0].answer_days, shown[0].fee.as_deref()), (14, None));
        let other = office.client.catalogue(ctx, "pt").await.expect("shows");
        assert_eq!(other[0].name, "Child benefit", "a language the package has not");
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_prefilled_under_the_law_and_there_is_one_of_it() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let view = office.start("child-benefit").await;
        assert_eq!(view.entry.status, ApplicationStatus::Draft);
        assert_eq!(view.entry.number, None);
        let name = field(&view, "name");
        assert_eq!(name.value.as_deref(), Some("Zawadi Tamba"));
        assert_eq!(name.source.as_deref(), Some("Register of residents"));
        assert!(view.steps[0].done, "registers answered the whole page");
        assert_eq!(field(&view, "child_name").error, None, "nobody was asked yet");
        assert_eq!(
            office.neighbours.asked(RECORDS),
            ["law:Social Protection Act, s.4 benefit-eligibility"]
        );
        let again = office.start("child-benefit").await;
        assert_eq!(again.entry.id, view.entry.id);
        assert_eq!(office.neighbours.asked(RECORDS).len(), 1, "what is known is not asked again");
        let unknown =
            contracts::registration::StartIn { service: "free-money".to_owned(), language: None };
        let answer = office.client.start(office.mine(), &unknown, "en").await;
        assert_eq!(refusal(answer), (404, "service-unknown".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn wrong_answers_are_kept_with_their_error_and_registers_answers_stand() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let id = office.start("child-benefit").await.entry.id;
        let view = office.answer(id, "child", &[("child_born", "yesterday")]).await;
        let born = field(&view, "child_born");
        assert_eq!(born.value.as_deref(), Some("yesterday"));
        assert!(born.error.as_deref().expect("an error").starts_with("Write the date as"));
        assert_eq!(field(&view, "child_name").error.as_deref(), Some("Answer this question"));
        assert!(!view.steps[1].done);
        let view = office.answer(id, "payment", &[("account", "!")]).await;
        let account = field(&view, "account").error.clone().expect("an error");
        assert!(account.contains("4 to 34"), "the package's own words: {account}");
        let view = office.answer(id, "you", &[("household", "12")]).await;
        assert_eq!(field(&view, "household").value.as_deref(), Some("4"));
        let shown = office.client.show(office.mine(), id, "fr").await.expect("shows");
        assert_eq!(field(&shown, "child_name").error.as_deref(), Some("Répondez à cette question"));
        assert_eq!(
            refusal(office.client.submit(office.mine(), id, "en").await),
            (409, "incomplete".to_owned())
        );
    })
    .await;
}

#[tokio::test]
async fn rules_explain_themselves_with_her_own_figures() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let view = office.start("child-benefit").await;
        assert_eq!(view.rules[0].says, "Your household has 4 members; at least 3 are needed.");
        assert!(view.rules[0].met);
        assert!(!view.rules[1].met, "nobody knows the child yet");
        assert!(
            view.rules[1].says.starts_with("The age of not known yet in years is not known yet")
        );
        let old = [("child_name", "Juma"), ("child_born", "2022"), ("lives_with_you", "false")];
        let view = office.answer(view.entry.id, "child", &old).await;
        assert_eq!(
            view.rules[1].says,
            "The age of Juma in years is 3–4; the child must be under 3."
        );
        assert_eq!([view.rules[1].met, view.rules[2].met], [false, false]);
        let shown = office.client.show(office.mine(), view.entry.id, "sw").await.expect("shows");
        assert!(shown.rules[2].says.contains("hapana"), "{}", shown.rules[2].says);
    })
    .await;
}

#[tokio::test]
async fn sent_twice_it_is_sent_once_and_numbers_follow_each_other() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let id = office.fill().await;
        let first = office.client.submit(office.mine(), id, "en").await.expect("sends");
        assert_eq!(first.entry.number.as_deref(), Some("CB-2026-000001"));
        assert_eq!(first.due.map(|due| due.to_string()), Some("2026-03-28T08:00:00Z".to_owned()));
        store.time.advance_seconds(60);
        let second = office.client.submit(office.mine(), id, "en").await.expect("sends");
        assert_eq!(second.history, first.history);
        let audits = "SELECT COUNT(*) AS n FROM audit
            WHERE event = 'registration.application.submitted'";
        assert_eq!(office.count(audits).await, 1);
        assert_eq!(office.count("SELECT COUNT(*) AS n FROM step").await, 1);
        let late = contracts::registration::AnswersIn::default_of("child_name", "Other");
        let late = office.client.answer(office.mine(), id, "child", &late, "en").await;
        assert_eq!(refusal(late), (409, "sent".to_owned()));
        let next = office.submitted().await;
        assert_ne!(next, id);
        let listed = office.client.list(office.mine(), "en").await.expect("lists");
        let numbers: Vec<_> = listed.iter().filter_map(|entry| entry.number.clone()).collect();
        assert_eq!(numbers, ["CB-2026-000002", "CB-2026-000001"]);
    })
    .await;
}

/// One answer.
trait One {
    fn default_of(name: &str, text: &str) -> Self;
}

impl One for contracts::registration::AnswersIn {
    fn default_of(name: &str, text: &str) -> Self {
        Self { answers: [(name.to_owned(), text.to_owned())].into() }
    }
}

#[tokio::test]
async fn many_clicks_at_once_send_it_once() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let id = office.fill().await;
        let click = || office.client.submit(office.mine(), id, "en");
        let (a, b, c) = tokio::join!(click(), click(), click());
        let numbers: Vec<_> =
            [a, b, c].into_iter().map(|view| view.expect("sends").entry.number).collect();
        assert_eq!(numbers, vec![Some("CB-2026-000001".to_owned()); 3]);
        assert_eq!(office.count("SELECT last AS n FROM number_series").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_read_without_law_waits_for_her_consent() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let body = format!("{{\"agreement\":\"{AGREEMENT}\"}}");
        let path = "/registration/services/child-benefit/consents/phone";
        office.ask("s-1", &["service-manager"], Method::PUT, path, &body).await.good();
        let view = office.start("child-benefit").await;
        let needed = [ConsentNeeded { agreement: AGREEMENT, purpose: "benefit-notice".to_owned() }];
        assert_eq!(view.consents, needed);
        assert_eq!(field(&view, "phone").value, None);
        let asked = office.neighbours.asked(RECORDS);
        assert_eq!(asked.len(), 1, "no read is tried that would be refused");
        office.neighbours.look().consent = true;
        let view = office.client.show(office.mine(), view.entry.id, "en").await.expect("shows");
        assert_eq!(view.consents, []);
        let basis = format!("consent:{AGREEMENT} benefit-notice");
        assert_eq!(office.neighbours.asked(RECORDS)[1], basis);
        let phone = field(&view, "phone");
        assert_eq!(phone.value.as_deref(), Some("+000 55 0114"));
        assert_eq!(phone.source.as_deref(), Some("Register of residents, by consent"));
        assert!(view.steps[3].done);
    })
    .await;
}

#[tokio::test]
async fn who_gives_no_consent_answers_by_hand_or_not_at_all() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let body = format!("{{\"agreement\":\"{AGREEMENT}\"}}");
        let path = "/registration/services/child-benefit/consents/phone";
        office.ask("s-1", &["service-manager"], Method::PUT, path, &body).await.good();
        let id = office.start("child-benefit").await.entry.id;
        let view = office.answer(id, "contact", &[("phone", "")]).await;
        assert_eq!(view.consents, [], "an empty answer is an answer");
        let view = office.answer(id, "contact", &[("phone", "0712")]).await;
        assert!(field(&view, "phone").error.is_some());
        let view = office.answer(id, "contact", &[("phone", "+254 712 345 678")]).await;
        assert_eq!((field(&view, "phone").source.as_ref(), view.steps[3].done), (None, true));
    })
    .await;
}

#[tokio::test]
async fn a_register_that_is_down_stops_nobody_from_starting() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        office.neighbours.look().down.push("TB/GOV/NIA/residents");
        let id = office.fill().await;
        assert_eq!(
            refusal(office.client.submit(office.mine(), id, "en").await),
            (409, "incomplete".to_owned())
        );
        office.neighbours.look().down.clear();
        let sent = office.client.submit(office.mine(), id, "en").await.expect("sends");
        assert_eq!(field(&sent, "household").value.as_deref(), Some("4"));
    })
    .await;
}

#[tokio::test]
async fn whom_a_register_does_not_know_answers_by_hand() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        office.neighbours.look().known = false;
        let view = office.start("child-benefit").await;
        assert_eq!(field(&view, "name").source, None);
        let you = [("name", "Zawadi"), ("district", "Lake East"), ("household", "5")];
        let view = office.answer(view.entry.id, "you", &you).await;
        assert!(view.steps[0].done);
        assert!(view.rules[0].says.contains("has 5 members"));
    })
    .await;
}

#[tokio::test]
async fn taking_back_deletes_a_draft_and_ends_what_was_sent() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let draft = office.start("child-benefit").await.entry.id;
        office.client.withdraw(office.mine(), draft, "en").await.expect("withdraws");
        assert_eq!(office.count("SELECT COUNT(*) AS n FROM application").await, 0);
        assert_eq!(office.count("SELECT COUNT(*) AS n FROM application_event").await, 0);
        let id = office.submitted().await;
        for _ in 0..2 {
            let view = office.client.withdraw(office.mine(), id, "en").await.expect("withdraws");
            assert_eq!(view.entry.status, ApplicationStatus::Withdrawn);
            assert_eq!(view.history.len(), 3);
        }
        let again = office.client.submit(office.mine(), id, "en").await;
        assert_eq!(refusal(again), (409, "withdrawn".to_owned()));
        let approved = office.approved().await;
        let late = office.client.withdraw(office.mine(), approved, "en").await;
        assert_eq!(refusal(late), (409, "decided".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn nobody_sees_or_touches_what_is_somebody_elses() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let id = office.submitted().await;
        let other = || office.of(NEIGHBOUR, "my-applications");
        let none = (404, "application-unknown".to_owned());
        assert_eq!(refusal(office.client.show(other(), id, "en").await), none);
        assert_eq!(refusal(office.client.submit(other(), id, "en").await), none);
        assert_eq!(refusal(office.client.withdraw(other(), id, "en").await), none);
        assert_eq!(office.client.list(other(), "en").await.expect("lists"), []);
    })
    .await;
}

#[tokio::test]
async fn without_a_word_of_the_consent_block_nothing_is_read() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let body = format!("{{\"agreement\":\"{AGREEMENT}\"}}");
        let path = "/registration/services/child-benefit/consents/phone";
        office.ask("s-1", &["service-manager"], Method::PUT, path, &body).await.good();
        office.neighbours.look().consent = true;
        office.neighbours.look().down.push("TB/GOV/NIA/consent");
        let view = office.start("child-benefit").await;
        assert_eq!((view.consents.len(), office.neighbours.asked(RECORDS).len()), (1, 1));
    })
    .await;
}
