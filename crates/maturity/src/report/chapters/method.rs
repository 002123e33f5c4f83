//! Chapter 3: how it was found, how much was answered, who signed.

use crate::instrument::EvidenceKind;
use crate::report::Report;
use crate::report::document::{Chapter, Line, State, Table};

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("ch-method", "3", report.t("method.title"));
    let rollup = &report.instrument.rollup;
    chapter.text(report.t("method.intro"));
    chapter.list(
        false,
        vec![
            Line::new().strong(report.t("method.indicator")).and(format!(" {}", rollup.indicator)),
            Line::new().strong(report.t("method.dimension")).and(format!(" {}", rollup.dimension)),
            Line::new().strong(report.t("method.interval")).and(format!(" {}", rollup.interval)),
            Line::plain(
                report.fill("method.band", &[("share", &report.share(rollup.band_needs_coverage))]),
            ),
        ],
    );
    chapter.table(levels(report), report.t("nothing.levels"));
    chapter.table(evidence(report), report.t("nothing.evidence"));
    chapter.heading("coverage", report.t("method.coverage"));
    chapter.text(coverage(report));
    chapter.heading("signed", report.t("method.signed"));
    chapter.table(signatures(report), report.t("nothing.signatures"));
    chapter
}

fn levels(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.level"), 40, false),
        (report.t("column.mean-min"), 15, true),
        (report.t("column.dimension-min"), 15, true),
        (report.t("column.govstack"), 30, false),
    ];
    let mut table = Table::new("t-levels", report.t("method.levels"), &columns);
    for level in &report.instrument.levels {
        table.row(vec![
            Line::new().level(Some(level.n), "").and(format!(" {}", level.name)),
            Line::plain(level.mean_min.to_string()),
            Line::plain(level.dimension_min.to_string()),
            Line::plain(level.govstack_state.clone().unwrap_or_default()),
        ]);
    }
    table
}

fn evidence(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.kind"), 50, false),
        (report.t("column.cap"), 20, false),
        (report.t("column.age"), 30, false),
    ];
    let rule = &report.instrument.evidence_rule;
    let mut table = Table::new("t-evidence-rule", report.t("method.evidence"), &columns);
    let none = Line::plain(report.t("evidence.none"));
    table.row(vec![none, report.level(Some(rule.none)), Line::new()]);
    for (kind, cap) in &rule.caps {
        table.row(vec![
            Line::plain(report.evidence_kind(*kind)),
            report.level(Some(*cap)),
            Line::plain(age(report, *kind)),
        ]);
    }
    table
}

fn age(report: &Report<'_>, kind: EvidenceKind) -> String {
    match report.instrument.evidence_rule.max_age_days.get(&kind) {
        Some(days) => report.fill("method.days", &[("n", &days.to_string())]),
        None => report.t("method.never-old").to_owned(),
    }
}

fn coverage(report: &Report<'_>) -> Line {
    let scores = &report.assessment.scores;
    let known = scores.indicators.iter().filter(|one| one.level.is_some()).count();
    let left_out = scores.indicators.iter().filter(|one| one.not_planned).count();
    let contradicted = scores.indicators.iter().filter(|one| one.contradicted).count();
    let unknown = scores.indicators.len() - known;
    Line::plain(report.fill(
        "method.counted",
        &[
            ("all", &scores.indicators.len().to_string()),
            ("known", &known.to_string()),
            ("unknown", &unknown.to_string()),
            ("planned", &left_out.to_string()),
            ("contradicted", &contradicted.to_string()),
            ("evidence", &report.round.evidence.len().to_string()),
            ("measurements", &report.round.measurements.len().to_string()),
        ],
    ))
}

fn signatures(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.institution"), 34, false),
        (report.t("column.role"), 26, false),
        (report.t("column.when"), 20, false),
        (report.t("column.dissent"), 20, false),
    ];
    let mut table = Table::new("t-signed", report.t("method.signed"), &columns);
    for sign_off in &report.round.sign_offs {
        let dissent = match &sign_off.dissent {
            Some(words) => Line::new().state(State::Open, words.clone()),
            None => Line::new().soft(report.t("method.no-dissent")),
        };
        table.row(vec![
            Line::plain(report.institution(&sign_off.institution)),
            Line::plain(sign_off.role.clone()),
            Line::plain(sign_off.at.to_string()),
            dissent,
        ]);
    }
    table
}
