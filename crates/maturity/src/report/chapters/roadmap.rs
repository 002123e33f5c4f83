//! Chapter 11: the roadmap, who does what, and in which band it costs.

use crate::draw::gantt;
use crate::report::Report;
use crate::report::document::{Chapter, Line, Table};
use crate::report::phrases::{anchor, listed};
use crate::result::Action;

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("ch-roadmap", "11", report.t("roadmap.title"));
    if report.assessment.roadmap.actions.is_empty() {
        chapter.text(report.t("nothing.actions"));
        return chapter;
    }
    chapter.text(report.t("roadmap.intro"));
    for picture in gantt::gantts(report) {
        chapter.figure(picture);
    }
    chapter.table(actions(report), "");
    chapter.table(raci(report), "");
    chapter.table(milestones(report), report.t("nothing.milestones"));
    chapter
}

/// `1–6`
fn months(action: &Action) -> String {
    format!("{}–{}", action.first_month, action.last_month)
}

fn actions(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.action"), 34, false),
        (report.t("column.months"), 11, true),
        (report.t("column.after"), 13, false),
        (report.t("column.cost-funding"), 18, false),
        (report.t("column.exit"), 24, false),
    ];
    let mut table = Table::new("t-actions", report.t("roadmap.actions"), &columns);
    for action in &report.assessment.roadmap.actions {
        let gaps = action.gaps.iter().map(|gap| (anchor("gap", gap), gap.clone()));
        let after = action.depends_on.iter().map(|id| (anchor("act", id), id.clone()));
        let mut what = Line::new()
            .strong(format!("{} {}", action.id, action.title))
            .on_new_line()
            .and(action.deliverable.clone());
        if !action.standards.is_empty() {
            what = what.on_new_line().soft(listed(&action.standards));
        }
        let cells = vec![
            what.on_new_line().links(gaps),
            Line::plain(months(action)),
            Line::new().links(after),
            Line::plain(report.cost(action.cost)).on_new_line().and(action.funding.clone()),
            Line::plain(action.exit_test.clone()),
        ];
        table.row_at(anchor("act", &action.id), cells);
    }
    table
}

fn raci(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.action"), 14, false),
        (report.t("column.responsible"), 18, false),
        (report.t("column.accountable"), 18, false),
        (report.t("column.consulted"), 18, false),
        (report.t("column.informed"), 16, false),
        (report.t("column.body"), 16, false),
    ];
    let mut table = Table::new("t-raci", report.t("roadmap.raci"), &columns);
    for action in &report.assessment.roadmap.actions {
        table.row(vec![
            Line::new().link(anchor("act", &action.id), action.id.clone()),
            Line::plain(action.raci.responsible.clone()),
            Line::plain(action.raci.accountable.clone()),
            Line::plain(listed(&action.raci.consulted)),
            Line::plain(listed(&action.raci.informed)),
            Line::plain(action.decision_body.clone()),
        ]);
    }
    table
}

fn milestones(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.month"), 14, true),
        (report.t("column.milestone"), 56, false),
        (report.t("column.shown-by"), 30, false),
    ];
    let mut table = Table::new("t-milestones", report.t("roadmap.milestones"), &columns);
    for milestone in &report.assessment.roadmap.milestones {
        table.row(vec![
            Line::plain(milestone.month.to_string()),
            Line::plain(milestone.says.clone()),
            Line::new()
                .link(anchor("a", &milestone.indicator), milestone.indicator.clone())
                .and(" ≥ ")
                .level(Some(milestone.level), ""),
        ]);
    }
    table
}
