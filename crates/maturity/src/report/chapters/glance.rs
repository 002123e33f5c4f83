//! Chapter 2: maturity at a glance.

use crate::draw::{heat, matrix, radar, spread};
use crate::report::Report;
use crate::report::document::{Chapter, Line, State, Table};
use crate::report::phrases::{anchor, indicator_links};

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("ch-glance", "2", report.t("glance.title"));
    chapter.blocks.push(crate::report::document::Block::Facts(facts(report)));
    let held = report.assessment.scores.hindrances(report.instrument);
    if !held.is_empty() {
        chapter.heading("held-back", report.t("glance.held-back"));
        chapter.list(true, held.iter().map(|reason| report.hindrance(reason)).collect());
    }
    chapter.figure(matrix::matrix(report));
    chapter.figure(radar::radar(report));
    chapter.table(dimensions(report), report.t("nothing.dimensions"));
    chapter.heading("gates", report.t("glance.gates"));
    chapter.text(report.t("glance.gates-say"));
    chapter.table(gates(report), report.t("nothing.gates"));
    chapter.figure(spread::spread(report));
    chapter.figure(heat::heat(report));
    chapter
}

/// The country's figures, each with what it means.
pub(in crate::report) fn facts(report: &Report<'_>) -> Vec<(String, Line)> {
    let country = &report.assessment.scores.country;
    let level = Line::new()
        .level(Some(country.level), "")
        .and(" ")
        .strong(report.level_name(country.level));
    let interval = report.fill(
        "glance.interval",
        &[("low", &report.points(country.low)), ("high", &report.points(country.high))],
    );
    let mean = Line::new().strong(report.points(country.mean)).and(" ").soft(interval);
    let weakest = report.dimension(&country.weakest);
    let weakest_name = weakest.map_or(country.weakest.as_str(), |one| one.name.as_str());
    let anchor = anchor("dim", &country.weakest);
    vec![
        (report.t("glance.level").to_owned(), level),
        (report.t("glance.mean").to_owned(), mean),
        (report.t("glance.geometric").to_owned(), Line::plain(report.points(country.geometric))),
        (report.t("glance.weakest").to_owned(), Line::new().link(anchor, weakest_name)),
        (report.t("glance.coverage").to_owned(), Line::plain(report.share(country.coverage))),
    ]
}

fn dimensions(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.dimension"), 40, false),
        (report.t("column.score"), 12, true),
        (report.t("column.interval"), 18, true),
        (report.t("column.coverage"), 14, true),
        (report.t("column.band"), 16, false),
    ];
    let mut table = Table::new("t-dimensions", report.t("glance.dimensions"), &columns);
    for (dimension, score) in report.dimensions() {
        let name = Line::new().strong(dimension.id.clone()).and(format!(" {}", dimension.name));
        let points = match score.score {
            Some(points) => Line::plain(report.points(points)),
            None => Line::new().soft(report.t("level.unknown")),
        };
        let interval = format!("{} – {}", report.points(score.low), report.points(score.high));
        let mut band = match score.band {
            Some(band) => report.level(Some(band)),
            None => Line::new().soft(report.t("glance.no-band")),
        };
        if score.unavailable {
            band = band.and(" ").state(State::Open, report.t("measured.unavailable"));
        }
        let coverage = Line::plain(report.share(score.coverage));
        let cells = vec![name, points, Line::plain(interval), coverage, band];
        table.row_at(anchor("dim", &dimension.id), cells);
    }
    table
}

fn gates(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.gate"), 16, false),
        (report.t("column.state"), 12, false),
        (report.t("column.component"), 14, false),
        (report.t("column.says"), 40, false),
        (report.t("column.because"), 18, false),
    ];
    let mut table = Table::new("t-gates", report.t("glance.gates"), &columns);
    for gate in &report.assessment.scores.gates {
        let cells = vec![
            Line::new().strong(gate.id.clone()),
            report.gate_state(gate.state),
            Line::plain(report.component(&gate.component)),
            Line::plain(gate.says.clone()),
            indicator_links(&gate.because),
        ];
        table.row_at(anchor("gate", &gate.id), cells);
    }
    table
}
