//! Chapter 4: the core components, cell by cell and indicator by indicator.

use crate::instrument::Dimension;
use crate::report::Report;
use crate::report::document::{Chapter, Line, State, Table};
use crate::report::phrases::{anchor, indicator_links};
use crate::result::IndicatorScore;

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("ch-components", "4", report.t("components.title"));
    chapter.text(report.t("components.intro"));
    chapter.table(cells(report), report.t("nothing.cells"));
    for (dimension, _) in report.dimensions().filter(|(dimension, _)| dimension.layer == "core") {
        dimension_part(report, &mut chapter, dimension);
    }
    chapter
}

/// A heading and the table of a dimension's indicators, claims and measurements side by side.
pub(super) fn dimension_part(report: &Report<'_>, chapter: &mut Chapter, dimension: &Dimension) {
    chapter.heading(&anchor("part", &dimension.id), format!("{} {}", dimension.id, dimension.name));
    let columns = [
        (report.t("column.indicator"), 44, false),
        (report.t("column.claimed"), 12, false),
        (report.t("column.measured"), 16, false),
        (report.t("column.counts"), 16, false),
        (report.t("column.target"), 12, false),
    ];
    let caption = format!("{} {}", dimension.id, dimension.name);
    let mut table = Table::new(&anchor("t", &dimension.id), caption, &columns);
    for (indicator, score) in report.indicators_of(&dimension.id) {
        let mut name = Line::new()
            .link(anchor("a", &indicator.id), indicator.id.clone())
            .and(format!(" {}", indicator.title));
        if indicator.critical {
            name = name.and(" ").soft(report.t("components.critical"));
        }
        table.row(vec![
            name,
            report.level(score.claimed),
            report.measured(score.measured),
            counts(report, score),
            target(report, score),
        ]);
    }
    chapter.table(table, report.t("nothing.indicators"));
}

/// What counts in the end, and whether it contradicts the claim.
pub(super) fn counts(report: &Report<'_>, score: &IndicatorScore) -> Line {
    if score.not_planned {
        return Line::new().soft(report.t("components.not-planned"));
    }
    let level = report.level(score.level);
    if score.contradicted {
        return level.and(" ").state(State::Bad, report.t("components.contradicted"));
    }
    level
}

pub(super) fn target(report: &Report<'_>, score: &IndicatorScore) -> Line {
    if score.not_planned {
        return Line::new().soft(report.t("components.no-target"));
    }
    report.level(Some(score.target))
}

fn cells(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.component"), 18, false),
        (report.t("column.question"), 24, false),
        (report.t("column.level"), 14, false),
        (report.t("column.score"), 12, true),
        (report.t("column.because"), 20, false),
        (report.t("column.gate"), 16, false),
    ];
    let mut table = Table::new("t-cells", report.t("matrix.title"), &columns);
    for cell in &report.assessment.scores.matrix {
        let asked = report
            .instrument
            .matrix
            .iter()
            .find(|one| one.component == cell.component && one.question == cell.question);
        let mut level = report.level(cell.level);
        if cell.unavailable {
            level = level.and(" ").state(State::Open, report.t("measured.unavailable"));
        }
        let gate = cell
            .red_gate
            .as_ref()
            .map_or_else(Line::new, |gate| Line::new().state(State::Bad, gate.clone()));
        let score = cell.score.map(|points| report.points(points));
        table.row(vec![
            Line::plain(report.component(&cell.component)),
            Line::plain(report.question(&cell.question)),
            level,
            Line::plain(score.unwrap_or_else(|| report.t("level.unknown").to_owned())),
            asked.map_or_else(Line::new, |one| indicator_links(&one.indicators)),
            gate,
        ]);
    }
    table
}
