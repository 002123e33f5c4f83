//! What holds of every round.

use std::sync::LazyLock;

use maturity::instrument::{EvidenceKind, Instrument};
use maturity::result::{GateAnswer, Scores};
use maturity::round::{Measurement, Outcome, Round, Target};
use maturity::score::score;
use maturity::{digest, instrument::condition::Condition};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::build::{attach, claim, empty, evidence, measurement, review};

const DAYS: [&str; 4] = ["2026-06-01", "2024", "unknown", "2010-05"];

/// Read once: reading takes longer than scoring.
static INSTRUMENT: LazyLock<Instrument> = LazyLock::new(Instrument::built_in);

/// One indicator's answer: claim, pieces of evidence (kind, date), reviewer's level, what probes saw, not planned.
type Draw = (Option<u8>, Vec<(usize, usize)>, Option<u8>, Vec<(u8, u64)>, bool);

fn draw() -> impl Strategy<Value = Draw> {
    (
        proptest::option::weighted(0.8, 0..=4_u8),
        proptest::collection::vec((0..EvidenceKind::ALL.len(), 0..DAYS.len()), 0..3),
        proptest::option::weighted(0.1, 0..=4_u8),
        proptest::collection::vec((0..=6_u8, 0..500_000_u64), 0..2),
        proptest::bool::weighted(0.05),
    )
}

fn rounds() -> impl Strategy<Value = Round> {
    let size = INSTRUMENT.indicators.len();
    proptest::collection::vec(draw(), size).prop_map(round)
}

fn round(draws: Vec<Draw>) -> Round {
    let mut round = empty();
    for (indicator, (level, pieces, reviewed, seen, not_planned)) in
        INSTRUMENT.indicators.iter().zip(draws)
    {
        let mut answer = claim(level);
        answer.review = reviewed.map(review);
        round.answers.insert(indicator.id.clone(), answer);
        for (kind, day) in pieces {
            attach(&mut round, &indicator.id, evidence(EvidenceKind::ALL[kind], DAYS[day]));
        }
        if not_planned {
            let target = Target::NotPlanned { reason: "decided".to_owned() };
            round.targets.insert(indicator.id.clone(), target);
        }
        let seen = seen.into_iter().filter(|_| !indicator.probes.is_empty());
        let seen = seen.map(|(word, seconds)| {
            measurement(indicator, "2026-06-29T08:00:00Z", outcome(word, seconds))
        });
        round.measurements.extend(seen.collect::<Vec<Measurement>>());
    }
    round
}

fn outcome(word: u8, seconds: u64) -> Outcome {
    match word {
        level @ 0..=4 => Outcome::Level(level),
        5 => Outcome::CannotBeMeasured,
        _ => Outcome::Unavailable { seconds },
    }
}

/// Every figure that may only grow with the answers, in a fixed order.
fn figures(scores: &Scores) -> Vec<(String, i64)> {
    let mut figures = vec![
        ("level".to_owned(), i64::from(scores.country.level)),
        ("mean".to_owned(), scores.country.mean),
        ("geometric".to_owned(), scores.country.geometric),
        ("low".to_owned(), scores.country.low),
        ("high".to_owned(), scores.country.high),
    ];
    for score in &scores.indicators {
        figures.push((score.id.clone(), score.level.map_or(-1, i64::from)));
    }
    for cell in &scores.matrix {
        let name = format!("{} {}", cell.component, cell.question);
        figures.push((format!("{name} level"), cell.level.map_or(-1, i64::from)));
        figures.push((name, cell.score.unwrap_or(-1)));
    }
    for score in &scores.dimensions {
        figures.push((score.id.clone(), score.score.unwrap_or(-1)));
        figures.push((format!("{} band", score.id), score.band.map_or(-1, i64::from)));
    }
    figures
}

fn none_is_greater(lower: &Round, higher: &Round) -> Result<(), TestCaseError> {
    let instrument = &*INSTRUMENT;
    let (lower, higher) = (score(instrument, lower), score(instrument, higher));
    let pairs = figures(&lower).into_iter().zip(figures(&higher));
    for ((name, low), (_, high)) in pairs {
        prop_assert!(low <= high, "{name} rose from {low} to {high}", low = high, high = low);
    }
    Ok(())
}

fn pick(round: &Round, which: Index) -> String {
    let ids: Vec<&String> = round.answers.keys().collect();
    (*which.get(&ids)).clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn removing_evidence_never_raises_anything(full in rounds(), which: Index) {
        prop_assume!(!full.evidence.is_empty());
        let mut less = full.clone();
        let gone = which.index(less.evidence.len());
        less.evidence.remove(gone);
        none_is_greater(&less, &full)?;
        less.evidence.clear();
        none_is_greater(&less, &full)?;
    }

    #[test]
    fn a_better_answer_never_lowers_anything(round in rounds(), which: Index) {
        let id = pick(&round, which);
        let level = round.answers[&id].level;
        prop_assume!(level.is_some_and(|level| level < 4));
        let mut better = round.clone();
        better.answers.get_mut(&id).unwrap().level = level.map(|level| level + 1);
        none_is_greater(&round, &better)?;
    }

    #[test]
    fn an_unknown_only_widens_the_interval(known in rounds(), which: Index, level in 0..=4_u8) {
        let instrument = &*INSTRUMENT;
        let id = pick(&known, which);
        let mut unknown = known.clone();
        unknown.answers.get_mut(&id).unwrap().level = None;
        let mut known = known;
        known.answers.get_mut(&id).unwrap().level = Some(level);
        let (wide, narrow) = (score(instrument, &unknown), score(instrument, &known));
        prop_assert!(wide.country.low <= narrow.country.low && narrow.country.high <= wide.country.high);
        prop_assert!((wide.country.low..=wide.country.high).contains(&narrow.country.mean));
        prop_assert!((wide.country.low..=wide.country.high).contains(&wide.country.mean));
        for (wide, narrow) in wide.gates.iter().zip(&narrow.gates) {
            let undecided = wide.state == GateAnswer::Unknown;
            prop_assert!(undecided || wide.state == narrow.state, "{}", wide.id);
        }
        for (wide, narrow) in wide.dimensions.iter().zip(&narrow.dimensions) {
            prop_assert!(wide.low <= narrow.low && narrow.high <= wide.high);
            prop_assert!(wide.coverage <= narrow.coverage);
            prop_assert!(narrow.score.is_none_or(|score| (wide.low..=wide.high).contains(&score)));
        }
    }

    #[test]
    fn gates_touch_no_figure(round in rounds()) {
        let with = &*INSTRUMENT;
        let mut without = with.clone();
        without.gates.clear();
        prop_assert_eq!(figures(&score(with, &round)), figures(&score(&without, &round)));
    }

    #[test]
    fn the_same_round_gives_the_same_scores_whatever_the_order_of_its_lists(round in rounds()) {
        let instrument = &*INSTRUMENT;
        let text = |round: &Round| serde_json::to_string(&score(instrument, round)).unwrap();
        let read = Round::parse(&serde_json::to_string(&round).unwrap()).unwrap();
        prop_assert_eq!(text(&round), text(&read));
        prop_assert_eq!(digest::digest(instrument, &round), digest::digest(instrument, &read));
        let mut turned = round.clone();
        turned.evidence.reverse();
        turned.measurements.reverse();
        prop_assert_eq!(text(&round), text(&turned));
    }

    #[test]
    fn a_decided_condition_stays_decided_whatever_the_unknowns_are(levels in proptest::collection::vec(0..=4_u8, 4), hidden in 0..4_usize) {
        let condition = Condition::parse("(A-0 >= 3 or A-1 < 2) and (A-2 < 2 or A-3 == 4)").unwrap();
        let index = |id: &str| id.strip_prefix("A-").and_then(|n| n.parse::<usize>().ok()).unwrap();
        let all = condition.evaluate(&|id| Some(levels[index(id)]));
        let some = condition.evaluate(&|id| (index(id) != hidden).then(|| levels[index(id)]));
        prop_assert!(some.holds.is_none() || some.holds == all.holds);
    }

    #[test]
    fn a_changed_answer_changes_the_digest(round in rounds(), which: Index) {
        let instrument = &*INSTRUMENT;
        let mut other = round.clone();
        other.answers.get_mut(&pick(&round, which)).unwrap().note.push('x');
        prop_assert_ne!(digest::digest(instrument, &round), digest::digest(instrument, &other));
    }
}
