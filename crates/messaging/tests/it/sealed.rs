//! Nothing that is written to somebody can be read in the database.

use crate::{App, MOBILE, Setting, approved};
use contracts::Pseudonym;
use kernel::db::Value;
use testkit::on_each_engine;

const TABLES: [&str; 5] = [
    "SELECT * FROM message",
    "SELECT * FROM delivery",
    "SELECT * FROM audit",
    "SELECT * FROM outbox",
    "SELECT * FROM idempotency",
];

async fn everything(app: &App) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    for sql in TABLES {
        for row in app.rows(sql).await {
            values.extend(row.values().iter().map(|value| match value {
                Value::Text(text) => text.clone().into_bytes(),
                Value::Bytes(bytes) => bytes.clone(),
                _ => Vec::new(),
            }));
        }
    }
    values
}

fn stands_in(values: &[Vec<u8>], wanted: &[u8]) -> bool {
    values.iter().any(|value| value.windows(wanted.len()).any(|part| part == wanted))
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_addresses_and_the_senders_ids_are_sealed_and_addresses_do_not_stay() {
    on_each_engine(async |store| {
        let app = App::new(store, Setting::default()).await;
        let mother = Pseudonym::random(&store.rng);
        let ask = approved(store, Some(MOBILE), Some("zawadi@example.org"));
        app.send(mother, &ask).await.expect("sent");
        let waiting = app.rows("SELECT id FROM delivery WHERE sealed IS NOT NULL").await;
        assert_eq!(waiting.len(), 2, "kept while it is needed");
        for worked in [false, true] {
            if worked {
                app.work().await;
            }
            let values = everything(&app).await;
            for secret in ["700550114", "zawadi", "limekubaliwa", "CB-2026-17", "2,000", "Malezi"] {
                assert!(!stands_in(&values, secret.as_bytes()), "{secret}");
            }
            assert!(!stands_in(&values, ask.id.as_bytes()));
            assert!(!stands_in(&values, ask.id.to_string().as_bytes()));
            assert!(stands_in(&values, b"benefit-approved"), "the search finds what is there");
        }
        let kept = app.rows("SELECT id FROM delivery WHERE sealed IS NOT NULL").await;
        assert_eq!(kept.len(), 0, "sent or failed, the address is not needed any more");
        assert!(app.inbox(mother).await.messages[0].text.contains("Malezi"));
    })
    .await;
}
