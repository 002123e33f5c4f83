//! Tables into a round, all or nothing: rows are put into a copy, the copy is checked by the round's own rules, and
//! it takes the round's place when neither found a fault.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::columns::{Layout, folded};
use super::table::{Reading, Table, TableRow};
use super::{Imported, SheetFault, rows};
use crate::round::RoundFault;
use crate::{Instrument, Round};
use faults::Faults;
use header::Header;

mod entry;
mod faults;
mod header;
mod places;

pub use places::Places;

/// The template's first sheet, which holds text for people.
pub(super) const READ_ME: &str = "Read me";
/// Its line that says what the workbook was made from.
pub(super) const FETCHED: &str = "Fetched";

pub(super) fn import(
    reading: Reading,
    instrument: &Instrument,
    round: &mut Round,
) -> Result<Imported, Vec<SheetFault>> {
    let document = rows::document(round)
        .map_err(|error| vec![SheetFault::file(error.to_string(), "mend the round first")])?;
    let mut import = Import {
        document,
        faults: Faults::default(),
        imported: Imported { fetched: fetched(&reading.tables), ..Imported::default() },
        is_cut: reading.is_cut,
    };
    import.tables(&reading);
    let candidate: Round = serde_json::from_value(Value::Object(import.document.clone()))
        .map_err(|error| vec![SheetFault::file(error.to_string(), "mend the round first")])?;
    // When a part was not read, whatever points to it would look wrong.
    if !import.is_cut {
        for fault in candidate.check(instrument) {
            import.told_by_the_round(fault);
        }
    }
    let faults = import.faults.in_order(&reading.tables);
    if !faults.is_empty() {
        return Err(faults);
    }
    *round = candidate;
    Ok(import.imported)
}

struct Import {
    document: Map<String, Value>,
    faults: Faults,
    imported: Imported,
    is_cut: bool,
}

impl Import {
    fn tables(&mut self, reading: &Reading) {
        let filled: Vec<&Table> = reading
            .tables
            .iter()
            .filter(|table| !table.rows.is_empty() && folded(&table.sheet) != folded(READ_ME))
            .collect();
        if filled.is_empty() && reading.faults.is_empty() {
            let says = "it holds no row to read";
            self.faults.add(SheetFault::file(says, "begin with the template"));
        }
        for table in &filled {
            match Layout::named(&table.sheet) {
                Some(layout) => self.table(layout, table, &reading.faults),
                None => self.unknown_sheet(&table.sheet),
            }
        }
        // Faults of the file, and of sheets that are not read as tables.
        for fault in &reading.faults {
            self.faults.add(fault.clone());
        }
    }

    fn unknown_sheet(&mut self, sheet: &str) {
        self.is_cut = true;
        self.faults.add(SheetFault {
            sheet: sheet.to_owned(),
            row: 0,
            column: String::new(),
            says: "there is no such sheet".to_owned(),
            remedy: format!("remove it, or name it one of: {}", super::names()),
        });
    }

    fn table(&mut self, layout: &'static Layout, table: &Table, found: &[SheetFault]) {
        let header = Header::read(layout, table, &mut self.faults);
        for fault in found.iter().filter(|fault| fault.sheet == table.sheet) {
            self.faults.add(header.with_title(fault));
        }
        let not_kept = header.not_kept.values().map(|title| format!("{}: {title}", layout.sheet));
        self.imported.not_kept.extend(not_kept);
        if header.lacks_key() {
            self.is_cut = true;
            return;
        }
        let mut index = self.index(layout);
        let mut seen = BTreeMap::new();
        for row in &table.rows[1..] {
            header.refuse_untitled(row, &mut self.faults);
            self.row(&header, row, &mut index, &mut seen);
        }
        self.imported.places.headers.push(header);
    }

    /// Entries that the round has already.
    fn index(&self, layout: &Layout) -> BTreeMap<Vec<String>, usize> {
        let entries = rows::entries(layout, &self.document);
        let keys = entries.iter().map(|entry| entry::key(layout, entry));
        keys.zip(0..).collect()
    }

    fn row(
        &mut self,
        header: &Header,
        row: &TableRow,
        index: &mut BTreeMap<Vec<String>, usize>,
        seen: &mut BTreeMap<Vec<String>, u32>,
    ) {
        let layout = header.layout;
        if header.says_nothing(row) {
            return;
        }
        let fields = entry::fields(header, row, &mut self.faults);
        let key = entry::key(layout, &fields);
        if key.iter().any(String::is_empty) {
            return;
        }
        if let Some(first) = seen.insert(key.clone(), row.number) {
            let says = format!("`{}` is in row {first} already", key.join(", "));
            let fault = header.fault(row.number, layout.key[0], says, "keep one of the two rows");
            return self.faults.add(fault);
        }
        let known = index.get(&key).copied();
        let count = self.imported.sheets.entry(layout.sheet.to_owned()).or_default();
        match known {
            Some(_) => count.replaced += 1,
            None => count.added += 1,
        }
        let path = self.put(header, row, &key, known, fields);
        self.imported.places.insert(path, row.number);
    }

    /// Puts an entry in its place and says where that is.
    fn put(
        &mut self,
        header: &Header,
        row: &TableRow,
        key: &[String],
        known: Option<usize>,
        fields: Map<String, Value>,
    ) -> String {
        let layout = header.layout;
        match self.document.get_mut(layout.path) {
            Some(Value::Object(map)) => {
                let before = map.get(&key[0]).and_then(Value::as_object);
                let value = match layout.path {
                    "targets" => entry::target(header, row, &fields, &mut self.faults),
                    _ => entry::answer(header, before, fields, &mut self.imported),
                };
                map.insert(key[0].clone(), value);
                format!("{}.{}", layout.path, key[0])
            }
            Some(Value::Array(list)) => {
                let at = known.unwrap_or(list.len());
                let before = list.get(at).and_then(Value::as_object);
                let value = Value::Object(entry::over(header, before, fields));
                match list.get_mut(at) {
                    Some(place) => *place = value,
                    None => list.push(value),
                }
                format!("{}[{at}]", layout.path)
            }
            _ => String::new(),
        }
    }

    /// Takes over a fault that the round's own rules found, if it stands in a cell of the file.
    fn told_by_the_round(&mut self, fault: RoundFault) {
        let places = &self.imported.places;
        if let Some(fault) = places.fault_of_cell(&fault.path, &fault.says, &fault.remedy) {
            self.faults.add(fault);
        }
    }
}

/// What the line for it in the sheet to read first says, if it is there.
fn fetched(tables: &[Table]) -> Option<String> {
    let read_me = tables.iter().find(|table| folded(&table.sheet) == folded(READ_ME))?;
    let line = read_me.rows.iter().find(|row| row.cell(0) == FETCHED)?;
    Some(line.cell(3).to_owned())
}
