//! What other blocks are told after a decision, also when they are away for a while.

use crate::office::{AGREEMENT, MOTHER, Office};
use http::Method;
use serde_json::json;
use testkit::on_each_engine;

const PAYMENTS: &str = "TB/GOV/TREASURY/payments";
const MESSAGES: &str = "TB/GOV/NIA/messages";

#[tokio::test]
async fn an_approval_registers_the_payee_and_tells_the_applicant_in_their_language() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let body = format!("{{\"agreement\":\"{AGREEMENT}\"}}");
        let path = "/registration/services/child-benefit/consents/phone";
        office.ask("s-1", &["service-manager"], Method::PUT, path, &body).await.good();
        office.neighbours.look().consent = true;
        let id = office.approved().await;
        assert_eq!(office.registration.carry_out_steps().await.expect("runs"), 3);
        assert_eq!(office.registration.carry_out_steps().await.expect("runs"), 0);
        {
            let told = office.neighbours.look();
            let (subject, payee) = told.payees.values().next().expect("a payee");
            assert_eq!(*subject, MOTHER);
            assert_eq!(payee.provider.to_string(), "TB/COM/SIMU");
            assert_eq!(payee.account, "W-550114");
            let mut sent: Vec<_> = told.messages.values().collect();
            sent.sort_by_key(|(_, message)| message.template.clone());
            let templates: Vec<_> =
                sent.iter().map(|(_, message)| message.template.as_str()).collect();
            assert_eq!(templates, ["benefit-approved", "benefit-received"]);
            let (subject, approved) = sent[0];
            assert_eq!((*subject, approved.language.as_deref()), (MOTHER, Some("sw")));
            assert_eq!(approved.sms.as_deref(), Some("+000550114"));
            assert_eq!(approved.values["name"], "Zawadi Tamba");
            assert_eq!(approved.values["number"], "CB-2026-000001");
            assert_eq!(approved.values["service"], "Posho ya mtoto");
            assert_eq!(approved.values["amount"], "KES 1500.00");
        }
        let active = "SELECT COUNT(*) AS n FROM award WHERE active = TRUE";
        assert_eq!(office.count(active).await, 1);
        let shown = office
            .ask("b-7", &["caseworker"], Method::GET, &format!("/registration/cases/{id}"), "")
            .await
            .good();
        assert!(
            shown["follow_ups"].as_array().expect("a list").iter().all(|one| one["done"] == true)
        );
    })
    .await;
}

#[tokio::test]
async fn what_fails_is_tried_again_later_and_nothing_is_told_twice() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let id = office.approved().await;
        office.neighbours.look().down.extend([PAYMENTS, MESSAGES]);
        assert_eq!(office.registration.carry_out_steps().await.expect("runs"), 0);
        assert_eq!(office.registration.carry_out_steps().await.expect("not due yet"), 0);
        let path = format!("/registration/cases/{id}");
        let shown = office.ask("b-7", &["caseworker"], Method::GET, &path, "").await.good();
        for step in shown["follow_ups"].as_array().expect("a list") {
            assert_eq!(step["done"], false);
            assert_eq!(
                (&step["attempts"], &step["problem"]),
                (&json!(1), &json!("peer-unreachable"))
            );
        }
        office.neighbours.look().down = vec![PAYMENTS];
        store.time.advance_seconds(2);
        assert_eq!(office.registration.carry_out_steps().await.expect("runs"), 2);
        assert_eq!(office.neighbours.look().payees.len(), 0);
        office.neighbours.look().down.clear();
        store.time.advance_seconds(4);
        assert_eq!(office.registration.carry_out_steps().await.expect("runs"), 1);
        assert_eq!(office.neighbours.look().payees.len(), 1);
        assert_eq!(office.neighbours.look().messages.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_step_done_but_not_noted_is_the_same_to_the_other_side() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        office.approved().await;
        office.registration.carry_out_steps().await.expect("runs");
        let before = {
            let told = office.neighbours.look();
            (
                told.messages.keys().copied().collect::<Vec<_>>(),
                told.payees.keys().copied().collect::<Vec<_>>(),
            )
        };
        // As after a crash between the call and the commit.
        let undone: Result<u64, kernel::db::DbError> = office
            .ctx
            .db
            .write(|tx| {
                Box::pin(async move { tx.exec("UPDATE step SET state = 'waiting'", &[]).await })
            })
            .await;
        assert_eq!(undone.expect("writes"), 3);
        assert_eq!(office.registration.carry_out_steps().await.expect("runs"), 3);
        let told = office.neighbours.look();
        assert_eq!(told.messages.keys().copied().collect::<Vec<_>>(), before.0);
        assert_eq!(told.payees.keys().copied().collect::<Vec<_>>(), before.1);
    })
    .await;
}
