//! What a filled spreadsheet changes in a round, and whether it may.

use super::{check, scope};
use maturity::round::{Answer, Evidence};
use maturity::sheet::{Places, SheetFault};
use maturity::{Instrument, Round};
use serde::Serialize;
use std::collections::BTreeMap;

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

/// What others did between the fetching of a workbook and its return.
#[derive(Clone, Debug, Default)]
pub struct Since {
    /// The lists of the round were changed.
    pub catalogue: bool,
    /// Answers that were changed, as they stood in the workbook when it was fetched; none where there was none.
    pub answers: BTreeMap<String, Option<Answer>>,
}

/// What a file is compared by.
pub struct Compared<'c> {
    /// What asks.
    pub instrument: &'c Instrument,
    /// The round as it stands.
    pub before: &'c Round,
    /// What became of it by the file.
    pub after: &'c Round,
    /// What others did meanwhile.
    pub since: &'c Since,
    /// Where in the file each entry stands.
    pub places: &'c Places,
}

impl Compared<'_> {
    /// What the file changes. `keeps_catalogue` says whether whoever sends it may change more than answers and evidence.
    ///
    /// # Errors
    /// Every fault of the file that only matters here. `maturity` has looked at the rest.
    pub fn changes(&self, keeps_catalogue: bool) -> Result<Changes, Vec<SheetFault>> {
        let mut faults = Vec::new();
        let answers = self.answers(&mut faults);
        let evidence = self.evidence(&mut faults);
        let changed = changed_sheets(self.before, self.after);
        if self.since.catalogue {
            let says = "somebody changed the round since the workbook was fetched, and the sheet says what stood there before";
            let remedy = "fetch the workbook again and make your changes there, or remove the sheet from the file";
            faults.extend(changed.iter().map(|sheet| of_sheet(sheet, says, remedy)));
        } else if !keeps_catalogue {
            let says = "only a lead of the assessment changes this sheet";
            let remedy = "leave it as it is in the file you got, or hand the file to a lead";
            faults.extend(changed.iter().map(|sheet| of_sheet(sheet, says, remedy)));
        }
        if !changed.is_empty() {
            let wrongs = check::catalogue(self.instrument, self.after).into_iter();
            faults.extend(wrongs.map(|wrong| self.fault(&wrong.field, CANNOT, &wrong.remedy)));
        }
        match faults.is_empty() {
            true => Ok(Changes { answers, evidence, catalogue: !changed.is_empty() }),
            false => Err(faults),
        }
    }

    fn answers(&self, faults: &mut Vec<SheetFault>) -> Vec<(String, Answer)> {
        let asked = scope::indicators(self.instrument, &self.after.profile).unwrap_or_default();
        let mut changed = Vec::new();
        for (indicator, answer) in &self.after.answers {
            if self.before.answers.get(indicator).is_some_and(|there| same(there, answer)) {
                continue;
            }
            let answer = claim(answer);
            let at = format!("answers.{indicator}");
            match self.since.answers.get(indicator) {
                // Only others changed it: theirs stands.
                Some(Some(fetched)) if same(&claim(fetched), &answer) => continue,
                Some(_) => {
                    let says = "somebody changed this answer since the workbook was fetched";
                    let remedy = "look at what stands there now; fetch the workbook again if it is to be changed";
                    faults.push(self.fault(&at, says, remedy));
                }
                None => {}
            }
            if !asked.iter().any(|one| one.id == *indicator) {
                let remedy = "remove the row: the round's profile does not ask it";
                faults.push(self.fault(&format!("{at}.indicator"), CANNOT, remedy));
            }
            for wrong in check::answer(&format!("{at}."), &answer, self.after) {
                faults.push(self.fault(&wrong.field, CANNOT, &wrong.remedy));
            }
            changed.push((indicator.clone(), answer));
        }
        changed
    }

    fn evidence(&self, faults: &mut Vec<SheetFault>) -> Vec<Evidence> {
        let mut new = Vec::new();
        for (index, one) in self.after.evidence.iter().enumerate() {
            let at = format!("evidence[{index}]");
            match self.before.evidence.iter().find(|there| there.id == one.id) {
                Some(there) if same(there, one) => {}
                Some(_) => {
                    let remedy = "evidence stays as it came: add a row with another id";
                    faults.push(self.fault(&format!("{at}.id"), CANNOT, remedy));
                }
                None => {
                    for wrong in check::evidence(&format!("{at}."), one, false) {
                        faults.push(self.fault(&wrong.field, CANNOT, &wrong.remedy));
                    }
                    new.push(one.clone());
                }
            }
        }
        new
    }

    /// A fault of a field of the round in its cell of the file, or else under the name of the field.
    fn fault(&self, path: &str, says: &str, remedy: &str) -> SheetFault {
        self.places
            .fault(path, says, remedy)
            .unwrap_or_else(|| of_sheet("", &format!("{path}: {says}"), remedy))
    }
}

/// What a fault says that only has a remedy.
const CANNOT: &str = "it cannot be accepted";

fn of_sheet(sheet: &str, says: &str, remedy: &str) -> SheetFault {
    SheetFault {
        sheet: sheet.to_owned(),
        row: 0,
        column: String::new(),
        says: says.to_owned(),
        remedy: remedy.to_owned(),
    }
}

/// The line that says what a workbook was made from does not read.
#[must_use]
pub fn fetched_is_damaged() -> SheetFault {
    let says = "the line `Fetched` is not as it was written";
    of_sheet("Read me", says, "fetch the workbook again and make your changes there")
}

/// An answer without what a reviewer said of it.
fn claim(answer: &Answer) -> Answer {
    Answer { review: None, ..answer.clone() }
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
