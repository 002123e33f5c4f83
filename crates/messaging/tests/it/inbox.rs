//! The inbox: one's own, in one's language, whatever else was asked for.

use crate::{App, MINISTRY, MOBILE, Setting, approved, own_call, status};
use basis::Id;
use contracts::Pseudonym;
use contracts::messaging::{DeliveryStatus, MessageIn};
use http::StatusCode;
use std::collections::BTreeMap;
use testkit::on_each_engine;

#[tokio::test(flavor = "multi_thread")]
async fn a_message_lies_in_the_inbox_of_the_person_it_is_about() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        let (mother, other) = (Pseudonym::random(&store.rng), Pseudonym::random(&store.rng));
        assert_eq!(app.inbox(mother).await.messages, []);
        let ask = approved(store, None, None);
        let out = app.send(mother, &ask).await.expect("sent");
        assert_eq!(out.id, ask.id);
        assert_eq!(status(&out, "inbox"), Some(DeliveryStatus::Delivered));
        assert_eq!(out.deliveries.len(), 1);
        store.time.advance_seconds(60);
        let later = MessageIn { language: None, ..approved(store, None, None) };
        app.send(mother, &later).await.expect("sent");

        let inbox = app.inbox(mother).await;
        assert_eq!(inbox.unread, 2);
        let titles: Vec<&str> = inbox.messages.iter().map(|one| one.title.as_str()).collect();
        assert_eq!(
            titles,
            ["Your application CB-2026-17 is approved", "Ombi lako CB-2026-17 limekubaliwa"],
            "newest first; the country's first language where none was chosen"
        );
        let first = &inbox.messages[1];
        assert!(first.text.contains("Utalipwa KES 2,000.00 kila mara"), "{}", first.text);
        assert_eq!((first.from.to_string().as_str(), first.language.as_str()), (MINISTRY, "sw"));
        assert_ne!(first.id, ask.id, "the sender's id stays with the sender");
        assert_eq!(app.inbox(other).await.messages, []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_read_once_its_owner_opened_it() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        let (mother, other) = (Pseudonym::random(&store.rng), Pseudonym::random(&store.rng));
        app.send(mother, &approved(store, None, None)).await.expect("sent");
        app.send(other, &approved(store, None, None)).await.expect("sent");
        let id = app.inbox(mother).await.messages[0].id;
        let stranger = app.client().open(own_call(other), id).await.expect_err("not hers");
        assert!(stranger.is_not_found(), "{stranger}");
        assert_eq!(app.inbox(mother).await.unread, 1);
        for _ in 0..2 {
            let opened = app.client().open(own_call(mother), id).await.expect("opens");
            assert!(opened.read && opened.title.contains("CB-2026-17"));
        }
        let inbox = app.inbox(mother).await;
        assert_eq!((inbox.unread, inbox.messages[0].read), (0, true));
        let nothing = Id::random(&store.rng);
        let unknown = app.client().open(own_call(mother), nothing).await.expect_err("unknown");
        assert!(unknown.is_not_found(), "{unknown}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_is_refused_without_repeating_it() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        let mother = Pseudonym::random(&store.rng);
        let fine = || approved(store, Some(MOBILE), None);
        let asks = [
            MessageIn { template: "benefit-aproved".to_owned(), ..fine() },
            MessageIn { values: BTreeMap::new(), ..fine() },
            MessageIn { sms: Some("0700 550 114".to_owned()), ..fine() },
            MessageIn { email: Some("zawadi.at.home".to_owned()), ..fine() },
        ];
        for ask in asks {
            let error = app.send(mother, &ask).await.expect_err("refused");
            assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST), "{error}");
            let text = error.to_string();
            assert!(!text.contains("0700") && !text.contains("zawadi"), "{text}");
        }
        assert_eq!(app.inbox(mother).await.messages, []);
        app.work().await;
        assert_eq!(app.gateway.given(), []);
    })
    .await;
}
