//! Chapter 13: how far the result hangs on the weights, and what this report does not say.

use crate::draw::histogram;
use crate::report::Report;
use crate::report::document::{Chapter, Line};

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let sensitivity = &report.assessment.scores.sensitivity;
    let mut chapter = Chapter::new("ch-limits", "13", report.t("limits.title"));
    chapter.text(report.fill(
        "limits.sensitivity",
        &[
            ("draws", &report.count(u64::from(sensitivity.draws))),
            ("low", &report.points(sensitivity.mean_low)),
            ("high", &report.points(sensitivity.mean_high)),
        ],
    ));
    chapter.figure(histogram::histogram(report));
    chapter.heading("limits-part", report.t("limits.limits"));
    let keys =
        ["limits.unknown", "limits.claims", "limits.cost", "limits.draft", "limits.no-ranking"];
    chapter.list(false, keys.iter().map(|key| Line::plain(report.t(key))).collect());
    let again = Line::plain(report.t("limits.again"))
        .and(" ")
        .code(report.assessment.digest.clone())
        .and(".");
    chapter.text(again);
    chapter
}
