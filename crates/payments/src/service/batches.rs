//! Batches: opened, closed by one officer, approved by another.

use super::Payments;
use crate::error::Error;
use crate::events;
use crate::model::batch::{Batch, BatchError};
use crate::model::{AccountKind, Ground, Unpayable};
use crate::store::{self, batches, instructions, messages};
use basis::{Id, Timestamp};
use contracts::batches::{BatchIn, BatchOut, BatchStatus, FailedInstruction};
use kernel::audit::{Audit, AuditEvent};
use kernel::db::{DbError, Tx};
use serde_json::json;
use std::sync::Arc;

/// Failed instructions in one answer at the most.
const FAILED_MAX: i64 = 1_000;
/// Batches in one answer at the most.
const BATCHES_MAX: i64 = 100;

/// An officer who decides about a batch.
#[derive(Clone, Debug)]
pub struct Decider {
    /// The programme's member, `CLASS/MEMBER`.
    pub member: String,
    /// The officer, `CLASS/MEMBER/number`.
    pub officer: String,
}

impl Payments {
    /// Opens a batch. Asked again with the same id, it answers as it stands.
    ///
    /// # Errors
    /// [`BatchError::Field`], [`BatchError::Differs`], [`Error::OrderAccountUnknown`], [`Error::Unpayable`].
    pub async fn open_batch(&self, ground: Ground, ask: BatchIn) -> Result<BatchOut, Error> {
        Batch::check(&ask)?;
        let debit: Id = ask.debit.parse().map_err(|_| Error::OrderAccountUnknown("debit"))?;
        let (ground, ask) = (Arc::new(ground), Arc::new(ask));
        self.db.write(move |tx| Box::pin(async move { open(tx, &ground, &ask, debit).await })).await
    }

    /// A batch of this member as it stands; of any, if none is named.
    ///
    /// # Errors
    /// [`BatchError::Unknown`].
    pub async fn batch(&self, member: Option<String>, id: Id) -> Result<(String, BatchOut), Error> {
        let read = self.db.read(move |tx| {
            Box::pin(async move {
                let batch = find(tx, member.as_deref(), id).await?;
                Ok((batch.member.clone(), out(tx, &batch).await?))
            })
        });
        read.await
    }

    /// Batches opened before a moment, newest first, each with its member.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn batches(&self, before: Timestamp) -> Result<Vec<(String, BatchOut)>, Error> {
        self.db.read(move |tx| Box::pin(list(tx, before))).await
    }

    /// What failed in a batch, at most 1,000.
    ///
    /// # Errors
    /// [`BatchError::Unknown`].
    pub async fn failed(&self, member: String, id: Id) -> Result<Vec<FailedInstruction>, Error> {
        let read = self.db.read(move |tx| {
            Box::pin(async move {
                find(tx, Some(&member), id).await?;
                Ok(instructions::failed(tx, id, FAILED_MAX).await?)
            })
        });
        read.await
    }

    /// Closes a batch: nothing more comes.
    ///
    /// # Errors
    /// [`BatchError`].
    pub async fn close_batch(&self, by: Decider, id: Id) -> Result<BatchOut, Error> {
        let done = self.db.write(move |tx| {
            Box::pin(async move {
                let batch = find(tx, Some(&by.member), id).await?;
                if batch.may_close(&by.officer)? {
                    let now = tx.now();
                    if !batches::close(tx, &batch, &by.officer, now).await? {
                        return Err(Error::Db(DbError::Contended));
                    }
                    audit(tx, &events::BATCH_CLOSED, &by.officer, &batch).await?;
                }
                again(tx, id).await
            })
        });
        let done = done.await;
        self.crash.point("close");
        done
    }

    /// Approves a batch: money moves from here on.
    ///
    /// # Errors
    /// [`BatchError`].
    pub async fn approve_batch(&self, by: Decider, id: Id) -> Result<BatchOut, Error> {
        let (member, officer) = (by.member.clone(), by.officer.clone());
        let batch: Batch = self
            .db
            .read(move |tx| Box::pin(async move { find(tx, Some(&member), id).await }))
            .await?;
        if batch.may_approve(&officer)? {
            // Whether it suffices is decided by the ledger, transfer by transfer; this spares people a batch of failures.
            let balance = self.ledger().await?.balance(batch.debit).await?.unwrap_or_default();
            if balance.net() < i128::from(batch.total) {
                return Err(BatchError::Funds(batch.money(batch.total).amount()).into());
            }
        }
        let done = self.db.write(move |tx| {
            Box::pin(async move {
                let batch = find(tx, Some(&by.member), id).await?;
                if batch.may_approve(&by.officer)? {
                    let now = tx.now();
                    if !batches::approve(tx, id, &by.officer, now).await? {
                        return Err(BatchError::NotClosed.into());
                    }
                    audit(tx, &events::BATCH_APPROVED, &by.officer, &batch).await?;
                }
                again(tx, id).await
            })
        });
        let done = done.await;
        self.crash.point("approve");
        done
    }

    /// Gives a batch up before approval.
    ///
    /// # Errors
    /// [`BatchError`].
    pub async fn cancel_batch(&self, by: Decider, id: Id) -> Result<BatchOut, Error> {
        let done = self.db.write(move |tx| {
            Box::pin(async move {
                let batch = find(tx, Some(&by.member), id).await?;
                if batch.may_cancel()? {
                    let now = tx.now();
                    if !batches::cancel(tx, id, now).await? {
                        return Err(BatchError::TooLate.into());
                    }
                    audit(tx, &events::BATCH_CANCELLED, &by.officer, &batch).await?;
                }
                again(tx, id).await
            })
        });
        done.await
    }

    /// Has what failed in a batch tried again, where its payees are paid now.
    ///
    /// # Errors
    /// [`BatchError`].
    pub async fn resend_batch(&self, by: Decider, id: Id) -> Result<BatchOut, Error> {
        let done = self.db.write(move |tx| {
            Box::pin(async move {
                let batch = find(tx, Some(&by.member), id).await?;
                batch.may_resend()?;
                let failed = messages::tally(tx, id, batch.taken).await?.failed;
                if failed > 0 && batches::resend(tx, id).await? {
                    audit(tx, &events::BATCH_RESENT, &by.officer, &batch).await?;
                }
                again(tx, id).await
            })
        });
        done.await
    }
}

async fn open(tx: &mut Tx, ground: &Ground, ask: &BatchIn, debit: Id) -> Result<BatchOut, Error> {
    if let Some(known) = batches::find(tx, ask.id).await? {
        if !known.is_same(&ground.member, ask) {
            return Err(BatchError::Differs.into());
        }
        return out(tx, &known).await;
    }
    let account = store::find_account(tx, debit).await?;
    let account = account.ok_or(Error::OrderAccountUnknown("debit"))?;
    if account.owner.as_ref() != Some(&ground.member) || account.kind == AccountKind::Source {
        return Err(Unpayable::NotYours.into());
    }
    if account.currency != ask.total.currency() {
        let remedy =
            format!("the debit account holds {}: announce the sum in it", account.currency);
        return Err(BatchError::Field("total", remedy).into());
    }
    let batch = Batch {
        id: ask.id,
        member: ground.member.clone(),
        title: ask.title.clone(),
        debit,
        currency: account.currency,
        instructions: ask.count,
        total: ask.total.minor(),
        taken: 0,
        taken_total: 0,
        state: BatchStatus::Open,
        purpose: ground.purpose.clone(),
        basis: ground.basis.clone(),
        opened_by: ground.actor.clone(),
        opened: tx.now(),
        closed_by: None,
        approved_by: None,
        approved: None,
        planned_after: Vec::new(),
        planned: false,
        messages: 0,
        resend_below: 0,
    };
    batches::insert(tx, &batch).await?;
    let detail = json!({ "instructions": batch.instructions, "total": batch.money(batch.total) });
    let audit = Audit::new(&events::BATCH_OPENED, ground.actor.clone(), batch.id).with(detail);
    tx.audit(audit).await?;
    out(tx, &batch).await
}

async fn list(tx: &mut Tx, before: Timestamp) -> Result<Vec<(String, BatchOut)>, Error> {
    use BatchStatus::{Approved, Cancelled, Closed, Done, Open};
    let mut found = Vec::new();
    for state in [Open, Closed, Approved, Done, Cancelled] {
        found.extend(batches::list(tx, state, before, BATCHES_MAX).await?);
    }
    found.sort_by_key(|batch| std::cmp::Reverse((batch.opened, batch.id)));
    found.truncate(usize::try_from(BATCHES_MAX).unwrap_or_default());
    let mut told = Vec::with_capacity(found.len());
    for batch in found {
        told.push((batch.member.clone(), out(tx, &batch).await?));
    }
    Ok(told)
}

/// The batch, if it is this member's, or anybody's if none is named.
pub(super) async fn find(tx: &mut Tx, member: Option<&str>, id: Id) -> Result<Batch, Error> {
    let found = batches::find(tx, id).await?;
    let found = found.filter(|batch| member.is_none_or(|member| batch.member == member));
    Ok(found.ok_or(BatchError::Unknown)?)
}

async fn again(tx: &mut Tx, id: Id) -> Result<BatchOut, Error> {
    let batch = find(tx, None, id).await?;
    out(tx, &batch).await
}

async fn out(tx: &mut Tx, batch: &Batch) -> Result<BatchOut, Error> {
    Ok(batch.out(messages::tally(tx, batch.id, batch.taken).await?))
}

async fn audit(
    tx: &mut Tx,
    event: &'static AuditEvent,
    officer: &str,
    batch: &Batch,
) -> Result<(), Error> {
    let detail = json!({ "instructions": batch.taken, "total": batch.money(batch.taken_total) });
    Ok(tx.audit(Audit::new(event, format!("officer:{officer}"), batch.id).with(detail)).await?)
}
