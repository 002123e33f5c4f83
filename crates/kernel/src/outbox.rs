//! Telling other blocks: events written with the change they announce, delivered at least once.
//!
//! `tx.emit` writes one row for each subscribed destination. A worker delivers due rows, backs off
//! when a destination does not answer, and puts a row aside as dead after the last attempt, from
//! where an operator can replay it. Receivers pass `tx.first_time` to make a second delivery harmless.
//!
//! Sender and receiver are different bodies, whose databases must share no value about a person: a
//! row that was delivered forgets what it was about, and the receiver remembers a digest of the id.

use crate::db::{Db, DbError, Row, Tx, Value};
use aws_lc_rs::digest;
use basis::{Id, Timestamp};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// Delivery attempts before an event is put aside.
const ATTEMPTS: i64 = 12;
/// The first pause after a failure; it doubles with each further one.
const FIRST_PAUSE_SECONDS: i64 = 1;
/// The longest pause.
const LONGEST_PAUSE_SECONDS: i64 = 600;
/// Rows fetched at once.
const AT_ONCE: i64 = 64;

/// Something that happened, for whoever subscribed.
#[derive(Clone, Debug)]
pub struct Event {
    /// Dotted name, such as `civil.birth.registered`.
    pub topic: &'static str,
    /// What it happened to.
    pub object: Id,
    /// References only, never personal data.
    pub payload: serde_json::Value,
}

/// An event on its way to one destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The same at every attempt.
    pub id: Id,
    /// Name of the event.
    pub topic: String,
    /// What it happened to.
    pub object: Id,
    /// JSON.
    pub payload: serde_json::Value,
    /// When it happened.
    pub at: Timestamp,
}

/// Hands a delivery to a destination; the error text is kept with the row.
pub type Deliver =
    Arc<dyn Fn(String, Delivery) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// An event that was given up on.
#[derive(Clone, Debug, Serialize)]
pub struct DeadLetter {
    /// The event's id.
    pub id: Id,
    /// Name of the event.
    pub topic: String,
    /// Where it could not be delivered.
    pub destination: String,
    /// What the last attempt met with.
    pub last_error: String,
}

impl Tx {
    /// Announces an event to its subscribers, in the same transaction as the change.
    ///
    /// # Errors
    /// Any [`DbError`].
    pub async fn emit(&mut self, event: &Event) -> Result<(), DbError> {
        let payload = event.payload.to_string();
        for destination in self.destinations(event.topic) {
            let now = self.now();
            let args: Vec<Value> = vec![
                self.mint().into(),
                event.topic.into(),
                event.object.into(),
                payload.as_str().into(),
                destination.into(),
                now.into(),
                now.into(),
            ];
            let sql = "INSERT INTO outbox (id, topic, object, payload, destination, state, attempts, next_at, created)
                VALUES ($1, $2, $3, $4, $5, 'pending', 0, $6, $7)";
            self.defer(sql, args).await?;
            self.mark_emitted();
        }
        Ok(())
    }

    /// Whether a delivered event is seen for the first time; remembers it.
    ///
    /// # Errors
    /// Any [`DbError`].
    pub async fn first_time(&mut self, delivery: &Delivery) -> Result<bool, DbError> {
        let known_as = known_as(self.block(), delivery.id);
        let args: [Value; 3] = [known_as.into(), delivery.topic.as_str().into(), self.now().into()];
        let sql =
            "INSERT INTO inbox (id, topic, handled) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        Ok(self.exec(sql, &args).await? == 1)
    }
}

/// What the receiving block remembers a delivery by: SHA-256 over its own name and the id.
fn known_as(block: &str, id: Id) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(block.as_bytes());
    context.update(b"\0");
    context.update(id.as_bytes());
    context.finish().as_ref().to_vec()
}

/// Delivers what is due, oldest first; answers how many deliveries succeeded.
///
/// # Errors
/// Any [`DbError`]; a failed delivery is no error but a later attempt.
pub async fn deliver_due(db: &Db, deliver: &Deliver) -> Result<usize, DbError> {
    let sql = "SELECT id, topic, object, payload, destination, attempts, created FROM outbox
        WHERE state = 'pending' AND next_at <= $1 ORDER BY next_at, id LIMIT $2";
    let now = db.clock().now();
    let due = db
        .read(move |tx| Box::pin(async move { tx.all(sql, &[now.into(), AT_ONCE.into()]).await }));
    let due: Vec<Row> = due.await?;
    let mut delivered = 0;
    for row in due {
        let attempts: i64 = row.get("attempts")?;
        let delivery = delivery(&row)?;
        let id = delivery.id;
        match deliver(row.get("destination")?, delivery).await {
            Ok(()) => {
                mark_delivered(db, id).await?;
                delivered += 1;
            }
            Err(error) => mark_failed(db, id, attempts + 1, error).await?,
        }
    }
    Ok(delivered)
}

fn delivery(row: &Row) -> Result<Delivery, DbError> {
    let payload: String = row.get("payload")?;
    Ok(Delivery {
        id: row.get("id")?,
        topic: row.get("topic")?,
        object: row.get("object")?,
        payload: serde_json::from_str(&payload)
            .map_err(|_| DbError::Corrupt { column: "payload".to_owned(), expected: "JSON" })?,
        at: row.get("created")?,
    })
}

async fn mark_delivered(db: &Db, id: Id) -> Result<(), DbError> {
    // Whoever needed to know has been told; what stayed here would tie two databases together.
    let sql = "UPDATE outbox SET state = 'delivered', attempts = attempts + 1, last_error = NULL,
        object = $2, payload = '{}' WHERE id = $1";
    let nothing = Value::Bytes(Vec::new());
    db.write(move |tx| Box::pin(async move { tx.exec(sql, &[id.into(), nothing]).await.map(drop) }))
        .await
}

async fn mark_failed(db: &Db, id: Id, attempts: i64, error: String) -> Result<(), DbError> {
    let state = if attempts >= ATTEMPTS { "dead" } else { "pending" };
    let next = db.clock().now().plus_seconds(pause_seconds(db, attempts));
    if state == "dead" {
        tracing::warn!(block = db.block(), event = %id, "Gave up delivering event {id}: {error}");
    }
    let sql =
        "UPDATE outbox SET state = $1, attempts = $2, next_at = $3, last_error = $4 WHERE id = $5";
    db.write(move |tx| {
        Box::pin(async move {
            let args: [Value; 5] =
                [state.into(), attempts.into(), next.into(), error.into(), id.into()];
            tx.exec(sql, &args).await.map(drop)
        })
    })
    .await
}

/// Doubles with each attempt, with up to a quarter more by chance so that retries spread.
fn pause_seconds(db: &Db, attempts: i64) -> i64 {
    let doubled = FIRST_PAUSE_SECONDS << attempts.clamp(1, 10) >> 1;
    let pause = doubled.clamp(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS);
    let quarter = u64::try_from(pause / 4 + 1).unwrap_or(1);
    pause + i64::try_from(db.rng().u64_below(quarter)).unwrap_or(0)
}

/// How many events wait for delivery.
///
/// # Errors
/// Any [`DbError`].
pub async fn waiting(db: &Db) -> Result<i64, DbError> {
    let sql = "SELECT COUNT(*) AS n FROM outbox WHERE state = 'pending'";
    db.read(move |tx| Box::pin(async move { tx.one(sql, &[]).await?.get("n") })).await
}

/// Events that were given up on.
///
/// # Errors
/// Any [`DbError`].
pub async fn dead_letters(db: &Db) -> Result<Vec<DeadLetter>, DbError> {
    let sql = "SELECT id, topic, destination, last_error FROM outbox WHERE state = 'dead' ORDER BY id LIMIT 1000";
    let rows: Vec<Row> = db.read(move |tx| Box::pin(async move { tx.all(sql, &[]).await })).await?;
    rows.iter()
        .map(|row| {
            Ok(DeadLetter {
                id: row.get("id")?,
                topic: row.get("topic")?,
                destination: row.get("destination")?,
                last_error: row.get::<Option<String>>("last_error")?.unwrap_or_default(),
            })
        })
        .collect()
}

/// Gives a dead event a new set of attempts; `false` when there is no such dead event.
///
/// # Errors
/// Any [`DbError`].
pub async fn replay(db: &Db, id: Id) -> Result<bool, DbError> {
    let sql = "UPDATE outbox SET state = 'pending', attempts = 0, next_at = $1 WHERE id = $2 AND state = 'dead'";
    db.write(move |tx| {
        Box::pin(async move {
            let now = tx.now();
            let changed = tx.exec(sql, &[now.into(), id.into()]).await?;
            if changed == 1 {
                tx.mark_emitted();
            }
            Ok(changed == 1)
        })
    })
    .await
}

/// Delivers until `stop` resolves: at once after a commit that emitted, else every second while something waits for its
/// next attempt, and once a minute while nothing does (another program may have asked for a replay).
pub async fn run(db: Db, deliver: Deliver, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    loop {
        let pause_seconds = deliver_some(&db, &deliver).await.unwrap_or_else(|error| {
            let block = db.block();
            tracing::warn!(block, "Could not read the outbox of {block}: {error}");
            1
        });
        tokio::select! {
            () = &mut stop => return,
            () = db.emitted() => {}
            () = tokio::time::sleep(Duration::from_secs(pause_seconds)) => {}
        }
    }
}

/// Delivers some of what is due; answers after how many seconds to look again.
async fn deliver_some(db: &Db, deliver: &Deliver) -> Result<u64, DbError> {
    if deliver_due(db, deliver).await? > 0 {
        return Ok(0);
    }
    let sql = "SELECT id FROM outbox WHERE state = 'pending' LIMIT 1";
    let found = db.read(move |tx| Box::pin(async move { tx.opt(sql, &[]).await }));
    found.await.map(|row: Option<Row>| if row.is_some() { 1 } else { 60 })
}
