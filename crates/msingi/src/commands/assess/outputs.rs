//! The deliverables as files.

use super::super::{Failure, say};
use super::files::{text, write as write_file};
use maturity::draw::{self, svg};
use maturity::instrument::translation::{Translation, apply};
use maturity::report::{Language, Report, docx, html, json, pdf};
use maturity::{Assessment, Instrument, Round, assess, compare, digest, plan, regional, sheet};
use std::path::Path;

/// The instrument in a language, and what it finds. The digest is that of the instrument as it is
/// signed, whatever language is read.
fn found(
    instrument: &Instrument,
    round: &Round,
    language: Language,
) -> Result<(Instrument, Assessment), Failure> {
    let spoken = match Translation::built_in(language.code()) {
        Some(translation) => apply(instrument, &translation)?,
        None => instrument.clone(),
    };
    let mut assessment = assess(&spoken, round);
    assessment.digest = digest::digest(instrument, round);
    Ok((spoken, assessment))
}

pub fn write(
    instrument: &Instrument,
    round: &Round,
    language: Language,
    out: &Path,
) -> Result<(), Failure> {
    std::fs::create_dir_all(out)?;
    let (spoken, assessment) = found(instrument, round, language)?;
    let report = Report::new(&spoken, round, &assessment, language);
    let put = |name: &str, bytes: &[u8]| write_file(&out.join(name), bytes);
    put("report.html", html::report(&report).as_bytes())?;
    put("report.pdf", &pdf::report(&report)?)?;
    put("report.docx", &docx::report(&report)?)?;
    put("brief.html", html::brief(&report).as_bytes())?;
    put("brief.pdf", &pdf::brief(&report)?)?;
    put("workbook.xlsx", &sheet::workbook(&spoken, round, &assessment)?)?;
    put("report.json", record(instrument, round)?.as_bytes())?;
    let words = plan::Language::of(&spoken);
    for (name, diagram) in
        [("as-is", &assessment.architecture.as_is), ("to-be", &assessment.architecture.to_be)]
    {
        let title =
            report.t(if name == "as-is" { "architecture.as-is" } else { "architecture.to-be" });
        let picture = draw::architecture::architecture(&report, diagram, name, title);
        put(
            &format!("architecture-{name}.svg"),
            svg::write(&picture, svg::Ground::Paper).as_bytes(),
        )?;
        put(&format!("architecture-{name}.mmd"), plan::mermaid(diagram, words).as_bytes())?;
        put(&format!("architecture-{name}.dot"), plan::graphviz(diagram, words).as_bytes())?;
    }
    Ok(())
}

/// The machine's record is in the instrument's own language, so that anybody computes the same.
fn record(instrument: &Instrument, round: &Round) -> Result<String, Failure> {
    let assessment = assess(instrument, round);
    Ok(json::report(&Report::new(instrument, round, &assessment, Language::English))?)
}

/// Computes the record again. What differs is named by its place.
pub fn verify(instrument: &Instrument, round: &Round, path: &Path) -> Result<(), Failure> {
    let stated: serde_json::Value = serde_json::from_str(&text(path)?)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let computed: serde_json::Value = serde_json::from_str(&record(instrument, round)?)?;
    if stated == computed {
        say(format!(
            "{} follows from the round: digest {}",
            path.display(),
            digest::digest(instrument, round)
        ));
        return Ok(());
    }
    let mut places = Vec::new();
    differences("", &stated, &computed, &mut places);
    let shown: Vec<String> = places.iter().take(20).cloned().collect();
    Err(format!(
        "{} does not follow from the round; it differs at\n  {}",
        path.display(),
        shown.join("\n  ")
    )
    .into())
}

fn differences(
    at: &str,
    stated: &serde_json::Value,
    computed: &serde_json::Value,
    places: &mut Vec<String>,
) {
    use serde_json::Value::{Array, Object};
    match (stated, computed) {
        (Object(one), Object(other)) => {
            for (name, value) in other {
                let nothing = serde_json::Value::Null;
                differences(
                    &format!("{at}/{name}"),
                    one.get(name).unwrap_or(&nothing),
                    value,
                    places,
                );
            }
            let unknown = one.keys().filter(|name| !other.contains_key(*name));
            places.extend(unknown.map(|name| format!("{at}/{name}: it does not belong there")));
        }
        (Array(one), Array(other)) if one.len() == other.len() => {
            for (n, (one, other)) in one.iter().zip(other).enumerate() {
                differences(&format!("{at}/{n}"), one, other, places);
            }
        }
        (one, other) if one == other => {}
        (Array(one), Array(other)) => {
            places.push(format!("{at}: {} entries stated, {} computed", one.len(), other.len()));
        }
        (one, other) => places.push(format!("{at}: stated {one}, computed {other}")),
    }
}

pub fn difference(
    instrument: &Instrument,
    before: &Round,
    after: &Round,
    out: &Path,
) -> Result<(), Failure> {
    let (first, second) = (assess(instrument, before), assess(instrument, after));
    let before = Report::new(instrument, before, &first, Language::English);
    let after = Report::new(instrument, after, &second, Language::English);
    let document = compare::document(&before, &after);
    write_file(out, html::page(&after, &document).as_bytes())
}

pub fn region(instrument: &Instrument, rounds: &[Round], out: &Path) -> Result<(), Failure> {
    let found: Vec<Assessment> = rounds.iter().map(|round| assess(instrument, round)).collect();
    let pairs = rounds.iter().zip(&found);
    let reports: Vec<Report<'_>> = pairs
        .map(|(round, found)| Report::new(instrument, round, found, Language::English))
        .collect();
    let (Some(first), Some(document)) = (reports.first(), regional::document(&reports)) else {
        return Err("name at least two rounds".into());
    };
    write_file(out, html::page(first, &document).as_bytes())
}
