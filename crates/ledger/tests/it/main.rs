//! The ledger on real databases, once an engine.

mod crash;
mod once;
mod owners;
mod proof;
mod reference;
mod statements;

use basis::{Id, Rng};
use kernel::db::{Db, DbError, Value};
use ledger::{Account, Ledger, Limit, Opening, Transfer, Verdict};
use testkit::Store;

pub const KES: u32 = 404;

/// A short id that orders by `n`.
pub fn id(kind: u8, n: u64) -> Id {
    let mut bytes = [0; 16];
    bytes[0] = kind;
    bytes[8..].copy_from_slice(&n.to_be_bytes());
    Id::from_bytes(bytes)
}

/// The outside world, which may be overdrawn.
pub fn world() -> Id {
    id(1, 0)
}

/// A citizen, who may not.
pub fn citizen(n: u64) -> Id {
    id(2, n)
}

pub fn pay(n: u64, debit: Id, credit: Id, amount: i64) -> Transfer {
    let occurred = basis::Timestamp::from_micros(i64::try_from(n).expect("small"));
    Transfer { id: id(9, n), debit, credit, amount, ledger: KES, code: 1, occurred }
}

pub async fn database(store: &Store) -> Db {
    store.open("ledger", ledger::MIGRATIONS).await.expect("opens")
}

/// The world and `citizens` citizens with 1,000 each, by the transfers 1 to `citizens`.
pub async fn open_world(ledger: &Ledger, citizens: u64) {
    let account = |id, limit| Account { id, ledger: KES, code: 7, limit };
    let opened = ledger.open_account(account(world(), Limit::None)).await.expect("answers");
    assert_eq!(opened, Opening::Opened);
    for n in 1..=citizens {
        let asked = account(citizen(n), Limit::DebitsMustNotExceedCredits);
        assert_eq!(ledger.open_account(asked).await.expect("answers"), Opening::Opened);
    }
    let gifts = (1..=citizens).map(|n| pay(n, world(), citizen(n), 1_000)).collect();
    let outcomes = ledger.transfer_batch(gifts).await.expect("answers");
    assert!(outcomes.iter().all(|outcome| outcome.is_moved()));
}

pub async fn net(ledger: &Ledger, account: Id) -> i128 {
    ledger.balance(account).await.expect("answers").expect("was opened").net()
}

/// All accounts' nets, the world's first.
pub async fn nets(ledger: &Ledger, citizens: u64) -> Vec<i128> {
    let mut nets = vec![net(ledger, world()).await];
    for n in 1..=citizens {
        nets.push(net(ledger, citizen(n)).await);
    }
    nets
}

/// A random payment between citizens, whose id is `n`; about a third overdraw.
pub fn random_payment(rng: &Rng, n: u64, citizens: u64) -> Transfer {
    let debit = 1 + rng.u64_below(citizens);
    let credit = 1 + rng.u64_below(citizens);
    let amount = i64::try_from(1 + rng.u64_below(1_500)).expect("small");
    pay(n, citizen(debit), citizen(credit), amount)
}

pub async fn exec(db: &Db, sql: &'static str, args: Vec<Value>) -> Result<u64, DbError> {
    db.write(move |tx| Box::pin(async move { tx.exec(sql, &args).await })).await
}

pub async fn assert_sums_to_zero(ledger: &Ledger) {
    for sum in ledger.totals().await.expect("answers") {
        assert_eq!(sum.sum_of_postings(), 0);
    }
}

pub async fn verdict(ledger: &Ledger, n: u64) -> Option<Verdict> {
    ledger.find(id(9, n)).await.expect("answers").map(|line| line.verdict)
}
