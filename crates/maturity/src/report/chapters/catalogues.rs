//! Annex D: institutions, systems and services as the country listed them.

use crate::report::Report;
use crate::report::document::{Chapter, Line, Table};
use crate::report::phrases::{anchor, listed};

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("ch-catalogues", "D", report.t("catalogues.title"));
    chapter.table(institutions(report), report.t("nothing.institutions"));
    chapter.table(systems(report), report.t("nothing.systems"));
    chapter.table(services(report), report.t("nothing.services"));
    chapter
}

fn institutions(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.institution"), 56, false),
        (report.t("column.sector"), 20, false),
        (report.t("column.id"), 24, false),
    ];
    let mut table = Table::new("t-institutions", report.t("catalogues.institutions"), &columns);
    for one in &report.round.institutions {
        let cells = vec![
            Line::plain(one.name.clone()),
            Line::plain(one.sector.clone()),
            Line::new().code(one.id.clone()),
        ];
        table.row_at(anchor("inst", &one.id), cells);
    }
    table
}

fn systems(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.system"), 26, false),
        (report.t("column.institution"), 22, false),
        (report.t("column.does"), 20, false),
        (report.t("column.interfaces"), 16, false),
        (report.t("column.hosting"), 16, false),
    ];
    let mut table = Table::new("t-systems", report.t("catalogues.systems"), &columns);
    for one in &report.round.systems {
        let mut name = Line::new().strong(one.id.clone()).and(format!(" {}", one.name));
        if one.shared {
            name = name.and(" ").soft(report.t("catalogues.shared"));
        }
        let uses = one.uses.iter().map(|id| (anchor("sys", id), report.system(id).to_owned()));
        let mut does = Line::plain(report.blocks(&one.capabilities));
        if !one.uses.is_empty() {
            does = does.on_new_line().soft(report.t("path.uses")).and(" ").links(uses);
        }
        let cells = vec![
            name,
            Line::plain(report.institution(&one.institution)),
            does,
            Line::plain(listed(&one.interfaces)),
            Line::plain(one.hosting.clone()),
        ];
        table.row_at(anchor("sys", &one.id), cells);
    }
    table
}

fn services(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.service"), 32, false),
        (report.t("column.institution"), 24, false),
        (report.t("column.transactions"), 11, true),
        (report.t("column.digital"), 10, true),
        (report.t("column.needs"), 23, false),
    ];
    let mut table = Table::new("t-catalogue", report.t("catalogues.services"), &columns);
    let unknown = || Line::new().soft(report.t("level.unknown"));
    for one in &report.round.services {
        let cells = vec![
            Line::new().strong(one.id.clone()).and(format!(" {}", one.name)),
            Line::plain(report.institution(&one.institution)),
            one.transactions_per_year.map_or_else(unknown, |n| Line::plain(report.count(n))),
            one.digital_level.map_or_else(unknown, |n| Line::plain(n.to_string())),
            Line::plain(report.blocks(&one.needs)),
        ];
        table.row_at(anchor("cat", &one.id), cells);
    }
    table
}
