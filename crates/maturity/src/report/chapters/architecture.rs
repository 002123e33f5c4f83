//! Chapter 10: the architecture as it is and as it could be.

use crate::draw::architecture::architecture;
use crate::draw::overview::{LINES_MAX, overview};
use crate::report::Report;
use crate::report::document::{Chapter, Line, Table};
use crate::report::phrases::{anchor, listed};

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let plan = &report.assessment.architecture;
    let mut chapter = Chapter::new("ch-architecture", "10", report.t("architecture.title"));
    chapter.text(report.t("architecture.intro"));
    if plan.as_is.nodes.is_empty() && plan.to_be.nodes.is_empty() {
        chapter.notice(report.t("nothing.architecture"));
    }
    if plan.as_is.edges.len().max(plan.to_be.edges.len()) > LINES_MAX {
        chapter.text(report.t("architecture.crowded"));
    }
    let diagrams = [
        (&plan.as_is, "as-is", report.t("architecture.as-is")),
        (&plan.to_be, "to-be", report.t("architecture.to-be")),
    ];
    for (diagram, id, title) in diagrams {
        if diagram.edges.len() > LINES_MAX {
            chapter.figure(overview(report, diagram, id, title));
        } else if !diagram.nodes.is_empty() {
            chapter.figure(architecture(report, diagram, id, title));
        }
    }
    chapter.heading("decisions-part", report.t("architecture.decisions"));
    chapter.table(decisions(report), report.t("nothing.decisions"));
    chapter.heading("interfaces-part", report.t("architecture.interfaces"));
    chapter.table(interfaces(report), report.t("nothing.interfaces"));
    chapter
}

fn decisions(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.system"), 30, false),
        (report.t("column.verdict"), 14, false),
        (report.t("column.block"), 18, false),
        (report.t("column.reason"), 38, false),
    ];
    let mut table = Table::new("t-verdicts", report.t("architecture.decisions"), &columns);
    for decision in &report.assessment.architecture.decisions {
        table.row(vec![
            system(report, &decision.system),
            Line::new().strong(report.verdict(decision.verdict)),
            Line::plain(decision.building_block.as_deref().map_or("", |id| report.block(id))),
            Line::plain(decision.reason.clone()),
        ]);
    }
    table
}

/// A system of the catalogue, or the Building Block that is to be built.
fn system(report: &Report<'_>, id: &str) -> Line {
    if report.round.systems.iter().any(|one| one.id == id) {
        return Line::new().link(anchor("sys", id), report.system(id));
    }
    Line::plain(report.block(id))
}

fn interfaces(report: &Report<'_>) -> Table {
    let columns =
        [(report.t("column.block"), 28, false), (report.t("column.standards"), 72, false)];
    let mut table = Table::new("t-interfaces", report.t("architecture.interfaces"), &columns);
    for interface in &report.assessment.architecture.interfaces {
        let name = Line::new().strong(report.block(&interface.building_block));
        table.row(vec![name, Line::plain(listed(&interface.standards))]);
    }
    table
}
