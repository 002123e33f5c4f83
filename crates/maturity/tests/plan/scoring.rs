//! A plain scoring, so that these tests fail for the planning's own reasons only.

use maturity::instrument::{Auto, Indicator, Instrument};
use maturity::result::{
    CountryScore, GateAnswer, GateState, IndicatorScore, Measured, Scores, Sensitivity,
};
use maturity::round::{Outcome, Round, Target};

pub fn score(instrument: &Instrument, round: &Round) -> Scores {
    let indicators: Vec<IndicatorScore> =
        instrument.indicators.iter().map(|one| indicator(instrument, one, round)).collect();
    let known: Vec<(i64, i64)> = instrument
        .indicators
        .iter()
        .zip(&indicators)
        .filter_map(|(one, score)| Some((one.weight, i64::from(score.level?))))
        .collect();
    let weight: i64 = known.iter().map(|(weight, _)| weight * 4).sum();
    let reached: i64 = known.iter().map(|(weight, level)| weight * level).sum();
    let mean = if weight == 0 { 0 } else { reached * 10_000 / weight };
    let held = instrument
        .indicators
        .iter()
        .zip(&indicators)
        .any(|(one, score)| one.critical && score.level.is_none_or(|level| level < 2));
    let by_mean = instrument.levels.iter().rev().find(|level| mean >= level.mean_min * 100);
    let level = by_mean.map_or(0, |level| if held { level.n.min(1) } else { level.n });
    Scores {
        country: CountryScore {
            mean,
            low: mean,
            high: mean,
            geometric: mean,
            weakest: String::new(),
            level,
            held_back_by: Vec::new(),
            coverage: 1000,
        },
        dimensions: Vec::new(),
        matrix: Vec::new(),
        gates: vec![unsafe_gate(&indicators)],
        sensitivity: Sensitivity { draws: 0, mean_low: 0, mean_high: 0, levels: [0; 5] },
        indicators,
    }
}

fn indicator(instrument: &Instrument, one: &Indicator, round: &Round) -> IndicatorScore {
    let answer = round.answers.get(&one.id);
    let claimed = answer.and_then(|answer| answer.level);
    let kinds = answer.into_iter().flat_map(|answer| &answer.evidence).filter_map(|id| {
        round.evidence.iter().find(|evidence| evidence.id == *id).map(|evidence| evidence.kind)
    });
    let cap = kinds.filter_map(|kind| instrument.evidence_rule.caps.get(&kind).copied()).max();
    let cap = cap.unwrap_or(instrument.evidence_rule.none);
    let measured = round.measurements.iter().find(|measurement| measurement.indicator == one.id);
    let measured = measured.map_or(Measured::No, |measurement| match measurement.outcome {
        Outcome::Level(level) => Measured::Level(level),
        Outcome::CannotBeMeasured => Measured::CannotBe,
        Outcome::Unavailable { seconds } if seconds > 86_400 => Measured::Lost,
        Outcome::Unavailable { .. } => Measured::Unavailable,
    });
    let carried = claimed.map(|claimed| claimed.min(cap));
    let level = match measured {
        Measured::Level(level) if one.auto == Auto::Full => Some(level),
        Measured::Level(level) => Some(carried.map_or(level, |carried| carried.min(level))),
        Measured::Lost => Some(0),
        _ => carried,
    };
    let contradicted = match (claimed, measured) {
        (Some(claimed), Measured::Level(level)) => claimed != level,
        _ => false,
    };
    let (target, not_planned) = match round.targets.get(&one.id) {
        Some(Target::Level { level, .. }) => (*level, false),
        Some(Target::NotPlanned { .. }) => (3, true),
        None => (3, false),
    };
    IndicatorScore {
        id: one.id.clone(),
        claimed,
        cap,
        measured,
        reviewed: None,
        level: if not_planned { None } else { level },
        not_planned,
        target,
        contradicted,
        expired: Vec::new(),
    }
}

fn unsafe_gate(indicators: &[IndicatorScore]) -> GateState {
    let level = |id: &str| indicators.iter().find(|one| one.id == id).and_then(|one| one.level);
    let at_scale: Vec<&str> = ["ID-01", "PAY-01", "DX-01"]
        .into_iter()
        .filter(|id| level(id).is_some_and(|level| level >= 3))
        .collect();
    let lacking: Vec<&str> = ["LEG-04", "SAF-03", "SAF-08"]
        .into_iter()
        .filter(|id| level(id).is_some_and(|level| level < 2))
        .collect();
    let red = !at_scale.is_empty() && !lacking.is_empty();
    GateState {
        id: "UNSAFE".to_owned(),
        component: "any".to_owned(),
        state: if red { GateAnswer::Red } else { GateAnswer::Green },
        says: String::new(),
        because: at_scale.into_iter().chain(lacking).map(str::to_owned).collect(),
    }
}
