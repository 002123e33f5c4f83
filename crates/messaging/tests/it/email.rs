//! E-mail over SMTP.

use crate::smtp::Server;
use crate::{App, Setting, approved, status};
use contracts::Pseudonym;
use contracts::messaging::DeliveryStatus;
use messaging::Mail;
use testkit::on_each_engine;

const ADDRESS: &str = "zawadi@example.org";

async fn app_with(store: &testkit::Store, url: &str) -> App {
    let mail = Mail::new(url, "Tumbawe <messages@nia.example>", true).expect("a server");
    App::new(store, Setting { mail: Some(mail), ..Setting::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_e_mail_goes_out_in_the_persons_language() {
    on_each_engine(async |store| {
        let server = Server::start().await;
        let app = app_with(store, &server.url()).await;
        let mother = Pseudonym::random(&store.rng);
        let ask = approved(store, None, Some(ADDRESS));
        let out = app.send(mother, &ask).await.expect("sent");
        assert_eq!(status(&out, "email"), Some(DeliveryStatus::Queued));
        app.work().await;
        app.work().await;
        let letters = server.letters();
        assert_eq!(letters.len(), 1);
        assert_eq!(
            (letters[0].from.as_str(), letters[0].to.as_str()),
            ("messages@nia.example", ADDRESS)
        );
        let data = &letters[0].data;
        assert!(data.contains("Subject: Ombi lako CB-2026-17 limekubaliwa"), "{data}");
        assert!(data.contains("Utalipwa KES 2,000.00 kila mara"), "{data}");
        assert!(data.contains("Content-Type: text/plain; charset=utf-8"), "{data}");
        assert!(!data.contains(&ask.id.to_string()), "the sender's id stays with the sender");
        let out = app.send(mother, &ask).await.expect("known");
        assert_eq!(status(&out, "email"), Some(DeliveryStatus::Sent));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_busy_is_tried_again_with_the_same_message_id() {
    on_each_engine(async |store| {
        let server = Server::start().await;
        let app = app_with(store, &server.url()).await;
        app.send(Pseudonym::random(&store.rng), &approved(store, None, Some(ADDRESS)))
            .await
            .expect("sent");
        server.answer_with("450 try later");
        app.work().await;
        assert_eq!(app.delivery().await, ("queued".to_owned(), None));
        server.answer_with("250 OK");
        app.work().await;
        assert_eq!(server.letters().len(), 0, "it waits before it tries again");
        store.time.advance_seconds(5);
        app.restarted().work().await;
        assert_eq!(app.delivery().await, ("sent".to_owned(), None));
        let rows = app.rows("SELECT id FROM delivery").await;
        let id: basis::Id = rows[0].get("id").expect("reads");
        let wanted = format!("Message-ID: <{id}@nia.example>");
        assert!(server.letters()[0].data.contains(&wanted), "{}", server.letters()[0].data);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_the_server_refuses_fails_at_once() {
    on_each_engine(async |store| {
        let server = Server::start().await;
        let app = app_with(store, &server.url()).await;
        server.answer_with("550 no such user zawadi");
        app.send(Pseudonym::random(&store.rng), &approved(store, None, Some(ADDRESS)))
            .await
            .expect("sent");
        app.work().await;
        assert_eq!(app.delivery().await, ("failed".to_owned(), Some("refused".to_owned())));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_is_tried_for_a_day() {
    on_each_engine(async |store| {
        // A port that was free a moment ago, and on which nobody listens.
        let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = nobody.local_addr().expect("an address");
        drop(nobody);
        let app = app_with(store, &format!("smtp://{address}")).await;
        app.send(Pseudonym::random(&store.rng), &approved(store, None, Some(ADDRESS)))
            .await
            .expect("sent");
        app.work().await;
        assert_eq!(app.delivery().await, ("queued".to_owned(), None));
        store.time.advance_seconds(24 * 3_600);
        app.work().await;
        assert_eq!(app.delivery().await, ("failed".to_owned(), Some("gave-up".to_owned())));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server_e_mail_fails_as_not_configured() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        let mother = Pseudonym::random(&store.rng);
        let ask = approved(store, None, Some(ADDRESS));
        app.send(mother, &ask).await.expect("sent");
        app.work().await;
        assert_eq!(app.delivery().await, ("failed".to_owned(), Some("not-configured".to_owned())));
        let told = app.send(mother, &ask).await.expect("known");
        assert_eq!(status(&told, "email"), Some(DeliveryStatus::Failed));
        assert_eq!(app.inbox(mother).await.messages.len(), 1, "the inbox has it all the same");
    })
    .await;
}
