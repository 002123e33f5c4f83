//! Chapter 8: the gaps, the worst first.

use std::collections::BTreeMap;

use crate::report::Report;
use crate::report::document::{Chapter, Line, State, Table};
use crate::report::phrases::{anchor, listed};
use crate::result::Gap;

/// Services shown of those that wait for a gap: the first of their ranking. All stand in the table of services.
const SERVICES_MAX: usize = 8;

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("ch-gaps", "8", report.t("gaps.title"));
    chapter.text(report.t("gaps.intro"));
    chapter.text(counts(report));
    chapter.table(table(report), report.t("nothing.gaps"));
    chapter.table(remedies(report), "");
    chapter
}

/// How many of each kind.
fn counts(report: &Report<'_>) -> Line {
    let mut kinds = BTreeMap::new();
    for gap in &report.assessment.gaps {
        *kinds.entry(gap.kind).or_insert(0) += 1;
    }
    let told = kinds.iter().map(|(kind, count)| {
        let values = [("kind", report.gap_kind(*kind)), ("n", &count.to_string())];
        report.fill("gaps.count", &values)
    });
    Line::plain(told.collect::<Vec<_>>().join(" · "))
}

fn table(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.gap"), 30, false),
        (report.t("column.indicator"), 26, false),
        (report.t("column.now-target"), 12, false),
        (report.t("column.severity"), 12, true),
        (report.t("column.owner"), 20, false),
    ];
    let mut table = Table::new("t-gaps", report.t("gaps.table"), &columns);
    for gap in &report.assessment.gaps {
        let title = report.indicator(&gap.indicator).map_or("", |one| one.title.as_str());
        let kind = Line::new()
            .state(State::Bad, report.gap_kind(gap.kind))
            .on_new_line()
            .link(anchor("fix", &gap.id), gap.id.clone());
        let indicator = Line::new()
            .link(anchor("a", &gap.indicator), gap.indicator.clone())
            .and(format!(" {title}"));
        let reach = report.level(gap.level).and(" → ").level(Some(gap.target), "");
        let severity = Line::plain(report.points(gap.severity));
        let cells = vec![kind, indicator, reach, severity, Line::plain(gap.owner.clone())];
        table.row_at(anchor("gap", &gap.id), cells);
    }
    table
}

fn remedies(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.gap"), 26, false),
        (report.t("column.action"), 28, false),
        (report.t("column.with"), 17, false),
        (report.t("column.effort-cost"), 12, false),
        (report.t("column.exit"), 17, false),
    ];
    let mut table = Table::new("t-remedies", report.t("gaps.remedies"), &columns);
    for gap in &report.assessment.gaps {
        let effort = format!("{}; {}", report.effort(gap.effort), report.cost(gap.cost));
        let cells = vec![
            Line::new().link(anchor("gap", &gap.id), gap.id.clone()),
            action(report, gap),
            with(report, gap),
            Line::plain(effort),
            Line::plain(gap.exit_test.clone()),
        ];
        table.row_at(anchor("fix", &gap.id), cells);
    }
    table
}

fn action(report: &Report<'_>, gap: &Gap) -> Line {
    let mut line = Line::plain(gap.action.clone());
    if !gap.blocks_services.is_empty() {
        let names = gap.blocks_services.iter().take(SERVICES_MAX);
        let links = names.map(|id| (anchor("svc", id), report.service(id).to_owned()));
        line = line.on_new_line().soft(report.t("gaps.blocks")).and(" ").links(links);
        let rest = gap.blocks_services.len().saturating_sub(SERVICES_MAX);
        if rest > 0 {
            line = line.and(" ").soft(report.fill("gaps.more", &[("n", &rest.to_string())]));
        }
    }
    line
}

fn with(report: &Report<'_>, gap: &Gap) -> Line {
    let mut line = Line::plain(report.blocks(&gap.building_blocks));
    if !gap.products.is_empty() {
        line =
            line.on_new_line().soft(report.t("gaps.products")).and(" ").and(listed(&gap.products));
    }
    if gap.outside_govstack {
        line = line.on_new_line().soft(report.t("gaps.outside"));
    }
    line
}
