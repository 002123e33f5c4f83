//! CSV files into tables, and back. A cell that a spreadsheet would run as a formula is written with an apostrophe
//! before it, which reading takes away again.

use csv::{ReaderBuilder, StringRecord, WriterBuilder};

use super::SheetError;
use super::SheetFault;
use super::table::{Collector, FILE_BYTES_MAX, Reading};

/// Written first, so that spreadsheet programs know the text for UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';
const SAVE_AS: &str = "save it again as \"CSV UTF-8\"";

/// The file as a table of the sheet with this name.
pub(super) fn read(sheet: &str, bytes: &[u8]) -> Reading {
    if bytes.len() > FILE_BYTES_MAX {
        return Reading::refused(SheetFault { sheet: sheet.to_owned(), ..SheetFault::too_large() });
    }
    let mut collector = Collector::new(sheet);
    match std::str::from_utf8(bytes) {
        Ok(text) => records(text, &mut collector),
        Err(error) => {
            let before = &bytes[..error.valid_up_to()];
            let row = before.iter().filter(|byte| **byte == b'\n').count() as u32;
            collector.cut(row, 0, "the text is not UTF-8 in this row", SAVE_AS);
        }
    }
    let mut reading = Reading::default();
    reading.add(collector);
    reading
}

fn records(text: &str, collector: &mut Collector) {
    let text = text.trim_start_matches(BYTE_ORDER_MARK).replace("\r\n", "\n").replace('\r', "\n");
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut rows = Rows { text: text.as_bytes(), end: 0, row: 0 };
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                let says = format!("the file cannot be read: {error}");
                return collector.cut(rows.row, 0, says, SAVE_AS);
            }
        }
        let row = rows.next(reader.position().byte());
        for (column, cell) in (0..).zip(&record) {
            if !collector.take(row, column, unguarded(cell.trim())) {
                return;
            }
        }
    }
}

/// Counts rows as a spreadsheet does: the reader passes over empty lines, and a cell may hold line breaks.
struct Rows<'t> {
    text: &'t [u8],
    /// Where the record before ended.
    end: usize,
    /// The next row, counted from 0.
    row: u32,
}

impl Rows<'_> {
    fn next(&mut self, end: u64) -> u32 {
        let empty_lines = self.text[self.end..].iter().take_while(|byte| **byte == b'\n').count();
        let row = self.row + empty_lines as u32;
        self.end = end as usize;
        self.row = row + 1;
        row
    }
}

/// Spreadsheets write commas, semicolons (where the comma is the decimal point) or tabs. Headers hold none of them.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |mark: u8| header.bytes().filter(|byte| *byte == mark).count();
    let marks = [b'\t', b';', b','];
    marks.into_iter().max_by_key(|mark| count(*mark)).unwrap_or(b',')
}

/// Rows as CSV with commas, in UTF-8 with a byte order mark.
///
/// # Errors
/// Never in practice: it writes into memory.
pub(super) fn write(rows: &[Vec<String>]) -> Result<String, SheetError> {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    for row in rows {
        let guarded = row.iter().map(|cell| guarded(cell));
        writer.write_record(guarded).map_err(|error| SheetError(error.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|error| SheetError(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| SheetError(error.to_string()))?;
    Ok(format!("{BYTE_ORDER_MARK}{text}"))
}

/// Cells that begin so are run as formulas, or hide what follows.
pub(super) fn looks_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

fn guarded(text: &str) -> String {
    if looks_like_formula(text) || is_guarded(text) { format!("'{text}") } else { text.to_owned() }
}

fn unguarded(text: &str) -> &str {
    if is_guarded(text) { &text[1..] } else { text }
}

/// An apostrophe of the text's own before such a sign gets one more, so that reading takes away only ours.
fn is_guarded(text: &str) -> bool {
    text.strip_prefix('\'').is_some_and(|rest| looks_like_formula(rest) || rest.starts_with('\''))
}

#[cfg(test)]
mod tests {
    use super::{guarded, read, unguarded};

    #[test]
    fn a_cell_that_would_run_is_guarded_and_comes_back_unchanged() {
        for text in ["=1+1", "+1", "-1", "@A1", "'=1", "''=1", "'quoted'", "''", "plain", ""] {
            let written = guarded(text);
            assert!(!written.starts_with(['=', '+', '-', '@']), "{written}");
            assert_eq!(unguarded(&written), text);
        }
    }

    #[test]
    fn rows_have_the_numbers_that_a_spreadsheet_shows() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["", "a,b", "", "\"two", "lines\",1", ",,", "c", "", "d"].join(end);
            let reading = read("Systems", text.as_bytes());
            assert_eq!(reading.faults, []);
            let numbers: Vec<u32> = reading.tables[0].rows.iter().map(|row| row.number).collect();
            assert_eq!(numbers, [2, 4, 6, 8], "{text:?}");
        }
    }
}
