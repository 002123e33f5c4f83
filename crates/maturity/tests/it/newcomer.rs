//! A country begins: it fills in a spreadsheet of 60 systems and 200 services, answers half of the indicators, reads
//! the file into an empty round and gets its report. What it mistyped is named by sheet, row and column.

use std::collections::BTreeSet;

use maturity::instrument::Instrument;
use maturity::report::{Language, Report, docx, html, pdf};
use maturity::round::{Institution, LegalInstrument, Round, Service, System};
use maturity::sheet::{self, SheetFault};
use maturity::{assess, digest};
use rust_xlsxwriter::Workbook;

use crate::build::{OFFICE, attach, claim, date, empty, gazette};
use crate::sheets::{SHEETS, json};

const BLOCKS: [&str; 5] =
    ["identity", "payments", "digital-registries", "messaging", "information-mediator"];

fn system(n: usize) -> System {
    System {
        id: format!("SYS-{n:02}"),
        name: format!("System {n}"),
        institution: [OFFICE, "GOV/HEA"][n % 2].to_owned(),
        purpose: "keeps files".to_owned(),
        hosting: "own server room".to_owned(),
        database: "PostgreSQL".to_owned(),
        monitoring: String::new(),
        capabilities: vec![BLOCKS[n % BLOCKS.len()].to_owned()],
        interfaces: if n.is_multiple_of(3) { vec!["REST".to_owned()] } else { Vec::new() },
        uses: Vec::new(),
        shared: n == 0,
        vendor: format!("Supplier {}", n % 7),
        contract_ends: Some(date("2027-03")),
        open_source: n.is_multiple_of(4),
        since: Some(date("2015")),
    }
}

fn service(n: usize) -> Service {
    Service {
        id: format!("SRV-{n:03}"),
        name: format!("Service {n}"),
        institution: ["GOV/HEA", OFFICE][n % 2].to_owned(),
        description: String::new(),
        sector: "health".to_owned(),
        recipients: vec!["individual".to_owned()],
        transactions_per_year: (!n.is_multiple_of(5)).then_some(100 * n as u64),
        customers_per_year: None,
        visits: Some(1 + (n % 4) as u32),
        documents: vec!["birth certificate".to_owned()],
        agencies: Vec::new(),
        channels: vec!["counter".to_owned()],
        languages: vec!["English".to_owned()],
        link: String::new(),
        digital_level: Some(1 + (n % 5) as u8),
        cross_border: false,
        legal_basis: "Act 3".to_owned(),
        vulnerable_groups: n.is_multiple_of(9),
        rights_critical: n.is_multiple_of(50),
        commitment: Some((n % 5) as u8),
        needs: vec![BLOCKS[n % BLOCKS.len()].to_owned()],
        systems: vec![format!("SYS-{:02}", n % 15)],
        satisfaction: None,
        challenges: Vec::new(),
    }
}

/// What the country knows; every second indicator is answered.
fn known() -> Round {
    let mut round = empty();
    round.institutions.push(Institution {
        id: "GOV/HEA".to_owned(),
        name: "Ministry of Health".to_owned(),
        sector: "health".to_owned(),
    });
    for indicator in Instrument::built_in().indicators.iter().step_by(2) {
        round.answers.insert(indicator.id.clone(), claim(Some(2)));
        attach(&mut round, &indicator.id, gazette());
    }
    round.systems = (0..60).map(system).collect();
    round.services = (0..200).map(service).collect();
    round.laws.push(LegalInstrument {
        id: "LAW-1".to_owned(),
        name: "Data Protection Act".to_owned(),
        level: "national".to_owned(),
        status: "in force".to_owned(),
        date: Some(date("2019")),
        articles: String::new(),
        covers: vec!["data protection".to_owned()],
    });
    round
}

fn from_xlsx() -> Round {
    let instrument = Instrument::built_in();
    let file = sheet::template(&instrument, Some(&known())).unwrap();
    let mut round = empty();
    let imported = sheet::read_xlsx(&file, &instrument, &mut round).unwrap();
    assert_eq!(imported.sheets["Systems"].added, 60);
    assert_eq!(imported.sheets["Services"].added, 200);
    assert_eq!(imported.sheets["Answers"].added, 57);
    round
}

#[test]
fn a_filled_spreadsheet_becomes_a_report() {
    let instrument = Instrument::built_in();
    let round = from_xlsx();
    assert_eq!(round.check(&instrument), []);
    let assessment = assess(&instrument, &round);
    let country = &assessment.scores.country;
    assert!((450..600).contains(&country.coverage), "{}", country.coverage);
    assert!(country.low < country.mean && country.mean < country.high, "half is unknown");
    let unknown = assessment.scores.indicators.iter().filter(|one| one.level.is_none()).count();
    assert_eq!(unknown, 56, "unknown is no zero");
    assert_eq!(assessment.services.len(), 200);
    for language in Language::ALL {
        let report = Report::new(&instrument, &round, &assessment, language);
        let page = html::report(&report);
        for name in (0..60).map(|n| system(n).name).chain((0..200).map(|n| service(n).name)) {
            assert!(page.contains(&name), "{name} is not in the report");
        }
        assert!(html::brief(&report).contains(&assessment.digest));
        assert!(pdf::report(&report).unwrap().starts_with(b"%PDF"));
        assert!(docx::report(&report).unwrap().starts_with(b"PK"));
    }
    assert!(sheet::workbook(&instrument, &round, &assessment).unwrap().starts_with(b"PK"));
}

#[test]
fn csv_files_give_the_same_round_as_the_workbook() {
    let instrument = Instrument::built_in();
    let known = known();
    let mut round = empty();
    for name in SHEETS {
        let text = sheet::write_csv(name, &known).unwrap();
        sheet::read_csv(name, text.as_bytes(), &instrument, &mut round).unwrap();
    }
    let book = from_xlsx();
    assert_eq!(json(&round), json(&book));
    assert_eq!(digest::digest(&instrument, &round), digest::digest(&instrument, &book));
}

/// Sheet, row as a spreadsheet counts, header of the column, what is typed there, and what the refusal says.
const PLANTED: [(&str, usize, &str, &str, &str); 14] = [
    ("Institutions", 3, "Name", "", "it is empty"),
    ("Evidence", 2, "Date", "31/31/2020", "is no such date"),
    ("Answers", 2, "Level", "7", "there is no level `7`"),
    ("Answers", 5, "Indicator", "ID-99", "no indicator `ID-99`"),
    ("Answers", 9, "Evidence", "EV-404", "there is no evidence `EV-404`"),
    ("Systems", 11, "Name", "", "it is empty"),
    ("Systems", 21, "Id", "SYS-03", "`SYS-03` is in row 5 already"),
    ("Systems", 31, "Institution", "GOV/XXX", "there is no institution `GOV/XXX`"),
    ("Systems", 41, "Contract ends", "2027-13", "is no such date"),
    ("Services", 51, "Transactions per year", "about a thousand", "is not a whole number"),
    ("Services", 101, "Systems", "SYS-77", "there is no system `SYS-77`"),
    ("Services", 151, "Id", "SRV-010", "`SRV-010` is in row 12 already"),
    ("Services", 201, "Digital level", "9", "there is no level `9`"),
    ("Laws", 2, "Status", "perhaps", "is not known here"),
];

type Rows = Vec<Vec<String>>;

/// The sheets as rows of cells, with the faults in them.
fn spoilt() -> Vec<(&'static str, Rows)> {
    let known = known();
    let mut sheets: Vec<(&str, Rows)> =
        SHEETS.iter().map(|name| (*name, rows(name, &known))).collect();
    for (sheet, row, column, typed, _) in PLANTED {
        let (_, rows) = sheets.iter_mut().find(|(name, _)| *name == sheet).unwrap();
        let at = place(rows, column);
        rows[row - 1][at] = typed.to_owned();
    }
    sheets
}

fn rows(name: &str, round: &Round) -> Rows {
    let text = sheet::write_csv(name, round).unwrap();
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn place(rows: &Rows, header: &str) -> usize {
    rows[0].iter().position(|title| title == header).unwrap()
}

/// `C (Level)`
fn column(rows: &Rows, header: &str) -> String {
    let letter = char::from(b'A' + u8::try_from(place(rows, header)).unwrap());
    format!("{letter} ({header})")
}

/// Every planted fault is told at its place, and none beside.
fn told_at_their_places<'a>(
    faults: &[SheetFault],
    sheets: impl IntoIterator<Item = &'a (&'static str, Rows)>,
) {
    let mut expected = BTreeSet::new();
    for (name, rows) in sheets {
        for (sheet, row, header, _, says) in PLANTED.iter().filter(|fault| fault.0 == *name) {
            let column = column(rows, header);
            let told = |fault: &&SheetFault| {
                fault.sheet == *sheet && fault.row as usize == *row && fault.column == column
            };
            let fault = faults.iter().find(told);
            let fault = fault.unwrap_or_else(|| panic!("{sheet} {row} {column}: {faults:#?}"));
            assert!(fault.says.contains(says), "{fault}");
            assert!(!fault.remedy.is_empty(), "{fault}");
            expected.insert((*sheet, *row, column));
        }
    }
    let found: BTreeSet<(&str, usize, String)> = faults
        .iter()
        .map(|fault| (fault.sheet.as_str(), fault.row as usize, fault.column.clone()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn every_fault_of_a_workbook_is_told_at_once_and_nothing_is_taken() {
    let sheets = spoilt();
    let mut book = Workbook::new();
    for (name, rows) in &sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        for (row, cells) in (0..).zip(rows) {
            for (at, cell) in (0..).zip(cells) {
                sheet.write_string(row, at, cell).unwrap();
            }
        }
    }
    let mut round = empty();
    let file = book.save_to_buffer().unwrap();
    let faults = sheet::read_xlsx(&file, &Instrument::built_in(), &mut round).unwrap_err();
    told_at_their_places(&faults, &sheets);
    assert_eq!(json(&round), json(&empty()));
}

#[test]
fn every_fault_of_a_csv_file_is_told_with_its_sheet() {
    let instrument = Instrument::built_in();
    let sheets = spoilt();
    for sheet in &sheets {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in &sheet.1 {
            writer.write_record(row).unwrap();
        }
        let text = writer.into_inner().unwrap();
        // The country's other sheets are right, so that only what was planted is refused.
        let mut round = known();
        match sheet::read_csv(sheet.0, &text, &instrument, &mut round) {
            Err(faults) => told_at_their_places(&faults, [sheet]),
            Ok(_) => assert!(!PLANTED.iter().any(|fault| fault.0 == sheet.0), "{}", sheet.0),
        }
    }
}
