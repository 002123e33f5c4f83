//! The disk's own rate: how often a second four kilobytes can be made durable.

use super::load::Plan;
use super::report::Figure;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

/// Appends 4 KiB and waits for it to be on disk, again and again.
///
/// # Errors
/// What the file system says.
pub fn measure(directory: &Path, plan: &Plan) -> std::io::Result<Vec<Figure>> {
    fs::create_dir_all(directory)?;
    let path = directory.join("fsync.probe");
    let mut rates = Vec::with_capacity(plan.runs);
    for _ in 0..plan.runs {
        let mut file = OpenOptions::new().create(true).write(true).truncate(true).open(&path)?;
        let started = Instant::now();
        let mut flushes = 0_u64;
        while started.elapsed() < plan.time {
            file.write_all(&[7; 4_096])?;
            file.sync_data()?;
            flushes += 1;
        }
        let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX).max(1);
        rates.push(flushes * 1_000_000 / micros);
    }
    fs::remove_file(&path)?;
    Ok(vec![Figure::rate("Disk: 4 KiB appended and flushed", "flushes/s", rates)])
}
