//! Chapter 12: across borders.

use super::components::dimension_part;
use crate::report::Report;
use crate::report::document::{Chapter, Line};
use crate::report::phrases::anchor;

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("ch-border", "12", report.t("border.title"));
    chapter.text(report.t("border.intro"));
    for (dimension, _) in report.dimensions().filter(|(one, _)| one.layer == "regional") {
        dimension_part(report, &mut chapter, dimension);
    }
    let services = report.round.services.iter().filter(|service| service.cross_border);
    let links: Vec<(String, String)> =
        services.map(|service| (anchor("cat", &service.id), service.name.clone())).collect();
    if !links.is_empty() {
        let line = Line::new().strong(report.t("border.services")).and(" ").links(links);
        chapter.text(line);
    }
    let laws = report.round.laws.iter().filter(|law| law.level == "regional");
    let links: Vec<(String, String)> =
        laws.map(|law| (anchor("law", &law.id), law.name.clone())).collect();
    if !links.is_empty() {
        chapter.text(Line::new().strong(report.t("border.laws")).and(" ").links(links));
    }
    chapter
}
