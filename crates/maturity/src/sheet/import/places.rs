//! Where in the file an entry of the round came from.

use std::collections::BTreeMap;

use super::header::Header;
use crate::sheet::SheetFault;

/// The rows of a file that was read, by the entries of the round that they became.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub(super) headers: Vec<Header>,
    /// `systems[3]`, `answers.ID-01`
    rows: BTreeMap<String, Place>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    /// Index in `headers`.
    header: usize,
    row: u32,
}

impl Places {
    /// Remembers the entry of a row under the header that is added next.
    pub(super) fn insert(&mut self, path: String, row: u32) {
        self.rows.insert(path, Place { header: self.headers.len(), row });
    }

    /// A fault of a field of the round, as `systems[3].institution`, in its cell; none where the file has no such row.
    #[must_use]
    pub fn fault(&self, path: &str, says: &str, remedy: &str) -> Option<SheetFault> {
        let (header, row, field) = self.find(path)?;
        Some(header.fault(row, field, says.to_owned(), remedy))
    }

    /// The same, where the file has the column too.
    pub(super) fn fault_of_cell(&self, path: &str, says: &str, remedy: &str) -> Option<SheetFault> {
        let (header, row, field) = self.find(path)?;
        header.has(field).then(|| header.fault(row, field, says.to_owned(), remedy))
    }

    fn find<'p>(&'p self, path: &'p str) -> Option<(&'p Header, u32, &'p str)> {
        let mut entry = path;
        let place = loop {
            match self.rows.get(entry) {
                Some(place) => break place,
                None => (entry, _) = entry.rsplit_once('.')?,
            }
        };
        let header = &self.headers[place.header];
        let rest = path[entry.len()..].trim_start_matches('.');
        let field = rest.split(['.', '[']).next().unwrap_or_default();
        let field = if field.is_empty() { header.layout.key[0] } else { field };
        Some((header, place.row, field))
    }
}
