//! Chapter 7: shared components or silos, and who exchanges what with whom.

use crate::draw::flows;
use crate::report::Report;
use crate::report::document::{Chapter, Line, Table};
use crate::report::phrases::anchor;
use crate::round::Flow;

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("ch-sharing", "7", report.t("sharing.title"));
    chapter.text(report.t("sharing.intro"));
    chapter.table(duplicates(report), report.t("nothing.duplicates"));
    chapter.heading("flows-part", report.t("sharing.flows"));
    if report.assessment.flows.institutions.is_empty() {
        chapter.text(report.t("nothing.flows"));
        return chapter;
    }
    chapter.text(report.t("sharing.flows-say"));
    chapter.figure(flows::flows(report));
    chapter.table(flow_table(report), report.t("nothing.flows"));
    chapter
}

fn duplicates(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.block"), 16, false),
        (report.t("column.systems"), 34, false),
        (report.t("column.institutions"), 36, false),
        (report.t("column.shared"), 14, false),
    ];
    let mut table = Table::new("t-duplicates", report.t("sharing.duplicates"), &columns);
    for duplicate in &report.assessment.duplicates {
        let systems =
            duplicate.systems.iter().map(|id| (anchor("sys", id), report.system(id).to_owned()));
        let institutions: Vec<&str> =
            duplicate.institutions.iter().map(|id| report.institution(id)).collect();
        let shared = match &duplicate.shared {
            Some(id) => Line::new().link(anchor("sys", id), report.system(id)),
            None => Line::new().soft(report.t("sharing.no-shared")),
        };
        table.row(vec![
            Line::new().strong(report.block(&duplicate.building_block)),
            Line::new().links(systems),
            Line::plain(institutions.join(", ")),
            shared,
        ]);
    }
    table
}

fn flow_table(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.from-to"), 34, false),
        (report.t("column.subject"), 22, false),
        (report.t("column.path"), 14, false),
        (report.t("column.agreement"), 18, false),
        (report.t("column.calls"), 12, true),
    ];
    let mut table = Table::new("t-flows", report.t("flows.table"), &columns);
    for flow in &report.round.flows {
        let ends = (report.institution(&flow.from), report.institution(&flow.to));
        table.row(vec![
            Line::plain(format!("{} → {}", ends.0, ends.1)),
            Line::plain(flow.subject.clone()),
            Line::plain(report.path(&flow.path)),
            agreement(report, flow),
            match flow.calls {
                Some(calls) => Line::plain(report.count(calls)),
                None => Line::new().soft(report.t("flows.told")),
            },
        ]);
    }
    table
}

fn agreement(report: &Report<'_>, flow: &Flow) -> Line {
    match &flow.agreement {
        Some(agreement) => Line::plain(agreement.clone()),
        None => {
            Line::new().state(crate::report::document::State::Bad, report.t("flows.no-agreement"))
        }
    }
}
