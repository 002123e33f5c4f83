//! The first row of a table: which column fills which field.

use std::collections::{BTreeMap, BTreeSet};

use super::faults::Faults;
use crate::sheet::SheetFault;
use crate::sheet::columns::{Column, Kind, Layout};
use crate::sheet::table::{Table, TableRow, letters};

#[derive(Clone, Debug)]
pub(super) struct Header {
    pub layout: &'static Layout,
    /// Name as it stands in the file.
    sheet: String,
    /// Columns that are read, in the order of the file.
    pub read: Vec<(u32, &'static Column)>,
    /// Headers of columns that are read past.
    pub not_kept: BTreeMap<u32, String>,
    /// Every column with a header.
    titled: BTreeSet<u32>,
}

impl Header {
    pub(super) fn read(layout: &'static Layout, table: &Table, faults: &mut Faults) -> Self {
        let mut header = Self {
            layout,
            sheet: table.sheet.clone(),
            read: Vec::new(),
            not_kept: BTreeMap::new(),
            titled: BTreeSet::new(),
        };
        let row = &table.rows[0];
        for (at, title) in &row.cells {
            header.titled.insert(*at);
            match layout.column(title) {
                Some(column) if header.has(column.field) => {
                    let says = format!("the column `{}` is there twice", column.title);
                    faults.add(header.at(row.number, *at, title, says, "keep one of the two"));
                }
                Some(column) if column.kind == Kind::Hint => {}
                Some(column) => header.read.push((*at, column)),
                None if layout.is_not_kept(title) => {
                    header.not_kept.insert(*at, title.clone());
                }
                None => {
                    let says =
                        format!("there is no column `{title}` in the sheet {}", layout.sheet);
                    let remedy = format!("remove it, or name it one of: {}", titles(layout));
                    faults.add(header.at(row.number, *at, title, says, &remedy));
                }
            }
        }
        for column in header.missing() {
            faults.add(SheetFault {
                sheet: table.sheet.clone(),
                row: row.number,
                column: column.title.to_owned(),
                says: format!("the column `{}` is missing", column.title),
                remedy: format!("add it to the first row: {}", column.says),
            });
        }
        header
    }

    /// Required columns that the file does not have.
    pub(super) fn missing(&self) -> Vec<&'static Column> {
        let required = self.layout.columns.iter().filter(|column| column.required);
        required.filter(|column| !self.has(column.field)).collect()
    }

    pub(super) fn lacks_key(&self) -> bool {
        self.layout.key.iter().any(|field| !self.has(field))
    }

    pub(super) fn has(&self, field: &str) -> bool {
        self.read.iter().any(|(_, column)| column.field == field)
    }

    /// Whether nothing stands in the row but what is there for the reader. The template lists every indicator: one
    /// that nobody filled in says nothing.
    pub(super) fn says_nothing(&self, row: &TableRow) -> bool {
        let named_by_template = self.layout.key == ["indicator"];
        let mut filled = self.read.iter().filter(|(at, _)| !row.cell(*at).is_empty());
        filled.all(|(_, column)| named_by_template && column.field == "indicator")
    }

    /// A cell under no header would vanish silently.
    pub(super) fn refuse_untitled(&self, row: &TableRow, faults: &mut Faults) {
        for at in row.cells.keys().filter(|at| !self.titled.contains(at)) {
            let says = "the column has no header".to_owned();
            let remedy = "name the column in the first row, or empty the cell";
            faults.add(self.at(row.number, *at, "", says, remedy));
        }
    }

    /// A fault in the cell of a field.
    pub(super) fn fault(&self, row: u32, field: &str, says: String, remedy: &str) -> SheetFault {
        match self.read.iter().find(|(_, column)| column.field == field) {
            Some((at, column)) => self.at(row, *at, column.title, says, remedy),
            None => {
                let title = self.layout.field(field).map_or(field, |column| column.title);
                SheetFault { column: title.to_owned(), ..self.at(row, 0, "", says, remedy) }
            }
        }
    }

    /// The same fault with the column's title beside its letters.
    pub(super) fn with_title(&self, fault: &SheetFault) -> SheetFault {
        let column = self.read.iter().find(|(at, _)| letters(*at) == fault.column);
        let titled = |(at, column): &(u32, &Column)| format!("{} ({})", letters(*at), column.title);
        SheetFault { column: column.map_or(fault.column.clone(), titled), ..fault.clone() }
    }

    fn at(&self, row: u32, at: u32, title: &str, says: String, remedy: &str) -> SheetFault {
        let letters = letters(at);
        let column = if title.is_empty() { letters } else { format!("{letters} ({title})") };
        SheetFault { sheet: self.sheet.clone(), row, column, says, remedy: remedy.to_owned() }
    }
}

fn titles(layout: &Layout) -> String {
    let read = layout.columns.iter().filter(|column| column.kind != Kind::Hint);
    read.map(|column| column.title).collect::<Vec<_>>().join(", ")
}
