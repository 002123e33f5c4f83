//! An SMS gateway: each id once, receipts, and nothing readable in its database.

use crate::{Listener, Town, call, everything, stands_in};
use basis::Id;
use contracts::CallError;
use contracts::messaging::{DeliveryStatus, MessagingClient, SmsIn, SmsReceipt};
use http::StatusCode;
use serde_json::{Value as Json, json};
use testkit::on_each_engine;

const MESSAGES: &str = "TB/GOV/NIA/messages";
const SERVICE: &str = "TB/COM/SIMU/sms/sms";
const RECEIPTS: &str = "TB/GOV/NIA/messages/sms-receipts";
const OUTBOX: &str = "/simulator/COM/SIMU/sms/outbox";

fn sms(id: Id, to: &str) -> SmsIn {
    SmsIn { id, to: to.to_owned(), text: "Ombi lako limekubaliwa".to_owned() }
}

impl Town {
    async fn send_sms(&self, sms: &SmsIn) -> Result<SmsReceipt, CallError> {
        let client = MessagingClient::new(self.wire.clone());
        client.send_sms(call(MESSAGES, SERVICE, "notice"), sms).await
    }

    async fn outbox(&self) -> Vec<Json> {
        let token = self.token("COM/SIMU", &["simulator-admin"]);
        let (status, body) = self.send("GET", OUTBOX, Some(&token), None).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body["messages"].as_array().expect("a list").clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_is_taken_once_and_its_receipt_follows() {
    on_each_engine(async |store| {
        let town = Town::gateway(store).await;
        let messages = Listener::on(&town.wire, RECEIPTS);
        let one = sms(Id::random(&store.rng), "+255700550114");
        for _ in 0..3 {
            let receipt = town.send_sms(&one).await.expect("taken");
            assert_eq!(receipt, SmsReceipt { id: one.id, status: DeliveryStatus::Sent });
        }
        let other = SmsIn { text: "Something else".to_owned(), ..one.clone() };
        let error = town.send_sms(&other).await.expect_err("refused");
        assert_eq!(error.status(), Some(StatusCode::CONFLICT));
        town.work().await;
        assert_eq!(messages.heard(), Vec::<Json>::new(), "not yet");
        store.time.advance_seconds(2);
        town.work().await;
        town.work().await;
        assert_eq!(messages.heard(), [json!({"id": one.id, "status": "delivered"})]);
        assert_eq!(town.send_sms(&one).await.expect("known").status, DeliveryStatus::Delivered);
        let shown = town.outbox().await;
        assert_eq!(shown.len(), 1, "{shown:?}");
        assert_eq!(shown[0]["text"], "Ombi lako limekubaliwa");
        assert_eq!(shown[0]["status"], "delivered");
        let calls = town.wire.calls();
        let told = calls.iter().find(|call| call.service.to_string() == RECEIPTS).expect("told");
        assert_eq!(told.client.to_string(), "TB/COM/SIMU/sms");
        assert_eq!((told.purpose.as_str(), told.basis.kind().as_str()), ("notice", "contract"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_can_fail_or_be_reported_twice() {
    on_each_engine(async |store| {
        let town = Town::gateway(store).await;
        let messages = Listener::on(&town.wire, RECEIPTS);
        let (bad, double) = (Id::random(&store.rng), Id::random(&store.rng));
        town.send_sms(&sms(bad, "+255700550000")).await.expect("taken");
        town.send_sms(&sms(double, "+255700552222")).await.expect("taken");
        store.time.advance_seconds(2);
        town.work().await;
        let heard = messages.heard();
        let of = |id: Id| heard.iter().filter(|it| it["id"] == json!(id)).collect::<Vec<_>>();
        assert_eq!(of(bad), [&json!({"id": bad, "status": "failed"})]);
        assert_eq!(of(double), [&json!({"id": double, "status": "delivered"}); 2]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_is_not_heard_is_given_again_after_a_restart() {
    on_each_engine(async |store| {
        let town = Town::gateway(store).await;
        let messages = Listener::on(&town.wire, RECEIPTS);
        messages.be_deaf(true);
        town.send_sms(&sms(Id::random(&store.rng), "+255700550114")).await.expect("taken");
        store.time.advance_seconds(2);
        town.work().await;
        messages.be_deaf(false);
        let after = town.restarted(simulator::SMS_GATEWAY, "COM/SIMU/sms");
        after.work().await;
        assert_eq!(messages.heard().len(), 0, "it waits before it tries again");
        store.time.advance_seconds(60);
        after.work().await;
        assert_eq!(messages.heard().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_and_texts_are_sealed_and_gone_after_a_day() {
    on_each_engine(async |store| {
        let town = Town::gateway(store).await;
        let one = sms(Id::random(&store.rng), "+255700550114");
        town.send_sms(&one).await.expect("taken");
        town.outbox().await;
        let tables = ["SELECT * FROM sms", "SELECT * FROM audit", "SELECT * FROM subject_key"];
        let values = everything(&town.ctx.db, &tables).await;
        for secret in ["700550114", "Ombi", &one.id.to_string()] {
            assert!(!stands_in(&values, secret.as_bytes()), "{secret}");
        }
        assert!(!stands_in(&values, one.id.as_bytes()));
        assert!(stands_in(&values, b"GOV/NIA/messages"), "the search finds what is there");
        store.time.advance_seconds(24 * 3_600 + 1);
        town.work().await;
        assert_eq!(town.outbox().await, Vec::<Json>::new());
        let still = town.send_sms(&one).await.expect("known");
        assert_eq!(still.status, DeliveryStatus::Sent, "the id stays taken, nothing is sent");
        assert_eq!(town.outbox().await, Vec::<Json>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_gateways_own_officers_see_what_was_sent() {
    on_each_engine(async |store| {
        let town = Town::gateway(store).await;
        let stranger = town.token("GOV/NIA", &["simulator-admin"]);
        let clerk = town.token("COM/SIMU", &["treasurer"]);
        for (token, wanted) in [
            (None, StatusCode::UNAUTHORIZED),
            (Some(&stranger), StatusCode::FORBIDDEN),
            (Some(&clerk), StatusCode::FORBIDDEN),
        ] {
            let (status, _) = town.send("GET", OUTBOX, token.map(String::as_str), None).await;
            assert_eq!(status, wanted);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_number_is_refused() {
    on_each_engine(async |store| {
        let town = Town::gateway(store).await;
        let error = town.send_sms(&sms(Id::random(&store.rng), "0700 550 114")).await;
        assert_eq!(error.expect_err("refused").status(), Some(StatusCode::BAD_REQUEST));
        assert_eq!(town.outbox().await, Vec::<Json>::new());
    })
    .await;
}
