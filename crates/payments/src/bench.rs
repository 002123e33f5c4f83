//! How fast the ledger is on this machine: durable transfers a second, by closed-loop callers.

use crate::error::Error;
use basis::{Clock, Id, Rng};
use kernel::db::Db;
use ledger::{Account, Ledger, Limit, Outcome, Transfer};
use std::sync::Arc;
use tokio::task::JoinSet;

/// ISO 4217 reserves it for testing (`XTS`).
const LEDGER: u32 = 963;
/// Accounts that pay each other; random pairs, so no row is hot.
const ACCOUNTS: usize = 10_000;
/// What each of them starts with, in minor units.
const FUNDS: i64 = 1_000_000_000;

/// What to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// How many ask at once; each waits for its answer before it asks again.
    pub callers: usize,
    /// Transfers in one question.
    pub batch: usize,
}

impl Load {
    /// One caller, many callers, and callers with batches.
    pub const STANDARD: &[Self] = &[
        Self { callers: 1, batch: 1 },
        Self { callers: 64, batch: 1 },
        Self { callers: 1_024, batch: 1 },
        Self { callers: 1, batch: 1_024 },
        Self { callers: 4, batch: 8_192 },
    ];
}

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What was run.
    pub load: Load,
    /// Transfers that were answered as durable.
    pub transfers: u64,
    /// How long it took, in microseconds.
    pub micros: u64,
    /// Transfers a second.
    pub per_second: u64,
    /// Half of all questions were answered within this many microseconds.
    pub p50_micros: u32,
    /// 99 of 100 were.
    pub p99_micros: u32,
}

/// Runs each load for `seconds` on the ledger of `db`, which must be a database to throw away. Checks afterwards that no
/// money was made or lost.
///
/// # Errors
/// When the ledger or the database fails.
///
/// # Panics
/// When money was made or lost.
pub async fn bench(db: Db, loads: &[Load], seconds: u32) -> Result<Vec<Figure>, Error> {
    let ledger = Ledger::start(db.clone()).await?;
    let accounts = Arc::new(open(&ledger, &db).await?);
    let mut figures = Vec::with_capacity(loads.len());
    for (number, load) in loads.iter().enumerate() {
        if number > 0 {
            // So that one load does not pay for the checkpoint of the one before.
            ledger.checkpoint().await?;
        }
        figures.push(run(&ledger, &db, &accounts, *load, seconds).await?);
    }
    for sum in ledger.totals().await? {
        assert_eq!(sum.sum_of_postings(), 0, "money was made or lost");
    }
    Ok(figures)
}

async fn open(ledger: &Ledger, db: &Db) -> Result<Vec<Id>, Error> {
    let ids: Vec<Id> = (0..=ACCOUNTS).map(|_| Id::mint(db.clock(), db.rng())).collect();
    let source = ids[0];
    let mut opening = JoinSet::new();
    for id in ids.iter().copied() {
        let limit = if id == source { Limit::None } else { Limit::DebitsMustNotExceedCredits };
        let ledger = ledger.clone();
        let account = Account { id, ledger: LEDGER, code: 1, limit };
        opening.spawn(async move { ledger.open_account(account).await });
    }
    while let Some(opened) = opening.join_next().await {
        opened.expect("opening does not panic")?;
    }
    let gifts =
        ids[1..].iter().map(|id| transfer(db.clock(), db.rng(), source, *id, FUNDS)).collect();
    ledger.transfer_batch(gifts).await?;
    Ok(ids[1..].to_vec())
}

async fn run(
    ledger: &Ledger,
    db: &Db,
    accounts: &Arc<Vec<Id>>,
    load: Load,
    seconds: u32,
) -> Result<Figure, Error> {
    let clock = db.clock();
    let begun = clock.monotonic_micros();
    let until = begun + i64::from(seconds) * 1_000_000;
    let mut callers = JoinSet::new();
    for _ in 0..load.callers {
        let seed = db.rng().u64_below(u64::MAX);
        let caller = Caller {
            ledger: ledger.clone(),
            clock: clock.clone(),
            rng: Rng::seeded(seed),
            accounts: Arc::clone(accounts),
            batch: load.batch,
        };
        callers.spawn(caller.run(until));
    }
    let (mut transfers, mut waits) = (0, Vec::new());
    while let Some(done) = callers.join_next().await {
        let (moved, waited) = done.expect("callers do not panic")?;
        transfers += moved;
        waits.extend(waited);
    }
    let micros = u64::try_from(clock.monotonic_micros() - begun).unwrap_or(0).max(1);
    waits.sort_unstable();
    let at = |percent: usize| {
        waits.get((waits.len() * percent / 100).min(waits.len().saturating_sub(1)))
    };
    Ok(Figure {
        load,
        transfers,
        micros,
        per_second: transfers * 1_000_000 / micros,
        p50_micros: at(50).copied().unwrap_or(0),
        p99_micros: at(99).copied().unwrap_or(0),
    })
}

struct Caller {
    ledger: Ledger,
    clock: Clock,
    rng: Rng,
    accounts: Arc<Vec<Id>>,
    batch: usize,
}

impl Caller {
    /// Answers how many transfers moved money, and how long each question took.
    async fn run(self, until: i64) -> Result<(u64, Vec<u32>), Error> {
        let (mut moved, mut waits) = (0, Vec::new());
        loop {
            let asked_at = self.clock.monotonic_micros();
            if asked_at >= until {
                return Ok((moved, waits));
            }
            if self.batch == 1 {
                moved += u64::from(self.ledger.transfer(self.pick()).await?.is_moved());
            } else {
                let batch = (0..self.batch).map(|_| self.pick()).collect();
                let outcomes = self.ledger.transfer_batch(batch).await?;
                moved += outcomes
                    .iter()
                    .map(|outcome| u64::from(*outcome == Outcome::Posted))
                    .sum::<u64>();
            }
            waits.push(u32::try_from(self.clock.monotonic_micros() - asked_at).unwrap_or(u32::MAX));
        }
    }

    fn pick(&self) -> Transfer {
        // One draw for both: drawing is most of what a caller does by itself.
        let count = self.accounts.len() as u64;
        let pair = self.rng.u64_below(count * (count - 1));
        let (debit, step) = (pair / (count - 1), pair % (count - 1));
        let credit = (debit + 1 + step) % count;
        let account =
            |place: u64| self.accounts[usize::try_from(place).expect("a place in a list")];
        transfer(&self.clock, &self.rng, account(debit), account(credit), 1)
    }
}

fn transfer(clock: &Clock, rng: &Rng, debit: Id, credit: Id, amount: i64) -> Transfer {
    let id = Id::mint(clock, rng);
    Transfer { id, debit, credit, amount, ledger: LEDGER, code: 1, occurred: clock.now() }
}
