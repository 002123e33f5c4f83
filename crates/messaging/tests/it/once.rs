//! An id once: whatever is lost on the way, nobody gets a message twice.

use crate::{App, MOBILE, Setting, approved, status};
use contracts::Pseudonym;
use contracts::messaging::{DeliveryStatus, MessageIn};
use http::StatusCode;
use std::sync::Arc;
use testkit::on_each_engine;

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_again_sends_nothing_and_is_told_how_it_stands() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        let mother = Pseudonym::random(&store.rng);
        let ask = approved(store, Some(MOBILE), None);
        let first = app.send(mother, &ask).await.expect("sent");
        assert_eq!(status(&first, "sms"), Some(DeliveryStatus::Queued));
        app.work().await;
        let after = app.restarted();
        let again = after.send(mother, &ask).await.expect("known");
        assert_eq!(status(&again, "sms"), Some(DeliveryStatus::Sent));
        after.work().await;
        assert_eq!(app.gateway.given().len(), 1);
        assert_eq!(app.inbox(mother).await.messages.len(), 1);

        let mut other = ask.clone();
        other.values.insert("amount".to_owned(), "KES 9,000.00".to_owned());
        for (subject, ask) in [(mother, &other), (Pseudonym::random(&store.rng), &ask)] {
            let error = app.send(subject, ask).await.expect_err("another message");
            assert_eq!(error.status(), Some(StatusCode::CONFLICT), "{error}");
        }
        // Ids of two senders never meet.
        app.send_as("TB/GOV/DPC/grievances", mother, &ask).await.expect("a message of its own");
        assert_eq!(app.inbox(mother).await.messages.len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_with_one_id_are_one_message() {
    on_each_engine(async |store| {
        let app = Arc::new(App::new(store, Setting::default()).await);
        let mother = Pseudonym::random(&store.rng);
        let ask = approved(store, Some(MOBILE), None);
        let senders: Vec<_> = (0..8)
            .map(|_| {
                let (app, ask) = (app.clone(), ask.clone());
                tokio::spawn(async move { app.send(mother, &ask).await.expect("sent") })
            })
            .collect();
        for sender in senders {
            assert_eq!(sender.await.expect("no panic").deliveries.len(), 2);
        }
        app.work().await;
        assert_eq!(app.gateway.given().len(), 1);
        assert_eq!(app.inbox(mother).await.messages.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_is_asked_for_again_under_the_same_id() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        let mother = Pseudonym::random(&store.rng);
        app.send(mother, &approved(store, Some(MOBILE), None)).await.expect("sent");
        // The gateway has it, and its answer is lost; then our process dies.
        app.gateway.answer_with(StatusCode::GATEWAY_TIMEOUT);
        app.work().await;
        assert_eq!(app.delivery().await.0, "queued");
        app.gateway.answer_with(StatusCode::OK);
        let after = app.restarted();
        store.time.advance_seconds(5);
        after.work().await;
        let given = app.gateway.given();
        assert_eq!(given.len(), 2);
        assert_eq!(given[0], given[1], "the gateway knows it by its id and sends once");
        assert_eq!(after.delivery().await.0, "sent");
        assert_eq!(
            given[0].text,
            "Ombi lako CB-2026-17 limekubaliwa. Maelezo zaidi yapo kwenye sanduku lako la tovuti."
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_is_not_told_whose_number_it_is() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        let ask = approved(store, Some(MOBILE), None);
        app.send(Pseudonym::random(&store.rng), &ask).await.expect("sent");
        app.work().await;
        let calls = app.wire.calls();
        let call = calls.iter().find(|call| call.service.to_string() == crate::SMS).expect("asked");
        assert_eq!((call.subject, call.officer.clone()), (None, None));
        assert_eq!(call.purpose, "notice");
        assert_eq!(call.basis.to_string(), "contract:SMS contract 2025/3");
        assert_ne!(app.gateway.given()[0].id, ask.id);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn urgent_messages_overtake_those_to_thousands() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        for _ in 0..40 {
            let bulk = MessageIn {
                template: "payment-sent".to_owned(),
                ..approved(store, Some(MOBILE), None)
            };
            app.send(Pseudonym::random(&store.rng), &bulk).await.expect("sent");
        }
        store.time.advance_seconds(1);
        let urgent = "+255700550999";
        let ask = approved(store, Some(urgent), None);
        app.send(Pseudonym::random(&store.rng), &ask).await.expect("sent");
        app.work().await;
        let given = app.gateway.given();
        assert_eq!(given.len(), 41);
        assert_eq!(given[0].to, urgent);
    })
    .await;
}
