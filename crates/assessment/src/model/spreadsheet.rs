//! What a filled spreadsheet changes in a round, and whether it may.

use super::check::{self, Wrong};
use super::scope;
use maturity::round::{Answer, Evidence};
use maturity::sheet::SheetFault;
use maturity::{Instrument, Round};
use serde::Serialize;

/// What a file adds to a round or changes in it.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Answers that are new or differ. Their reviews are gone: a reviewer looked at others.
    pub answers: Vec<(String, Answer)>,
    /// Evidence that is new.
    pub evidence: Vec<Evidence>,
    /// Whether institutions, systems, services, flows, laws or targets differ.
    pub catalogue: bool,
}

/// What differs between a round and what became of it by a file.
///
/// # Errors
/// Every fault of the file that only matters here. `maturity` has looked at the rest, with row and column.
pub fn changes(
    instrument: &Instrument,
    before: &Round,
    after: &Round,
    keeps_catalogue: bool,
) -> Result<Changes, Vec<SheetFault>> {
    let mut faults = Vec::new();
    let answers = answers(instrument, before, after, &mut faults);
    let evidence = evidence(before, after, &mut faults);
    let changed = changed_sheets(before, after);
    if !changed.is_empty() && !keeps_catalogue {
        let refused = changed.iter().map(|sheet| SheetFault {
            sheet: (*sheet).to_owned(),
            row: 0,
            column: String::new(),
            says: "only a lead of the assessment changes this sheet".to_owned(),
            remedy: "leave it as it is in the file you got, or hand the file to a lead".to_owned(),
        });
        faults.extend(refused);
    }
    if !changed.is_empty() {
        faults.extend(check::catalogue(instrument, after).into_iter().map(catalogue_fault));
    }
    match faults.is_empty() {
        true => Ok(Changes { answers, evidence, catalogue: !changed.is_empty() }),
        false => Err(faults),
    }
}

fn answers(
    instrument: &Instrument,
    before: &Round,
    after: &Round,
    faults: &mut Vec<SheetFault>,
) -> Vec<(String, Answer)> {
    let asked = scope::indicators(instrument, &after.profile).unwrap_or_default();
    let mut changed = Vec::new();
    for (indicator, answer) in &after.answers {
        if before.answers.get(indicator).is_some_and(|there| same(there, answer)) {
            continue;
        }
        if !asked.iter().any(|one| one.id == *indicator) {
            let remedy = "remove the row: the round's profile does not ask it";
            faults.push(fault("Answers", indicator, Wrong::new("indicator", remedy)));
        }
        let answer = Answer { review: None, ..answer.clone() };
        let wrongs = check::answer("", &answer, after).into_iter();
        faults.extend(wrongs.map(|wrong| fault("Answers", indicator, wrong)));
        changed.push((indicator.clone(), answer));
    }
    changed
}

fn evidence(before: &Round, after: &Round, faults: &mut Vec<SheetFault>) -> Vec<Evidence> {
    let mut new = Vec::new();
    for one in &after.evidence {
        match before.evidence.iter().find(|there| there.id == one.id) {
            Some(there) if same(there, one) => {}
            Some(_) => {
                let remedy = "evidence stays as it came: add a row with another id";
                faults.push(fault("Evidence", &one.id, Wrong::new("id", remedy)));
            }
            None => {
                let wrongs = check::evidence("", one, false).into_iter();
                faults.extend(wrongs.map(|wrong| fault("Evidence", &one.id, wrong)));
                new.push(one.clone());
            }
        }
    }
    new
}

/// Sheets of the catalogue that say something else than the round did.
fn changed_sheets(before: &Round, after: &Round) -> Vec<&'static str> {
    let sheets = [
        ("Targets", same(&before.targets, &after.targets)),
        ("Institutions", same(&before.institutions, &after.institutions)),
        ("Systems", same(&before.systems, &after.systems)),
        ("Services", same(&before.services, &after.services)),
        ("Laws", same(&before.laws, &after.laws)),
        ("Flows", same(&before.flows, &after.flows)),
    ];
    sheets.into_iter().filter(|(_, same)| !same).map(|(sheet, _)| sheet).collect()
}

/// Two values with the same document: the round's types know no other equality.
fn same(one: &impl Serialize, other: &impl Serialize) -> bool {
    match (serde_json::to_value(one), serde_json::to_value(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// A wrong field of a row; the row is named by its id.
fn fault(sheet: &str, id: &str, wrong: Wrong) -> SheetFault {
    SheetFault {
        sheet: sheet.to_owned(),
        row: 0,
        column: wrong.field,
        says: format!("the row of {id} cannot be accepted"),
        remedy: wrong.remedy,
    }
}

/// `systems[3].institution` is the fourth row of the sheet Systems, without the header.
fn catalogue_fault(wrong: Wrong) -> SheetFault {
    let path = wrong.field.clone();
    let (list, rest) = path.split_once(['[', '.']).unwrap_or((&path, ""));
    let mut letters = list.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let sheet: String = first.into_iter().chain(letters).collect();
    let place = rest.split([']', '.']).next().unwrap_or_default().to_owned();
    let column = rest.rsplit('.').next().unwrap_or_default().to_owned();
    fault(&sheet, &place, Wrong { field: column, ..wrong })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_the_catalogue_names_its_sheet_and_column() {
        let found = catalogue_fault(Wrong::new("systems[3].institution", "name one"));
        assert_eq!((found.sheet.as_str(), found.column.as_str()), ("Systems", "institution"));
        let found = catalogue_fault(Wrong::new("targets.ID-01", "send a level"));
        assert_eq!((found.sheet.as_str(), found.column.as_str()), ("Targets", "ID-01"));
    }
}
