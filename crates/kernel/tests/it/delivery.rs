//! Outbox, idempotency and leases.

use basis::Id;
use kernel::db::{Db, DbError, Row};
use kernel::idempotency::{Recall, Request};
use kernel::outbox::{self, Deliver, Delivery, Event};
use serde_json::json;
use std::sync::{Arc, Mutex};
use testkit::on_each_engine;

async fn announce(db: &Db) {
    let done: Result<(), DbError> = db
        .write(|tx| {
            Box::pin(async move {
                let object = tx.mint();
                tx.emit(&Event { topic: "birth.registered", object, payload: json!({"n": 1}) })
                    .await
            })
        })
        .await;
    done.expect("emits");
}

async fn one(db: &Db, sql: &'static str) -> Row {
    let row: Result<Row, DbError> =
        db.read(move |tx| Box::pin(async move { tx.one(sql, &[]).await })).await;
    row.expect("reads")
}

fn subscribe(db: &Db) {
    db.subscribe(vec![("birth.registered".to_owned(), "identity".to_owned())]);
}

/// Answers with `error` until it is emptied, and keeps what it was handed.
fn recorder(error: Arc<Mutex<Option<String>>>) -> (Deliver, Arc<Mutex<Vec<Delivery>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = seen.clone();
    let deliver: Deliver = Arc::new(move |destination, delivery| {
        assert_eq!(destination, "identity");
        kept.lock().expect("not poisoned").push(delivery);
        let answer = error.lock().expect("not poisoned").clone().map_or(Ok(()), Err);
        Box::pin(async move { answer })
    });
    (deliver, seen)
}

#[tokio::test]
async fn an_event_is_delivered_once_when_all_goes_well() {
    on_each_engine(async |store| {
        let db = store.open("civil", &[]).await.expect("opens");
        subscribe(&db);
        announce(&db).await;
        let (deliver, seen) = recorder(Arc::new(Mutex::new(None)));
        assert_eq!(outbox::deliver_due(&db, &deliver).await.expect("delivers"), 1);
        assert_eq!(outbox::deliver_due(&db, &deliver).await.expect("delivers"), 0);
        assert_eq!(seen.lock().expect("not poisoned").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn failures_back_off_then_become_dead_letters_that_can_be_replayed() {
    on_each_engine(async |store| {
        let db = store.open("civil", &[]).await.expect("opens");
        subscribe(&db);
        announce(&db).await;
        let error = Arc::new(Mutex::new(Some("no route".to_owned())));
        let (deliver, seen) = recorder(error.clone());
        outbox::deliver_due(&db, &deliver).await.expect("tries");
        outbox::deliver_due(&db, &deliver).await.expect("tries");
        assert_eq!(seen.lock().expect("not poisoned").len(), 1, "the second try is not due yet");
        for _ in 0..12 {
            store.time.advance_seconds(1_000);
            outbox::deliver_due(&db, &deliver).await.expect("tries");
        }
        assert_eq!(seen.lock().expect("not poisoned").len(), 12);
        let dead = outbox::dead_letters(&db).await.expect("lists");
        assert_eq!((dead.len(), dead[0].last_error.as_str()), (1, "no route"));
        *error.lock().expect("not poisoned") = None;
        assert!(outbox::replay(&db, dead[0].id).await.expect("replays"));
        assert_eq!(outbox::deliver_due(&db, &deliver).await.expect("delivers"), 1);
        let ids: Vec<Id> =
            seen.lock().expect("not poisoned").iter().map(|delivery| delivery.id).collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "every attempt carries the same id");
    })
    .await;
}

#[tokio::test]
async fn a_failed_transaction_announces_nothing_and_a_second_delivery_is_recognised() {
    on_each_engine(async |store| {
        let db = store.open("civil", &[]).await.expect("opens");
        subscribe(&db);
        let failed: Result<(), DbError> = db
            .write(|tx| {
                Box::pin(async move {
                    let object = tx.mint();
                    tx.emit(&Event { topic: "birth.registered", object, payload: json!({}) })
                        .await?;
                    Err(DbError::NoRow)
                })
            })
            .await;
        assert!(failed.is_err());
        assert_eq!(outbox::waiting(&db).await.expect("counts"), 0);
        announce(&db).await;
        let (deliver, seen) = recorder(Arc::new(Mutex::new(None)));
        outbox::deliver_due(&db, &deliver).await.expect("delivers");
        let delivery = seen.lock().expect("not poisoned")[0].clone();
        for expected in [true, false] {
            let delivery = delivery.clone();
            let first: Result<bool, DbError> =
                db.write(move |tx| Box::pin(async move { tx.first_time(&delivery).await })).await;
            assert_eq!(first.expect("remembers"), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn sender_and_receiver_keep_nothing_in_common() {
    on_each_engine(async |store| {
        let sender = store.open("civil", &[]).await.expect("opens");
        let receiver = store.open("identity", &[]).await.expect("opens");
        subscribe(&sender);
        announce(&sender).await;
        let (deliver, seen) = recorder(Arc::new(Mutex::new(None)));
        outbox::deliver_due(&sender, &deliver).await.expect("delivers");
        let delivery = seen.lock().expect("not poisoned")[0].clone();
        assert_eq!(delivery.payload, json!({"n": 1}), "the receiver was told everything");

        let sent = one(&sender, "SELECT id, object, payload FROM outbox").await;
        assert_eq!(sent.get::<Id>("id").expect("the id stays"), delivery.id);
        assert_eq!(sent.get::<Vec<u8>>("object").expect("bytes"), Vec::<u8>::new());
        assert_eq!(sent.get::<String>("payload").expect("text"), "{}");

        let mut known_as = Vec::new();
        for db in [&receiver, &sender] {
            let delivery = delivery.clone();
            let first: Result<bool, DbError> =
                db.write(move |tx| Box::pin(async move { tx.first_time(&delivery).await })).await;
            assert!(first.expect("remembers"));
            let row = one(db, "SELECT id FROM inbox").await;
            known_as.push(row.get::<[u8; 32]>("id").expect("a digest"));
        }
        assert_ne!(known_as[0], known_as[1], "two receivers share nothing either");
    })
    .await;
}

/// Does the work of a request once; answers what the caller gets.
async fn pay(db: &Db, body: &'static [u8]) -> Result<String, DbError> {
    let request = Request::new("GOV/CRO", "pay", "key-1", body);
    db.write(move |tx| {
        Box::pin(async move {
            match tx.recall(&request).await? {
                Recall::Answered { answer, .. } => Ok(answer),
                Recall::Mismatch => Ok("mismatch".to_owned()),
                Recall::New => {
                    let answer = tx.mint().to_string();
                    tx.remember(&request, 201, &answer).await?;
                    Ok(answer)
                }
            }
        })
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_gets_the_first_answer_even_at_the_same_time() {
    on_each_engine(async |store| {
        let db = store.open("pay", &[]).await.expect("opens");
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move { pay(&db, b"ten").await })
            })
            .collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.expect("joins").expect("pays"));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(pay(&db, b"eleven").await.expect("pays"), "mismatch");
    })
    .await;
}

#[tokio::test]
async fn a_lease_changes_hands_only_when_it_ran_out_and_fences_its_last_holder() {
    on_each_engine(async |store| {
        let db = store.open("leases", &[]).await.expect("opens");
        let take = async |holder: &'static str| {
            let taken: Result<_, DbError> = db
                .write(move |tx| Box::pin(async move { tx.take_lease("sealer", holder, 30).await }))
                .await;
            taken.expect("asks")
        };
        let check = async |lease: &kernel::lease::Lease| -> Result<(), DbError> {
            let lease = lease.clone();
            db.write(move |tx| Box::pin(async move { tx.check_lease(&lease).await })).await
        };
        let first = take("node-1").await.expect("free");
        assert_eq!(take("node-2").await, None);
        assert_eq!(take("node-1").await.expect("renews"), first);
        check(&first).await.expect("held");
        store.time.advance_seconds(31);
        let second = take("node-2").await.expect("ran out");
        assert!(second.fence > first.fence);
        assert!(matches!(check(&first).await, Err(DbError::Fenced(_))));
        check(&second).await.expect("held");
    })
    .await;
}

#[tokio::test]
async fn what_is_past_its_time_is_forgotten_and_dead_letters_are_not() {
    on_each_engine(async |store| {
        let db = store.open("civil", &[]).await.expect("opens");
        subscribe(&db);
        announce(&db).await;
        let (deliver, _) = recorder(Arc::new(Mutex::new(None)));
        outbox::deliver_due(&db, &deliver).await.expect("delivers");
        pay(&db, b"ten").await.expect("pays");
        announce(&db).await;
        let (refuse, _) = recorder(Arc::new(Mutex::new(Some("no route".to_owned()))));
        for _ in 0..12 {
            outbox::deliver_due(&db, &refuse).await.expect("tries");
            store.time.advance_seconds(1_000);
        }
        assert_eq!(kernel::sweep::sweep(&db).await.expect("sweeps"), 0, "nothing is old yet");
        store.time.advance_seconds(31 * 24 * 3_600);
        assert_eq!(kernel::sweep::sweep(&db).await.expect("sweeps"), 2);
        assert_eq!(outbox::dead_letters(&db).await.expect("lists").len(), 1);
    })
    .await;
}
