//! Figures and how they are shown.

use super::load::Run;
use std::fmt;

/// What a figure should reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// This much or more.
    AtLeast(u64),
    /// This much or less.
    AtMost(u64),
}

/// One measured figure.
#[derive(Clone, Debug)]
pub struct Figure {
    name: String,
    unit: &'static str,
    /// Smallest, median, largest.
    values: [u64; 3],
    aim: Option<Aim>,
    note: String,
}

impl Figure {
    /// A figure from one value a run.
    #[must_use]
    pub fn of(name: &str, unit: &'static str, mut values: Vec<u64>) -> Self {
        values.sort_unstable();
        let median = values.get(values.len() / 2).copied().unwrap_or(0);
        let smallest = values.first().copied().unwrap_or(0);
        let largest = values.last().copied().unwrap_or(0);
        let values = [smallest, median, largest];
        Self { name: name.to_owned(), unit, values, aim: None, note: String::new() }
    }

    /// A rate from runs under load, with the times of the median run.
    #[must_use]
    pub fn of_runs(name: &str, unit: &'static str, runs: &[Run]) -> Self {
        let figure = Self::of(name, unit, runs.iter().map(|run| run.per_second).collect());
        match median(runs, |run| run.per_second) {
            Some(run) => figure.with_note(times(run)),
            None => figure,
        }
    }

    /// CPU time of this process for each unit of work, in whole microseconds; none where the system
    /// does not tell.
    #[must_use]
    pub fn cpu_of_runs(name: &str, runs: &[Run]) -> Option<Self> {
        let values: Option<Vec<u64>> =
            runs.iter().map(|run| run.cpu_nanos.map(|nanos| nanos.div_ceil(1_000))).collect();
        Some(Self::of(name, "µs", values?))
    }

    /// The same figure with what it should reach.
    #[must_use]
    pub fn with_aim(self, aim: Aim) -> Self {
        Self { aim: Some(aim), ..self }
    }

    /// The same figure with a remark.
    #[must_use]
    pub fn with_note(self, note: String) -> Self {
        Self { note, ..self }
    }

    fn aim(&self) -> String {
        let [_, median, _] = self.values;
        let (text, met) = match self.aim {
            None => return String::new(),
            Some(Aim::AtLeast(aim)) => (format!("≥ {}", grouped(aim)), median >= aim),
            Some(Aim::AtMost(aim)) => (format!("≤ {}", grouped(aim)), median <= aim),
        };
        format!("{text}: {}", if met { "met" } else { "missed" })
    }
}

fn median(runs: &[Run], of: impl Fn(&Run) -> u64) -> Option<&Run> {
    let mut sorted: Vec<&Run> = runs.iter().collect();
    sorted.sort_by_key(|run| of(run));
    sorted.get(sorted.len() / 2).copied()
}

/// Times of a run as a remark.
fn times(run: &Run) -> String {
    let waits = format!("p50 {}, p99 {}", time(run.p50_micros), time(run.p99_micros));
    match run.cpu_nanos {
        Some(nanos) => format!("{waits}, CPU {}", fine_time(nanos)),
        None => waits,
    }
}

/// Microseconds as people read them.
pub fn time(micros: u64) -> String {
    match micros {
        0..1_000 => format!("{micros} µs"),
        _ => format!("{}.{:02} ms", micros / 1_000, micros % 1_000 / 10),
    }
}

fn fine_time(nanos: u64) -> String {
    match nanos {
        0..100_000 => format!("{}.{} µs", nanos / 1_000, nanos % 1_000 / 100),
        _ => time(nanos / 1_000),
    }
}

/// All figures, printed as a Markdown table.
#[derive(Clone, Debug, Default)]
pub struct Report {
    figures: Vec<(Figure, u64)>,
}

impl Report {
    /// No figures yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds figures that were measured while the disk did so many flushes a second.
    pub fn extend(&mut self, figures: Vec<Figure>, flushes: u64) {
        self.figures.extend(figures.into_iter().map(|figure| (figure, flushes)));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| What | Median | Smallest to largest | Aim | Disk, flushes/s | Times |")?;
        writeln!(f, "|---|---:|---:|---|---:|---|")?;
        for (figure, flushes) in &self.figures {
            let [smallest, median, largest] = figure.values.map(grouped);
            let (aim, flushes) = (figure.aim(), grouped(*flushes));
            let Figure { name, unit, note, .. } = figure;
            writeln!(
                f,
                "| {name} | {median} {unit} | {smallest} to {largest} | {aim} | {flushes} | {note} |"
            )?;
        }
        Ok(())
    }
}

/// `1234567` as `1,234,567`.
pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(figure: Figure) -> String {
        let mut report = Report::new();
        report.extend(vec![figure], 5_000);
        report.to_string()
    }

    #[test]
    fn figures_show_median_and_spread() {
        let table = table(Figure::of("Calls", "calls/s", vec![3_000, 1_234_567, 20]));
        assert!(table.contains("| Calls | 3,000 calls/s | 20 to 1,234,567 |  | 5,000 |  |"));
    }

    #[test]
    fn an_aim_is_met_or_missed_by_the_median() {
        let of = |values: [u64; 3], aim| table(Figure::of("x", "s", values.to_vec()).with_aim(aim));
        assert!(of([1, 10, 20], Aim::AtLeast(10)).contains("| ≥ 10: met |"));
        assert!(of([1, 10, 20], Aim::AtLeast(11)).contains("| ≥ 11: missed |"));
        assert!(of([1, 10, 20], Aim::AtMost(10)).contains("| ≤ 10: met |"));
        assert!(of([1, 10, 20], Aim::AtMost(9)).contains("| ≤ 9: missed |"));
    }

    #[test]
    fn cpu_time_is_rounded_up() {
        let run = Run { per_second: 1, p50_micros: 1, p99_micros: 1, cpu_nanos: Some(49_001) };
        let figure = Figure::cpu_of_runs("Hop", &[run]).expect("there is a figure");
        assert!(table(figure).contains("| 50 µs |"));
    }
}
