//! What cannot be handed over is tried for a day.

use crate::{App, MOBILE, SMS, Setting, approved, status};
use contracts::Pseudonym;
use contracts::messaging::DeliveryStatus;
use http::StatusCode;
use kernel::db::{DbError, Value};
use testkit::on_each_engine;

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_away_is_tried_ever_less_often_and_given_up_after_a_day() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        app.wire.cut(&SMS.parse().expect("a service"));
        let mother = Pseudonym::random(&store.rng);
        let ask = approved(store, Some(MOBILE), None);
        app.send(mother, &ask).await.expect("sent");
        let tries = || app.wire.calls().iter().filter(|it| it.service.to_string() == SMS).count();
        app.work().await;
        app.work().await;
        assert_eq!(tries(), 1, "it waits before the second attempt");
        for (seconds, wanted) in [(4, 1), (1, 2), (9, 2), (1, 3), (20, 4)] {
            store.time.advance_seconds(seconds);
            app.work().await;
            assert_eq!(tries(), wanted);
        }
        for _ in 0..23 {
            store.time.advance_seconds(3_600);
            app.work().await;
        }
        assert_eq!(app.delivery().await, ("queued".to_owned(), None), "the day is not over");
        assert!(tries() < 40, "{}", tries());
        store.time.advance_seconds(3_600);
        app.work().await;
        assert_eq!(app.delivery().await, ("failed".to_owned(), Some("gave-up".to_owned())));
        let told = app.send(mother, &ask).await.expect("known");
        assert_eq!(status(&told, "sms"), Some(DeliveryStatus::Failed));
        assert_eq!(status(&told, "inbox"), Some(DeliveryStatus::Delivered));
        let before = tries();
        store.time.advance_seconds(100_000);
        app.work().await;
        assert_eq!(tries(), before, "that was the end of it");
        let audit =
            app.rows("SELECT detail FROM audit WHERE event = 'messaging.delivery.failed'").await;
        assert_eq!(audit.len(), 1);
        let detail: String = audit[0].get("detail").unwrap();
        assert!(detail.contains("gave-up") && !detail.contains("2557"), "{detail}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_comes_back_gets_what_waited() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        app.gateway.answer_with(StatusCode::SERVICE_UNAVAILABLE);
        let ask = approved(store, Some(MOBILE), None);
        app.send(Pseudonym::random(&store.rng), &ask).await.expect("sent");
        app.work().await;
        store.time.advance_seconds(3_600);
        app.gateway.answer_with(StatusCode::OK);
        app.restarted().work().await;
        assert_eq!(app.delivery().await, ("sent".to_owned(), None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_will_never_be_taken_fails_at_once() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        app.gateway.answer_with(StatusCode::BAD_REQUEST);
        let ask = approved(store, Some(MOBILE), None);
        app.send(Pseudonym::random(&store.rng), &ask).await.expect("sent");
        app.work().await;
        assert_eq!(app.delivery().await, ("failed".to_owned(), Some("refused".to_owned())));
    })
    .await;
    on_each_engine(async |store| {
        let app = App::new(store, Setting { without_sms: true, ..Setting::default() }).await;
        let ask = approved(store, Some(MOBILE), None);
        app.send(Pseudonym::random(&store.rng), &ask).await.expect("sent");
        app.work().await;
        assert_eq!(app.delivery().await, ("failed".to_owned(), Some("not-configured".to_owned())));
        assert_eq!(app.gateway.given(), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_to_a_person_whose_data_was_erased() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        let mother = Pseudonym::random(&store.rng);
        app.send(mother, &approved(store, Some(MOBILE), None)).await.expect("sent");
        let fields = app.ctx.fields.clone();
        let erased: Result<bool, DbError> = app
            .ctx
            .db
            .write(move |tx| {
                Box::pin(
                    async move { Ok(fields.erase(tx, mother.as_bytes()).await.expect("erases")) },
                )
            })
            .await;
        assert!(erased.expect("writes"));
        app.work().await;
        assert_eq!(app.gateway.given(), []);
        assert_eq!(app.delivery().await, ("failed".to_owned(), Some("erased".to_owned())));
        let error = app.client().inbox(crate::own_call(mother)).await.expect_err("gone");
        assert_eq!(error.status(), Some(StatusCode::GONE));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_message_does_not_hold_up_those_behind_it() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        let ask = approved(store, Some(MOBILE), None);
        app.send(Pseudonym::random(&store.rng), &ask).await.expect("sent");
        let damage: Result<u64, DbError> = app
            .ctx
            .db
            .write(|tx| {
                Box::pin(async move {
                    let rubbish: Value = vec![7_u8; 40].into();
                    tx.exec("UPDATE delivery SET sealed = $1", &[rubbish]).await
                })
            })
            .await;
        assert_eq!(damage.expect("writes"), 1);
        store.time.advance_seconds(1);
        app.send(Pseudonym::random(&store.rng), &approved(store, Some(MOBILE), None))
            .await
            .expect("sent");
        app.work().await;
        assert_eq!(app.gateway.given().len(), 1);
        let rows = app.rows("SELECT reason FROM delivery WHERE status = 'failed'").await;
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].get::<Option<String>>("reason").unwrap().as_deref(), Some("damaged"));
    })
    .await;
}
