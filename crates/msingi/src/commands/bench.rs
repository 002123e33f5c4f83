//! `msingi bench`.

use super::{Failure, say};
use crate::bench::{self, Part, Settings};
use clap::ValueEnum;
use kernel::config::Config;
use std::path::PathBuf;

/// What to measure, and with what.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Measure only these, as --only kernel,ledger
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PARTS")]
    only: Vec<Part>,
    /// Folder on the disk to measure; a new one in it is used and removed
    #[arg(long, default_value = ".")]
    directory: PathBuf,
    /// A PostgreSQL server to throw away, to measure it too: postgres://user:password@host/database.
    /// Schemas and roles named bench… and msingi_local… stay there
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// PostgreSQL connections for each block; without it, what an installation has by default
    #[arg(long, value_name = "NUMBER")]
    pool: Option<usize>,
    /// Seconds of each run
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Instructions of the batch of bulk payments
    #[arg(long, default_value_t = 100_000)]
    instructions: usize,
    /// Runs of each figure
    #[arg(long, default_value_t = 3)]
    runs: usize,
}

pub async fn run(args: Args) -> Result<(), Failure> {
    if cfg!(debug_assertions) {
        return Err(
            "this is a debug build, whose figures mean nothing: cargo run --release -- bench"
                .into(),
        );
    }
    let parts = match args.only.is_empty() {
        true => Part::value_variants().to_vec(),
        false => args.only,
    };
    let directory = args.directory.join(format!("msingi-bench-{}", std::process::id()));
    let settings = Settings {
        directory: directory.clone(),
        postgres: args.postgres,
        pool: args.pool.unwrap_or(Config::default().storage.pg_pool as usize).max(1),
        seconds: args.seconds.max(1),
        runs: args.runs.max(1),
        instructions: args.instructions.max(1),
        parts,
    };
    let outcome = bench::run(&settings).await;
    // Removed also when a measurement failed; a folder that stays harms nobody.
    let _ = std::fs::remove_dir_all(&directory);
    say(outcome?.to_string().trim_end());
    Ok(())
}
