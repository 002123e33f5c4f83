//! XLSX files into tables. Cells are read one after the other and never as a rectangle: one cell at the far corner of
//! a sheet would claim memory for all between.

use std::io::{self, Cursor, Read};

use calamine::{DataRef, Reader, SheetType, Xlsx};

use super::SheetFault;
use super::table::{Collector, FILE_BYTES_MAX, Reading};

/// Bytes after unpacking: a small archive can hold a very large file.
const UNPACKED_BYTES_MAX: u64 = 200 * 1024 * 1024;
const SAVE_AS: &str = "open it in a spreadsheet program and save it as .xlsx, without a password";

/// Every sheet of the file that can hold cells.
pub(super) fn read(bytes: &[u8]) -> Reading {
    if let Err(fault) = bounds(bytes) {
        return Reading::refused(fault);
    }
    let mut book: Xlsx<_> = match Xlsx::new(Cursor::new(bytes)) {
        Ok(book) => book,
        Err(error) => return Reading::refused(unreadable(&error.to_string())),
    };
    let mut reading = Reading::default();
    for name in sheets(&book) {
        let mut collector = Collector::new(&name);
        if let Err(error) = cells(&mut book, &name, &mut collector) {
            collector.cut(0, 0, format!("the sheet cannot be read: {error}"), SAVE_AS);
        }
        reading.add(collector);
    }
    reading
}

fn unreadable(why: &str) -> SheetFault {
    SheetFault::file(format!("it cannot be read as XLSX: {why}"), SAVE_AS)
}

/// Charts and macros have no cells.
fn sheets(book: &Xlsx<Cursor<&[u8]>>) -> Vec<String> {
    let with_cells =
        book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    with_cells.map(|sheet| sheet.name.clone()).collect()
}

fn bounds(bytes: &[u8]) -> Result<(), SheetFault> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(SheetFault::too_large());
    }
    let unpacked = unpacked_bytes(bytes).map_err(|error| unreadable(&error.to_string()))?;
    if unpacked > UNPACKED_BYTES_MAX {
        return Err(SheetFault::file(
            "it unpacks to more than 200 MB",
            "split it into several files",
        ));
    }
    Ok(())
}

/// Counts by unpacking: the sizes that an archive names may be wrong. Stops soon after the limit.
fn unpacked_bytes(bytes: &[u8]) -> Result<u64, zip::result::ZipError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))?;
    let mut total = 0;
    for n in 0..archive.len() {
        let entry = archive.by_index(n)?;
        total += io::copy(&mut entry.take(UNPACKED_BYTES_MAX + 1), &mut io::sink())?;
        if total > UNPACKED_BYTES_MAX {
            break;
        }
    }
    Ok(total)
}

fn cells(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    collector: &mut Collector,
) -> Result<(), calamine::XlsxError> {
    let mut reader = book.worksheet_cells_reader(name)?;
    while let Some(cell) = reader.next_cell_with_formula_metadata()? {
        let (row, column) = cell.pos;
        if let DataRef::Error(error) = &cell.value {
            let says = format!("the cell holds the error {error}");
            collector.fault(row, column, says, "mend the formula, or write its value");
            continue;
        }
        // Without this the row would look empty, and a value would vanish silently.
        if cell.formula.is_some() && cell.value == DataRef::Empty {
            let remedy =
                "open and save the file in a spreadsheet program, or write the value itself";
            collector.fault(row, column, "the formula has no stored value", remedy);
            continue;
        }
        if !collector.take(row, column, text(&cell.value).trim()) {
            break;
        }
    }
    Ok(())
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTime(when) if when.is_datetime() => {
            let (year, month, day, ..) = when.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTime(duration) => duration.as_f64().to_string(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}
