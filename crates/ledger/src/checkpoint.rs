//! Checkpoints: balances and the index of statements, computed from the log off the hot path.
//!
//! Writing either with each transfer would cost a random page of the write-ahead log for each account touched. A
//! checkpoint takes the next lines of the log in order, adds them up, and stores in one transaction the balances of the
//! touched accounts, one posting for each side of each line, and how far it came. It reads nothing but the log and what
//! checkpoints stored before, so it owes the writer nothing and may fall behind: whoever reads adds the tail by himself.

use crate::error::LedgerError;
use crate::log::Line;
use crate::model::{Balance, Verdict};
use crate::store;
use basis::Id;
use kernel::db::{Db, DbError};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Lines in one transaction. Each account that they touch costs a page whether it is touched once or ten times, so long
/// steps are cheaper; but on SQLite transfers wait while one is written.
const STEP: i64 = 32_768;
/// How often it is looked whether there is something to do.
const TICK: Duration = Duration::from_secs(1);
/// Lines a tick from which on the ledger is busy, and checkpoints wait.
const BUSY: i64 = 10_000;
/// Lines behind the log from which on checkpoints no longer wait: it bounds what a start replays and a statement scans.
const FURTHEST: i64 = 1_000_000;

/// What one side of a posted line leaves in the index of statements: account, position, sums after it.
type Posting = (Id, i64, Balance);

/// Adds lines to balances in order.
fn add_up(lines: &[Line], balances: &mut BTreeMap<Id, Balance>) -> Vec<Posting> {
    let mut postings = Vec::with_capacity(lines.len() * 2);
    for line in lines.iter().filter(|line| line.verdict == Verdict::Posted) {
        let amount = i128::from(line.transfer.amount);
        let debit = balances.entry(line.transfer.debit).or_default();
        debit.debits += amount;
        postings.push((line.transfer.debit, line.position, *debit));
        let credit = balances.entry(line.transfer.credit).or_default();
        credit.credits += amount;
        postings.push((line.transfer.credit, line.position, *credit));
    }
    // In the order of the index, so that neighbours share a page.
    postings.sort_unstable_by_key(|(account, position, _)| (*account, *position));
    postings
}

/// Moves the checkpoint over the next lines; answers whether any were left.
async fn step(db: &Db) -> Result<bool, DbError> {
    let read: Result<_, DbError> = db
        .read(|tx| {
            Box::pin(async move {
                let from = store::checkpoint(tx).await?;
                Ok((from, store::lines(tx, from, STEP).await?))
            })
        })
        .await;
    let (from, lines) = read?;
    let Some(to) = lines.last().map(|line| line.position) else {
        return Ok(false);
    };
    let lines = Arc::new(lines);
    db.write(move |tx| {
        Box::pin(async move {
            // Another process may have been faster; then these lines are done.
            if !store::move_checkpoint(tx, from, to).await? {
                return Ok(());
            }
            let mut balances = BTreeMap::new();
            for line in lines.iter().filter(|line| line.verdict == Verdict::Posted) {
                balances.entry(line.transfer.debit).or_insert_with(Balance::default);
                balances.entry(line.transfer.credit).or_insert_with(Balance::default);
            }
            let touched: Vec<Id> = balances.keys().copied().collect();
            balances.extend(store::touch(tx, &touched).await?);
            let postings = add_up(&lines, &mut balances);
            store::append_postings(tx, &postings).await?;
            let balances: Vec<(Id, Balance)> = balances.into_iter().collect();
            store::replace_touched(tx, &balances).await
        })
    })
    .await?;
    Ok(true)
}

/// Moves the checkpoint to the end of the log.
pub(crate) async fn catch_up(db: &Db) -> Result<(), LedgerError> {
    while step(db).await? {}
    Ok(())
}

/// Keeps the checkpoint near the end of the log, when the ledger has time. Ends with the writer.
pub(crate) async fn keep(db: Db, mut written: watch::Receiver<i64>) {
    let mut seen = *written.borrow_and_update();
    loop {
        tokio::time::sleep(TICK).await;
        if written.has_changed().is_err() {
            return;
        }
        let end = *written.borrow_and_update();
        let busy = end - seen > BUSY;
        seen = end;
        if let Err(error) = run(&db, &written, busy).await {
            tracing::warn!(%error, "A checkpoint of the ledger failed; it is tried again");
        }
    }
}

async fn run(db: &Db, written: &watch::Receiver<i64>, busy: bool) -> Result<(), DbError> {
    let done: Result<i64, DbError> = db.read(|tx| Box::pin(store::checkpoint(tx))).await;
    let mut done = done?;
    let started_at = *written.borrow();
    loop {
        let end = *written.borrow();
        let busy_now = busy || end - started_at > BUSY;
        if done >= end || (busy_now && end - done < FURTHEST) {
            return Ok(());
        }
        if !step(db).await? {
            return Ok(());
        }
        done += STEP;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Refusal, Transfer};
    use basis::Timestamp;

    fn line(position: i64, debit: u8, credit: u8, amount: i64, verdict: Verdict) -> Line {
        let id = |n| Id::from_bytes([n; 16]);
        let (debit, credit) = (id(debit), id(credit));
        let occurred = Timestamp::EPOCH;
        let transfer =
            Transfer { id: id(200), debit, credit, amount, ledger: 1, code: 1, occurred };
        Line { position, transfer, verdict, recorded: Timestamp::EPOCH }
    }

    #[test]
    fn each_posted_line_leaves_two_postings_with_the_sums_after_it_and_a_refused_one_none() {
        let (one, two) = (Id::from_bytes([1; 16]), Id::from_bytes([2; 16]));
        let mut balances =
            BTreeMap::from([(one, Balance { debits: 0, credits: 100 }), (two, Balance::default())]);
        let lines = [
            line(8, 1, 2, 30, Verdict::Posted),
            line(9, 1, 2, 99, Verdict::Refused(Refusal::ExceedsCredits)),
            line(10, 2, 1, 5, Verdict::Posted),
        ];
        let postings = add_up(&lines, &mut balances);
        assert_eq!(
            postings,
            [
                (one, 8, Balance { debits: 30, credits: 100 }),
                (one, 10, Balance { debits: 30, credits: 105 }),
                (two, 8, Balance { debits: 0, credits: 30 }),
                (two, 10, Balance { debits: 5, credits: 30 }),
            ]
        );
        assert_eq!(balances[&one], Balance { debits: 30, credits: 105 });
        assert_eq!(balances[&two], Balance { debits: 5, credits: 30 });
    }
}
