//! Receipts: twice, late, in any order, and only the gateway's.

use crate::{App, GATEWAY, MINISTRY, MOBILE, Setting, approved, status};
use basis::Id;
use contracts::Pseudonym;
use contracts::messaging::{DeliveryStatus, SmsReceipt};
use http::StatusCode;
use testkit::on_each_engine;

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_may_come_twice() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        let mother = Pseudonym::random(&store.rng);
        let ask = approved(store, Some(MOBILE), None);
        app.send(mother, &ask).await.expect("sent");
        app.work().await;
        let id = app.gateway.given()[0].id;
        let receipt = |status| SmsReceipt { id, status };
        for (told, stands) in [
            (DeliveryStatus::Sent, "sent"),
            (DeliveryStatus::Delivered, "delivered"),
            (DeliveryStatus::Delivered, "delivered"),
            (DeliveryStatus::Failed, "delivered"),
        ] {
            app.receipt(GATEWAY, &receipt(told)).await.expect("taken");
            assert_eq!(app.delivery().await, (stands.to_owned(), None), "told {told:?}");
        }
        let out = app.send(mother, &ask).await.expect("known");
        assert_eq!(status(&out, "sms"), Some(DeliveryStatus::Delivered));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_noted_once() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        let ask = approved(store, Some(MOBILE), None);
        app.send(Pseudonym::random(&store.rng), &ask).await.expect("sent");
        app.work().await;
        let receipt = SmsReceipt { id: app.gateway.given()[0].id, status: DeliveryStatus::Failed };
        for _ in 0..2 {
            app.receipt(GATEWAY, &receipt).await.expect("taken");
        }
        assert_eq!(app.delivery().await, ("failed".to_owned(), Some("not-delivered".to_owned())));
        let audit =
            app.rows("SELECT id FROM audit WHERE event = 'messaging.delivery.failed'").await;
        assert_eq!(audit.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_counts_when_the_answer_before_it_was_lost() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        let ask = approved(store, Some(MOBILE), None);
        app.send(Pseudonym::random(&store.rng), &ask).await.expect("sent");
        app.gateway.answer_with(StatusCode::GATEWAY_TIMEOUT);
        app.work().await;
        let receipt =
            SmsReceipt { id: app.gateway.given()[0].id, status: DeliveryStatus::Delivered };
        app.receipt(GATEWAY, &receipt).await.expect("taken");
        store.time.advance_seconds(3_600);
        app.work().await;
        assert_eq!(app.gateway.given().len(), 1, "not sent again");
        assert_eq!(app.delivery().await, ("delivered".to_owned(), None));
        let sealed = app.rows("SELECT id FROM delivery WHERE sealed IS NOT NULL").await;
        assert_eq!(sealed.len(), 0, "the number is gone");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_gateway_can_give_a_receipt() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        let ask = approved(store, Some(MOBILE), None);
        app.send(Pseudonym::random(&store.rng), &ask).await.expect("sent");
        app.work().await;
        let id = app.gateway.given()[0].id;
        let receipt = SmsReceipt { id, status: DeliveryStatus::Delivered };
        let other = SmsReceipt { id: Id::random(&store.rng), status: DeliveryStatus::Delivered };
        for (from, receipt) in [(MINISTRY, &receipt), (GATEWAY, &other)] {
            let error = app.receipt(from, receipt).await.expect_err("refused");
            assert!(error.is_not_found(), "{error}");
        }
        assert_eq!(app.delivery().await.0, "sent");
    })
    .await;
}
