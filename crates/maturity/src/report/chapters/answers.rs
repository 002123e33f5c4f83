//! Annex A: every answer with what carries it, and the evidence.

use std::collections::BTreeMap;

use super::components::{counts, target};
use super::probes::measurement_anchor;
use crate::instrument::Indicator;
use crate::report::Report;
use crate::report::document::{Chapter, Line, Span, State, Table};
use crate::report::phrases::anchor;
use crate::result::IndicatorScore;
use crate::round::Evidence;

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("ch-answers", "A", report.t("answers.title"));
    chapter.text(report.t("answers.intro"));
    for (dimension, _) in report.dimensions() {
        let caption = format!("{} {}", dimension.id, dimension.name);
        let mut table = Table::new(&anchor("ta", &dimension.id), caption, &columns(report));
        for (indicator, score) in report.indicators_of(&dimension.id) {
            let cells = cells(report, indicator, score);
            table.row_at(anchor("a", &indicator.id), cells);
        }
        chapter.table(table, report.t("nothing.indicators"));
    }
    chapter.heading("evidence", report.t("answers.evidence"));
    chapter.table(evidence(report), report.t("nothing.evidence-rows"));
    chapter
}

fn columns<'a>(report: &Report<'a>) -> [(&'a str, i32, bool); 7] {
    [
        (report.t("column.indicator"), 26, false),
        (report.t("column.claimed"), 9, false),
        (report.t("column.cap"), 9, false),
        (report.t("column.measured"), 14, false),
        (report.t("column.counts"), 14, false),
        (report.t("column.target"), 8, false),
        (report.t("column.who-evidence"), 20, false),
    ]
}

fn cells(report: &Report<'_>, indicator: &Indicator, score: &IndicatorScore) -> Vec<Line> {
    let mut name = Line::new()
        .strong(indicator.id.clone())
        .and(format!(" {}", indicator.title))
        .on_new_line()
        .soft(indicator.question.clone());
    // What the level that counts means, in the instrument's own words.
    if let Some(meaning) = score.level.and_then(|level| indicator.levels.get(usize::from(level))) {
        let told = report.fill("answers.means", &[("meaning", meaning)]);
        name = name.on_new_line().and(told);
    }
    vec![
        name,
        report.level(score.claimed),
        report.level(Some(score.cap)),
        measured(report, indicator, score),
        counts(report, score),
        target(report, score),
        carried_by(report, indicator, score),
    ]
}

fn measured(report: &Report<'_>, indicator: &Indicator, score: &IndicatorScore) -> Line {
    let all = report.round.measurements.iter().enumerate();
    let links = all
        .filter(|(_, one)| one.indicator == indicator.id)
        .map(|(at, one)| (measurement_anchor(at), one.probe.clone()));
    report.measured(score.measured).on_new_line().links(links)
}

/// Who answered, the review, and links to the evidence.
fn carried_by(report: &Report<'_>, indicator: &Indicator, score: &IndicatorScore) -> Line {
    let Some(answer) = report.round.answers.get(&indicator.id) else {
        return Line::new().soft(report.t("answers.not-answered"));
    };
    let mut line = Line::plain(report.institution(&answer.institution));
    if !answer.respondent.is_empty() {
        line = line.and(", ").and(answer.respondent.clone());
    }
    if !answer.evidence.is_empty() {
        let links = answer.evidence.iter().map(|id| (anchor("e", id), id.clone()));
        line = line.on_new_line().links(links);
    }
    for id in &score.expired {
        let words = report.fill("answers.expired", &[("id", id)]);
        line = line.on_new_line().state(State::Open, words);
    }
    if let Some(review) = &answer.review {
        line = line.on_new_line().soft(report.t("answers.review")).and(" ");
        if let Some(level) = review.level {
            line = line.level(Some(level), "").and(" ");
        }
        line =
            line.and(format!("{}{}{}", review.reviewer, report.t("number.colon"), review.reason));
    }
    if answer.note.is_empty() { line } else { line.on_new_line().soft(answer.note.clone()) }
}

fn evidence(report: &Report<'_>) -> Table {
    let columns = [
        (report.t("column.evidence"), 32, false),
        (report.t("column.kind"), 14, false),
        (report.t("column.date"), 12, false),
        (report.t("column.source"), 24, false),
        (report.t("column.carries"), 18, false),
    ];
    let mut carries: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
    for (indicator, answer) in &report.round.answers {
        for id in &answer.evidence {
            carries.entry(id).or_default().push((anchor("a", indicator), indicator.clone()));
        }
    }
    let mut table = Table::new("t-evidence", report.t("answers.evidence"), &columns);
    for one in &report.round.evidence {
        let links = carries.remove(one.id.as_str()).unwrap_or_default();
        let name = Line::new()
            .strong(one.id.clone())
            .and(format!(" {}", one.title))
            .on_new_line()
            .soft(one.publisher.clone());
        let cells = vec![
            name,
            Line::plain(report.evidence_kind(one.kind)),
            Line::plain(one.date.to_string()),
            source(report, one),
            Line::new().links(links),
        ];
        table.row_at(anchor("e", &one.id), cells);
    }
    table
}

fn source(report: &Report<'_>, one: &Evidence) -> Line {
    let address = one.source.starts_with("https://") || one.source.starts_with("http://");
    let line = match address {
        true => Line::new().with(Span::Address { to: one.source.clone() }),
        false => Line::plain(one.source.clone()),
    };
    match &one.sha256 {
        Some(digest) => line.on_new_line().code(format!("sha256 {digest}")),
        None => line.on_new_line().soft(report.t("answers.no-digest")),
    }
}
