//! One neutral table, whichever file it came from: rows with the number that a spreadsheet shows, cells as text.

use std::collections::BTreeMap;

use super::SheetFault;

/// Largest file that is read.
pub const FILE_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Last row that is read; the header is one of them.
pub const ROWS_MAX: u32 = 20_000;
/// Columns that are read.
pub const COLUMNS_MAX: u32 = 200;

/// A sheet without its empty rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Name as it stands in the file.
    pub sheet: String,
    /// The first of them is the header.
    pub rows: Vec<TableRow>,
}

/// One row that is not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// As a spreadsheet shows it: the first is 1.
    pub number: u32,
    /// By column, the first is 0. Empty cells are not there, and none has blanks around it.
    pub cells: BTreeMap<u32, String>,
}

impl TableRow {
    /// The cell's text, empty when there is none.
    #[must_use]
    pub fn cell(&self, column: u32) -> &str {
        self.cells.get(&column).map_or("", String::as_str)
    }
}

/// What was read of a file.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub tables: Vec<Table>,
    pub faults: Vec<SheetFault>,
    /// A part was left unread. What other rows point to may stand there.
    pub is_cut: bool,
}

impl Reading {
    /// Nothing but the reason why.
    pub(super) fn refused(fault: SheetFault) -> Self {
        Self { tables: Vec::new(), faults: vec![fault], is_cut: true }
    }

    pub(super) fn add(&mut self, collector: Collector) {
        let numbered = |(row, cells)| TableRow { number: row + 1, cells };
        let rows = collector.rows.into_iter().map(numbered).collect();
        self.tables.push(Table { sheet: collector.sheet, rows });
        self.faults.extend(collector.faults);
        self.is_cut |= collector.is_cut;
    }
}

/// Collects the cells of a sheet in the order of the file; empty ones leave no trace.
pub(super) struct Collector {
    sheet: String,
    rows: BTreeMap<u32, BTreeMap<u32, String>>,
    faults: Vec<SheetFault>,
    is_cut: bool,
}

impl Collector {
    pub(super) fn new(sheet: &str) -> Self {
        Self { sheet: sheet.to_owned(), rows: BTreeMap::new(), faults: Vec::new(), is_cut: false }
    }

    /// Takes one cell, both numbers counted from 0. False when the table has left its bounds: the rest is not read.
    pub(super) fn take(&mut self, row: u32, column: u32, text: &str) -> bool {
        if text.is_empty() {
            return true;
        }
        if row >= ROWS_MAX {
            let says = format!("the sheet goes on after row {ROWS_MAX}");
            self.cut(row, column, says, "split it into several files, and import each");
            return false;
        }
        if column >= COLUMNS_MAX {
            let says = format!("the sheet has more than {COLUMNS_MAX} columns");
            self.cut(row, column, says, "remove the columns that do not belong to it");
            return false;
        }
        self.rows.entry(row).or_default().insert(column, text.to_owned());
        true
    }

    pub(super) fn fault(&mut self, row: u32, column: u32, says: impl Into<String>, remedy: &str) {
        self.faults.push(SheetFault {
            sheet: self.sheet.clone(),
            row: row + 1,
            column: letters(column),
            says: says.into(),
            remedy: remedy.to_owned(),
        });
    }

    /// A fault after which nothing more is read.
    pub(super) fn cut(&mut self, row: u32, column: u32, says: impl Into<String>, remedy: &str) {
        self.fault(row, column, says, remedy);
        self.is_cut = true;
    }
}

/// The letters over a column: 0 is A, 26 is AA.
pub(super) fn letters(column: u32) -> String {
    let mut rest = column + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        let digit = (rest - 1) % 26;
        letters.push(char::from(b'A' + digit as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn columns_have_the_letters_that_a_spreadsheet_shows() {
        let cases =
            [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")];
        for (column, shown) in cases {
            assert_eq!(letters(column), shown);
        }
    }
}
