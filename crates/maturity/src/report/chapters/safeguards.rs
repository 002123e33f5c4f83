//! Chapter 6: the safeguards profile.

use crate::report::Report;
use crate::report::document::{Chapter, Line, Table};
use crate::report::phrases::{anchor, indicator_links};

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("ch-safeguards", "6", report.t("safeguards.title"));
    chapter.text(report.t("safeguards.intro"));
    let kinds = [("principle", "safeguards.principles"), ("risk", "safeguards.risks")];
    for (kind, caption) in kinds {
        chapter.table(table(report, kind, report.t(caption)), report.t("nothing.safeguards"));
    }
    chapter
}

fn table(report: &Report<'_>, kind: &str, caption: &str) -> Table {
    let columns = [
        (report.t("column.safeguard"), 30, false),
        (report.t("column.score"), 11, true),
        (report.t("column.stage"), 19, false),
        (report.t("column.authority"), 17, false),
        (report.t("column.because"), 23, false),
    ];
    let mut table = Table::new(&format!("t-{kind}s"), caption, &columns);
    for row in report.assessment.safeguards.iter().filter(|row| row.kind == kind) {
        let score = row.score.map(|points| report.points(points));
        let cells = vec![
            Line::new().strong(row.id.clone()).and(format!(" {}", report.safeguard(&row.id))),
            Line::plain(score.unwrap_or_else(|| report.t("level.unknown").to_owned())),
            Line::plain(report.stage(&row.stage)),
            Line::plain(report.authority(&row.authority)),
            indicator_links(&row.indicators),
        ];
        table.row_at(anchor("sg", &row.id), cells);
    }
    table
}
