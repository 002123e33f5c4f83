//! A transfer happens once, however often, however late and by however many it is asked.

use crate::{
    assert_sums_to_zero, citizen, database, net, nets, open_world, pay, random_payment, verdict,
    world,
};
use basis::Rng;
use ledger::{
    Account, Closing, Field, Ledger, Limit, Opening, Outcome, Refusal, Transfer, Verdict,
};
use testkit::on_each_engine;

#[tokio::test]
async fn money_moves_once_and_the_answers_are_those_of_the_rules() {
    on_each_engine(async |store| {
        let ledger = Ledger::start(database(store).await).await.expect("starts");
        open_world(&ledger, 2).await;
        let first = pay(10, citizen(1), citizen(2), 300);
        assert_eq!(ledger.transfer(first).await.expect("answers"), Outcome::Posted);
        assert_eq!(ledger.transfer(first).await.expect("answers"), Outcome::Exists);
        let overdrawn = pay(11, citizen(1), citizen(2), 701);
        let refused = Outcome::Refused(Refusal::ExceedsCredits);
        assert_eq!(ledger.transfer(overdrawn).await.expect("answers"), refused);
        let wrong = pay(12, citizen(1), citizen(1), 1);
        let refused = Outcome::Refused(Refusal::AccountsMustBeDifferent);
        assert_eq!(ledger.transfer(wrong).await.expect("answers"), refused);
        assert_eq!(nets(&ledger, 2).await, [-2_000, 700, 1_300]);
        assert_eq!(verdict(&ledger, 10).await, Some(Verdict::Posted));
        assert_eq!(verdict(&ledger, 11).await, Some(Verdict::Refused(Refusal::ExceedsCredits)));
        assert_eq!(
            verdict(&ledger, 12).await,
            Some(Verdict::Refused(Refusal::AccountsMustBeDifferent))
        );
        assert_eq!(verdict(&ledger, 13).await, None);
        assert_sums_to_zero(&ledger).await;
    })
    .await;
}

#[tokio::test]
async fn ids_that_the_memory_has_forgotten_are_found_in_the_log() {
    on_each_engine(async |store| {
        let db = database(store).await;
        let ledger = Ledger::start(db.clone()).await.expect("starts");
        open_world(&ledger, 2).await;
        let moved = pay(10, citizen(1), citizen(2), 300);
        let refused = pay(11, citizen(1), citizen(2), 5_000);
        ledger.transfer(moved).await.expect("answers");
        ledger.transfer(refused).await.expect("answers");
        // After a checkpoint a new start reads no line of the log, so its memory is empty.
        ledger.checkpoint().await.expect("stores");
        drop(ledger);
        let ledger = Ledger::start(db).await.expect("starts");
        let batch = vec![
            pay(20, citizen(2), citizen(1), 50),
            moved,
            Transfer { amount: 301, ..moved },
            refused,
            pay(21, world(), citizen(1), 10),
            pay(21, world(), citizen(1), 10),
            Transfer { code: 9, ..refused },
        ];
        let outcomes = ledger.transfer_batch(batch).await.expect("answers");
        let expected = [
            Outcome::Posted,
            Outcome::Exists,
            Outcome::ExistsWithDifferent(Field::Amount),
            Outcome::AlreadyRefused(Refusal::ExceedsCredits),
            Outcome::Posted,
            Outcome::Exists,
            Outcome::ExistsWithDifferent(Field::Code),
        ];
        assert_eq!(outcomes, expected);
        assert_eq!(nets(&ledger, 2).await, [-2_010, 760, 1_250]);
        assert_sums_to_zero(&ledger).await;
    })
    .await;
}

#[tokio::test]
async fn a_forgotten_id_that_would_be_refused_now_is_still_answered_as_before() {
    on_each_engine(async |store| {
        let db = database(store).await;
        let ledger = Ledger::start(db.clone()).await.expect("starts");
        open_world(&ledger, 2).await;
        let all = pay(10, citizen(1), citizen(2), 1_000);
        assert_eq!(ledger.transfer(all).await.expect("answers"), Outcome::Posted);
        ledger.checkpoint().await.expect("stores");
        drop(ledger);
        // Nothing is left in the account: the rules alone would say `exceeds_credits`, which is not what happened.
        let ledger = Ledger::start(db).await.expect("starts");
        assert_eq!(ledger.transfer(all).await.expect("answers"), Outcome::Exists);
        let other = Transfer { amount: 999, ..all };
        let differs = Outcome::ExistsWithDifferent(Field::Amount);
        assert_eq!(ledger.transfer(other).await.expect("answers"), differs);
    })
    .await;
}

#[tokio::test]
async fn a_forgotten_id_is_told_what_happened_even_if_its_account_has_closed_or_the_request_is_invalid()
 {
    on_each_engine(async |store| {
        let db = database(store).await;
        let ledger = Ledger::start(db.clone()).await.expect("starts");
        open_world(&ledger, 1).await;
        let all = pay(10, citizen(1), world(), 1_000);
        assert_eq!(ledger.transfer(all).await.expect("answers"), Outcome::Posted);
        assert_eq!(ledger.close_account(citizen(1)).await.expect("answers"), Closing::Closed);
        ledger.checkpoint().await.expect("stores");
        drop(ledger);
        let ledger = Ledger::start(db).await.expect("starts");
        assert_eq!(ledger.transfer(all).await.expect("answers"), Outcome::Exists);
        let asked = pay(1, world(), citizen(1), 0);
        let answer = ledger.transfer(asked).await.expect("answers");
        assert_eq!(answer, Outcome::ExistsWithDifferent(Field::Amount));
    })
    .await;
}

#[tokio::test]
async fn accounts_open_and_close_once_across_restarts() {
    on_each_engine(async |store| {
        let db = database(store).await;
        let ledger = Ledger::start(db.clone()).await.expect("starts");
        open_world(&ledger, 1).await;
        let account = Account {
            id: citizen(1),
            ledger: crate::KES,
            code: 7,
            limit: Limit::DebitsMustNotExceedCredits,
        };
        assert_eq!(
            ledger.close_account(citizen(1)).await.expect("answers"),
            Closing::BalanceMustBeZero
        );
        ledger.transfer(pay(10, citizen(1), world(), 1_000)).await.expect("answers");
        assert_eq!(ledger.close_account(citizen(1)).await.expect("answers"), Closing::Closed);
        drop(ledger);
        let ledger = Ledger::start(db).await.expect("starts");
        assert_eq!(ledger.open_account(account).await.expect("answers"), Opening::Exists);
        let other = Account { code: 8, ..account };
        let differs = Opening::ExistsWithDifferentCode;
        assert_eq!(ledger.open_account(other).await.expect("answers"), differs);
        assert_eq!(
            ledger.close_account(citizen(1)).await.expect("answers"),
            Closing::AlreadyClosed
        );
        let late = ledger.transfer(pay(11, world(), citizen(1), 1)).await.expect("answers");
        assert_eq!(late, Outcome::Refused(Refusal::CreditAccountClosed));
    })
    .await;
}

/// Jepsen's bank: whatever callers do at once, no account is overdrawn and the total never changes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_at_once_neither_make_nor_lose_money() {
    const CITIZENS: u64 = 8;
    const CALLERS: u64 = 64;
    on_each_engine(async |store| {
        let db = database(store).await;
        let ledger = Ledger::start(db.clone()).await.expect("starts");
        open_world(&ledger, CITIZENS).await;
        let mut callers = Vec::new();
        for caller in 0..CALLERS {
            let ledger = ledger.clone();
            callers.push(tokio::spawn(async move {
                let rng = Rng::seeded(caller);
                let mut moved = 0;
                for round in 0..20 {
                    // Ids overlap between neighbours, who then differ in content.
                    let asked = random_payment(&rng, 1_000 + caller * 15 + round, CITIZENS);
                    let outcome = ledger.transfer(asked).await.expect("answers");
                    moved += u64::from(outcome == Outcome::Posted);
                    let balance = net(&ledger, asked.debit).await;
                    assert!(balance >= 0, "overdrawn: {balance}");
                }
                moved
            }));
        }
        let mut moved = 0;
        for caller in callers {
            moved += caller.await.expect("ran");
        }
        let live = nets(&ledger, CITIZENS).await;
        assert_eq!(live.iter().sum::<i128>(), 0);
        assert_sums_to_zero(&ledger).await;
        let report = ledger::verify(&db).await.expect("the log proves it");
        assert_eq!(report.posted, i64::try_from(moved + CITIZENS).expect("small"));
        drop(ledger);
        let again = Ledger::start(db).await.expect("starts");
        assert_eq!(nets(&again, CITIZENS).await, live);
    })
    .await;
}
