//! The use cases of a bank.

use super::model::{Behaviour, Books, DUPLICATE_ID, Entry, LATER_SECONDS, Sealed, check_message};
use super::store;
use crate::Deps;
use crate::error::Error;
use crate::events::{BEHAVIOUR_SET, TRANSFERS_TAKEN};
use crate::ground::ground;
use basis::{Id, Rng};
use contracts::rails::{
    CreditTransfer, RailResult, RailResults, RailStatus, Statement, StatementLine, StatementQuery,
};
use contracts::{CallContext, SubsystemId, Wire};
use kernel::audit::Audit;
use kernel::block::Ctx;
use kernel::db::{DbError, Tx};
use kernel::fields::{Fields, SubjectKey};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Lines of a statement in one answer at the most.
const LINES_MAX: u16 = 1_000;
/// What the books are sealed for: the bank itself. It knows numbers, and not whose they are.
pub(super) const SEALED_FOR: &[u8] = b"books";
pub(super) const LABEL: &str = "transfer";
/// Positions are given one after the other.
pub(super) const BOOKS_LOCK: &str = "books";

/// A bank. Cheap to clone.
#[derive(Clone)]
pub struct Bank {
    pub(super) ctx: Ctx,
    pub(super) wire: Arc<dyn Wire>,
    pub(super) subsystem: SubsystemId,
    /// Behaviour and chance, read with the first message.
    mood: Arc<Mutex<Option<(Behaviour, Rng)>>>,
}

/// Who sent a message, and on what ground.
#[derive(Clone)]
struct Sender {
    member: String,
    client: String,
    ground: String,
}

impl Bank {
    pub fn new(ctx: &Ctx, deps: &Deps) -> Self {
        let (wire, subsystem) = (deps.wire.clone(), deps.subsystem.clone());
        Self { ctx: ctx.clone(), wire, subsystem, mood: Arc::default() }
    }

    /// Takes a message of transfers, as the bank behaves.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::Failing`] and [`Error::AnswerLost`] by chance.
    pub async fn take_transfers(
        &self,
        call: CallContext,
        transfers: Vec<CreditTransfer>,
    ) -> Result<RailResults, Error> {
        check_message(&transfers)?;
        let (behaviour, fate) = {
            let mut mood = self.mood.lock().await;
            let (behaviour, chance) = self.mood(&mut mood).await?;
            (behaviour, behaviour.fate(&chance))
        };
        if behaviour.slow_ms > 0 {
            tokio::time::sleep(Duration::from_millis(behaviour.slow_ms.into())).await;
        }
        if fate.fails {
            return Err(Error::Failing);
        }
        let sender = Sender {
            member: call.client.member().to_string(),
            client: call.client.to_string(),
            ground: ground(&call.basis),
        };
        let (fields, transfers) = (self.ctx.fields.clone(), Arc::new(transfers));
        let results = self.ctx.db.write(move |tx| {
            Box::pin(async move { take(tx, &fields, &sender, behaviour, &transfers).await })
        });
        let results: Vec<RailResult> = results.await?;
        if fate.loses_answer {
            return Err(Error::AnswerLost);
        }
        Ok(RailResults { results })
    }

    /// What became of a transfer that the caller's member sent.
    ///
    /// # Errors
    /// [`Error::TransferUnknown`].
    pub async fn transfer(&self, call: CallContext, id: Id) -> Result<RailResult, Error> {
        let known_as = known_as(&self.ctx.fields, call.client.member().as_ref(), id)?;
        let found: Option<Entry> = self
            .ctx
            .db
            .read(move |tx| Box::pin(async move { store::find_entry(tx, &known_as).await }))
            .await
            .map_err(db)?;
        found.map(|entry| entry.result(id)).ok_or(Error::TransferUnknown)
    }

    /// What is booked for the caller's member.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a page that cannot be.
    pub async fn statement(
        &self,
        call: CallContext,
        query: StatementQuery,
    ) -> Result<Statement, Error> {
        let limit = query.limit.unwrap_or(LINES_MAX);
        if !(1..=LINES_MAX).contains(&limit) {
            let field = "limit".to_owned();
            return Err(Error::Invalid { field, remedy: "send 1 to 1000" });
        }
        let (member, fields) = (call.client.member().to_string(), self.ctx.fields.clone());
        let lines = self.ctx.db.read(move |tx| {
            Box::pin(async move {
                let wanted = i64::from(limit) + 1;
                let entries = store::bookings(tx, &member, query.after, wanted).await?;
                if entries.is_empty() {
                    return Ok(Vec::new());
                }
                let key = fields.subject(tx, SEALED_FOR).await?;
                entries.iter().map(|entry| line(&key, entry)).collect()
            })
        });
        let mut lines: Vec<StatementLine> = lines.await?;
        let more = lines.len() > usize::from(limit);
        lines.truncate(usize::from(limit));
        Ok(Statement { lines, more })
    }

    /// What the books add up to.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn books(&self) -> Result<Books, Error> {
        self.ctx.db.read(|tx| Box::pin(store::books(tx))).await.map_err(db)
    }

    /// Tells the bank how to behave from now on; chance begins at its seed.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub async fn set_behaviour(
        &self,
        actor: String,
        behaviour: Behaviour,
    ) -> Result<Behaviour, Error> {
        behaviour.check()?;
        let mut mood = self.mood.lock().await;
        let text = serde_json::to_string(&behaviour).expect("a behaviour is JSON");
        let detail = json!(behaviour);
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                store::put_behaviour(tx, &text).await?;
                tx.audit(Audit::new(&BEHAVIOUR_SET, actor, "bank").with(detail)).await
            })
        });
        write.await.map_err(db)?;
        *mood = Some((behaviour, Rng::seeded(behaviour.seed)));
        Ok(behaviour)
    }

    async fn mood(&self, mood: &mut Option<(Behaviour, Rng)>) -> Result<(Behaviour, Rng), Error> {
        if let Some(known) = mood {
            return Ok(known.clone());
        }
        let read = self.ctx.db.read(|tx| Box::pin(store::find_behaviour(tx)));
        let text: Option<String> = read.await.map_err(db)?;
        let behaviour = match text {
            None => Behaviour::default(),
            Some(text) => {
                serde_json::from_str(&text).map_err(|_| Error::Damaged("bank_behaviour"))?
            }
        };
        Ok(mood.insert((behaviour, Rng::seeded(behaviour.seed))).clone())
    }
}

/// Decides a message in one transaction.
async fn take(
    tx: &mut Tx,
    fields: &Fields,
    sender: &Sender,
    behaviour: Behaviour,
    transfers: &[CreditTransfer],
) -> Result<Vec<RailResult>, Error> {
    tx.lock(BOOKS_LOCK).await?;
    let key = fields.subject_or_new(tx, SEALED_FOR).await?;
    let mut position = store::last_position(tx).await?;
    let mut fresh: Vec<Entry> = Vec::with_capacity(transfers.len());
    let mut in_this_message: HashMap<[u8; 32], usize> = HashMap::new();
    let mut results = Vec::with_capacity(transfers.len());
    for transfer in transfers {
        let known_as = known_as(fields, &sender.member, transfer.id)?;
        let content = content(fields, transfer)?;
        let before = match in_this_message.get(&known_as) {
            Some(index) => fresh.get(*index).cloned(),
            None => store::find_entry(tx, &known_as).await?,
        };
        if let Some(before) = before {
            results.push(match before.content == content {
                true => before.result(transfer.id),
                false => duplicate(transfer.id),
            });
            continue;
        }
        let (status, reason) = behaviour.decide(transfer);
        let booked = (status == RailStatus::Booked).then(|| tx.now());
        position += i64::from(booked.is_some());
        let reports_left = behaviour.reports(status);
        let entry = Entry {
            known_as,
            content,
            sealed: seal(&key, transfer),
            member: sender.member.clone(),
            client: sender.client.clone(),
            ground: sender.ground.clone(),
            status,
            reason: reason.map(str::to_owned),
            amount: transfer.amount,
            position: booked.map(|_| position),
            received: tx.now(),
            booked,
            due: (reports_left > 0).then(|| tx.now().plus_seconds(LATER_SECONDS)),
            reports_left,
            attempts: 0,
        };
        results.push(entry.result(transfer.id));
        in_this_message.insert(known_as, fresh.len());
        fresh.push(entry);
    }
    if !fresh.is_empty() {
        let taken = Audit::new(&TRANSFERS_TAKEN, sender.client.clone(), "books");
        tx.audit(taken.with(counts(&fresh))).await?;
        // Last: while its rows are on their way, PostgreSQL prepares no other statement.
        store::append_entries(tx, &fresh).await?;
    }
    Ok(results)
}

fn counts(fresh: &[Entry]) -> serde_json::Value {
    let of = |status| fresh.iter().filter(|entry| entry.status == status).count();
    json!({
        "booked": of(RailStatus::Booked),
        "accepted": of(RailStatus::Accepted),
        "rejected": of(RailStatus::Rejected),
    })
}

/// The id stands for another transfer, which stays as it is.
fn duplicate(id: Id) -> RailResult {
    let reason = Some(DUPLICATE_ID.to_owned());
    RailResult { id, status: RailStatus::Rejected, reason, booked_at: None }
}

/// What an id is looked up by. It stands in the sender's database as it is, so it must not here.
fn known_as(fields: &Fields, member: &str, id: Id) -> Result<[u8; 32], Error> {
    Ok(fields.blind_index("id", &format!("{member} {id}"))?)
}

fn content(fields: &Fields, transfer: &CreditTransfer) -> Result<[u8; 32], Error> {
    let amount = transfer.amount;
    let parts =
        json!([transfer.account, amount.minor(), amount.currency().code(), transfer.reference]);
    Ok(fields.blind_index("content", &parts.to_string())?)
}

fn seal(key: &SubjectKey, transfer: &CreditTransfer) -> Vec<u8> {
    let sealed = Sealed {
        id: transfer.id,
        account: transfer.account.clone(),
        reference: transfer.reference.clone(),
    };
    key.seal(LABEL, &serde_json::to_vec(&sealed).expect("strings are JSON"))
}

/// The sender's id of an entry.
pub(super) fn id_of(key: &SubjectKey, entry: &Entry) -> Result<Id, Error> {
    let opened = key.open(LABEL, &entry.sealed)?;
    let sealed: Sealed =
        serde_json::from_slice(&opened).map_err(|_| Error::Damaged("bank_transfer"))?;
    Ok(sealed.id)
}

fn line(key: &SubjectKey, entry: &Entry) -> Result<StatementLine, Error> {
    let (Some(position), Some(booked_at)) = (entry.position, entry.booked) else {
        return Err(Error::Damaged("bank_transfer"));
    };
    Ok(StatementLine { position, id: id_of(key, entry)?, amount: entry.amount, booked_at })
}

pub(super) fn db(error: DbError) -> Error {
    error.into()
}
