//! Annex C: the legal register.

use crate::report::Report;
use crate::report::document::{Chapter, Line, State, Table};
use crate::report::phrases::{anchor, listed};

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("ch-law", "C", report.t("law.title"));
    let columns = [
        (report.t("column.law"), 32, false),
        (report.t("column.law-level"), 14, false),
        (report.t("column.status"), 14, false),
        (report.t("column.date"), 12, false),
        (report.t("column.articles"), 12, false),
        (report.t("column.covers"), 16, false),
    ];
    let mut table = Table::new("t-law", report.t("law.title"), &columns);
    for law in &report.round.laws {
        let status = match law.status.as_str() {
            "in force" => Line::new().state(State::Good, report.t("law.in-force")),
            "draft" => Line::new().state(State::Open, report.t("law.draft")),
            "missing" => Line::new().state(State::Bad, report.t("law.missing")),
            other => Line::plain(other),
        };
        let level = match law.level.as_str() {
            "soft" => report.t("law.soft"),
            "regional" => report.t("law.regional"),
            "national" => report.t("law.national"),
            other => other,
        };
        let cells = vec![
            Line::new().strong(law.id.clone()).and(format!(" {}", law.name)),
            Line::plain(level),
            status,
            Line::plain(law.date.map(|date| date.to_string()).unwrap_or_default()),
            Line::plain(law.articles.clone()),
            Line::plain(listed(&law.covers)),
        ];
        table.row_at(anchor("law", &law.id), cells);
    }
    chapter.table(table, report.t("nothing.laws"));
    chapter
}
