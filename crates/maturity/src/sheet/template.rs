//! The workbook that offices fill in: empty, or with what a round has already.

use std::collections::BTreeMap;

use basis::PartialDate;
use rust_xlsxwriter::{DataValidation, Formula, Worksheet};
use serde_json::{Map, Value, json};

use super::book::{Book, Cell, Head};
use super::columns::{Column, Kind, LAYOUTS, Layout};
use super::import::{FETCHED, READ_ME};
use super::{SheetError, rows};
use crate::instrument::Indicator;
use crate::{Instrument, Round};

/// The template as XLSX: a sheet to read first, then one for answers and for each catalogue. With a round its entries
/// stand there already, and only the indicators of its profile.
///
/// # Errors
/// [`SheetError`] when a text is longer than the 32,767 characters of a cell.
pub fn template(instrument: &Instrument, round: Option<&Round>) -> Result<Vec<u8>, SheetError> {
    written(instrument, round, None)
}

/// The template with a round, and with a line that comes back with the file ([`super::Imported::fetched`]), so that
/// whoever takes it in can tell what was changed since.
///
/// # Errors
/// As [`template`].
pub fn template_fetched(
    instrument: &Instrument,
    round: &Round,
    fetched: &str,
) -> Result<Vec<u8>, SheetError> {
    written(instrument, Some(round), Some(fetched))
}

fn written(
    instrument: &Instrument,
    round: Option<&Round>,
    fetched: Option<&str>,
) -> Result<Vec<u8>, SheetError> {
    let mut book = Book::new(round.map_or(PartialDate::UNKNOWN, |round| round.as_of))?;
    read_me(&mut book, instrument, round, fetched)?;
    let document = round.map(rows::document).transpose()?.unwrap_or_default();
    for layout in LAYOUTS {
        let entries = if layout.key == ["indicator"] {
            by_indicator(layout, instrument, round, &document)
        } else {
            rows::entries(layout, &document)
        };
        sheet(&mut book, layout, &entries)?;
    }
    book.finish()
}

fn sheet(
    book: &mut Book,
    layout: &Layout,
    entries: &[Map<String, Value>],
) -> Result<(), SheetError> {
    let heads: Vec<Head> =
        layout.columns.iter().map(|column| (column.title, column.width)).collect();
    let cells: Vec<Vec<Cell>> = entries
        .iter()
        .map(|entry| layout.columns.iter().map(|column| cell(column, entry)).collect())
        .collect();
    let sheet = book.sheet(layout.sheet, &heads, &cells)?;
    for (at, column) in (0..).zip(layout.columns) {
        if !matches!(column.kind, Kind::Number(_) | Kind::Level(_)) {
            Book::text_column(sheet, at)?;
        }
        drop_down(sheet, at, column)?;
    }
    Ok(())
}

fn cell(column: &Column, entry: &Map<String, Value>) -> Cell {
    let text = rows::text(column, entry);
    match column.kind {
        Kind::Number(_) | Kind::Level(_) => text.parse().map_or(Cell::Text(text), Cell::Whole),
        _ => Cell::Text(text),
    }
}

fn drop_down(sheet: &mut Worksheet, at: u16, column: &Column) -> Result<(), SheetError> {
    let validation = match column.kind {
        Kind::Level(words) | Kind::Word(words) => {
            DataValidation::new().allow_list_strings(words)?
        }
        Kind::YesNo => DataValidation::new().allow_list_strings(&["yes", "no"])?,
        Kind::Text if matches!(column.field, "institution" | "from" | "to") => {
            let ids = format!("=Institutions!$A$2:$A${}", Book::LAST_ROW + 1);
            DataValidation::new().allow_list_formula(Formula::new(ids))
        }
        _ => return Ok(()),
    };
    let validation = validation.set_error_message("Choose one of the list.")?;
    sheet.add_data_validation(1, at, Book::LAST_ROW, at, &validation)?;
    Ok(())
}

/// Answers or targets: a row for each indicator that is asked, then what the round has beyond that.
fn by_indicator(
    layout: &Layout,
    instrument: &Instrument,
    round: Option<&Round>,
    document: &Map<String, Value>,
) -> Vec<Map<String, Value>> {
    let mut filled: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for entry in rows::entries(layout, document) {
        let id = entry.get("indicator").and_then(Value::as_str).unwrap_or_default().to_owned();
        filled.insert(id, entry);
    }
    let mut entries = Vec::new();
    for indicator in &instrument.indicators {
        let asked = round.is_none_or(|round| instrument.asks(&round.profile, indicator));
        let entry = filled.remove(&indicator.id);
        if asked || entry.is_some() {
            entries.push(with_hints(indicator, entry.unwrap_or_default()));
        }
    }
    entries.extend(filled.into_values());
    entries
}

fn with_hints(indicator: &Indicator, mut entry: Map<String, Value>) -> Map<String, Value> {
    entry.insert("indicator".to_owned(), json!(indicator.id));
    entry.insert("title".to_owned(), json!(indicator.title));
    entry.insert("question".to_owned(), json!(indicator.question));
    for (level, meaning) in indicator.levels.iter().enumerate() {
        entry.insert(format!("level_{level}"), json!(meaning));
    }
    entry
}

/// General rules, then every column with the way to fill it.
fn read_me(
    book: &mut Book,
    instrument: &Instrument,
    round: Option<&Round>,
    fetched: Option<&str>,
) -> Result<(), SheetError> {
    let mut cells = Vec::new();
    let mut line = |sheet: &str, column: &str, required: &str, says: &str| {
        cells.push([sheet, column, required, says].map(Cell::text).to_vec());
    };
    line("", "", "", &format!("Instrument {} {}", instrument.id, instrument.version));
    if let Some(round) = round {
        let country = &round.country;
        line("", "", "", &format!("Round {} of {}, as of {}", round.id, country.name, round.as_of));
        if country.invented {
            line("", "", "", "The country is invented.");
        }
    }
    for rule in RULES {
        line("", "", "", rule);
    }
    for layout in LAYOUTS {
        line(layout.sheet, "", "", layout.says);
        for column in layout.columns.iter().filter(|column| column.kind != Kind::Hint) {
            let required = if column.required { "required" } else { "" };
            line("", column.title, required, column.says);
        }
    }
    if let Some(fetched) = fetched {
        line(FETCHED, "leave as it is", "", fetched);
    }
    book.sheet(
        READ_ME,
        &[("Sheet", 14), ("Column", 22), ("", 10), ("How to fill it", 90)],
        &cells,
    )?;
    Ok(())
}

const RULES: [&str; 7] = [
    "Fill in one sheet or all. Empty rows are passed over; columns may stand in any order, and optional ones may be removed.",
    "A file is taken as a whole or not at all: every fault is listed with sheet, row and column.",
    "Rows replace what has the same id, others stay. To remove something, use the assessment itself.",
    "Dates: 2026-03-14, 2026-03 or 2026. Write only what is known.",
    "Lists have a semicolon between entries; a semicolon inside an entry is written \\; and a backslash \\\\.",
    "Yes or no: yes, no, oui, non or x. An empty cell is no.",
    "Name offices and roles, never persons.",
];
