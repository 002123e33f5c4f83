//! From instructions to messages, and from messages to postings.

use super::Payments;
use crate::error::Error;
use crate::model::batch::Batch;
use crate::model::instruction::State;
use crate::model::message::{Key, Message, Planned, Unplanned, plan};
use crate::model::{Account, AccountKind, CODE_BATCH, ledger_of, reason};
use crate::store::{batches, instructions, messages};
use basis::{Currency, Id};
use contracts::batches::BatchStatus;
use kernel::db::{DbError, Tx};
use kernel::fields::Fields;
use kernel::lease::Lease;
use ledger::{Outcome, Transfer};
use std::collections::HashMap;
use std::sync::Arc;

/// Instructions planned and posted at a time.
const PAGE: i64 = 5_000;
/// Messages whose failures are tried again at a time, and messages posted anew after a crash.
const MESSAGES: i64 = 10;
/// Said of an instruction whose payee no programme has registered.
pub const PAYEE_UNKNOWN: &str = "payee-unknown";
/// Said where the ledger knows the id from something else.
const ID_USED: &str = "payment-id-used";

/// A message with the id and amount of each of its transfers.
struct Outgoing {
    message: Message,
    transfers: Vec<(crate::model::instruction::Payee, Id, i64)>,
}

impl Payments {
    /// Moves the work on by one page. Answers whether there was any.
    pub(super) async fn plan_and_post(&self, lease: &Lease) -> Result<bool, Error> {
        let interrupted = self.interrupted().await?;
        if !interrupted.is_empty() {
            self.post(lease, interrupted).await?;
            return Ok(true);
        }
        for batch in self.approved().await? {
            if batch.planned && batch.resend_below == 0 {
                continue;
            }
            let planned = self.plan(lease, batch.id).await?;
            self.crash.point("planned");
            self.post(lease, planned.into_iter().map(Outgoing::from).collect()).await?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Messages that were made before the process ended, and not posted.
    async fn interrupted(&self) -> Result<Vec<Outgoing>, Error> {
        let read = self.db.read(move |tx| {
            Box::pin(async move {
                let mut outgoing = Vec::new();
                for message in messages::planned(tx, MESSAGES).await? {
                    let members = instructions::members(tx, &message).await?;
                    let open = members.into_iter().filter(|kept| kept.state == State::Open);
                    let transfers =
                        open.map(|kept| (kept.payee, kept.transfer, kept.amount)).collect();
                    outgoing.push(Outgoing { message, transfers });
                }
                Ok::<_, DbError>(outgoing)
            })
        });
        Ok(read.await?)
    }

    /// Puts the next instructions into messages. The ids of transfers that go again are stored here, before they go.
    async fn plan(&self, lease: &Lease, batch: Id) -> Result<Vec<Planned>, Error> {
        let (lease, fields) = (lease.clone(), self.fields.clone());
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                tx.check_lease(&lease).await?;
                let found = batches::find(tx, batch).await?;
                let Some(mut batch) = found.filter(|one| one.state == BatchStatus::Approved) else {
                    return Ok(Vec::new());
                };
                let planned = match batch.planned {
                    false => plan_new(tx, &mut batch).await?,
                    true => plan_again(tx, &fields, &mut batch).await?,
                };
                batches::planned(tx, &batch).await?;
                Ok::<_, Error>(planned)
            })
        });
        let planned = write.await?;
        Ok(planned.into_iter().filter(|one| !one.message.provider.is_empty()).collect())
    }

    /// Has the ledger post the transfers of messages, and notes what it said.
    async fn post(&self, lease: &Lease, outgoing: Vec<Outgoing>) -> Result<(), Error> {
        if outgoing.is_empty() {
            return Ok(());
        }
        let mut transfers = Vec::new();
        for Outgoing { message, transfers: some } in &outgoing {
            let batch = self.batch_of(message.key).await?;
            let credit = self.clearing(&message.provider, batch.currency).await?;
            transfers.extend(some.iter().map(|(_, id, amount)| Transfer {
                id: *id,
                debit: batch.debit,
                credit,
                amount: *amount,
                ledger: ledger_of(batch.currency),
                code: CODE_BATCH,
                occurred: message.planned,
            }));
        }
        let outcomes = self.ledger().await?.transfer_batch(transfers).await?;
        self.crash.point("posted");
        let (lease, outgoing) = (lease.clone(), Arc::new(outgoing));
        let outcomes = Arc::new(outcomes);
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                tx.check_lease(&lease).await?;
                note_posted(tx, &outgoing, &outcomes).await
            })
        });
        let noted: Result<(), DbError> = write.await;
        Ok(noted?)
    }

    /// The batch of a message.
    pub(super) async fn batch_of(&self, key: Key) -> Result<Batch, Error> {
        let read = self.db.read(move |tx| {
            Box::pin(async move { super::batches::find(tx, None, key.batch).await })
        });
        read.await
    }

    /// The clearing account of a provider, which opens with the first payment through it.
    pub(super) async fn clearing(&self, provider: &str, currency: Currency) -> Result<Id, Error> {
        let known = provider.to_owned();
        let read = self.db.read(move |tx| {
            Box::pin(async move { messages::clearing(tx, &known, currency).await })
        });
        let found: Result<Option<Id>, DbError> = read.await;
        if let Some(account) = found? {
            return Ok(account);
        }
        let name = format!("{provider} {}", currency.code());
        let id = Id::from_bytes(self.digest("clearing", &name)?);
        let kind = AccountKind::Clearing;
        let opened = self.db.clock().now();
        let account = Account { id, kind, currency, owner: None, opened };
        self.ledger().await?.open_account(account.in_ledger()).await?;
        let provider = provider.to_owned();
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                if messages::clearing(tx, &provider, currency).await?.is_none() {
                    super::insert_account(tx, &account, "system:payments".to_owned()).await?;
                    messages::insert_clearing(tx, &provider, currency, id).await?;
                }
                Ok::<_, DbError>(())
            })
        });
        write.await?;
        Ok(id)
    }
}

impl From<Planned> for Outgoing {
    fn from(planned: Planned) -> Self {
        let members = planned.members.into_iter();
        let transfers = members.map(|one| (one.payee, one.transfer, one.amount)).collect();
        Self { message: planned.message, transfers }
    }
}

async fn plan_new(tx: &mut Tx, batch: &mut Batch) -> Result<Vec<Planned>, Error> {
    let page = instructions::unplanned(tx, batch.id, &batch.planned_after, PAGE).await?;
    batch.planned = i64::try_from(page.len()).unwrap_or(i64::MAX) < PAGE;
    if let Some(last) = page.last() {
        batch.planned_after = last.payee.to_vec();
    }
    let now = tx.now();
    let planned = plan(batch.id, batch.messages, now, page);
    for one in &planned {
        messages::insert(tx, &one.message).await?;
        for member in &one.members {
            instructions::put_into(tx, one.message.key, member).await?;
        }
        fail_unknown(tx, one).await?;
    }
    batch.messages = planned.last().map_or(batch.messages, |one| one.message.key.number);
    Ok(planned)
}

/// What failed goes again under new ids, which follow from the old ones, where its payees are paid now.
async fn plan_again(
    tx: &mut Tx,
    fields: &Fields,
    batch: &mut Batch,
) -> Result<Vec<Planned>, Error> {
    let before = messages::with_failed(tx, batch.id, batch.resend_below, MESSAGES).await?;
    if before.is_empty() {
        batch.resend_below = 0;
        return Ok(Vec::new());
    }
    let (mut page, mut links) = (Vec::new(), HashMap::new());
    for message in &before {
        for (mut one, reason) in instructions::failed_of(tx, message).await? {
            let previous = one.transfer;
            let digest = fields.blind_index("resend", &previous.to_string())?;
            one.transfer = super::id_of(&digest);
            links.insert(one.payee, (previous, message.key.number, reason));
            page.push(one);
        }
    }
    page.sort_by_key(|one: &Unplanned| one.payee);
    let now = tx.now();
    let planned = plan(batch.id, batch.messages, now, page);
    for one in &planned {
        messages::insert(tx, &one.message).await?;
        for member in &one.members {
            if let Some((previous, number, reason)) = links.get(&member.payee) {
                let link = (*previous, *number, reason.as_str());
                instructions::renew(tx, one.message.key, member, link).await?;
            }
        }
        fail_unknown(tx, one).await?;
    }
    for message in &before {
        messages::recount(tx, message).await?;
    }
    batch.messages = planned.last().map_or(batch.messages, |one| one.message.key.number);
    Ok(planned)
}

/// Payees of whom nobody said where they are paid.
async fn fail_unknown(tx: &mut Tx, planned: &Planned) -> Result<(), DbError> {
    if !planned.message.provider.is_empty() {
        return Ok(());
    }
    let (key, states) = (planned.message.key, (State::Open, State::Failed));
    for member in &planned.members {
        instructions::settle(tx, key, member.payee, states, Some(PAYEE_UNKNOWN)).await?;
    }
    messages::note_posted(tx, key).await?;
    messages::recount(tx, &planned.message).await
}

async fn note_posted(
    tx: &mut Tx,
    outgoing: &[Outgoing],
    outcomes: &[Outcome],
) -> Result<(), DbError> {
    let mut outcomes = outcomes.iter();
    for Outgoing { message, transfers } in outgoing {
        messages::note_posted(tx, message.key).await?;
        let mut refused = false;
        for (payee, _, _) in transfers {
            let why = match outcomes.next() {
                Some(Outcome::Refused(why) | Outcome::AlreadyRefused(why)) => reason(*why),
                Some(Outcome::ExistsWithDifferent(_)) => ID_USED,
                Some(Outcome::Posted | Outcome::Exists) | None => continue,
            };
            let states = (State::Open, State::Failed);
            instructions::settle(tx, message.key, *payee, states, Some(why)).await?;
            refused = true;
        }
        if refused {
            messages::recount(tx, message).await?;
        }
    }
    Ok(())
}
