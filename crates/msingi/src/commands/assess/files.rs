//! Rounds and spreadsheets on disk. Nothing is half-written: a file is written beside and renamed.

use super::super::{Failure, say};
use maturity::sheet::{self, Imported};
use maturity::{Instrument, Round};
use std::path::Path;

/// How many faults are shown; the rest is counted.
const SHOWN: usize = 40;

pub fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// A round that fits the instrument.
pub fn round(path: &Path, instrument: &Instrument) -> Result<Round, Failure> {
    let round =
        Round::parse(&text(path)?).map_err(|error| format!("{}: {error}", path.display()))?;
    check(&round, instrument).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(round)
}

/// Every fault in one answer: a person mends them in one sitting.
pub fn check(round: &Round, instrument: &Instrument) -> Result<(), Failure> {
    let faults = round.check(instrument);
    let lines =
        faults.iter().map(|fault| format!("{}: {}: {}", fault.path, fault.says, fault.remedy));
    refuse(lines.collect())
}

fn refuse(lines: Vec<String>) -> Result<(), Failure> {
    if lines.is_empty() {
        return Ok(());
    }
    let count = lines.len();
    let mut text =
        format!("{count} {}", if count == 1 { "thing to mend" } else { "things to mend" });
    for line in lines.iter().take(SHOWN) {
        text.push_str("\n  ");
        text.push_str(line);
    }
    if count > SHOWN {
        text.push_str(&format!("\n  and {} more", count - SHOWN));
    }
    Err(text.into())
}

/// Takes one spreadsheet in.
pub fn import(
    instrument: &Instrument,
    round: &mut Round,
    path: &Path,
) -> Result<Imported, Failure> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default().to_lowercase();
    let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let imported = match kind.as_str() {
        "xlsx" => sheet::read_xlsx(&bytes, instrument, round),
        "csv" => sheet::read_csv(name, &bytes, instrument, round),
        _ => {
            let text = format!(
                "{}: name an .xlsx file, or a .csv file called as its sheet: {}",
                path.display(),
                sheet::names()
            );
            return Err(text.into());
        }
    };
    match imported {
        Ok(imported) => Ok(imported),
        Err(faults) => {
            let lines = faults.iter().map(ToString::to_string).collect();
            let error = refuse(lines).err().unwrap_or_else(|| "it was refused".into());
            Err(format!("{}: {error}\nNothing was taken over.", path.display()).into())
        }
    }
}

pub fn save(path: &Path, round: &Round) -> Result<(), Failure> {
    let mut text = serde_json::to_string_pretty(round)?;
    text.push('\n');
    write(path, text.as_bytes())
}

pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let wrong = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut draft = path.as_os_str().to_owned();
    draft.push(".part");
    std::fs::write(&draft, bytes).map_err(wrong)?;
    std::fs::rename(&draft, path).map_err(wrong)?;
    say(format!("written: {}", path.display()));
    Ok(())
}
