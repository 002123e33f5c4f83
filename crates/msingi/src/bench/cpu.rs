//! CPU time and memory of a process, from `/proc`. On other systems than Linux there are no such
//! figures.

use std::fs;

/// `/proc` counts CPU time in hundredths of a second (`USER_HZ`), on every Linux.
const TICK_MICROS: u64 = 10_000;

/// CPU time that this process has used since its start, in microseconds.
pub fn used_micros() -> Option<u64> {
    ticks(&fs::read_to_string("/proc/self/stat").ok()?).map(|ticks| ticks * TICK_MICROS)
}

/// User and system time of a process: proc(5), fields 14 and 15.
fn ticks(stat: &str) -> Option<u64> {
    // The second field is the program's name in brackets, which may hold blanks and brackets.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

/// Memory of a process that is in RAM now, in KiB.
pub fn resident_kib(process: u32) -> Option<u64> {
    field(&fs::read_to_string(format!("/proc/{process}/status")).ok()?, "VmRSS:")
}

/// The most that was in RAM at once since the process started, in KiB.
pub fn peak_kib(process: u32) -> Option<u64> {
    field(&fs::read_to_string(format!("/proc/{process}/status")).ok()?, "VmHWM:")
}

fn field(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_name_with_brackets_does_not_shift_the_fields() {
        let stat = "42 (a) b) S 1 2 3 4 5 6 7 8 9 10 70 7 0 0";
        assert_eq!(ticks(stat), Some(77));
    }

    #[test]
    fn memory_is_the_number_of_its_line() {
        let status = "Name:\tmsingi\nVmHWM:\t   99 kB\nVmRSS:\t   12 kB\n";
        assert_eq!(field(status, "VmRSS:"), Some(12));
        assert_eq!(field(status, "VmHWM:"), Some(99));
    }
}
