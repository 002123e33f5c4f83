//! Whatever is done to the stored ledger with plain SQL must be found.

use crate::{database, exec, open_world, random_payment};
use basis::Rng;
use ledger::{Ledger, LedgerError, Report};
use testkit::on_each_engine;

const CITIZENS: u64 = 4;

/// Lines 1 to 4 are gifts, then come payments; all but the last ten stand in the checkpoint.
async fn damaged(
    damage: &'static str,
) -> Vec<(Result<Report, LedgerError>, Result<(), LedgerError>)> {
    let found = std::sync::Mutex::new(Vec::new());
    on_each_engine(async |store| {
        let db = database(store).await;
        let rng = Rng::seeded(5);
        let ledger = Ledger::start(db.clone()).await.expect("starts");
        open_world(&ledger, CITIZENS).await;
        let first = (100..140).map(|n| random_payment(&rng, n, CITIZENS)).collect();
        ledger.transfer_batch(first).await.expect("answers");
        ledger.checkpoint().await.expect("stores");
        let second = (200..210).map(|n| random_payment(&rng, n, CITIZENS)).collect();
        ledger.transfer_batch(second).await.expect("answers");
        assert!(ledger.totals().await.expect("answers").iter().all(|sum| sum.accounts == 5));
        assert!(
            ledger
                .find(crate::id(9, 1))
                .await
                .expect("answers")
                .is_some_and(|line| line.position == 1)
        );
        drop(ledger);
        assert!(exec(&db, damage, vec![]).await.expect("damages") > 0, "{damage}");
        let proof = ledger::verify(&db).await;
        let start = Ledger::start(db).await.map(drop);
        found.lock().expect("not poisoned").push((proof, start));
    })
    .await;
    found.into_inner().expect("not poisoned")
}

#[tokio::test]
async fn an_untouched_ledger_is_proven_line_by_line_and_balance_by_balance() {
    for (proof, start) in damaged("UPDATE ledger_head SET position = position").await {
        let report = proof.expect("is in order");
        assert_eq!(report.balances, CITIZENS + 1);
        assert!(
            report.lines > 30 && report.posted < report.lines && report.posted > 10,
            "{report:?}"
        );
        assert!(report.totals.iter().all(|sum| sum.sum_of_postings() == 0));
        start.expect("starts");
    }
}

#[tokio::test]
async fn a_changed_amount_is_found() {
    for (proof, _) in
        damaged("UPDATE ledger_transfer SET amount = amount + 1 WHERE position = 2").await
    {
        assert!(matches!(proof, Err(LedgerError::Corrupt { .. })), "{proof:?}");
    }
}

#[tokio::test]
async fn a_refusal_made_a_success_is_found_at_its_line() {
    let damage = "UPDATE ledger_transfer SET verdict = 0 WHERE position =
                  (SELECT position FROM ledger_transfer WHERE verdict <> 0 ORDER BY position LIMIT 1)";
    for (proof, _) in damaged(damage).await {
        assert!(matches!(proof, Err(LedgerError::Corrupt { position: 5.., .. })), "{proof:?}");
    }
}

#[tokio::test]
async fn a_missing_line_is_found() {
    for (proof, _) in damaged("DELETE FROM ledger_transfer WHERE position = 7").await {
        assert!(matches!(proof, Err(LedgerError::Corrupt { position: 7, .. })), "{proof:?}");
    }
}

#[tokio::test]
async fn a_missing_line_behind_the_checkpoint_stops_the_start_too() {
    let damage = "DELETE FROM ledger_transfer WHERE position = (SELECT position FROM ledger_head)";
    for (proof, start) in damaged(damage).await {
        assert!(matches!(proof, Err(LedgerError::Corrupt { .. })), "{proof:?}");
        assert!(matches!(start, Err(LedgerError::Corrupt { .. })), "{start:?}");
    }
}

#[tokio::test]
async fn a_changed_balance_is_found() {
    let damage = "UPDATE ledger_balance SET credits = '999999' WHERE account =
                  (SELECT account FROM ledger_balance ORDER BY account LIMIT 1)";
    for (proof, _) in damaged(damage).await {
        let expected = "a stored balance differs from the sum of the lines";
        assert!(
            matches!(proof, Err(LedgerError::Corrupt { what, .. }) if what == expected),
            "{proof:?}"
        );
    }
}

#[tokio::test]
async fn an_account_whose_limit_was_lifted_is_found() {
    // The payments that were refused for its sake would be allowed now.
    for (proof, _) in damaged("UPDATE ledger_account SET held = 0").await {
        let expected = "the rules decide it otherwise";
        assert!(
            matches!(proof, Err(LedgerError::Corrupt { what, .. }) if what == expected),
            "{proof:?}"
        );
    }
}
