//! A bank with books of its own that can be told to behave badly.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use basis::{Clock, Id, Money, Rng};
use contracts::rails::{
    CreditTransfersIn, RailResult, RailResults, RailStatus, Statement, StatementLine,
};
use http::{StatusCode, Uri};
use kernel::db::{Db, DbError, Migration, Storage, Tx, Value};
use std::sync::{Arc, Mutex};

const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_bank",
    sql: "CREATE TABLE booking (position BIGINT PRIMARY KEY, id BYTEA NOT NULL, account TEXT NOT NULL,
              amount BIGINT NOT NULL, currency TEXT NOT NULL, at BIGINT NOT NULL);
          CREATE INDEX booking_id ON booking (id);",
}];

/// What the bank does with what it is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manners {
    /// Answers 503 and books nothing.
    pub down: bool,
    /// Books, and answers 503.
    pub loses_answers: bool,
    /// Says `ACCP` and books nothing until [`Bank::book_waiting`].
    pub waits: bool,
    /// Books without looking whether it has booked the id before.
    pub forgetful: bool,
}

#[derive(Clone)]
pub struct Bank {
    db: Db,
    manners: Arc<Mutex<Manners>>,
    waiting: Arc<Mutex<Vec<contracts::rails::CreditTransfer>>>,
    /// The sizes of the messages that came.
    pub messages: Arc<Mutex<Vec<usize>>>,
}

impl Bank {
    pub async fn open(storage: &Storage, name: &str, clock: Clock, rng: Rng) -> Self {
        let db = Db::open(storage, name, MIGRATIONS, clock, rng).await.expect("opens");
        Self { db, manners: Arc::default(), waiting: Arc::default(), messages: Arc::default() }
    }

    pub fn behave(&self, manners: Manners) {
        *self.manners.lock().expect("no panic") = manners;
    }

    pub fn router(&self) -> Router {
        Router::new()
            .route("/bank", post(take))
            .route("/bank/statement", get(statement))
            .route("/bank/{id}", get(status))
            .with_state(self.clone())
    }

    /// What was booked: id, account, amount.
    pub async fn books(&self) -> Vec<(Id, String, i64)> {
        let read = self.db.read(|tx| {
            Box::pin(async move {
                let rows = tx.all("SELECT id, account, amount FROM booking ORDER BY position", &[]);
                rows.await?
                    .iter()
                    .map(|row| Ok((row.get("id")?, row.get("account")?, row.get("amount")?)))
                    .collect()
            })
        });
        let rows: Result<Vec<(Id, String, i64)>, DbError> = read.await;
        rows.expect("reads")
    }

    /// Books what waits; answers the report of it.
    pub async fn book_waiting(&self) -> RailResults {
        let waiting = std::mem::take(&mut *self.waiting.lock().expect("no panic"));
        let ask = CreditTransfersIn { transfers: waiting };
        let results = self.book(ask, false).await;
        RailResults { results }
    }

    /// Books something that nobody sent.
    pub async fn book_by_mistake(&self, id: Id, amount: Money) {
        let transfer = contracts::rails::CreditTransfer {
            id,
            account: "a-9".to_owned(),
            amount,
            reference: "oops".to_owned(),
        };
        self.book(CreditTransfersIn { transfers: vec![transfer] }, true).await;
    }

    async fn book(&self, ask: CreditTransfersIn, forgetful: bool) -> Vec<RailResult> {
        let write = self.db.write(move |tx| {
            let ask = ask.clone();
            Box::pin(async move {
                tx.lock("books").await?;
                let mut results = Vec::new();
                for transfer in &ask.transfers {
                    results.push(book(tx, transfer, forgetful).await?);
                }
                Ok::<_, DbError>(results)
            })
        });
        write.await.expect("books")
    }
}

async fn book(
    tx: &mut Tx,
    transfer: &contracts::rails::CreditTransfer,
    forgetful: bool,
) -> Result<RailResult, DbError> {
    let (id, now) = (transfer.id, tx.now());
    let result = |status, reason: Option<&str>| RailResult {
        id,
        status,
        reason: reason.map(str::to_owned),
        booked_at: None,
    };
    if transfer.account.starts_with("closed") {
        return Ok(result(RailStatus::Rejected, Some("AC04")));
    }
    let known = tx.opt("SELECT position FROM booking WHERE id = $1", &[id.into()]).await?;
    if known.is_none() || forgetful {
        let last = "SELECT COALESCE(MAX(position), 0) AS last FROM booking";
        let position: i64 = tx.one(last, &[]).await?.get("last")?;
        let sql = "INSERT INTO booking (position, id, account, amount, currency, at) VALUES ($1, $2, $3, $4, $5, $6)";
        let args: [Value; 6] = [
            (position + 1).into(),
            id.into(),
            transfer.account.as_str().into(),
            transfer.amount.minor().into(),
            transfer.amount.currency().code().into(),
            now.into(),
        ];
        tx.exec(sql, &args).await?;
    }
    Ok(result(RailStatus::Booked, None))
}

async fn take(State(bank): State<Bank>, body: Bytes) -> Result<Json<RailResults>, StatusCode> {
    let ask: CreditTransfersIn = serde_json::from_slice(&body).expect("is a message");
    let manners = *bank.manners.lock().expect("no panic");
    if manners.down {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    bank.messages.lock().expect("no panic").push(ask.transfers.len());
    if manners.waits {
        let accepted =
            |id| RailResult { id, status: RailStatus::Accepted, reason: None, booked_at: None };
        let results = ask.transfers.iter().map(|transfer| accepted(transfer.id)).collect();
        bank.waiting.lock().expect("no panic").extend(ask.transfers);
        return Ok(Json(RailResults { results }));
    }
    let results = bank.book(ask, manners.forgetful).await;
    match manners.loses_answers {
        true => Err(StatusCode::SERVICE_UNAVAILABLE),
        false => Ok(Json(RailResults { results })),
    }
}

async fn status(State(_): State<Bank>, Path(_): Path<String>) -> StatusCode {
    StatusCode::NOT_FOUND
}

async fn statement(State(bank): State<Bank>, uri: Uri) -> Json<Statement> {
    let number = |name: &str| {
        let pairs = uri.query().unwrap_or_default().split('&');
        let mut pairs = pairs.filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).and_then(|(_, value)| value.parse::<i64>().ok())
    };
    let (after, limit) = (number("after").unwrap_or(0), number("limit").unwrap_or(1_000));
    let read = bank.db.read(move |tx| {
        Box::pin(async move {
            let sql = "SELECT position, id, amount, currency, at FROM booking
                WHERE position > $1 ORDER BY position LIMIT $2";
            let rows = tx.all(sql, &[after.into(), (limit + 1).into()]).await?;
            let line = |row: &kernel::db::Row| {
                let currency: String = row.get("currency")?;
                let currency = currency.parse().expect("a currency");
                Ok::<_, DbError>(StatementLine {
                    position: row.get("position")?,
                    id: row.get("id")?,
                    amount: Money::from_minor(row.get("amount")?, currency),
                    booked_at: row.get("at")?,
                })
            };
            rows.iter().map(line).collect::<Result<Vec<_>, _>>()
        })
    });
    let mut lines = read.await.expect("reads");
    let most = usize::try_from(limit).expect("small");
    let more = lines.len() > most;
    lines.truncate(most);
    Json(Statement { lines, more })
}
