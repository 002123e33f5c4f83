//! What the reports of the two invented countries say, word by word. Whoever changes rules or words sees in the diff
//! of `fixtures/<country>/golden/` what that does to a report.
//!
//! Long lists and tables are kept by their first rows and a digest of the rest, so that a change anywhere shows and a
//! diff stays readable.

use std::fmt::Write as _;
use std::path::PathBuf;

use maturity::draw::svg::{self, Ground};
use maturity::instrument::translation::{Translation, apply};
use maturity::report::document::{Block, Document, Line, Table};
use maturity::report::{Language, Report, brief, chapters, json};
use maturity::{Assessment, Instrument, Round, assess, digest};
use serde_json::Value;

const RENEW: &str = "MSINGI_RENEW_GOLDEN";
/// Rows of a table, and items of a list of the record, that are kept word by word.
const ROWS_MAX: usize = 6;
const ITEMS_MAX: usize = 10;

struct Country {
    name: &'static str,
    round: &'static str,
}

const PAPER: Country =
    Country { name: "paper", round: include_str!("../../fixtures/paper/round.json") };
const SILOS: Country =
    Country { name: "silos", round: include_str!("../../fixtures/silos/round.json") };

#[test]
fn the_report_of_the_country_on_paper_is_as_agreed() {
    compare_all(&PAPER);
}

#[test]
fn the_report_of_the_country_of_silos_is_as_agreed() {
    compare_all(&SILOS);
}

fn compare_all(country: &Country) {
    let round = Round::parse(country.round).unwrap();
    let mut changes = Vec::new();
    for language in Language::ALL {
        let (instrument, assessment) = assessed(&round, language);
        let report = Report::new(&instrument, &round, &assessment, language);
        let code = language.code();
        let document = chapters::document(&report);
        changes.extend(compare(country, &format!("report.{code}.txt"), &text(&document)));
        let short = brief::document(&report);
        changes.extend(compare(country, &format!("brief.{code}.txt"), &text(&short)));
        if language == Language::English {
            let record = record(&json::report(&report).unwrap());
            changes.extend(compare(country, "report.json", &record));
        }
    }
    assert!(
        changes.is_empty(),
        "{}\nIf that is meant, run the test once more with {RENEW}=1 and read the diff.",
        changes.join("\n")
    );
}

/// As the commands do it: words in a language, the digest of the instrument as it is signed.
fn assessed(round: &Round, language: Language) -> (Instrument, Assessment) {
    let signed = Instrument::built_in();
    let spoken = match Translation::built_in(language.code()) {
        Some(translation) => apply(&signed, &translation).unwrap(),
        None => signed.clone(),
    };
    let mut assessment = assess(&spoken, round);
    assessment.digest = digest::digest(&signed, round);
    (spoken, assessment)
}

/// The first line that differs; nothing when the file says the same, or was renewed.
fn compare(country: &Country, file: &str, found: &str) -> Option<String> {
    let path: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "fixtures", country.name, "golden", file].iter().collect();
    let shown = format!("fixtures/{}/golden/{file}", country.name);
    if std::env::var_os(RENEW).is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, found).unwrap();
        return None;
    }
    let agreed = std::fs::read_to_string(path).unwrap_or_default();
    if agreed == found {
        return None;
    }
    let (mut old, mut new) = (agreed.lines(), found.lines());
    let mut line = 1;
    loop {
        match (old.next(), new.next()) {
            (None, None) => return Some(format!("{shown}: line ends differ")),
            (was, is) if was == is => line += 1,
            (was, is) => {
                let (was, is) = (was.unwrap_or("(the end)"), is.unwrap_or("(the end)"));
                return Some(format!("{shown}, line {line}\n  agreed: {was}\n  found:  {is}"));
            }
        }
    }
}

/// The record with one item of its lists a line.
fn record(text: &str) -> String {
    let record: Value = serde_json::from_str(text).unwrap();
    let mut out = String::new();
    write_value(&record, "", &mut out);
    out
}

fn write_value(value: &Value, path: &str, out: &mut String) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                write_value(member, &format!("{path}/{name}"), out);
            }
        }
        // Scores are what all else rests on: every one is kept.
        Value::Array(items) => {
            let most = if path.contains("/scores/") { items.len() } else { ITEMS_MAX };
            let lines = items.iter().map(|item| format!("{path} {item}"));
            shortened(lines.collect(), most, out);
        }
        other => writeln!(out, "{path} {other}").unwrap(),
    }
}

fn shortened(lines: Vec<String>, most: usize, out: &mut String) {
    let most = most.min(lines.len());
    for line in &lines[..most] {
        writeln!(out, "{line}").unwrap();
    }
    let rest = &lines[most..];
    if !rest.is_empty() {
        let digest = digest::sha256(rest.join("\n").as_bytes());
        writeln!(out, "... and {} more, SHA-256 {digest}", rest.len()).unwrap();
    }
}

/// A document as text, one block, item or row a line.
fn text(document: &Document) -> String {
    let mut out = format!("# {}\n", document.title);
    if let Some(invented) = &document.invented {
        writeln!(out, "{invented}").unwrap();
    }
    facts(&document.cover, &mut out);
    for chapter in &document.chapters {
        writeln!(out, "\n## {} {}", chapter.number, chapter.title).unwrap();
        for block in &chapter.blocks {
            write_block(block, &mut out);
        }
    }
    out
}

fn write_block(block: &Block, out: &mut String) {
    match block {
        Block::Heading { words, .. } => writeln!(out, "\n### {words}").unwrap(),
        Block::Text(line) => writeln!(out, "{}", said(line)).unwrap(),
        Block::Notice(line) => writeln!(out, "! {}", said(line)).unwrap(),
        Block::List { items, .. } => {
            let lines = items.iter().map(|item| format!("- {}", said(&item.line)));
            shortened(lines.collect(), usize::MAX, out);
        }
        Block::Facts(list) => facts(list, out),
        Block::Table(table) => write_table(table, out),
        Block::Figure(picture) => {
            let drawing = digest::sha256(svg::write(picture, Ground::Paper).as_bytes());
            writeln!(out, "[{}] {}", picture.title, picture.description).unwrap();
            writeln!(out, "[drawing, SHA-256 {drawing}]").unwrap();
        }
    }
}

fn facts(list: &[(String, Line)], out: &mut String) {
    for (name, line) in list {
        writeln!(out, "{name} = {}", said(line)).unwrap();
    }
}

fn write_table(table: &Table, out: &mut String) {
    let titles: Vec<&str> = table.columns.iter().map(|column| column.title.as_str()).collect();
    writeln!(out, "\n[{}]\n| {}", table.caption, titles.join(" | ")).unwrap();
    let rows = table.rows.iter().map(|row| {
        let cells: Vec<String> = row.cells.iter().map(said).collect();
        format!("| {}", cells.join(" | "))
    });
    shortened(rows.collect(), ROWS_MAX, out);
}

fn said(line: &Line) -> String {
    line.words().replace('\n', " / ")
}
