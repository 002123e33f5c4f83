//! Restarts, two owners of one ledger, and databases that fail.

use crate::{
    assert_sums_to_zero, citizen, database, exec, net, nets, open_world, pay, random_payment, world,
};
use basis::Rng;
use ledger::{Ledger, LedgerError, Outcome};
use testkit::on_each_engine;

#[tokio::test]
async fn a_ledger_started_from_its_log_is_the_one_that_stopped() {
    on_each_engine(async |store| {
        let db = database(store).await;
        let rng = Rng::seeded(7);
        let mut ledger = Ledger::start(db.clone()).await.expect("starts");
        open_world(&ledger, 5).await;
        let mut next = 100;
        for round in 0..6 {
            let batch = (0..50).map(|n| random_payment(&rng, next + n, 5)).collect();
            ledger.transfer_batch(batch).await.expect("answers");
            next += 50;
            // Sometimes from the log alone, sometimes from a checkpoint and what came behind it.
            if round % 3 == 1 {
                ledger.checkpoint().await.expect("stores");
            }
            let live = nets(&ledger, 5).await;
            ledger = Ledger::start(db.clone()).await.expect("starts");
            assert_eq!(nets(&ledger, 5).await, live, "after round {round}");
        }
        ledger::verify(&db).await.expect("the log proves it");
    })
    .await;
}

#[tokio::test]
async fn two_owners_take_turns_without_harm() {
    on_each_engine(async |store| {
        let db = database(store).await;
        let one = Ledger::start(db.clone()).await.expect("starts");
        open_world(&one, 2).await;
        let two = Ledger::start(db.clone()).await.expect("starts");
        for turn in 0..6 {
            let asked = pay(100 + turn, citizen(1), citizen(2), 100);
            let (first, second) = if turn % 2 == 0 { (&one, &two) } else { (&two, &one) };
            assert_eq!(first.transfer(asked).await.expect("answers"), Outcome::Posted);
            assert_eq!(
                second.transfer(asked).await.expect("answers"),
                Outcome::Exists,
                "turn {turn}"
            );
        }
        let last = two.transfer(pay(200, citizen(1), citizen(2), 400)).await.expect("answers");
        assert_eq!(last, Outcome::Posted);
        let overdrawn = one.transfer(pay(201, citizen(1), citizen(2), 1)).await.expect("answers");
        assert!(!overdrawn.is_moved(), "the first owner decides on what the second wrote");
        assert_eq!(net(&two, citizen(2)).await, 2_000);
        assert_sums_to_zero(&one).await;
        ledger::verify(&db).await.expect("the log proves it");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_owners_at_once_move_each_transfer_once() {
    on_each_engine(async |store| {
        let db = database(store).await;
        let one = Ledger::start(db.clone()).await.expect("starts");
        open_world(&one, 2).await;
        let two = Ledger::start(db.clone()).await.expect("starts");
        let run = |ledger: Ledger| async move {
            let mut moved = 0;
            for n in 0..40 {
                let asked = pay(100 + n, citizen(1), citizen(2), 10);
                // An owner that keeps losing says so; the caller asks again.
                loop {
                    match ledger.transfer(asked).await {
                        Ok(outcome) => {
                            assert!(outcome.is_moved());
                            moved += u64::from(outcome == Outcome::Posted);
                            break;
                        }
                        Err(LedgerError::Fenced | LedgerError::Unavailable(_)) => {}
                        Err(other) => panic!("{other}"),
                    }
                }
            }
            moved
        };
        let (by_one, by_two) = tokio::join!(tokio::spawn(run(one)), tokio::spawn(run(two)));
        assert_eq!(by_one.expect("ran") + by_two.expect("ran"), 40);
        let ledger = Ledger::start(db.clone()).await.expect("starts");
        assert_eq!(nets(&ledger, 2).await, [-2_000, 600, 1_400]);
        ledger::verify(&db).await.expect("the log proves it");
    })
    .await;
}

#[tokio::test]
async fn what_the_database_refused_has_not_happened_and_may_be_asked_again() {
    on_each_engine(async |store| {
        let db = database(store).await;
        let ledger = Ledger::start(db.clone()).await.expect("starts");
        open_world(&ledger, 1).await;
        exec(&db, "ALTER TABLE ledger_transfer RENAME TO away", vec![]).await.expect("renames");
        let asked = pay(10, citizen(1), world(), 400);
        let failed = ledger.transfer(asked).await;
        assert!(matches!(failed, Err(LedgerError::Unavailable(_))), "{failed:?}");
        assert!(
            ledger.balance(citizen(1)).await.is_err(),
            "a balance that is not known is not told"
        );
        exec(&db, "ALTER TABLE away RENAME TO ledger_transfer", vec![]).await.expect("renames");
        assert_eq!(net(&ledger, citizen(1)).await, 1_000, "nothing of the failed batch is left");
        assert_eq!(ledger.transfer(asked).await.expect("answers"), Outcome::Posted);
        assert_eq!(net(&ledger, citizen(1)).await, 600);
        ledger::verify(&db).await.expect("the log proves it");
    })
    .await;
}

#[tokio::test]
async fn a_sole_owner_takes_the_ledger_once() {
    on_each_engine(async |store| {
        let db = database(store).await;
        let ledger = Ledger::start(db.clone()).await.expect("starts");
        open_world(&ledger, 2).await;
        for n in 0..5 {
            let asked = pay(100 + n, citizen(1), citizen(2), 1);
            assert_eq!(ledger.transfer(asked).await.expect("answers"), Outcome::Posted);
        }
        // Each loading raises the epoch, and takes as long as the ledger is large.
        assert_eq!(
            exec(&db, "UPDATE ledger_head SET epoch = 1 WHERE epoch = 1", vec![])
                .await
                .expect("runs"),
            1
        );
    })
    .await;
}

#[tokio::test]
async fn a_log_of_several_pages_has_no_seams() {
    const LINES: u64 = 9_000;
    on_each_engine(async |store| {
        let db = database(store).await;
        let ledger = Ledger::start(db.clone()).await.expect("starts");
        open_world(&ledger, 2).await;
        let many: Vec<_> = (0..LINES).map(|n| pay(100 + n, world(), citizen(1), 1)).collect();
        let outcomes = ledger.transfer_batch(many.clone()).await.expect("answers");
        assert_eq!(outcomes, vec![Outcome::Posted; many.len()]);
        let again = Ledger::start(db.clone()).await.expect("starts");
        assert_eq!(net(&again, citizen(1)).await, 10_000);
        again.checkpoint().await.expect("stores");
        let last = again.statement(citizen(1), 9_001, 1_000).await.expect("answers");
        assert_eq!(last.len(), 1);
        assert_eq!(last[0].after.net(), 10_000);
        let anew = Ledger::start(db.clone()).await.expect("starts");
        let outcomes = anew.transfer_batch(many.clone()).await.expect("answers");
        assert_eq!(outcomes, vec![Outcome::Exists; many.len()], "found in the log, page by page");
        assert_eq!(net(&anew, citizen(1)).await, 10_000);
        let report = ledger::verify(&db).await.expect("the log proves it");
        assert_eq!(report.posted, 9_002);
    })
    .await;
}
