//! What changed between two rounds of one country.

use std::collections::BTreeSet;

use crate::report::Report;
use crate::report::document::{Chapter, Document, Line, Table};
use crate::result::{GateAnswer, IndicatorScore, Points};

/// The difference of two assessments.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Level of the country before and after.
    pub level: (u8, u8),
    pub mean: (Points, Points),
    /// Coverage before and after, thousandths.
    pub coverage: (i64, i64),
    /// Every dimension that both have, with its score before and after.
    pub dimensions: Vec<(String, Option<Points>, Option<Points>)>,
    /// Indicators whose counted level differs, or that stand in one of the two only.
    pub indicators: Vec<(String, Option<u8>, Option<u8>)>,
    /// Gates whose answer differs.
    pub gates: Vec<(String, GateAnswer, GateAnswer)>,
    /// Ids of gaps that are gone, and of those that are new.
    pub closed: Vec<String>,
    pub opened: Vec<String>,
}

/// Compares `before` with `after`; lists follow the order of `after`, what only `before` has comes last.
#[must_use]
pub fn difference(before: &Report<'_>, after: &Report<'_>) -> Difference {
    let (old, new) = (before.assessment, after.assessment);
    let dimensions = new.scores.dimensions.iter().filter_map(|dimension| {
        let earlier = old.scores.dimensions.iter().find(|one| one.id == dimension.id)?;
        Some((dimension.id.clone(), earlier.score, dimension.score))
    });
    let gates = new.scores.gates.iter().filter_map(|gate| {
        let earlier = old.scores.gates.iter().find(|one| one.id == gate.id)?;
        (earlier.state != gate.state).then(|| (gate.id.clone(), earlier.state, gate.state))
    });
    let old_gaps: BTreeSet<&str> = old.gaps.iter().map(|gap| gap.id.as_str()).collect();
    let new_gaps: BTreeSet<&str> = new.gaps.iter().map(|gap| gap.id.as_str()).collect();
    let only = |one: &BTreeSet<&str>, other: &BTreeSet<&str>| {
        one.difference(other).map(|id| (*id).to_owned()).collect()
    };
    Difference {
        level: (old.scores.country.level, new.scores.country.level),
        mean: (old.scores.country.mean, new.scores.country.mean),
        coverage: (old.scores.country.coverage, new.scores.country.coverage),
        dimensions: dimensions.collect(),
        indicators: indicators(before, after),
        gates: gates.collect(),
        closed: only(&old_gaps, &new_gaps),
        opened: only(&new_gaps, &old_gaps),
    }
}

fn indicators(before: &Report<'_>, after: &Report<'_>) -> Vec<(String, Option<u8>, Option<u8>)> {
    let level = |score: Option<&IndicatorScore>| score.and_then(|one| one.level);
    let mut changed = Vec::new();
    for score in &after.assessment.scores.indicators {
        let earlier = before.score(&score.id);
        if earlier.is_none() || level(earlier) != score.level {
            changed.push((score.id.clone(), level(earlier), score.level));
        }
    }
    for score in &before.assessment.scores.indicators {
        if after.score(&score.id).is_none() {
            changed.push((score.id.clone(), score.level, None));
        }
    }
    changed
}

/// The difference as a document, in the language of `after`; set it with [`crate::report::html::page`].
#[must_use]
pub fn document(before: &Report<'_>, after: &Report<'_>) -> Document {
    let since = before.round.as_of.to_string();
    let mut chapter =
        Chapter::new("ch-changes", "", &after.fill("compare.title", &[("date", &since)]));
    let difference = difference(before, after);
    let names = [before, after]
        .map(|one| format!("{} {}", one.round.instrument.id, one.round.instrument.version));
    chapter.text(after.t("compare.intro"));
    if names[0] != names[1] {
        let values = [("before", names[0].as_str()), ("after", names[1].as_str())];
        chapter.notice(after.fill("compare.other-instrument", &values));
    }
    chapter.table(country(after, &difference), "");
    chapter.table(gates(after, &difference), "");
    chapter.table(dimensions(after, &difference), "");
    chapter.table(changed(after, &difference), after.t("compare.none"));
    for (key, ids) in
        [("compare.closed", &difference.closed), ("compare.opened", &difference.opened)]
    {
        if !ids.is_empty() {
            chapter.text(after.fill(key, &[("list", &ids.join(", "))]));
        }
    }
    Document {
        title: after.title(),
        country: after.round.country.name.clone(),
        invented: after.invented(),
        language: after.language.code(),
        cover: crate::report::chapters::cover(after),
        chapters: vec![chapter],
    }
}

fn table(report: &Report<'_>, id: &str, caption: &str, what: &str, change: bool) -> Table {
    let mut columns = vec![
        (report.t(what).to_owned(), 46, false),
        (report.t("column.before").to_owned(), 18, true),
        (report.t("column.after-round").to_owned(), 18, true),
    ];
    if change {
        columns.push((report.t("column.change").to_owned(), 18, true));
    }
    let columns: Vec<(&str, i32, bool)> =
        columns.iter().map(|(title, share, figures)| (title.as_str(), *share, *figures)).collect();
    Table::new(id, report.t(caption), &columns)
}

fn country(report: &Report<'_>, difference: &Difference) -> Table {
    let mut table = table(report, "t-country", "compare.country", "column.score", false);
    let levels = (report.level(Some(difference.level.0)), report.level(Some(difference.level.1)));
    table.row(vec![Line::plain(report.t("glance.level")), levels.0, levels.1]);
    let mean = [difference.mean.0, difference.mean.1].map(|one| Line::plain(report.points(one)));
    let coverage =
        [difference.coverage.0, difference.coverage.1].map(|one| Line::plain(report.share(one)));
    for (key, [before, after]) in [("glance.mean", mean), ("glance.coverage", coverage)] {
        table.row(vec![Line::plain(report.t(key)), before, after]);
    }
    table
}

fn gates(report: &Report<'_>, difference: &Difference) -> Table {
    let mut table = table(report, "t-gates", "compare.gates", "column.gate", false);
    for (id, before, after) in &difference.gates {
        let (before, after) = (report.gate_state(*before), report.gate_state(*after));
        table.row(vec![Line::new().strong(id.clone()), before, after]);
    }
    table
}

fn dimensions(report: &Report<'_>, difference: &Difference) -> Table {
    let mut table = table(report, "t-dimensions", "compare.dimensions", "column.dimension", true);
    let shown = |score: Option<Points>| match score {
        Some(points) => Line::plain(report.points(points)),
        None => Line::new().soft(report.t("level.unknown")),
    };
    for (id, before, after) in &difference.dimensions {
        let name = report.dimension(id).map_or(id.as_str(), |one| one.name.as_str());
        let change = match (before, after) {
            (Some(before), Some(after)) => signed(report, after - before),
            _ => String::new(),
        };
        let cells = vec![Line::plain(name), shown(*before), shown(*after), Line::plain(change)];
        table.row(cells);
    }
    table
}

/// `+4.2`, `−1.0`
fn signed(report: &Report<'_>, points: Points) -> String {
    let sign = if points < 0 { "−" } else { "+" };
    format!("{sign}{}", report.points(points.abs()))
}

fn changed(report: &Report<'_>, difference: &Difference) -> Table {
    let mut table = table(report, "t-indicators", "compare.indicators", "column.indicator", false);
    for (id, before, after) in &difference.indicators {
        let title = report.indicator(id).map_or("", |one| one.title.as_str());
        let name = Line::new().strong(id.clone()).and(format!(" {title}"));
        table.row(vec![name, report.level(*before), report.level(*after)]);
    }
    table
}
