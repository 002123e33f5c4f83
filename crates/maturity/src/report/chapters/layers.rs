//! Chapter 5: the four layers around the core components, and the services on top of them.

use super::components::dimension_part;
use crate::report::Report;
use crate::report::document::Chapter;

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("ch-layers", "5", report.t("layers.title"));
    chapter.text(report.t("layers.intro"));
    let around = report
        .dimensions()
        .filter(|(dimension, _)| dimension.layer != "core" && dimension.layer != "regional");
    for (dimension, _) in around {
        dimension_part(report, &mut chapter, dimension);
    }
    chapter
}
