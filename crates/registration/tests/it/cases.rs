//! What officers do: take, look, decide; and what they may not.

use crate::office::{CHILD_BENEFIT, MOTHER, NEIGHBOUR, Office};
use basis::Id;
use http::Method;
use serde_json::{Value, json};
use testkit::on_each_engine;

async fn show(office: &Office, officer: &str, id: Id) -> crate::office::Answer {
    let path = format!("/registration/cases/{id}");
    office.ask(officer, &["caseworker"], Method::GET, &path, "").await
}

async fn read_log(office: &Office) -> Vec<Value> {
    let ctx = office.of(MOTHER, "read-log");
    let body = office.call(&ctx, Method::GET, "/registration/read-log", &Value::Null).await.good();
    body["entries"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn the_queue_says_nothing_of_a_case_and_only_who_took_it_sees_it() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let id = office.submitted().await;
        let path = "/registration/cases";
        let queue = office.ask("b-7", &["caseworker"], Method::GET, path, "").await.good();
        assert_eq!(queue[0]["number"], "CB-2026-000001");
        assert_eq!(queue[0]["waits_for"], "caseworker");
        assert!(!queue.to_string().contains("Zawadi"), "{queue}");
        assert_eq!(show(&office, "b-7", id).await.refusal(), (403, "not-taken"));
        assert_eq!(read_log(&office).await.len(), 0, "nobody saw anything yet");

        office.case("b-7", id, "take", &json!({})).await.good();
        assert_eq!(office.case("b-8", id, "take", &json!({})).await.refusal(), (409, "taken"));
        assert_eq!(show(&office, "b-8", id).await.refusal(), (403, "not-taken"));
        let shown = show(&office, "b-7", id).await.good();
        assert_eq!(shown["may_decide"], true);
        assert_eq!(shown["eligible"], true);
        let you = &shown["application"]["steps"][0]["fields"][0];
        assert_eq!(
            (&you["value"], &you["source"]),
            (&json!("Zawadi Tamba"), &json!("Register of residents"))
        );

        let log = read_log(&office).await;
        assert_eq!(log.len(), 2, "once taken, once shown");
        assert_eq!(log[0]["officer"], "b-7");
        assert_eq!(log[0]["case"], "CB-2026-000001");
        assert_eq!(log[0]["basis_reference"], "Social Protection Act, s.4");
        assert!(log[0]["fields"].as_array().expect("a list").contains(&json!("child_name")));
        assert_eq!(log[0]["self_read"], false);
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_no_case() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let id = office.fill().await;
        let none = (404, "application-unknown");
        assert_eq!(office.case("b-7", id, "take", &json!({})).await.refusal(), none);
        let queue =
            office.ask("b-7", &["caseworker"], Method::GET, "/registration/cases", "").await;
        assert_eq!(queue.good(), json!([]));
    })
    .await;
}

#[tokio::test]
async fn an_approval_happens_once_and_says_what_was_granted() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let id = office.submitted().await;
        let early = office.case("b-7", id, "approve", &json!({})).await;
        assert_eq!(early.refusal(), (403, "not-taken"));
        office.case("b-7", id, "take", &json!({})).await.good();
        for _ in 0..2 {
            let done = office.case("b-7", id, "approve", &json!({})).await.good();
            assert_eq!(done["entry"]["status"], "approved");
            let granted = "KES 1500.00 a month to your account at Simu Money";
            assert_eq!(done["application"]["outcome"], granted);
        }
        assert_eq!(office.count("SELECT COUNT(*) AS n FROM award").await, 1);
        store.time.advance_seconds(1);
        let view = office.client.show(office.mine(), id, "fr").await.expect("shows");
        let granted = "KES 1500.00 par mois sur votre compte chez Simu Money";
        assert_eq!(view.outcome.as_deref(), Some(granted));
        let log = read_log(&office).await;
        assert_eq!((&log[0]["self_read"], &log[0]["officer"]), (&json!(true), &Value::Null));
    })
    .await;
}

#[tokio::test]
async fn who_is_not_entitled_cannot_be_approved_but_refused_with_the_reason() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let id = office.fill().await;
        office.answer(id, "child", &[("child_born", "2020-01-01")]).await;
        office.client.submit(office.mine(), id, "en").await.expect("everybody gets an answer");
        office.case("b-7", id, "take", &json!({})).await.good();
        let answer = office.case("b-7", id, "approve", &json!({})).await;
        assert_eq!(answer.refusal(), (409, "not-eligible"));
        let remark = json!({ "remark": "The child is six years old." });
        office.case("b-7", id, "reject", &remark).await.good();
        let view = office.client.show(office.mine(), id, "en").await.expect("shows");
        assert_eq!(view.remark.as_deref(), Some("The child is six years old."));
        assert_eq!(view.outcome, None);
        let again = office.case("b-7", id, "approve", &json!({})).await;
        assert_eq!(again.refusal(), (409, "not-waiting"));
        office.registration.carry_out_steps().await.expect("runs");
        let told = office.neighbours.look();
        let rejected = told.messages.values().find(|(_, one)| one.template == "benefit-rejected");
        let values = &rejected.expect("a message").1.values;
        assert_eq!(values["remark"], "The child is six years old.");
        assert!(values["outcome"].starts_with("Neema Tamba ana umri wa miaka 6"), "{values:?}");
    })
    .await;
}

#[tokio::test]
async fn sent_back_it_can_be_corrected_and_stays_with_the_officer() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let id = office.submitted().await;
        office.case("b-7", id, "take", &json!({})).await.good();
        let remark = json!({ "remark": "Which day was the child born?" });
        office.case("b-7", id, "send-back", &remark).await.good();
        office.answer(id, "child", &[("child_born", "2026-01-21")]).await;
        let sent = office.client.submit(office.mine(), id, "en").await.expect("sends");
        assert_eq!(sent.entry.number.as_deref(), Some("CB-2026-000001"), "the number stays");
        let shown = show(&office, "b-7", id).await.good();
        assert_eq!(shown["may_decide"], true);
        assert_eq!(shown["application"]["steps"][1]["fields"][1]["value"], "2026-01-21");
    })
    .await;
}

#[tokio::test]
async fn a_chain_of_two_roles_needs_two_officers() {
    on_each_engine(async |store| {
        let chain = r#"chain = ["caseworker", "supervisor"]"#;
        let package = CHILD_BENEFIT.replace(r#"chain = ["caseworker"]"#, chain);
        let office = Office::with(store, &[package]).await;
        let id = office.submitted().await;
        let both = ["caseworker", "supervisor"];
        let act = async |officer: &str, roles: &[&str], what: &str| {
            let path = format!("/registration/cases/{id}/{what}");
            office.ask(officer, roles, Method::POST, &path, "").await
        };
        act("b-7", &both, "take").await.good();
        let first = act("b-7", &both, "approve").await.good();
        assert_eq!(first["entry"]["status"], "submitted");
        assert_eq!(first["entry"]["waits_for"], "supervisor");
        assert_eq!(office.count("SELECT COUNT(*) AS n FROM award").await, 0);
        act("b-7", &both, "take").await.good();
        assert_eq!(act("b-7", &both, "approve").await.refusal(), (403, "four-eyes"));
        assert_eq!(act("b-8", &["supervisor"], "take").await.refusal(), (409, "taken"));
    })
    .await;
}

#[tokio::test]
async fn a_case_stands_only_for_its_person_and_officer_while_it_is_open() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let id = office.submitted().await;
        let verify = async |subject, officer: &str, case: &str| {
            let ctx = office.of(subject, "case-verify");
            let ask = json!({ "case": case, "officer": officer });
            let path = "/registration/case-verify";
            office.call(&ctx, Method::POST, path, &ask).await.good()["stands"].clone()
        };
        let number = "CB-2026-000001";
        assert_eq!(verify(MOTHER, "b-7", number).await, false, "nobody has taken it");
        office.case("b-7", id, "take", &json!({})).await.good();
        assert_eq!(verify(MOTHER, "b-7", number).await, true);
        assert_eq!(verify(MOTHER, "b-8", number).await, false);
        assert_eq!(verify(NEIGHBOUR, "b-7", number).await, false);
        assert_eq!(verify(MOTHER, "b-7", "CB-2026-000002").await, false);
        office.case("b-7", id, "approve", &json!({})).await.good();
        store.time.advance_seconds(90 * 86_400);
        assert_eq!(verify(MOTHER, "b-7", number).await, true, "within the follow-up");
        store.time.advance_seconds(1);
        assert_eq!(verify(MOTHER, "b-7", number).await, false);
    })
    .await;
}
