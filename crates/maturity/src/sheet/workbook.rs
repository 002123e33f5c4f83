//! The workbook that comes out of an assessment: every figure of the report in cells.

use serde::Serialize;

use super::SheetError;
use super::book::{Book, Cell, Head};
use super::columns::{ANSWERS, EVIDENCE, Layout};
use crate::result::{Assessment, Measured};
use crate::round::{Measurement, Outcome};
use crate::{Instrument, Round, sheet::rows};

mod overview;
mod plan;

/// The assessment as XLSX.
///
/// # Errors
/// [`SheetError`] when a text is longer than the 32,767 characters of a cell.
pub fn workbook(
    instrument: &Instrument,
    round: &Round,
    assessment: &Assessment,
) -> Result<Vec<u8>, SheetError> {
    let mut book = Book::new(round.as_of)?;
    overview::overview(&mut book, instrument, round, assessment)?;
    overview::dimensions(&mut book, instrument, assessment)?;
    scores(&mut book, instrument, assessment)?;
    overview::cells(&mut book, assessment)?;
    overview::gates(&mut book, assessment)?;
    catalogue(&mut book, &ANSWERS, round)?;
    catalogue(&mut book, &EVIDENCE, round)?;
    plan::gaps(&mut book, assessment)?;
    plan::services(&mut book, round, assessment)?;
    plan::components(&mut book, assessment)?;
    plan::decisions(&mut book, round, assessment)?;
    plan::roadmap(&mut book, assessment)?;
    plan::raci(&mut book, assessment)?;
    safeguards(&mut book, assessment)?;
    probes(&mut book, round)?;
    book.finish()
}

fn scores(
    book: &mut Book,
    instrument: &Instrument,
    assessment: &Assessment,
) -> Result<(), SheetError> {
    let heads: [Head; 11] = [
        ("Indicator", 12),
        ("Title", 40),
        ("Claimed", 10),
        ("Reviewed", 10),
        ("Evidence carries", 10),
        ("Measured", 16),
        ("Counts as", 10),
        ("Target", 10),
        ("Not planned", 12),
        ("Contradicted", 12),
        ("Expired evidence", 30),
    ];
    let rows = assessment.scores.indicators.iter().map(|score| {
        let title = instrument.indicator(&score.id).map_or("", |indicator| &indicator.title);
        vec![
            Cell::text(&score.id),
            Cell::text(title),
            Cell::level(score.claimed),
            score.reviewed.map_or(Cell::Empty, |level| Cell::level(Some(level))),
            Cell::level(Some(score.cap)),
            measured(score.measured),
            Cell::level(score.level),
            Cell::level(Some(score.target)),
            Cell::yes(score.not_planned),
            Cell::yes(score.contradicted),
            Cell::list(&score.expired),
        ]
    });
    book.sheet("Scores", &heads, &rows.collect::<Vec<_>>())?;
    Ok(())
}

fn measured(measured: Measured) -> Cell {
    match measured {
        Measured::No => Cell::Empty,
        Measured::CannotBe => Cell::text("cannot be measured"),
        Measured::Level(level) => Cell::level(Some(level)),
        Measured::Unavailable => Cell::text("unavailable"),
        Measured::Lost => Cell::text("lost"),
    }
}

/// Answers and evidence as they were given.
fn catalogue(book: &mut Book, layout: &Layout, round: &Round) -> Result<(), SheetError> {
    let mut texts = rows::with_header(layout, round)?.into_iter();
    let titles = texts.next().unwrap_or_default();
    let heads: Vec<Head> = titles
        .iter()
        .map(|title| (title.as_str(), layout.column(title).map_or(18, |column| column.width)))
        .collect();
    let cells: Vec<Vec<Cell>> =
        texts.map(|row| row.into_iter().map(Cell::Text).collect()).collect();
    book.sheet(layout.sheet, &heads, &cells)?;
    Ok(())
}

fn safeguards(book: &mut Book, assessment: &Assessment) -> Result<(), SheetError> {
    let heads: [Head; 6] = [
        ("Id", 8),
        ("Kind", 12),
        ("Score", 10),
        ("Stage", 20),
        ("Authority", 30),
        ("Indicators", 40),
    ];
    let rows = assessment.safeguards.iter().map(|row| {
        vec![
            Cell::text(&row.id),
            Cell::text(&row.kind),
            Cell::points(row.score),
            Cell::text(&row.stage),
            Cell::text(&row.authority),
            Cell::list(&row.indicators),
        ]
    });
    book.sheet("Safeguards", &heads, &rows.collect::<Vec<_>>())?;
    Ok(())
}

fn probes(book: &mut Book, round: &Round) -> Result<(), SheetError> {
    let heads: [Head; 7] = [
        ("Probe", 16),
        ("Indicator", 12),
        ("Target", 20),
        ("At", 24),
        ("Outcome", 24),
        ("Says", 50),
        ("Requests", 10),
    ];
    let rows = round.measurements.iter().map(|measurement| {
        vec![
            Cell::text(&measurement.probe),
            Cell::text(&measurement.indicator),
            Cell::text(&measurement.target),
            Cell::text(measurement.at.to_string()),
            Cell::text(outcome(measurement)),
            Cell::text(&measurement.says),
            Cell::Whole(measurement.exchanges.len() as u64),
        ]
    });
    book.sheet("Probes", &heads, &rows.collect::<Vec<_>>())?;
    Ok(())
}

fn outcome(measurement: &Measurement) -> String {
    match measurement.outcome {
        Outcome::Level(level) => format!("level {level}"),
        Outcome::CannotBeMeasured => "cannot be measured".to_owned(),
        Outcome::Unavailable { seconds } => format!("no answer for {seconds} seconds"),
    }
}

/// The word that stands for a value in files, with blanks: `not functional`.
fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().replace('_', " ")
}
