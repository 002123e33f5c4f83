//! Figures and how they are shown.

use super::load::Run;
use std::fmt;

/// One measured figure.
#[derive(Clone, Debug)]
pub struct Figure {
    name: String,
    unit: &'static str,
    /// Smallest, median, largest.
    values: [u64; 3],
    note: String,
}

impl Figure {
    /// A figure from one value a run.
    #[must_use]
    pub fn rate(name: &str, unit: &'static str, mut values: Vec<u64>) -> Self {
        values.sort_unstable();
        let median = values.get(values.len() / 2).copied().unwrap_or(0);
        let smallest = values.first().copied().unwrap_or(0);
        let largest = values.last().copied().unwrap_or(0);
        Self {
            name: name.to_owned(),
            unit,
            values: [smallest, median, largest],
            note: String::new(),
        }
    }

    /// A figure from runs under load, with the times of the median run.
    #[must_use]
    pub fn of_runs(name: &str, unit: &'static str, runs: &[Run]) -> Self {
        let mut sorted: Vec<&Run> = runs.iter().collect();
        sorted.sort_by_key(|run| run.per_second);
        let figure = Self::rate(name, unit, runs.iter().map(|run| run.per_second).collect());
        match sorted.get(sorted.len() / 2) {
            Some(run) => figure.with_note(format!(
                "p50 {}, p99 {}",
                time(run.p50_micros),
                time(run.p99_micros)
            )),
            None => figure,
        }
    }

    /// The same figure with a remark.
    #[must_use]
    pub fn with_note(self, note: String) -> Self {
        Self { note, ..self }
    }
}

fn time(micros: u64) -> String {
    match micros {
        0..1_000 => format!("{micros} µs"),
        _ => format!("{}.{:02} ms", micros / 1_000, micros % 1_000 / 10),
    }
}

/// All figures, printed as a Markdown table.
#[derive(Clone, Debug, Default)]
pub struct Report {
    figures: Vec<Figure>,
}

impl Report {
    /// No figures yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds figures.
    pub fn extend(&mut self, figures: Vec<Figure>) {
        self.figures.extend(figures);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| What | Median | Smallest to largest | Times |")?;
        writeln!(f, "|---|---:|---:|---|")?;
        for figure in &self.figures {
            let [smallest, median, largest] = figure.values.map(grouped);
            let Figure { name, unit, note, .. } = figure;
            writeln!(f, "| {name} | {median} {unit} | {smallest} to {largest} | {note} |")?;
        }
        Ok(())
    }
}

/// `1234567` as `1,234,567`.
fn grouped(value: u64) -> String {
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

    #[test]
    fn figures_show_median_and_spread() {
        let mut report = Report::new();
        report.extend(vec![Figure::rate("Flushes", "flushes/s", vec![3_000, 1_234_567, 20])]);
        assert!(report.to_string().contains("| Flushes | 3,000 flushes/s | 20 to 1,234,567 |  |"));
    }
}
