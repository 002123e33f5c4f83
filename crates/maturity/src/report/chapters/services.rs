//! Chapter 9: services by impact and readiness, and what each component unlocks.

use crate::draw::quadrant;
use crate::report::Report;
use crate::report::document::{Chapter, Line, State, Table};
use crate::report::phrases::anchor;
use crate::result::RankedService;

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("ch-services", "9", report.t("services.title"));
    if report.assessment.services.is_empty() {
        chapter.text(report.t("nothing.services"));
    } else {
        chapter.text(report.t("services.intro"));
        chapter.figure(quadrant::quadrant(report));
        chapter.table(services(report), "");
    }
    chapter.heading("components-part", report.t("services.components"));
    chapter.text(report.t("services.components-say"));
    chapter.table(components(report), report.t("nothing.components"));
    chapter
}

fn services(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.service"), 36, false),
        (report.t("column.quadrant"), 10, false),
        (report.t("column.impact"), 10, true),
        (report.t("column.readiness"), 12, true),
        (report.t("column.burden"), 12, true),
        (report.t("column.missing"), 20, false),
    ];
    let mut table = Table::new("t-services", report.t("services.table"), &columns);
    for service in &report.assessment.services {
        let cells = vec![
            name(report, service),
            Line::new().strong(format!("{:?}", service.quadrant)),
            Line::plain(report.share(service.impact)),
            Line::plain(report.share(service.readiness)),
            match service.burden_hours {
                Some(hours) => Line::plain(report.count(hours)),
                None => Line::new().soft(report.t("level.unknown")),
            },
            Line::plain(report.blocks(&service.missing)),
        ];
        table.row_at(anchor("svc", &service.id), cells);
    }
    table
}

fn name(report: &Report<'_>, service: &RankedService) -> Line {
    let mut line = Line::new()
        .strong(format!("{}. ", service.rank))
        .link(anchor("cat", &service.id), report.service(&service.id));
    if service.rights_flag {
        line = line.and(" ").state(State::Open, report.t("services.rights"));
    }
    if !service.unknown_fields.is_empty() {
        let fields: Vec<&str> =
            service.unknown_fields.iter().map(|name| report.field(name)).collect();
        let fields = fields.join(", ");
        line = line.on_new_line().soft(report.fill("services.unknown", &[("fields", &fields)]));
    }
    line
}

fn components(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.block"), 22, false),
        (report.t("column.level"), 14, false),
        (report.t("column.value"), 14, true),
        (report.t("column.effort"), 18, false),
        (report.t("column.unlocks"), 32, false),
    ];
    let mut table = Table::new("t-components", report.t("services.components"), &columns);
    for component in &report.assessment.components {
        let unlocks =
            component.unlocks.iter().map(|id| (anchor("svc", id), report.service(id).to_owned()));
        table.row(vec![
            Line::new().strong(format!(
                "{}. {}",
                component.rank,
                report.block(&component.building_block)
            )),
            report.level(component.level),
            Line::plain(report.points(component.value / 10 * 100)),
            Line::plain(report.effort(component.effort)),
            Line::new().links(unlocks),
        ]);
    }
    table
}
