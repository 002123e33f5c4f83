//! One indicator: claim, evidence, probes and review, and which of them counts.

use crate::instrument::{Auto, EvidenceKind, Indicator, Instrument, TOP};
use crate::result::{IndicatorScore, Measured};
use crate::round::{Round, Target};
use crate::score::evidence::{self, Support};
use crate::score::measured::{self, Seen};

/// Level that a country wants when it set no target.
const TARGET: u8 = 3;

pub(super) fn score(
    instrument: &Instrument,
    round: &Round,
    indicator: &Indicator,
) -> IndicatorScore {
    let rule = &instrument.evidence_rule;
    let answer = round.answers.get(&indicator.id);
    let claimed = answer.and_then(|answer| answer.level).map(in_range);
    let review = answer.and_then(|answer| answer.review.as_ref());
    let reviewed = review.and_then(|review| review.level).map(in_range);
    let Support { mut cap, mut expired } = evidence::support(rule, round, answer);
    let seen = measured::look(instrument, round, indicator);
    let has_seen_a_level = seen.level.is_some() && seen.measured != Measured::Lost;
    if has_seen_a_level {
        let probe = rule.caps.get(&EvidenceKind::LiveProbe).copied().unwrap_or(0);
        cap = cap.max(in_range(probe));
    }
    expired.extend(seen.stale.iter().cloned());
    let target = round.targets.get(&indicator.id);
    let declined = matches!(target, Some(Target::NotPlanned { .. }));
    IndicatorScore {
        id: indicator.id.clone(),
        claimed,
        reviewed,
        cap,
        measured: seen.measured,
        level: level(indicator.auto, claimed, reviewed, cap, &seen),
        not_planned: declined || !instrument.asks(&round.profile, indicator),
        target: match target {
            None => TARGET,
            Some(Target::Level { level, .. }) => in_range(*level),
            Some(Target::NotPlanned { .. }) => 0,
        },
        contradicted: contradicted(indicator.auto, claimed, seen.measured),
        expired,
    }
}

/// What counts.
///
/// A reviewer's word stands above claim and probe, and below evidence: a reviewer who knows more attaches it. Nobody's
/// word stands above an absence that has outlasted the window.
fn level(
    auto: Auto,
    claimed: Option<u8>,
    reviewed: Option<u8>,
    cap: u8,
    seen: &Seen,
) -> Option<u8> {
    if seen.measured == Measured::Lost {
        return Some(0);
    }
    if let Some(reviewed) = reviewed {
        return Some(reviewed.min(cap));
    }
    let carried = claimed.map(|claimed| claimed.min(cap));
    match (auto, seen.level) {
        (Auto::Full, Some(level)) => Some(level),
        (Auto::Partial, Some(level)) => carried.map(|carried| carried.min(level)),
        _ => carried,
    }
}

/// A full probe gives the level, so that any difference is a contradiction. A partial one sees only part of the
/// subject: it contradicts a claim above what it saw, and says nothing against one below.
fn contradicted(auto: Auto, claimed: Option<u8>, measured: Measured) -> bool {
    match (auto, claimed, measured) {
        (Auto::Full, Some(claimed), Measured::Level(level)) => claimed != level,
        (Auto::Partial, Some(claimed), Measured::Level(level)) => claimed > level,
        _ => false,
    }
}

fn in_range(level: u8) -> u8 {
    level.min(TOP)
}
