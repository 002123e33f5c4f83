//! What the probes of one indicator saw, taken together: the newest word of each probe on each target, and of those
//! the lowest.

use std::collections::BTreeMap;

use crate::instrument::{Auto, EvidenceKind, Indicator, Instrument};
use crate::result::Measured;
use crate::round::{Measurement, Outcome, Round};
use crate::score::days;

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// What was seen.
pub(super) struct Seen {
    pub(super) measured: Measured,
    /// The level that counts: seen now, or seen last before an outage.
    pub(super) level: Option<u8>,
    /// Probes whose newest word is too old.
    pub(super) stale: Vec<String>,
}

/// One probe on one target.
enum Word {
    Level(u8),
    CannotBe,
    /// Down for less than the window, with the level of the time before.
    Down(Option<u8>),
    Lost,
}

pub(super) fn look(instrument: &Instrument, round: &Round, indicator: &Indicator) -> Seen {
    let mut histories: BTreeMap<(&str, &str), Vec<&Measurement>> = BTreeMap::new();
    let mut stale = Vec::new();
    for measurement in &round.measurements {
        let probe = &measurement.probe;
        let is_its_own = measurement.indicator == indicator.id && indicator.probes.contains(probe);
        if indicator.auto == Auto::None || !is_its_own {
            continue;
        }
        if is_fresh(instrument, round, measurement) {
            histories.entry((probe, &measurement.target)).or_default().push(measurement);
        } else if !stale.contains(probe) {
            stale.push(probe.clone());
        }
    }
    stale.retain(|probe| !histories.keys().any(|(fresh, _)| fresh == probe));
    let words: Vec<Word> =
        histories.into_values().filter_map(|history| newest(instrument, history)).collect();
    Seen { stale, ..together(&words) }
}

/// A day is granted after the round's own: where clocks run behind UTC it is already tomorrow there.
fn is_fresh(instrument: &Instrument, round: &Round, measurement: &Measurement) -> bool {
    let Some(today) = round.as_of.latest().and_then(days::number) else {
        return false;
    };
    let age = today - measurement.at.unix_seconds().div_euclid(SECONDS_PER_DAY);
    let max = instrument.evidence_rule.max_age_days.get(&EvidenceKind::LiveProbe);
    age >= -1 && max.is_none_or(|max| age <= i64::from(*max))
}

/// The last word, which for an outage includes the level seen before it.
fn newest(instrument: &Instrument, mut history: Vec<&Measurement>) -> Option<Word> {
    // Stable: of two at the same moment the later in the round is the newer.
    history.sort_by_key(|measurement| measurement.at);
    let word = match history.last()?.outcome {
        Outcome::Level(level) => Word::Level(level.min(crate::instrument::TOP)),
        Outcome::CannotBeMeasured => Word::CannotBe,
        Outcome::Unavailable { seconds } if outlasts(instrument, seconds) => Word::Lost,
        Outcome::Unavailable { .. } => Word::Down(history.iter().rev().find_map(seen_level)),
    };
    Some(word)
}

fn seen_level(measurement: &&Measurement) -> Option<u8> {
    match measurement.outcome {
        Outcome::Level(level) => Some(level.min(crate::instrument::TOP)),
        _ => None,
    }
}

fn outlasts(instrument: &Instrument, seconds: u64) -> bool {
    let window = u64::from(instrument.rollup.outage_days) * SECONDS_PER_DAY.unsigned_abs();
    seconds > window
}

fn together(words: &[Word]) -> Seen {
    let has = |wanted: fn(&Word) -> bool| words.iter().any(wanted);
    let level = words.iter().filter_map(|word| match word {
        Word::Level(level) => Some(*level),
        Word::Down(level) => *level,
        Word::Lost => Some(0),
        Word::CannotBe => None,
    });
    let level = level.min();
    let measured = match level {
        _ if has(|word| matches!(word, Word::Lost)) => Measured::Lost,
        _ if has(|word| matches!(word, Word::Down(_))) => Measured::Unavailable,
        Some(level) => Measured::Level(level),
        None if words.is_empty() => Measured::No,
        None => Measured::CannotBe,
    };
    Seen { measured, level, stale: Vec::new() }
}
