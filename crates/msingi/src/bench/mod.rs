//! `msingi bench`: what this machine does, measured end to end in this process.
//!
//! Each figure is the median of several runs of a fixed time, with the smallest and largest beside
//! it; the disk's own flush rate is measured first, because durable work cannot be faster than it.

mod disk;
mod kernel;
mod load;
mod report;

pub use report::{Figure, Report};

use ::kernel::db::Storage;
use load::Plan;
use std::path::PathBuf;
use std::time::Duration;

/// What to measure with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where files are written; a new folder in it is made and removed.
    pub directory: PathBuf,
    /// URL of a PostgreSQL server, to measure it too.
    pub postgres: Option<String>,
    /// Seconds of each run.
    pub seconds: u64,
    /// Runs of each figure.
    pub runs: usize,
}

/// Measures everything.
///
/// # Errors
/// Whatever stops a measurement; nothing is reported then.
pub async fn run(settings: &Settings) -> Result<Report, Box<dyn std::error::Error>> {
    let plan = Plan { time: Duration::from_secs(settings.seconds), runs: settings.runs };
    let mut report = Report::new();
    report.extend(disk::measure(&settings.directory, &plan)?);
    for storage in storages(settings) {
        report.extend(kernel::measure(&storage, &plan).await?);
    }
    Ok(report)
}

/// The engines to measure, each in a place of its own.
fn storages(settings: &Settings) -> Vec<Storage> {
    let directory = settings.directory.join("sqlite");
    let mut storages = vec![Storage::Sqlite { directory, cache_kib: 64 * 1_024 }];
    if let Some(url) = &settings.postgres {
        let installation = format!("bench{}", std::process::id());
        storages.push(Storage::Postgres(::kernel::db::PostgresPlace {
            url: url.clone(),
            installation,
            secret: [1; 32],
            pool: 16,
        }));
    }
    storages
}
