//! The engine: works approved batches off, one installation at a time.
//!
//! Every step is durable before the next begins, and what leaves this process carries an id that was stored before. So the
//! process may end anywhere: whoever continues repeats the step, and nothing happens twice.

use super::Payments;
use crate::error::Error;
use crate::events::{self, BATCH_DONE};
use crate::model::batch::Batch;
use crate::store::{batches, messages};
use basis::{Id, Timestamp};
use contracts::batches::BatchStatus;
use kernel::audit::Audit;
use kernel::db::{DbError, Tx};
use kernel::lease::Lease;
use kernel::outbox::Event;
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;
use tokio::task::JoinSet;

/// Name of the engine's lease.
const LEASE: &str = "payments.engine";
/// Seconds of the lease: how long an installation waits to continue for one that was killed.
const LEASE_SECONDS: i64 = 10;
/// Between two looks for work while providers are being waited for.
const LOOK: Duration = Duration::from_millis(100);
/// Batches looked at in one round.
const BATCHES: i64 = 100;

/// A sender that has come to its end, and for whom it sent.
type Sent = (String, Result<(), Error>);

impl Payments {
    /// Works off what there is to do now. Answers at once while another process does.
    ///
    /// # Errors
    /// When ledger or database cannot answer; the next run continues.
    pub async fn work(&self) -> Result<(), Error> {
        // Looked at first, because taking the lease is a write: a ledger at rest writes nothing.
        if self.approved().await?.is_empty() {
            return Ok(());
        }
        let Some(lease) = self.lease(LEASE_SECONDS).await? else { return Ok(()) };
        let worked = self.work_under(&lease).await;
        // Whoever comes next need not wait for it to run out.
        self.lease(0).await?;
        worked
    }

    async fn work_under(&self, lease: &Lease) -> Result<(), Error> {
        let mut senders: JoinSet<Sent> = JoinSet::new();
        let mut sending: HashSet<String> = HashSet::new();
        loop {
            self.renew(lease).await?;
            let moved = self.plan_and_post(lease).await?;
            for provider in self.due_providers().await? {
                if sending.insert(provider.clone()) {
                    let (payments, lease) = (self.clone(), lease.clone());
                    senders.spawn(async move {
                        let sent = payments.send_due(&lease, &provider).await;
                        (provider, sent)
                    });
                }
            }
            let mut ended = senders.try_join_next();
            if ended.is_none() && !moved {
                if sending.is_empty() {
                    return self.finish_batches(lease).await;
                }
                // A provider that is slow holds up neither the lease nor the others.
                ended = tokio::time::timeout(LOOK, senders.join_next()).await.unwrap_or_default();
            }
            if let Some(sent) = ended {
                let (provider, sent) = sent.map_err(|_| Error::Stopped)?;
                sending.remove(&provider);
                sent?;
            }
            if !moved {
                self.finish_batches(lease).await?;
            }
        }
    }

    async fn due_providers(&self) -> Result<Vec<String>, Error> {
        let now = self.db.clock().now();
        let read = self.db.read(move |tx| Box::pin(messages::due_providers(tx, now)));
        read.await.map_err(super::db)
    }

    async fn lease(&self, seconds: i64) -> Result<Option<Lease>, Error> {
        let holder = self.holder.clone();
        let write = self
            .db
            .write(move |tx| Box::pin(async move { tx.take_lease(LEASE, &holder, seconds).await }));
        let taken: Result<Option<Lease>, DbError> = write.await;
        Ok(taken?)
    }

    async fn renew(&self, lease: &Lease) -> Result<(), Error> {
        match self.lease(LEASE_SECONDS).await? {
            Some(now) if now.fence == lease.fence => Ok(()),
            _ => Err(DbError::Fenced(LEASE.to_owned()).into()),
        }
    }

    /// Batches whose money moves, the oldest first.
    pub(super) async fn approved(&self) -> Result<Vec<Batch>, Error> {
        let later = Timestamp::from_micros(i64::MAX);
        let read = self
            .db
            .read(move |tx| Box::pin(batches::list(tx, BatchStatus::Approved, later, BATCHES)));
        let mut found: Vec<Batch> = read.await.map_err(super::db)?;
        found.reverse();
        Ok(found)
    }

    /// Ends batches all of whose instructions have ended.
    async fn finish_batches(&self, lease: &Lease) -> Result<(), Error> {
        for batch in self.approved().await? {
            if !batch.planned || batch.resend_below > 0 {
                continue;
            }
            let lease = lease.clone();
            let write = self.db.write(move |tx| {
                Box::pin(async move {
                    tx.check_lease(&lease).await?;
                    finish(tx, batch.id).await
                })
            });
            write.await?;
        }
        Ok(())
    }
}

async fn finish(tx: &mut Tx, id: Id) -> Result<(), Error> {
    let Some(batch) = batches::find(tx, id).await? else { return Ok(()) };
    let waits = !batch.planned || batch.resend_below > 0;
    if waits || !messages::all_ended(tx, id).await? {
        return Ok(());
    }
    let now = tx.now();
    if !batches::finish(tx, id, now).await? {
        return Ok(());
    }
    let tally = messages::tally(tx, id, batch.taken).await?;
    let detail = json!({ "paid": tally.paid, "failed": tally.failed });
    tx.audit(Audit::new(&BATCH_DONE, "system:payments", id).with(detail)).await?;
    let paid = batch.money(tally.paid_minor);
    let payload =
        json!({ "member": batch.member, "paid": tally.paid, "failed": tally.failed, "sum": paid });
    tx.emit(&Event { topic: events::DONE, object: id, payload }).await?;
    Ok(())
}
