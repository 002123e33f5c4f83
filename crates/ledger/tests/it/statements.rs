//! Statements: the same lines whether they come from the index, the tail of the log, or both.

use crate::{citizen, database, id, nets, open_world, pay, random_payment};
use basis::Rng;
use ledger::{Balance, Entry, Ledger, Outcome, Side};
use testkit::on_each_engine;

const CITIZENS: u64 = 4;

async fn in_pages(ledger: &Ledger, account: basis::Id, size: usize) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let after = entries.last().map_or(0, |entry| entry.position);
        let page = ledger.statement(account, after, size).await.expect("answers");
        assert!(page.len() <= size);
        if page.is_empty() {
            return entries;
        }
        entries.extend(page);
    }
}

#[tokio::test]
async fn a_statement_is_the_same_before_during_and_after_checkpoints() {
    on_each_engine(async |store| {
        let db = database(store).await;
        let rng = Rng::seeded(3);
        let ledger = Ledger::start(db.clone()).await.expect("starts");
        open_world(&ledger, CITIZENS).await;
        let first = (100..160).map(|n| random_payment(&rng, n, CITIZENS)).collect();
        ledger.transfer_batch(first).await.expect("answers");
        let from_the_log = ledger.statement(citizen(1), 0, 1_000).await.expect("answers");
        ledger.checkpoint().await.expect("stores");
        let from_the_index = ledger.statement(citizen(1), 0, 1_000).await.expect("answers");
        assert_eq!(from_the_index, from_the_log);
        let second = (200..260).map(|n| random_payment(&rng, n, CITIZENS)).collect();
        ledger.transfer_batch(second).await.expect("answers");
        let from_both = ledger.statement(citizen(1), 0, 1_000).await.expect("answers");
        assert_eq!(from_both[..from_the_log.len()], from_the_log);
        assert!(from_both.len() > from_the_log.len());
        for size in [1, 7, 1_000] {
            assert_eq!(in_pages(&ledger, citizen(1), size).await, from_both, "in pages of {size}");
        }
        ledger.checkpoint().await.expect("stores");
        assert_eq!(in_pages(&ledger, citizen(1), 7).await, from_both);
    })
    .await;
}

#[tokio::test]
async fn every_entry_carries_the_sums_after_it_and_the_last_is_the_balance() {
    on_each_engine(async |store| {
        let rng = Rng::seeded(4);
        let ledger = Ledger::start(database(store).await).await.expect("starts");
        open_world(&ledger, CITIZENS).await;
        let mut posted = 0;
        for n in 100..140 {
            let outcome =
                ledger.transfer(random_payment(&rng, n, CITIZENS)).await.expect("answers");
            posted += usize::from(outcome == Outcome::Posted);
        }
        ledger.checkpoint().await.expect("stores");
        ledger.transfer(pay(200, crate::world(), citizen(1), 5)).await.expect("answers");
        let mut lines = 0;
        for n in 1..=CITIZENS {
            let mut sums = Balance::default();
            for entry in ledger.statement(citizen(n), 0, 1_000).await.expect("answers") {
                let amount = i128::from(entry.transfer.amount);
                match entry.side {
                    Side::Debit => {
                        assert_eq!(entry.transfer.debit, citizen(n));
                        sums.debits += amount;
                    }
                    Side::Credit => {
                        assert_eq!(entry.transfer.credit, citizen(n));
                        sums.credits += amount;
                    }
                }
                assert_eq!(entry.after, sums);
                lines += 1;
            }
            assert_eq!(ledger.balance(citizen(n)).await.expect("answers"), Some(sums));
        }
        // Gifts and the last payment stand in one citizen's statement, the others in two.
        assert_eq!(lines, posted * 2 + 4 + 1);
        assert_eq!(nets(&ledger, CITIZENS).await.iter().sum::<i128>(), 0);
    })
    .await;
}

#[tokio::test]
async fn an_unknown_account_has_no_statement_and_no_balance() {
    on_each_engine(async |store| {
        let ledger = Ledger::start(database(store).await).await.expect("starts");
        open_world(&ledger, 1).await;
        assert_eq!(ledger.statement(id(5, 5), 0, 10).await.expect("answers"), []);
        assert_eq!(ledger.balance(id(5, 5)).await.expect("answers"), None);
        assert_eq!(ledger.statement(citizen(1), 0, 0).await.expect("answers"), []);
    })
    .await;
}
