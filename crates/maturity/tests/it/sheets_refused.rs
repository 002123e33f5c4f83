//! What spreadsheets are refused for, and where the refusal points.

use std::io::{Cursor, Write};

use maturity::Instrument;
use maturity::round::Round;
use maturity::sheet::{self, SheetFault};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use crate::build::empty;
use crate::sheets::{filled, json};

/// Reads and makes sure that nothing changed.
fn refused_csv(name: &str, text: impl AsRef<[u8]>) -> Vec<SheetFault> {
    let mut round = filled();
    let faults =
        sheet::read_csv(name, text.as_ref(), &Instrument::built_in(), &mut round).unwrap_err();
    assert_eq!(json(&round), json(&filled()));
    faults
}

fn refused_xlsx(bytes: &[u8]) -> Vec<SheetFault> {
    let mut round = filled();
    let faults = sheet::read_xlsx(bytes, &Instrument::built_in(), &mut round).unwrap_err();
    assert_eq!(json(&round), json(&filled()));
    faults
}

/// An XLSX file with these sheets of text.
fn book(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet().set_name(*name).unwrap();
        fill(sheet, rows);
    }
    workbook.save_to_buffer().unwrap()
}

fn fill(sheet: &mut Worksheet, rows: &[&[&str]]) {
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
}

fn places(faults: &[SheetFault]) -> Vec<(&str, u32, &str)> {
    faults.iter().map(|fault| (fault.sheet.as_str(), fault.row, fault.column.as_str())).collect()
}

/// Header of the services in [`SERVICES`].
const SERVICE: &str =
    "Id,Name,Institution,Visits,Cross-border,Digital level,Recipients,Commitment,Systems";

/// A row, the column that is refused, and why.
const SERVICES: [(&str, &str, &str); 12] = [
    ("A,B,GOV/DIG,many,,,,,", "D (Visits)", "`many` is not a whole number"),
    ("A,B,GOV/DIG,\"1,5\",,,,,", "D (Visits)", "`1,5` is not a whole number"),
    ("A,B,GOV/DIG,5000000000,,,,,", "D (Visits)", "5000000000 is too large"),
    ("A,B,GOV/DIG,,perhaps,,,,", "E (Cross-border)", "`perhaps` is neither yes nor no"),
    ("A,B,GOV/DIG,,,6,,,", "F (Digital level)", "there is no level `6`"),
    ("A,B,GOV/DIG,,,,people,,", "G (Recipients)", "`people` is not known here"),
    ("A,B,GOV/DIG,,,,,9,", "H (Commitment)", "there is no level `9`"),
    ("A,B,GOV/DIG,,,,,,SYS-77", "I (Systems)", "there is no system `SYS-77`"),
    ("A,B,GOV/XXX,,,,,,", "C (Institution)", "there is no institution `GOV/XXX`"),
    ("A,,GOV/DIG,,,,,,", "B (Name)", "it is empty"),
    (",B,GOV/DIG,,,,,,", "A (Id)", "it is empty"),
    ("A,B,GOV/DIG,,,,,,,stray", "J", "the column has no header"),
];

const ANSWER: &str = "Indicator,Level,Institution,Evidence";
const TARGET: &str = "Indicator,Level,By,Not planned";
const EVIDENCE: &str = "Id,Kind,Title,Source,Publisher,Date,SHA-256";

/// Sheet, header, row, the column that is refused, and why.
const OTHERS: [(&str, &str, &str, &str, &str); 12] = [
    ("Answers", ANSWER, "ID-01,5,GOV/DIG,", "B (Level)", "there is no level `5`"),
    (
        "Answers",
        ANSWER,
        "ID-99,2,GOV/DIG,",
        "A (Indicator)",
        "the instrument has no indicator `ID-99`",
    ),
    ("Answers", ANSWER, "ID-01,2,GOV/DIG,E-0", "D (Evidence)", "there is no evidence `E-0`"),
    ("Targets", TARGET, "ID-01,,2027,", "B (Level)", "it is empty"),
    (
        "Targets",
        TARGET,
        "ID-01,3,,council",
        "D (Not planned because)",
        "the row has a level or a day as well",
    ),
    ("Evidence", EVIDENCE, "E,rumour,T,S,P,2024,", "B (Kind)", "`rumour` is not known here"),
    (
        "Evidence",
        EVIDENCE,
        "E,document,T,S,P,14/03/2024,",
        "F (Date)",
        "`14/03/2024` is no such date",
    ),
    (
        "Evidence",
        EVIDENCE,
        "E,document,T,S,P,2030,",
        "F (Date)",
        "2030 is after the round's day 2026-06-30",
    ),
    ("Evidence", EVIDENCE, "E,document,T,S,P,2024,abc", "G (SHA-256)", "it is no SHA-256"),
    ("Laws", "Id,Name,Level,Status", "L,Act,local,draft", "C (Level)", "`local` is not known here"),
    (
        "Flows",
        "From,To,Subject,Path",
        "GOV/DIG,GOV/XXX,births,file",
        "B (To)",
        "there is no institution `GOV/XXX`",
    ),
    ("Systems", "Id,Name,Institution,Uses", "S,N,GOV/DIG,S", "D (Uses)", "it uses itself"),
];

fn is_named(sheet: &str, header: &str, row: &str, column: &str, says: &str) {
    let faults = refused_csv(sheet, format!("{header}\n{row}\n"));
    assert_eq!(places(&faults), [(sheet, 2, column)], "{row}");
    assert_eq!(faults[0].says, says);
    assert!(!faults[0].remedy.is_empty());
}

#[test]
fn each_refused_cell_is_named() {
    for (row, column, says) in SERVICES {
        is_named("Services", SERVICE, row, column, says);
    }
    for (sheet, header, row, column, says) in OTHERS {
        is_named(sheet, header, row, column, says);
    }
}

#[test]
fn all_faults_of_a_file_are_told_at_once_in_their_order() {
    let systems: &[&[&str]] = &[
        &["Id", "Name", "Institution", "Shared", "Since"],
        &["S1", "One", "GOV/NEW", "maybe", "2026-13"],
        &[],
        &["S2", "", "GOV/XXX", "yes", "2020"],
        &["S1", "Again", "GOV/DIG", "no", ""],
    ];
    let institutions: &[&[&str]] = &[&["Id", "Name", "Sector"], &["GOV/NEW", "", "health"]];
    let faults = refused_xlsx(&book(&[("Systems", systems), ("Institutions", institutions)]));
    let expected = [
        ("Systems", 2, "D (Shared)"),
        ("Systems", 2, "E (Since)"),
        ("Systems", 4, "B (Name)"),
        ("Systems", 4, "C (Institution)"),
        ("Systems", 5, "A (Id)"),
        // Its row has a fault, and still GOV/NEW is known above: nothing is told that mending it would mend.
        ("Institutions", 2, "B (Name)"),
    ];
    assert_eq!(places(&faults), expected);
    let shown = faults[0].to_string();
    assert_eq!(
        shown,
        "Systems, row 2, column D (Shared): `maybe` is neither yes nor no: write yes or no, oui or non"
    );
    assert_eq!(faults[4].says, "`S1` is in row 2 already");
}

#[test]
fn headers_that_do_not_fit_are_named() {
    let faults = refused_csv("Systems", "Id,Colour,ID\nS1,red,\n");
    let expected = [
        ("Systems", 1, "B (Colour)"),
        ("Systems", 1, "C (ID)"),
        ("Systems", 1, "Name"),
        ("Systems", 1, "Institution"),
    ];
    assert_eq!(places(&faults), expected);
    assert_eq!(faults[0].says, "there is no column `Colour` in the sheet Systems");
    assert!(faults[0].remedy.contains("Contract ends"), "{}", faults[0].remedy);

    let faults = refused_xlsx(&book(&[("Sistems", &[&["Id"], &["S1"]])]));
    assert_eq!(places(&faults), [("Sistems", 0, "")]);
    assert_eq!(places(&refused_csv("Colours", "Id\n1\n")), [("Colours", 0, "")]);
    assert_eq!(refused_csv("Systems", "\n\n")[0].says, "it holds no row to read");
}

#[test]
fn cells_of_spreadsheets_are_read_for_what_they_are() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Systems").unwrap();
    let headers: &[&[&str]] =
        &[&["Id", "Name", "Institution", "Since", "Contract ends", "Shared", "Vendor"]];
    fill(sheet, headers);
    let day = Format::new().set_num_format("yyyy-mm-dd");
    sheet.write_number(1, 0, 1001).unwrap();
    sheet.write_formula(1, 1, Formula::new("=\"A\"&\"B\"").set_result("AB")).unwrap();
    sheet.write_string(1, 2, " GOV/DIG ").unwrap();
    let since = ExcelDateTime::from_ymd(2019, 3, 14).unwrap();
    sheet.write_datetime_with_format(1, 3, &since, &day).unwrap();
    sheet.write_number(1, 4, 2027).unwrap();
    sheet.write_boolean(1, 5, true).unwrap();
    sheet.write_number(1, 6, 12.5).unwrap();
    let file = workbook.save_to_buffer().unwrap();

    let mut round = empty();
    sheet::read_xlsx(&file, &Instrument::built_in(), &mut round).unwrap();
    let system = &round.systems[0];
    assert_eq!((system.id.as_str(), system.name.as_str()), ("1001", "AB"));
    assert_eq!(system.since.unwrap().to_string(), "2019-03-14");
    assert_eq!(system.contract_ends.unwrap().to_string(), "2027");
    assert!(system.shared);
    assert_eq!(system.vendor, "12.5");
}

#[test]
fn formulas_without_a_value_and_with_an_error_are_named() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Systems").unwrap();
    fill(sheet, &[&["Id", "Name", "Institution", "Vendor"], &["S1", "One", "GOV/DIG"]]);
    sheet.write_formula(1, 3, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    let faults = refused_xlsx(&workbook.save_to_buffer().unwrap());
    assert_eq!(places(&faults), [("Systems", 2, "D (Vendor)")]);
    assert_eq!(faults[0].says, "the cell holds the error #DIV/0!");

    let row = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>Id</t></is></c><c r="B1" t="inlineStr"><is><t>Name</t></is></c>
        <c r="C1" t="inlineStr"><is><t>Institution</t></is></c></row><row r="3"><c r="A3" t="inlineStr"><is><t>S1</t></is></c>
        <c r="B3"><f>A1</f></c><c r="C3" t="inlineStr"><is><t>GOV/DIG</t></is></c></row>"#;
    let faults = refused_xlsx(&with_rows(row));
    assert_eq!(places(&faults), [("Systems", 3, "B (Name)")]);
    assert_eq!(faults[0].says, "the formula has no stored value");
}

/// An XLSX file with one sheet, Systems, and these rows in its XML.
fn with_rows(rows: &str) -> Vec<u8> {
    let plain = book(&[("Systems", &[])]);
    let mut from = zip::ZipArchive::new(Cursor::new(plain)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..from.len() {
        let entry = from.by_index_raw(n).unwrap();
        if entry.name().unwrap() != "xl/worksheets/sheet1.xml" {
            to.raw_copy_file(entry).unwrap();
        }
    }
    to.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let text = format!(
        r#"<?xml version="1.0"?><worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>"#
    );
    to.write_all(text.as_bytes()).unwrap();
    to.finish().unwrap().into_inner()
}

#[test]
fn a_cell_at_the_far_corner_is_refused_without_reading_what_lies_between() {
    let faults =
        refused_xlsx(&with_rows(r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#));
    assert_eq!(places(&faults), [("Systems", 1_048_576, "XFD")]);
    assert_eq!(faults[0].says, "the sheet goes on after row 20000");

    let faults = refused_xlsx(&with_rows(r#"<row r="1"><c r="GS1"><v>1</v></c></row>"#));
    assert_eq!(places(&faults), [("Systems", 1, "GS")]);
    assert_eq!(faults[0].says, "the sheet has more than 200 columns");
}

#[test]
fn files_out_of_bounds_are_refused() {
    let large = vec![b'a'; sheet::FILE_BYTES_MAX + 1];
    let faults = refused_csv("Systems", &large);
    assert_eq!(places(&faults), [("Systems", 0, "")]);
    assert_eq!(faults[0].says, "the file is larger than 10 MB");
    assert_eq!(refused_xlsx(&large)[0].says, "the file is larger than 10 MB");
    assert!(refused_xlsx(b"Id,Name\n")[0].says.starts_with("it cannot be read as XLSX"));

    let header = "Id,Name,Institution\n";
    let rows = |n: u32| (0..n).map(|n| format!("T{n},N,GOV/DIG\n")).collect::<String>();
    let faults = refused_csv("Systems", format!("{header}{}", rows(sheet::ROWS_MAX)));
    assert_eq!(places(&faults), [("Systems", sheet::ROWS_MAX + 1, "A (Id)")]);
    let mut round: Round = empty();
    let most = format!("{header}{}", rows(sheet::ROWS_MAX - 1));
    sheet::read_csv("Systems", most.as_bytes(), &Instrument::built_in(), &mut round).unwrap();
    assert_eq!(round.systems.len(), 19_999);
}

#[test]
fn an_archive_that_unpacks_to_too_much_is_refused() {
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    to.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let megabyte = vec![b' '; 1 << 20];
    for _ in 0..=200 {
        to.write_all(&megabyte).unwrap();
    }
    let file = to.finish().unwrap().into_inner();
    assert!(file.len() < sheet::FILE_BYTES_MAX);
    assert_eq!(refused_xlsx(&file)[0].says, "it unpacks to more than 200 MB");
}

#[test]
fn text_that_is_not_utf_8_is_refused_with_its_row() {
    let faults =
        refused_csv("Systems", b"Id,Name,Institution\nS1,One,GOV/DIG\nS2,Syst\xe8me,GOV/DIG\n");
    assert_eq!(faults[0].row, 3);
    assert!(faults[0].remedy.contains("UTF-8"));
}
