//! The disk's own rate: how often a second four kilobytes can be made durable.

use basis::Clock;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

/// Long enough for some hundred flushes, short beside the runs it stands next to.
const PROBE_MICROS: i64 = 300_000;

/// Appends 4 KiB and waits for it to be on disk, again and again; answers how often a second.
///
/// # Errors
/// What the file system says.
pub fn flushes(directory: &Path, clock: &Clock) -> std::io::Result<u64> {
    fs::create_dir_all(directory)?;
    let path = directory.join("fsync.probe");
    let mut file = OpenOptions::new().create(true).write(true).truncate(true).open(&path)?;
    let begun = clock.monotonic_micros();
    let mut flushes = 0_u64;
    while clock.monotonic_micros() - begun < PROBE_MICROS {
        file.write_all(&[7; 4_096])?;
        file.sync_data()?;
        flushes += 1;
    }
    let micros = u64::try_from(clock.monotonic_micros() - begun).unwrap_or(0).max(1);
    fs::remove_file(&path)?;
    Ok(flushes * 1_000_000 / micros)
}
