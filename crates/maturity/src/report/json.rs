//! The machine record: the whole assessment with the round it stands for, as one JSON document.

use serde::Serialize;

use super::Report;
use crate::result::Assessment;
use crate::round::{Country, InstrumentName};

/// Format of the record.
pub const SCHEMA: &str = "dpi-assessment-report/1";

/// JSON Schema of the record.
pub const JSON_SCHEMA: &str = include_str!("../../data/report.schema.json");

#[derive(Serialize)]
struct Record<'a> {
    schema: &'static str,
    country: &'a Country,
    instrument: &'a InstrumentName,
    round: &'a str,
    profile: &'a str,
    as_of: String,
    assessment: &'a Assessment,
}

/// The record, with two spaces of indent and a line end.
///
/// # Errors
/// None in practice: every value has a JSON form.
pub fn report(report: &Report<'_>) -> Result<String, serde_json::Error> {
    let round = report.round;
    let record = Record {
        schema: SCHEMA,
        country: &round.country,
        instrument: &round.instrument,
        round: &round.id,
        profile: &round.profile,
        as_of: round.as_of.to_string(),
        assessment: report.assessment,
    };
    let mut text = serde_json::to_string_pretty(&record)?;
    text.push('\n');
    Ok(text)
}
