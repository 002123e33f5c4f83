//! The one-page brief for ministers: level, matrix, decisions asked, red gates, the next twelve months.

use super::Report;
use super::chapters::decisions::{asks, decides};
use super::chapters::glance;
use super::document::{Block, Chapter, Document, Line, State};
use crate::draw::matrix;
use crate::result::{GateAnswer, GateState};

/// Actions shown of the first year.
const ACTIONS_MAX: usize = 6;
const MONTHS: u32 = 12;

/// The brief, ready to be set on one page.
#[must_use]
pub fn document(report: &Report<'_>) -> Document {
    let country = &report.round.country;
    Document {
        title: report.fill("brief.title", &[("country", &country.name)]),
        country: country.name.clone(),
        invented: report.invented(),
        language: report.language.code(),
        cover: Vec::new(),
        chapters: vec![level(report), decisions(report), red(report), year(report)],
    }
}

fn level(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("b-level", "", report.t("glance.title"));
    // Links would lead to the full report, which is another file.
    let facts = glance::facts(report).into_iter();
    let plain = facts.map(|(name, line)| (name, line.without_links())).collect();
    chapter.blocks.push(Block::Facts(plain));
    chapter.figure(matrix::matrix(report));
    chapter
}

fn decisions(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("b-decisions", "", report.t("brief.asks"));
    let line = |title: &str, body: &str, month: u32| {
        let values = [("body", body), ("month", &month.to_string())];
        Line::new().strong(title).and(" ").and(report.fill("decisions.who", &values))
    };
    let asked = asks(report);
    let lines = asked.iter().map(|ask| {
        let line = line(&ask.action.title, decides(ask.action), ask.action.first_month);
        match ask.gate {
            Some(gate) => line.and(" ").soft(gate.id.clone()),
            None => line,
        }
    });
    if asked.is_empty() {
        chapter.text(report.t("decisions.none"));
    } else {
        chapter.list(true, lines.collect());
    }
    chapter
}

fn red(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("b-red", "", report.t("brief.red"));
    let gates = &report.assessment.scores.gates;
    let of = |state: GateAnswer| gates.iter().filter(move |gate| gate.state == state);
    let lines: Vec<Line> = of(GateAnswer::Red)
        .map(|gate: &GateState| {
            Line::new().state(State::Bad, gate.id.clone()).and(format!(" {}", gate.says))
        })
        .collect();
    if lines.is_empty() {
        chapter.text(report.t("brief.no-red"));
    } else {
        chapter.list(false, lines);
    }
    let unknown: Vec<&str> = of(GateAnswer::Unknown).map(|gate| gate.id.as_str()).collect();
    if !unknown.is_empty() {
        chapter.text(report.fill("brief.unknown", &[("list", &unknown.join(", "))]));
    }
    chapter
}

fn year(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("b-year", "", report.t("brief.year"));
    let roadmap = &report.assessment.roadmap;
    let mut actions: Vec<_> =
        roadmap.actions.iter().filter(|action| action.first_month <= MONTHS).collect();
    // The critical path is what a minister must not lose sight of.
    actions.sort_by_key(|action| (!roadmap.critical_path.contains(&action.id), action.first_month));
    actions.truncate(ACTIONS_MAX);
    actions.sort_by_key(|action| (action.first_month, action.id.clone()));
    let lines = actions.iter().map(|action| {
        let (first, last) = (action.first_month.to_string(), action.last_month.to_string());
        let when = report.fill("brief.month", &[("first", &first), ("last", &last)]);
        Line::new().soft(when).and(" ").and(action.title.clone())
    });
    let lines: Vec<Line> = lines.collect();
    if lines.is_empty() {
        chapter.text(report.t("nothing.actions"));
    } else {
        chapter.list(false, lines);
    }
    let digest = report.assessment.digest.clone();
    chapter.text(Line::new().soft(report.t("brief.more")).and(" ").code(digest));
    chapter
}
