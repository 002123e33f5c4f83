//! Rounds as spreadsheets: what offices fill in, and what they get back.
//!
//! Reading is all or nothing. A file with a fault changes nothing, and all of its faults are told at once, each with
//! sheet, row and column. Rows replace what has the same id in the round, others stay; a column that the file does
//! not have leaves what the round says there.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::{Instrument, Round};

mod book;
mod cell;
mod columns;
mod csv;
mod import;
mod rows;
mod table;
mod template;
mod workbook;
mod xlsx;

pub use import::Places;
pub use table::{COLUMNS_MAX, FILE_BYTES_MAX, ROWS_MAX, Table, TableRow};
pub use template::{template, template_fetched};
pub use workbook::workbook;

/// One fault in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SheetFault {
    /// Name of the sheet; empty when the file as a whole is meant.
    pub sheet: String,
    /// As a spreadsheet shows it; 0 when no row is meant.
    pub row: u32,
    /// `C (Level)`; only the name when the column is missing, empty when none is meant.
    pub column: String,
    /// What is wrong there.
    pub says: String,
    /// What to do about it.
    pub remedy: String,
}

impl SheetFault {
    fn file(says: impl Into<String>, remedy: &str) -> Self {
        Self {
            sheet: String::new(),
            row: 0,
            column: String::new(),
            says: says.into(),
            remedy: remedy.to_owned(),
        }
    }

    fn too_large() -> Self {
        let says = format!("the file is larger than {} MB", FILE_BYTES_MAX / 1024 / 1024);
        Self::file(says, "split it into several files, and import each")
    }
}

impl fmt::Display for SheetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut place = Vec::new();
        if !self.sheet.is_empty() {
            place.push(self.sheet.clone());
        }
        if self.row > 0 {
            place.push(format!("row {}", self.row));
        }
        if !self.column.is_empty() {
            place.push(format!("column {}", self.column));
        }
        if !place.is_empty() {
            write!(f, "{}: ", place.join(", "))?;
        }
        write!(f, "{}: {}", self.says, self.remedy)
    }
}

/// What a file changed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Imported {
    /// By sheet.
    pub sheets: BTreeMap<String, Counted>,
    /// Columns that were read past, as `Services: PPP?`.
    pub not_kept: Vec<String>,
    /// Indicators whose claim changed, so that a reviewer's word on the former one does not hold any more.
    pub reviews_dropped: Vec<String>,
    /// What [`template_fetched`] was given to carry, if the file has it still.
    #[serde(skip)]
    pub fetched: Option<String>,
    /// Where in the file each entry stands.
    #[serde(skip)]
    pub places: Places,
}

/// Rows of one sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counted {
    pub added: u32,
    pub replaced: u32,
}

/// Why no file came out.
#[derive(Debug, thiserror::Error)]
#[error("the spreadsheet cannot be written: {0}")]
pub struct SheetError(String);

impl From<rust_xlsxwriter::XlsxError> for SheetError {
    fn from(error: rust_xlsxwriter::XlsxError) -> Self {
        Self(error.to_string())
    }
}

/// Takes an XLSX file into the round.
///
/// # Errors
/// Every fault of the file; the round is then as it was.
pub fn read_xlsx(
    bytes: &[u8],
    instrument: &Instrument,
    round: &mut Round,
) -> Result<Imported, Vec<SheetFault>> {
    import::import(xlsx::read(bytes), instrument, round)
}

/// Takes a CSV file into the round: `sheet_name` says which sheet it is, such as `Systems`.
///
/// # Errors
/// Every fault of the file; the round is then as it was.
pub fn read_csv(
    sheet_name: &str,
    bytes: &[u8],
    instrument: &Instrument,
    round: &mut Round,
) -> Result<Imported, Vec<SheetFault>> {
    import::import(csv::read(sheet_name, bytes), instrument, round)
}

/// One sheet of the round as CSV, in UTF-8 with a byte order mark.
///
/// # Errors
/// [`SheetError`] when there is no sheet with this name.
pub fn write_csv(sheet_name: &str, round: &Round) -> Result<String, SheetError> {
    let Some(layout) = columns::Layout::named(sheet_name) else {
        return Err(SheetError(format!(
            "there is no sheet `{sheet_name}`: name one of {}",
            names()
        )));
    };
    csv::write(&rows::with_header(layout, round)?)
}

/// The sheets that can be read, in the order of the template.
#[must_use]
pub fn names() -> String {
    columns::LAYOUTS.map(|layout| layout.sheet).join(", ")
}
