//! Approved batches: every instruction is paid once, or failed with the money back.

use crate::bank::Manners;
use crate::programme::{LAKEBANK, Programme, SIMU, numbered};
use contracts::Pseudonym;
use contracts::batches::{BatchStatus, Tally};
use contracts::rails::{RailResult, RailResults, RailStatus};
use serde_json::json;
use testkit::on_each_engine;

fn sum(count: usize) -> i64 {
    (0..count).map(|n| 1_000 + n as i64).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_split_by_provider_paid_and_reconciled_one_to_one() {
    on_each_engine(async |store| {
        let msp = Programme::open(store).await;
        msp.register_many(1_300).await;
        let lines = msp.instructions(1, 1_300);
        let id = msp.order(1, &lines).await;
        msp.work().await;
        let done = msp.show(id).await;
        assert_eq!(done.status, BatchStatus::Done);
        let tally = Tally { paid: 1_300, paid_minor: sum(1_300), ..Tally::default() };
        assert_eq!(done.tally, tally);

        let mut expected: Vec<_> = lines.iter().map(|line| (line.id, line.minor)).collect();
        expected.sort();
        assert_eq!(msp.booked().await, expected);
        for (id, account, _) in msp.simu.books().await {
            let line = lines.iter().find(|line| line.id == id).expect("is ours");
            let n = lines.iter().position(|one| one == line).expect("is there");
            assert_eq!((n % 3, account), (0, format!("a-{n}")));
        }
        let sizes = msp.lakebank.messages.lock().expect("no panic").clone();
        assert!(sizes.iter().all(|size| *size <= 500) && sizes.len() == 2, "{sizes:?}");
        let left = 100_000_000 - sum(1_300);
        let balance = msp.desk.balance(msp.account).await;
        assert_eq!(balance, format!("{}.{:02}", left / 100, left % 100));

        store.time.advance_seconds(1);
        let counts = msp.reconcile().await;
        let all = json!({ "instructions": 1_300, "postings": 1_300, "statement_lines": 1_300, "differences": 0 });
        assert_eq!(counts, all);
        assert_eq!(msp.reconcile().await, all);
        msp.work().await;
        assert_eq!(msp.booked().await, expected, "nothing moves again");
        msp.desk.assert_sums_to_zero().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_comes_back_and_is_sent_again_where_the_payee_is_paid_now() {
    on_each_engine(async |store| {
        let msp = Programme::open(store).await;
        msp.register_many(4).await;
        let closed = Pseudonym(numbered(4, 1));
        msp.register(numbered(3, 1), closed, LAKEBANK, "closed-1").await.expect("registers");
        // Number 4 was never registered.
        let id = msp.order(1, &msp.instructions(1, 5)).await;
        msp.work().await;
        let done = msp.show(id).await;
        assert_eq!(done.status, BatchStatus::Done);
        let paid_minor = sum(5) - 1_001 - 1_004;
        assert_eq!(done.tally, Tally { paid: 3, failed: 2, paid_minor, ..Tally::default() });
        let failed = msp.client.failed(msp.system("batches"), id).await.expect("lists");
        let mut reasons: Vec<_> =
            failed.into_iter().map(|one| (one.id, one.minor, one.reason)).collect();
        reasons.sort();
        let first = msp.instruction(1, 1).id;
        let reason = |n, minor, why: &str| (msp.instruction(1, n).id, minor, why.to_owned());
        assert_eq!(reasons, [reason(1, 1_001, "AC04"), reason(4, 1_004, "payee-unknown")]);
        let left = 100_000_000 - paid_minor;
        let balance = format!("{}.{:02}", left / 100, left % 100);
        assert_eq!(msp.desk.balance(msp.account).await, balance);
        store.time.advance_seconds(1);
        let counts = msp.reconcile().await;
        let three =
            json!({ "instructions": 3, "postings": 3, "statement_lines": 3, "differences": 0 });
        assert_eq!(counts, three, "{:?}", msp.differences().await);

        msp.register(numbered(3, 1), closed, SIMU, "a-1").await.expect("registers");
        let again = msp.client.resend(msp.officer("b-1"), id).await.expect("resends");
        assert_eq!(again.status, BatchStatus::Approved);
        msp.work().await;
        let done = msp.show(id).await;
        let paid_minor = sum(4);
        let tally = Tally { paid: 4, failed: 1, paid_minor, ..Tally::default() };
        assert_eq!((done.status, done.tally), (BatchStatus::Done, tally));
        let booked = msp.simu.books().await;
        let renewed = booked.iter().find(|(_, account, _)| account == "a-1").expect("was paid");
        assert_ne!(renewed.0, first, "a new id: the old one is decided for ever");
        store.time.advance_seconds(1);
        let counts = msp.reconcile().await;
        let four =
            json!({ "instructions": 4, "postings": 4, "statement_lines": 4, "differences": 0 });
        assert_eq!(counts, four, "{:?}", msp.differences().await);
        msp.desk.assert_sums_to_zero().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_is_down_or_loses_answers_holds_up_nobody_and_pays_once() {
    on_each_engine(async |store| {
        let msp = Programme::open(store).await;
        msp.register_many(30).await;
        msp.lakebank.behave(Manners { down: true, ..Manners::default() });
        let lines = msp.instructions(1, 30);
        let id = msp.order(1, &lines).await;
        msp.work().await;
        let tally = msp.show(id).await.tally;
        assert_eq!((tally.paid, tally.sent), (10, 20), "wallets are paid");
        assert!(msp.lakebank.books().await.is_empty());

        msp.lakebank.behave(Manners { loses_answers: true, ..Manners::default() });
        msp.work().await;
        assert!(msp.lakebank.books().await.is_empty(), "it is left alone for a while");
        store.time.advance_seconds(10);
        msp.work().await;
        assert_eq!(msp.lakebank.books().await.len(), 20, "booked, but nobody here knows");
        assert_eq!(msp.show(id).await.tally.sent, 20);

        msp.lakebank.behave(Manners::default());
        store.time.advance_seconds(60);
        msp.work().await;
        let done = msp.show(id).await;
        assert_eq!((done.status, done.tally.paid), (BatchStatus::Done, 30));
        let mut expected: Vec<_> = lines.iter().map(|line| (line.id, line.minor)).collect();
        expected.sort();
        assert_eq!(msp.booked().await, expected);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_end_what_waits_and_coming_twice_or_from_another_changes_nothing() {
    on_each_engine(async |store| {
        let msp = Programme::open(store).await;
        msp.register_many(9).await;
        msp.lakebank.behave(Manners { waits: true, ..Manners::default() });
        let id = msp.order(1, &msp.instructions(1, 9)).await;
        msp.work().await;
        assert_eq!(msp.show(id).await.tally.sent, 6);
        let report = msp.lakebank.book_waiting().await;
        msp.report("TB/COM/SIMU/accounts", &report).await.expect("is passed over");
        assert_eq!(msp.show(id).await.tally.sent, 6, "not its transfers");
        msp.report("TB/COM/LAKEBANK/accounts", &report).await.expect("takes");
        msp.report("TB/COM/LAKEBANK/accounts", &report).await.expect("takes it again");
        msp.work().await;
        let done = msp.show(id).await;
        assert_eq!((done.status, done.tally.paid), (BatchStatus::Done, 9));
        assert!(msp.differences().await.is_empty());

        let result = |n: usize, status| RailResult {
            id: msp.instruction(1, n).id,
            status,
            reason: None,
            booked_at: None,
        };
        let unknown = RailResult { id: msp.desk.mint(), ..result(1, RailStatus::Booked) };
        let late = RailResults { results: vec![result(1, RailStatus::Rejected), unknown] };
        msp.report("TB/COM/LAKEBANK/accounts", &late).await.expect("takes");
        let contradiction = ("refused-though-booked".to_owned(), LAKEBANK.to_owned());
        assert_eq!(msp.differences().await, [contradiction]);
        assert_eq!(msp.show(id).await.tally.paid, 9, "what was paid stays paid");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_of_refusal_brings_the_money_back() {
    on_each_engine(async |store| {
        let msp = Programme::open(store).await;
        msp.register_many(3).await;
        msp.lakebank.behave(Manners { waits: true, ..Manners::default() });
        let id = msp.order(1, &msp.instructions(1, 3)).await;
        msp.work().await;
        let mut report = msp.lakebank.book_waiting().await;
        let refused = report.results.iter_mut().next().expect("two wait");
        (refused.status, refused.reason) = (RailStatus::Rejected, Some("AG01".to_owned()));
        let refused = refused.id;
        msp.report("TB/COM/LAKEBANK/accounts", &report).await.expect("takes");
        msp.work().await;
        let done = msp.show(id).await;
        assert_eq!((done.status, done.tally.paid, done.tally.failed), (BatchStatus::Done, 2, 1));
        let failed = msp.client.failed(msp.system("batches"), id).await.expect("lists");
        assert_eq!((failed[0].id, failed[0].reason.as_str()), (refused, "AG01"));
        msp.desk.assert_sums_to_zero().await;
        // The bank had booked it all the same: that is found out.
        store.time.advance_seconds(1);
        msp.reconcile().await;
        let lie = ("booked-though-refused".to_owned(), LAKEBANK.to_owned());
        assert_eq!(msp.differences().await, [lie]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_bank_books_by_itself_or_twice_is_listed() {
    on_each_engine(async |store| {
        let msp = Programme::open(store).await;
        msp.register_many(3).await;
        let lines = msp.instructions(1, 3);
        msp.order(1, &lines).await;
        msp.work().await;
        let kes = crate::programme::shillings;
        msp.lakebank.book_by_mistake(msp.desk.mint(), kes(5)).await;
        msp.lakebank.book_by_mistake(lines[1].id, kes(lines[1].minor)).await;
        msp.lakebank.book_by_mistake(lines[2].id, kes(1)).await;
        msp.lakebank.book_by_mistake(lines[0].id, kes(lines[0].minor)).await;
        store.time.advance_seconds(1);
        let counts = msp.reconcile().await;
        assert_eq!(counts["differences"], json!(4));
        let kinds: Vec<String> =
            msp.differences().await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["amount-differs", "booked-twice", "other-provider", "unknown-booking"]);
    })
    .await;
}
