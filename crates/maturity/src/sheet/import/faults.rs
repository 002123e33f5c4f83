//! The faults of a file, one for each cell.

use std::collections::BTreeSet;

use crate::sheet::SheetFault;
use crate::sheet::table::Table;

/// Collects faults. What follows from a fault that is there already is not told again.
#[derive(Default)]
pub(super) struct Faults {
    all: Vec<SheetFault>,
    cells: BTreeSet<(String, u32, String)>,
}

impl Faults {
    pub(super) fn add(&mut self, fault: SheetFault) {
        // The letters of the column are enough: a fault of reading does not know its title.
        let letters = fault.column.split(" (").next().unwrap_or_default().to_owned();
        if self.cells.insert((fault.sheet.clone(), fault.row, letters)) {
            self.all.push(fault);
        }
    }

    /// In the order of the sheets in the file, then of rows.
    pub(super) fn in_order(&self, tables: &[Table]) -> Vec<SheetFault> {
        let mut faults = self.all.clone();
        let sheet = |fault: &SheetFault| tables.iter().position(|table| table.sheet == fault.sheet);
        faults.sort_by_key(|fault| (sheet(fault), fault.row));
        faults
    }
}
