//! What a bank reports: later, twice, and until it is heard.

use crate::bank::transfer;
use crate::{Listener, TREASURY, Town};
use contracts::rails::RailStatus;
use serde_json::json;
use testkit::on_each_engine;

const RESULTS: &str = "TB/GOV/TREASURY/payments/rail-results";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_accepted_is_booked_and_reported_a_moment_later() {
    on_each_engine(async |store| {
        let town = Town::bank(store).await;
        let payments = Listener::on(&town.wire, RESULTS);
        town.behave(json!({"accept_then_report": true})).await;
        let sent = [
            transfer(&store.rng, "1234567", 500),
            transfer(&store.rng, "44999999", 1),
            transfer(&store.rng, "7654321", 7),
        ];
        let answered = town.pay(&sent).await.expect("answers");
        let statuses: Vec<RailStatus> = answered.iter().map(|result| result.status).collect();
        assert_eq!(statuses, [RailStatus::Accepted, RailStatus::Rejected, RailStatus::Accepted]);
        town.work().await;
        assert_eq!(payments.heard(), Vec::<serde_json::Value>::new(), "not yet");
        assert_eq!(town.statement(TREASURY, 0, 10).await.lines, [], "not booked yet");

        store.time.advance_seconds(1);
        town.work().await;
        let heard = payments.heard();
        assert_eq!(heard.len(), 1, "{heard:?}");
        let mut told: Vec<String> = heard[0]["results"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|result| format!("{} {}", result["id"].as_str().unwrap(), result["status"]))
            .collect();
        told.sort();
        let mut wanted =
            vec![format!("{} \"ACSC\"", sent[0].id), format!("{} \"ACSC\"", sent[2].id)];
        wanted.sort();
        assert_eq!(told, wanted);
        let lines = town.statement(TREASURY, 0, 10).await.lines;
        assert_eq!(lines.iter().map(|line| line.position).collect::<Vec<_>>(), [1, 2]);
        store.time.advance_seconds(3_600);
        town.work().await;
        assert_eq!(payments.heard(), Vec::<serde_json::Value>::new(), "reported once");
        let again = town.pay(&sent).await.expect("answers");
        assert_eq!(again[0].status, RailStatus::Booked, "answered as it stands now");

        let call = town.wire.calls().into_iter().find(|call| call.service.to_string() == RESULTS);
        let call = call.expect("it was called");
        assert_eq!(call.client.to_string(), "TB/COM/LAKEBANK/accounts");
        assert_eq!(call.purpose, "payment-report");
        assert_eq!(call.basis.to_string(), "contract:Contract 2025/7");
        assert_eq!(call.subject, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_answers_twice_reports_what_it_has_answered() {
    on_each_engine(async |store| {
        let town = Town::bank(store).await;
        let payments = Listener::on(&town.wire, RESULTS);
        for (accept_first, wanted) in [(false, 1), (true, 2)] {
            town.behave(json!({"report_twice": true, "accept_then_report": accept_first})).await;
            town.pay(&[transfer(&store.rng, "1234567", 500)]).await.expect("answers");
            store.time.advance_seconds(1);
            town.work().await;
            let heard = payments.heard();
            assert_eq!(heard.len(), wanted, "{heard:?}");
            assert!(heard.iter().all(|report| *report == heard[0]));
            assert_eq!(heard[0]["results"][0]["status"], "ACSC");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_is_not_heard_is_made_again_also_after_a_restart() {
    on_each_engine(async |store| {
        let town = Town::bank(store).await;
        let payments = Listener::on(&town.wire, RESULTS);
        town.behave(json!({"accept_then_report": true})).await;
        town.pay(&[transfer(&store.rng, "1234567", 500)]).await.expect("answers");
        payments.be_deaf(true);
        for _ in 0..3 {
            store.time.advance_seconds(10);
            town.work().await;
        }
        let booked = town.statement(TREASURY, 0, 10).await.lines;
        assert_eq!(booked.len(), 1, "booked once, however often it reports");
        payments.be_deaf(false);
        town.work().await;
        assert_eq!(payments.heard().len(), 0, "it waits before it tries again");
        let after = town.restarted(simulator::BANK, "COM/LAKEBANK/accounts");
        store.time.advance_seconds(600);
        after.work().await;
        let heard = payments.heard();
        assert_eq!(heard.len(), 1);
        assert_eq!(heard[0]["results"][0]["booked_at"], json!(booked[0].booked_at));
    })
    .await;
}
