//! Answers given to an earlier version of the instrument, carried over to a later one. Nothing is lost silently: what
//! has no place in the new version is handed back in a note, with the answer in it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::instrument::{Instrument, TOP};
use crate::round::{Answer, Measurement, Outcome, Round, Target};

/// How answers to version `from` become answers to version `to`. Indicators not named keep id and levels.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Migration {
    pub from: String,
    pub to: String,
    /// Old id to new id.
    #[serde(default)]
    pub renamed: BTreeMap<String, String>,
    /// Old ids without a successor.
    #[serde(default)]
    pub dropped: Vec<String>,
    /// Old id to the several that ask its parts now.
    #[serde(default)]
    pub split: BTreeMap<String, Vec<String>>,
    /// Old id to the new level for each of the old levels 0 to 4, where the levels' meaning has changed.
    #[serde(default)]
    pub level_map: BTreeMap<String, [u8; 5]>,
}

/// What happened to something of the round.
#[derive(Clone, Debug, Serialize)]
pub struct MigrationNote {
    /// Id in the old version.
    pub indicator: String,
    /// What kind of change it is.
    pub change: Change,
    /// Ids in the new version.
    pub became: Vec<String>,
    /// One sentence for whoever looks after the round.
    pub says: String,
    /// The answer as it was, where it has no place any more.
    pub lost_answer: Option<Answer>,
    /// The target as it was, where it has no place any more.
    pub lost_target: Option<Target>,
    /// Measurements that have no place any more.
    pub lost_measurements: Vec<Measurement>,
}

/// Kinds of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Asked under another id.
    Renamed,
    /// Asked in parts, each with a copy of the answer.
    Split,
    /// Asked with levels of another meaning.
    Releveled,
    /// Not asked any more, or its place is taken; what was lost stands in the note.
    Dropped,
}

/// Why a round cannot be carried over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MigrationError {
    #[error(
        "the round answers the instrument `{round}`, and this is `{instrument}`: answers cannot be carried over"
    )]
    OtherInstrument { round: String, instrument: String },
    #[error(
        "the instrument says no way from version {from} to {to}: add a [[migration]] that begins at {from}"
    )]
    NoWay { from: String, to: String },
}

/// Carries a round over to this instrument's version, step by step through its migrations.
///
/// # Errors
/// [`MigrationError::OtherInstrument`] or [`MigrationError::NoWay`]; the round is then left as it is.
pub fn migrate(
    round: Round,
    instrument: &Instrument,
) -> Result<(Round, Vec<MigrationNote>), MigrationError> {
    if round.instrument.id != instrument.id {
        return Err(MigrationError::OtherInstrument {
            round: round.instrument.id,
            instrument: instrument.id.clone(),
        });
    }
    let mut round = round;
    let mut notes = Vec::new();
    for step in way(&round.instrument.version, instrument)? {
        round = carry(round, step, &mut notes);
    }
    drop_unknown(&mut round, instrument, &mut notes);
    Ok((round, notes))
}

/// The migrations to take. At most one begins at each version, which the instrument's check has made sure of.
fn way<'i>(from: &str, instrument: &'i Instrument) -> Result<Vec<&'i Migration>, MigrationError> {
    let mut steps: Vec<&Migration> = Vec::new();
    let mut at = from;
    while at != instrument.version {
        let next = instrument.migrations.iter().find(|migration| migration.from == at);
        let next = next.filter(|_| steps.len() < instrument.migrations.len());
        let Some(step) = next else {
            let (from, to) = (from.to_owned(), instrument.version.clone());
            return Err(MigrationError::NoWay { from, to });
        };
        steps.push(step);
        at = &step.to;
    }
    Ok(steps)
}

fn carry(round: Round, step: &Migration, notes: &mut Vec<MigrationNote>) -> Round {
    let Round { answers, targets, measurements, mut instrument, .. } = round.clone();
    let touched: BTreeSet<String> = answers
        .keys()
        .chain(targets.keys())
        .cloned()
        .chain(measurements.iter().map(|measurement| measurement.indicator.clone()))
        .collect();
    instrument.version.clone_from(&step.to);
    let mut new = Round { answers: BTreeMap::new(), targets: BTreeMap::new(), ..round };
    new.measurements = Vec::new();
    new.instrument = instrument;
    for old in touched {
        let levels = step.level_map.get(&old);
        let answer = answers.get(&old).map(|answer| releveled_answer(answer, levels));
        let target = targets.get(&old).map(|target| releveled_target(target, levels));
        let seen = measurements.iter().filter(|measurement| measurement.indicator == old);
        let seen: Vec<Measurement> = seen.map(|one| releveled_measurement(one, levels)).collect();
        let became = step.successors(&old);
        if became.is_empty() {
            notes.push(lost(&old, answers.get(&old), targets.get(&old), &measurements, &step.to));
            continue;
        }
        notes.extend(step.note(&old, &became));
        for id in became {
            // A rename onto an id that lives on under its own name: what came first stays, the other is handed back.
            let taken = (answer.is_some() && new.answers.contains_key(&id))
                || (target.is_some() && new.targets.contains_key(&id));
            if taken {
                let says = format!(
                    "{id} has an answer or a target of its own: those of {old} are listed here"
                );
                let note =
                    lost(&old, answers.get(&old), targets.get(&old), &measurements, &step.to);
                notes.push(MigrationNote { says, ..note });
                continue;
            }
            new.answers.extend(answer.clone().map(|answer| (id.clone(), answer)));
            new.targets.extend(target.clone().map(|target| (id.clone(), target)));
            let renamed = seen.iter().cloned();
            new.measurements
                .extend(renamed.map(|one| Measurement { indicator: id.clone(), ..one }));
        }
    }
    new
}

impl Migration {
    fn successors(&self, old: &str) -> Vec<String> {
        if self.dropped.iter().any(|id| id == old) {
            return Vec::new();
        }
        if let Some(parts) = self.split.get(old) {
            return parts.clone();
        }
        vec![self.renamed.get(old).cloned().unwrap_or_else(|| old.to_owned())]
    }

    /// What to say about an indicator that goes on; none when nothing changed.
    fn note(&self, old: &str, became: &[String]) -> Option<MigrationNote> {
        let names = became.join(", ");
        let (change, says) = if self.split.contains_key(old) {
            let says = format!(
                "{old} is asked as {names} now: the answer was copied to each, confirm it there"
            );
            (Change::Split, says)
        } else if self.level_map.contains_key(old) {
            let says = format!(
                "the levels of {old} changed their meaning: it goes on as {names} with mapped levels"
            );
            (Change::Releveled, says)
        } else if self.renamed.contains_key(old) {
            (Change::Renamed, format!("{old} is called {names} now"))
        } else {
            return None;
        };
        let became = became.to_vec();
        Some(MigrationNote { says, change, became, ..empty_note(old) })
    }
}

/// Whatever the last version does not know, though no migration named it.
fn drop_unknown(round: &mut Round, instrument: &Instrument, notes: &mut Vec<MigrationNote>) {
    let known = |id: &str| instrument.indicator(id).is_some();
    let mut unknown: BTreeSet<String> = BTreeSet::new();
    unknown.extend(round.answers.keys().filter(|id| !known(id)).cloned());
    unknown.extend(round.targets.keys().filter(|id| !known(id)).cloned());
    let seen = round.measurements.iter().map(|measurement| &measurement.indicator);
    unknown.extend(seen.filter(|id| !known(id)).cloned());
    for id in unknown {
        let (answer, target) = (round.answers.remove(&id), round.targets.remove(&id));
        let note =
            lost(&id, answer.as_ref(), target.as_ref(), &round.measurements, &instrument.version);
        round.measurements.retain(|measurement| measurement.indicator != id);
        notes.push(note);
    }
}

fn lost(
    old: &str,
    answer: Option<&Answer>,
    target: Option<&Target>,
    measurements: &[Measurement],
    version: &str,
) -> MigrationNote {
    let seen = measurements.iter().filter(|measurement| measurement.indicator == old);
    MigrationNote {
        change: Change::Dropped,
        says: format!(
            "version {version} does not ask {old} any more: its answer is listed here and nowhere else"
        ),
        lost_answer: answer.cloned(),
        lost_target: target.cloned(),
        lost_measurements: seen.cloned().collect(),
        ..empty_note(old)
    }
}

fn empty_note(old: &str) -> MigrationNote {
    MigrationNote {
        indicator: old.to_owned(),
        change: Change::Renamed,
        became: Vec::new(),
        says: String::new(),
        lost_answer: None,
        lost_target: None,
        lost_measurements: Vec::new(),
    }
}

fn releveled(level: u8, levels: Option<&[u8; 5]>) -> u8 {
    levels.and_then(|levels| levels.get(usize::from(level))).map_or(level, |new| (*new).min(TOP))
}

fn releveled_answer(answer: &Answer, levels: Option<&[u8; 5]>) -> Answer {
    let mut answer = answer.clone();
    answer.level = answer.level.map(|level| releveled(level, levels));
    if let Some(review) = &mut answer.review {
        review.level = review.level.map(|level| releveled(level, levels));
    }
    answer
}

fn releveled_target(target: &Target, levels: Option<&[u8; 5]>) -> Target {
    match target {
        Target::Level { level, by } => Target::Level { level: releveled(*level, levels), by: *by },
        Target::NotPlanned { reason } => Target::NotPlanned { reason: reason.clone() },
    }
}

fn releveled_measurement(measurement: &Measurement, levels: Option<&[u8; 5]>) -> Measurement {
    let mut measurement = measurement.clone();
    if let Outcome::Level(level) = measurement.outcome {
        measurement.outcome = Outcome::Level(releveled(level, levels));
    }
    measurement
}
