//! `msingi bench`.

use super::{Failure, say};
use crate::bench::{self, Settings};
use std::path::PathBuf;

/// What to measure with.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder on the disk to measure; a new one in it is used and removed
    #[arg(long, default_value = ".")]
    directory: PathBuf,
    /// A PostgreSQL server to measure too, as postgres://user:password@host/database
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Seconds of each run
    #[arg(long, default_value_t = 3)]
    seconds: u64,
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
    let directory = args.directory.join(format!("msingi-bench-{}", std::process::id()));
    let settings = Settings {
        directory: directory.clone(),
        postgres: args.postgres,
        seconds: args.seconds.max(1),
        runs: args.runs.max(1),
    };
    let outcome = bench::run(&settings).await;
    // Removed also when a measurement failed; a folder that stays harms nobody.
    let _ = std::fs::remove_dir_all(&directory);
    say(outcome?.to_string().trim_end());
    Ok(())
}
