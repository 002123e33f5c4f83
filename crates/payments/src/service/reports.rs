//! What providers report by themselves. It may come twice, late, or before the answer it follows.

use super::Payments;
use super::sending::verdict_of;
use crate::error::Error;
use crate::model::instruction::{Kept, State};
use crate::model::message::{Difference, Key, Message};
use crate::store::{batches, instructions, messages, reconciliation};
use basis::Id;
use contracts::MemberId;
use contracts::rails::{RailResult, RailStatus};
use kernel::db::{DbError, Tx};
use std::collections::HashMap;
use std::sync::Arc;

/// A message with what was reported about its open instructions, and these.
type Sorted = (Message, Vec<RailResult>, HashMap<Id, Kept>);

impl Payments {
    /// Takes a provider's report. What is not this provider's, or not known, is passed over.
    ///
    /// # Errors
    /// When the database cannot answer; the provider reports again.
    pub async fn take_report(
        &self,
        provider: &MemberId,
        results: Vec<RailResult>,
    ) -> Result<(), Error> {
        let (name, results) = (provider.to_string(), Arc::new(results));
        let write =
            self.db.write(move |tx| Box::pin(async move { sort(tx, &name, &results).await }));
        let sorted: Result<Vec<Sorted>, DbError> = write.await;
        for (message, results, kept) in sorted? {
            let verdict = |result: RailResult| {
                let payee = kept.get(&result.id)?.payee;
                verdict_of(payee, result.status, result.reason)
            };
            let verdicts: Vec<_> = results.into_iter().filter_map(verdict).collect();
            // At once: the engine sees to what is left of it, such as money to bring back.
            let now = self.db.clock().now();
            self.settle(None, &message, verdicts, now).await?;
        }
        self.crash.point("callback");
        Ok(())
    }
}

/// Sorts open instructions by message, and notes where a report contradicts what ended.
async fn sort(tx: &mut Tx, provider: &str, results: &[RailResult]) -> Result<Vec<Sorted>, DbError> {
    let mut sorted: Vec<Sorted> = Vec::new();
    for result in results {
        let Some(kept) = instructions::find_transfer(tx, result.id).await? else { continue };
        let key = Key { batch: kept.batch, number: kept.message };
        let Some(message) = messages::find(tx, key).await? else { continue };
        if message.provider != provider {
            continue;
        }
        let current = kept.transfer == result.id;
        if !current || kept.state != State::Open {
            contradict(tx, provider, &kept, current, result).await?;
            continue;
        }
        let place = sorted.iter().position(|(known, ..)| known.key == key);
        let place = place.unwrap_or_else(|| {
            sorted.push((message, Vec::new(), HashMap::new()));
            sorted.len() - 1
        });
        sorted[place].1.push(result.clone());
        sorted[place].2.insert(result.id, kept);
    }
    Ok(sorted)
}

async fn contradict(
    tx: &mut Tx,
    provider: &str,
    kept: &Kept,
    current: bool,
    result: &RailResult,
) -> Result<(), DbError> {
    let refused = !current || matches!(kept.state, State::Rejected | State::Failed);
    let kind = match (result.status, refused) {
        (RailStatus::Booked, true) => "booked-though-refused",
        (RailStatus::Rejected, false) => "refused-though-booked",
        _ => return Ok(()),
    };
    let Some(batch) = batches::find(tx, kept.batch).await? else { return Ok(()) };
    let found = Difference {
        transfer: result.id,
        kind,
        provider: provider.to_owned(),
        amount: kept.amount,
        currency: batch.currency,
        position: None,
    };
    reconciliation::differ(tx, &found).await
}
