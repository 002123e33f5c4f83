//! `msingi bench`: what this machine does, measured end to end.
//!
//! Each figure is the median of several runs of a fixed time, with the smallest and largest beside
//! it. The disk's own flush rate is taken before each part and printed beside its figures, because
//! durable work cannot be faster than it.

mod batches;
mod closures;
mod cpu;
mod disk;
mod hops;
mod load;
mod logins;
mod people;
mod report;
mod rest;
mod stage;
mod store;
mod transfers;

pub use report::Report;

use basis::Clock;
use kernel::db::{PostgresPlace, Storage};
use load::Plan;
use report::Figure;
use std::path::PathBuf;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Transaction closures.
    Kernel,
    /// Transfers of the ledger.
    Ledger,
    /// A batch of bulk payments.
    Batch,
    /// Calls through the exchange.
    Hop,
    /// Sign-ins by one-time code.
    Login,
    /// Memory at rest and time to start.
    Rest,
}

/// What to measure with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where files are written; a new folder in it is made and removed.
    pub directory: PathBuf,
    /// URL of a PostgreSQL server, to measure it too.
    pub postgres: Option<String>,
    /// Connections for each block on PostgreSQL.
    pub pool: usize,
    /// Seconds of each run.
    pub seconds: u64,
    /// Runs of each figure.
    pub runs: usize,
    /// Instructions of the batch.
    pub instructions: usize,
    /// What to measure.
    pub parts: Vec<Part>,
}

/// Measures, part by part.
///
/// # Errors
/// Whatever stops a measurement; nothing is reported then.
pub async fn run(settings: &Settings) -> Result<Report, Box<dyn std::error::Error>> {
    let clock = Clock::system();
    let plan = Plan { seconds: settings.seconds, runs: settings.runs, clock: clock.clone() };
    let mut report = Report::new();
    for part in &settings.parts {
        for storage in storages(settings) {
            let flushes = disk::flushes(&settings.directory, &clock)?;
            report.extend(one(*part, &storage, &plan, settings).await?, flushes);
        }
    }
    Ok(report)
}

async fn one(
    part: Part,
    storage: &Storage,
    plan: &Plan,
    settings: &Settings,
) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    match part {
        Part::Kernel => Ok(closures::measure(storage, plan).await?),
        Part::Ledger => transfers::measure(storage, plan).await,
        Part::Batch => batches::measure(storage, settings.instructions, &plan.clock).await,
        Part::Hop => hops::measure(storage, plan).await,
        Part::Login => logins::measure(storage, plan).await,
        Part::Rest => rest::measure(storage, &settings.directory, &plan.clock).await,
    }
}

/// The engines to measure, each in a place of its own.
fn storages(settings: &Settings) -> Vec<Storage> {
    /// The page cache of a block as an installation has it by default: 16 MiB among eight.
    const CACHE_KIB: u32 = 2 * 1_024;
    let directory = settings.directory.join("sqlite");
    let mut storages = vec![Storage::Sqlite { directory, cache_kib: CACHE_KIB }];
    if let Some(url) = &settings.postgres {
        storages.push(Storage::Postgres(PostgresPlace {
            url: url.clone(),
            installation: format!("bench{}", std::process::id()),
            secret: [1; 32],
            pool: settings.pool,
        }));
    }
    storages
}
