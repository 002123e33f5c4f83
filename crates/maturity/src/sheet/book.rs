//! Writing XLSX: the one look of all sheets, and cells that stay what they are.
#![expect(
    clippy::float_arithmetic,
    reason = "spreadsheets know no other numbers; nothing is read back from them"
)]

use basis::PartialDate;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
};

use super::SheetError;
use super::csv::looks_like_formula;
use super::table::ROWS_MAX;

/// Above this a spreadsheet rounds whole numbers; they are then written as text.
const EXACT_MAX: u64 = 1 << 53;
const HEADER_COLOUR: u32 = 0xDCE6F1;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    Whole(u64),
    /// Shown with two decimals: 1250 is 12.50.
    Hundredths(i64),
    /// Shown as a percentage: 500 is 50.0 %.
    Thousandths(i64),
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn level(level: Option<u8>) -> Self {
        level.map_or_else(|| Self::text("unknown"), |level| Self::Whole(u64::from(level)))
    }

    pub(super) fn points(points: Option<i64>) -> Self {
        points.map_or(Self::Empty, Self::Hundredths)
    }

    pub(super) fn list(entries: &[String]) -> Self {
        Self::Text(entries.join("; "))
    }

    pub(super) fn yes(yes: bool) -> Self {
        Self::text(if yes { "yes" } else { "no" })
    }
}

/// A column of a written sheet: its title and its width in characters.
pub(super) type Head<'h> = (&'h str, u16);

/// A workbook in the making.
pub(super) struct Book {
    workbook: Workbook,
    formats: Formats,
}

struct Formats {
    header: Format,
    text: Format,
    /// For text that begins like a formula: it stays text when somebody edits the cell.
    quoted: Format,
    hundredths: Format,
    percent: Format,
}

impl Book {
    /// The day goes into the file's properties, instead of a clock's: the same input gives the same bytes.
    pub(super) fn new(day: PartialDate) -> Result<Self, SheetError> {
        let mut workbook = Workbook::new();
        let (year, month, day) = (day.year(), day.month(), day.day());
        // Spreadsheets know no day before 1900.
        let year = year.and_then(|year| u16::try_from(year).ok()).filter(|year| *year >= 1900);
        let created = ExcelDateTime::from_ymd(
            year.unwrap_or(2000),
            month.map_or(1, i8::unsigned_abs),
            day.map_or(1, i8::unsigned_abs),
        )?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        Ok(Self { workbook, formats: Formats::new() })
    }

    /// A sheet with a header that stays when people scroll.
    pub(super) fn sheet(
        &mut self,
        name: &str,
        heads: &[Head<'_>],
        rows: &[Vec<Cell>],
    ) -> Result<&mut Worksheet, SheetError> {
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, (title, width)) in (0..).zip(heads) {
            sheet.set_column_width(column, *width)?;
            sheet.write_string_with_format(0, column, *title, &self.formats.header)?;
        }
        for (row, cells) in (1..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                self.formats.write(sheet, (row, column), cell)?;
            }
        }
        Ok(sheet)
    }

    /// Text stays as it is typed in this column: a spreadsheet makes `2026-03` the first of March otherwise.
    pub(super) fn text_column(sheet: &mut Worksheet, column: u16) -> Result<(), SheetError> {
        let format = Format::new().set_num_format("@").set_align(FormatAlign::Top).set_text_wrap();
        sheet.set_column_format(column, &format)?;
        Ok(())
    }

    /// Last row that a drop-down reaches, counted from 0.
    pub(super) const LAST_ROW: u32 = ROWS_MAX - 1;

    pub(super) fn finish(mut self) -> Result<Vec<u8>, SheetError> {
        Ok(self.workbook.save_to_buffer()?)
    }
}

impl Formats {
    fn new() -> Self {
        let top = Format::new().set_align(FormatAlign::Top).set_text_wrap();
        let header = top.clone().set_bold().set_background_color(HEADER_COLOUR);
        Self {
            header: header.set_border_bottom(FormatBorder::Thin),
            text: top.clone().set_num_format("@"),
            quoted: top.clone().set_num_format("@").set_quote_prefix(),
            hundredths: top.clone().set_num_format("0.00"),
            percent: top.set_num_format("0.0%"),
        }
    }

    fn write(&self, sheet: &mut Worksheet, at: (u32, u16), cell: &Cell) -> Result<(), SheetError> {
        let (row, column) = at;
        match cell {
            Cell::Empty => {}
            Cell::Text(text) if text.is_empty() => {}
            Cell::Text(text) => {
                let format = if looks_like_formula(text) { &self.quoted } else { &self.text };
                sheet.write_string_with_format(row, column, text, format)?;
            }
            Cell::Whole(number) if *number >= EXACT_MAX => {
                sheet.write_string_with_format(row, column, number.to_string(), &self.text)?;
            }
            Cell::Whole(number) => {
                sheet.write_number(row, column, *number as f64)?;
            }
            Cell::Hundredths(number) => {
                let value = *number as f64 / 100.0;
                sheet.write_number_with_format(row, column, value, &self.hundredths)?;
            }
            Cell::Thousandths(number) => {
                let value = *number as f64 / 1000.0;
                sheet.write_number_with_format(row, column, value, &self.percent)?;
            }
        }
        Ok(())
    }
}
