//! What a bank does a moment later: it books what it accepted, and reports.

use super::model::{Entry, pause_seconds};
use super::service::{BOOKS_LOCK, Bank, SEALED_FOR, db, id_of};
use super::store;
use crate::error::Error;
use crate::events::TRANSFERS_BOOKED;
use crate::ground::basis;
use basis::Id;
use contracts::rails::{RAIL_RESULTS, RailClient, RailResult, RailResults, RailStatus};
use contracts::{CallContext, CallError, SubsystemId};
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::fields::Fields;
use serde_json::json;
use std::collections::BTreeMap;

/// What reports are for, as agreed with those who get them.
const PURPOSE: &str = "payment-report";
/// Entries that are turned to at once; a message of reports holds as many as one of transfers.
const AT_ONCE: i64 = 500;

/// An entry with the id that its sender knows it by.
type Known = (Entry, Id);

impl Bank {
    /// Books and reports what is due; answers how many reports were taken.
    ///
    /// # Errors
    /// When the database cannot answer. A report that does not get through is tried again later.
    pub async fn report_due(&self) -> Result<usize, Error> {
        let mut taken = 0;
        loop {
            let fields = self.ctx.fields.clone();
            let due =
                self.ctx.db.write(move |tx| Box::pin(async move { book_due(tx, &fields).await }));
            let due: Vec<Known> = due.await?;
            if due.is_empty() {
                return Ok(taken);
            }
            for ((client, ground), entries) in by_destination(due) {
                taken += self.report(&client, &ground, entries).await?;
            }
        }
    }

    /// Tells one client what became of its transfers, and notes that it was told.
    async fn report(
        &self,
        client: &str,
        ground: &str,
        entries: Vec<Known>,
    ) -> Result<usize, Error> {
        let results: Vec<RailResult> =
            entries.iter().map(|(entry, id)| entry.result(*id)).collect();
        let (count, told) =
            (results.len(), self.tell(client, ground, RailResults { results }).await);
        if let Err(error) = &told {
            tracing::info!("{client} did not take a report of {count} transfers: {error}");
        }
        let now = self.ctx.clock.now();
        let after: Vec<Entry> =
            entries.into_iter().map(|(entry, _)| noted(entry, told.is_ok(), now)).collect();
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                for entry in &after {
                    store::set_report(tx, entry).await?;
                }
                Ok(())
            })
        });
        write.await.map_err(db)?;
        Ok(if told.is_ok() { count } else { 0 })
    }

    async fn tell(
        &self,
        client: &str,
        ground: &str,
        results: RailResults,
    ) -> Result<(), CallError> {
        let unusable = |what: String| CallError::Request(what);
        let destination: SubsystemId = client.parse().map_err(|_| unusable(client.to_owned()))?;
        let service =
            destination.service(RAIL_RESULTS).map_err(|error| unusable(error.to_string()))?;
        let basis = basis(ground)?;
        let (clock, rng) = (&self.ctx.clock, &self.ctx.rng);
        let from = self.subsystem.clone();
        let call =
            CallContext::new(from, service, PURPOSE, basis, Id::mint(clock, rng), clock.now());
        RailClient::new(self.wire.clone()).report(call, &results).await
    }
}

/// Books what was accepted and is due, and answers everything that is to be reported now.
async fn book_due(tx: &mut Tx, fields: &Fields) -> Result<Vec<Known>, Error> {
    let now = tx.now();
    let mut due = store::due_entries(tx, now, AT_ONCE).await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    if due.iter().any(|entry| entry.status == RailStatus::Accepted) {
        // What was read before the lock may have been booked meanwhile.
        tx.lock(BOOKS_LOCK).await?;
        due = store::due_entries(tx, now, AT_ONCE).await?;
        book(tx, &mut due).await?;
    }
    let key = fields.subject(tx, SEALED_FOR).await?;
    due.into_iter()
        .map(|entry| {
            let id = id_of(&key, &entry)?;
            Ok((entry, id))
        })
        .collect()
}

async fn book(tx: &mut Tx, due: &mut [Entry]) -> Result<(), Error> {
    let now = tx.now();
    let mut position = store::last_position(tx).await?;
    let mut count = 0;
    for entry in due.iter_mut().filter(|entry| entry.status == RailStatus::Accepted) {
        position += 1;
        count += 1;
        entry.status = RailStatus::Booked;
        entry.position = Some(position);
        entry.booked = Some(now);
        store::book(tx, entry).await?;
    }
    let booked = Audit::new(&TRANSFERS_BOOKED, "job:report", "books");
    Ok(tx.audit(booked.with(json!({ "booked": count }))).await?)
}

/// How an entry stands after a report that was taken or was not.
fn noted(entry: Entry, taken: bool, now: basis::Timestamp) -> Entry {
    if !taken {
        let attempts = entry.attempts + 1;
        let due = Some(now.plus_seconds(pause_seconds(attempts)));
        return Entry { attempts, due, ..entry };
    }
    let reports_left = (entry.reports_left - 1).max(0);
    let due = (reports_left > 0).then_some(now);
    Entry { reports_left, due, attempts: 0, ..entry }
}

fn by_destination(due: Vec<Known>) -> BTreeMap<(String, String), Vec<Known>> {
    let mut groups: BTreeMap<(String, String), Vec<Known>> = BTreeMap::new();
    for known in due {
        let destination = (known.0.client.clone(), known.0.ground.clone());
        groups.entry(destination).or_default().push(known);
    }
    groups
}
