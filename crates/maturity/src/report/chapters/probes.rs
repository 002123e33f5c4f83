//! Annex B: what was measured, request by request.

use crate::report::Report;
use crate::report::document::{Chapter, Line, State, Table};
use crate::report::phrases::anchor;
use crate::round::{Measurement, Outcome};

/// Anchor of the measurement at a place of the round's list.
pub(super) fn measurement_anchor(at: usize) -> String {
    format!("m-{}", at + 1)
}

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("ch-probes", "B", report.t("probes.title"));
    chapter.text(report.t("probes.intro"));
    let root = Line::plain(report.t("probes.root")).and(" ").code(report.assessment.digest.clone());
    chapter.text(root);
    chapter.table(measurements(report), report.t("nothing.measurements"));
    chapter.table(exchanges(report), "");
    chapter
}

fn measurements(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.probe"), 22, false),
        (report.t("column.indicator"), 12, false),
        (report.t("column.target-system"), 16, false),
        (report.t("column.when"), 16, false),
        (report.t("column.outcome"), 12, false),
        (report.t("column.says"), 22, false),
    ];
    let mut table = Table::new("t-measurements", report.t("probes.measurements"), &columns);
    for (at, one) in report.round.measurements.iter().enumerate() {
        let name = Line::new().strong(format!("{}. ", at + 1)).code(one.probe.clone());
        let cells = vec![
            name,
            Line::new().link(anchor("a", &one.indicator), one.indicator.clone()),
            Line::plain(one.target.clone()),
            Line::plain(one.at.to_string()),
            outcome(report, one),
            Line::plain(one.says.clone()),
        ];
        table.row_at(measurement_anchor(at), cells);
    }
    table
}

fn outcome(report: &Report<'_>, one: &Measurement) -> Line {
    match one.outcome {
        Outcome::Level(level) => report.level(Some(level)),
        Outcome::CannotBeMeasured => Line::new().soft(report.t("measured.cannot")),
        Outcome::Unavailable { seconds } => {
            let words = report.fill("probes.unavailable", &[("seconds", &report.count(seconds))]);
            Line::new().state(State::Open, words)
        }
    }
}

fn exchanges(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.probe"), 12, false),
        (report.t("column.request"), 36, false),
        (report.t("column.status"), 10, true),
        (report.t("column.milliseconds"), 10, true),
        (report.t("column.digests"), 32, false),
    ];
    let mut table = Table::new("t-exchanges", report.t("probes.exchanges"), &columns);
    for (at, one) in report.round.measurements.iter().enumerate() {
        for exchange in &one.exchanges {
            let status = match exchange.status {
                0 => Line::new().state(State::Bad, report.t("probes.no-answer")),
                status => Line::plain(status.to_string()),
            };
            let digests = Line::new()
                .code(exchange.request_sha256.clone())
                .on_new_line()
                .code(exchange.response_sha256.clone());
            table.row(vec![
                Line::new().link(measurement_anchor(at), (at + 1).to_string()),
                Line::new().code(format!("{} {}", exchange.method, exchange.url)),
                status,
                Line::plain(report.count(exchange.milliseconds)),
                digests,
            ]);
        }
    }
    table
}
