//! What the template offers to those who fill it in.

use std::io::{Cursor, Read};

use calamine::{Reader, Xlsx};
use maturity::{Instrument, sheet};

#[test]
fn the_template_explains_itself_and_offers_the_words_that_fit() {
    let instrument = Instrument::built_in();
    let file = sheet::template(&instrument, None).unwrap();
    let answers = part(&file, "xl/worksheets/sheet2.xml");
    assert!(answers.contains("<formula1>\"0,1,2,3,4,unknown\"</formula1>"));
    assert!(answers.contains("<formula1>Institutions!$A$2:$A$20000</formula1>"));
    assert!(answers.contains("state=\"frozen\""));
    assert!(part(&file, "xl/worksheets/sheet4.xml").contains("audit_report\"</formula1>"));
    assert!(part(&file, "xl/worksheets/sheet6.xml").contains("<formula1>\"yes,no\"</formula1>"));

    let mut book = Xlsx::new(Cursor::new(file)).unwrap();
    assert_eq!(book.sheet_names()[0], "Read me");
    let range = book.worksheet_range("Answers").unwrap();
    let first = &instrument.indicators[0];
    let row: Vec<String> = range.rows().nth(1).unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(row[0], first.id);
    assert_eq!(row[8..13], first.levels);
}

fn part(file: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}
