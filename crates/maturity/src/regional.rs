//! Several countries side by side, in the order of their codes. There is no rank here, and none can be switched on.

use std::collections::BTreeMap;

use crate::report::Report;
use crate::report::document::{Chapter, Document, Line, Table};
use crate::result::GateAnswer;

/// A gap that several countries have: indicator, and the countries' codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    pub indicator: String,
    pub countries: Vec<String>,
}

/// Indicators with a gap in at least two countries, most widespread first.
#[must_use]
pub fn shared_gaps(countries: &[Report<'_>]) -> Vec<Shared> {
    let mut by_indicator: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for report in in_order(countries) {
        for gap in &report.assessment.gaps {
            let codes = by_indicator.entry(&gap.indicator).or_default();
            if codes.last() != Some(&report.round.country.code) {
                codes.push(report.round.country.code.clone());
            }
        }
    }
    let several = by_indicator.into_iter().filter(|(_, codes)| codes.len() > 1);
    let mut shared: Vec<Shared> = several
        .map(|(indicator, countries)| Shared { indicator: indicator.to_owned(), countries })
        .collect();
    shared.sort_by_key(|one| (usize::MAX - one.countries.len(), one.indicator.clone()));
    shared
}

fn in_order<'b, 'a>(countries: &'b [Report<'a>]) -> Vec<&'b Report<'a>> {
    let mut ordered: Vec<&Report<'a>> = countries.iter().collect();
    ordered.sort_by_key(|report| report.round.country.code.clone());
    ordered
}

/// The region as a document, in the language of the first report; none without a country.
#[must_use]
pub fn document(countries: &[Report<'_>]) -> Option<Document> {
    let first = countries.first()?;
    let ordered = in_order(countries);
    let mut chapter = Chapter::new("ch-region", "", first.t("regional.title"));
    chapter.text(first.t("regional.intro"));
    chapter.table(overview(first, &ordered), "");
    chapter.table(dimensions(first, &ordered), "");
    chapter.table(gates(first, &ordered), "");
    chapter.table(common(first, countries), first.t("regional.none"));
    let invented: Vec<String> = ordered.iter().filter_map(|report| report.invented()).collect();
    let names: Vec<&str> = ordered.iter().map(|one| one.round.country.name.as_str()).collect();
    Some(Document {
        title: first.t("regional.title").to_owned(),
        country: names.join(", "),
        invented: (!invented.is_empty()).then(|| invented.join(" ")),
        language: first.language.code(),
        cover: Vec::new(),
        chapters: vec![chapter],
    })
}

fn overview(texts: &Report<'_>, countries: &[&Report<'_>]) -> Table {
    let columns = [
        (texts.t("column.country"), 34, false),
        (texts.t("column.date"), 16, false),
        (texts.t("column.level"), 22, false),
        (texts.t("column.mean"), 14, true),
        (texts.t("column.coverage"), 14, true),
    ];
    let mut table = Table::new("t-countries", texts.t("column.countries"), &columns);
    for report in countries {
        let (country, score) = (&report.round.country, &report.assessment.scores.country);
        let mut name = Line::new().strong(country.code.clone()).and(format!(" {}", country.name));
        if country.invented {
            name = name.and(" ").soft(texts.t("regional.invented"));
        }
        let level =
            texts.level(Some(score.level)).and(format!(" {}", texts.level_name(score.level)));
        table.row(vec![
            name,
            Line::plain(report.round.as_of.to_string()),
            level,
            Line::plain(texts.points(score.mean)),
            Line::plain(texts.share(score.coverage)),
        ]);
    }
    table
}

/// First column for what, then one column a country.
fn by_country(
    texts: &Report<'_>,
    id: &str,
    caption: &str,
    what: &str,
    countries: &[&Report<'_>],
) -> Table {
    let mut columns = vec![(texts.t(what), 40, false)];
    columns.extend(countries.iter().map(|one| (one.round.country.code.as_str(), 14, false)));
    Table::new(id, texts.t(caption), &columns)
}

fn dimensions(texts: &Report<'_>, countries: &[&Report<'_>]) -> Table {
    let mut table =
        by_country(texts, "t-dimensions", "regional.table", "column.dimension", countries);
    for dimension in &texts.instrument.dimensions {
        let mut cells =
            vec![Line::new().strong(dimension.id.clone()).and(format!(" {}", dimension.name))];
        for report in countries {
            let scores = &report.assessment.scores.dimensions;
            let score = scores.iter().find(|one| one.id == dimension.id).and_then(|one| one.score);
            cells.push(match score {
                Some(points) => Line::plain(texts.points(points)),
                None => Line::new().soft(texts.t("level.unknown")),
            });
        }
        table.row(cells);
    }
    table
}

fn gates(texts: &Report<'_>, countries: &[&Report<'_>]) -> Table {
    let mut table = by_country(texts, "t-gates", "regional.gates", "column.gate", countries);
    for gate in &texts.instrument.gates {
        let mut cells = vec![Line::new().strong(gate.id.clone()).and(format!(" {}", gate.says))];
        for report in countries {
            let found = report.assessment.scores.gates.iter().find(|one| one.id == gate.id);
            cells.push(texts.gate_state(found.map_or(GateAnswer::Unknown, |one| one.state)));
        }
        table.row(cells);
    }
    table
}

fn common(texts: &Report<'_>, countries: &[Report<'_>]) -> Table {
    let columns =
        [(texts.t("column.indicator"), 60, false), (texts.t("column.countries"), 40, false)];
    let mut table = Table::new("t-common", texts.t("regional.common"), &columns);
    for shared in shared_gaps(countries) {
        let title = texts.indicator(&shared.indicator).map_or("", |one| one.title.as_str());
        let name = Line::new().strong(shared.indicator.clone()).and(format!(" {title}"));
        table.row(vec![name, Line::plain(shared.countries.join(", "))]);
    }
    table
}
