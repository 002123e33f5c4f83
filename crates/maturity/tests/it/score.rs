//! Which of claim, evidence, probes and review counts.

use maturity::Round;
use maturity::instrument::{Auto, EvidenceKind, Indicator, Instrument};
use maturity::result::{GateAnswer, IndicatorScore, Measured, Scores};
use maturity::round::{Outcome, Target};
use maturity::score::score;

use crate::build::{
    attach, claim, date, empty, evidence, first, gazette, measurement, review, standing,
};

const NOW: &str = "2026-06-30T10:00:00Z";
const EARLIER: &str = "2026-06-20T10:00:00Z";
const DAY: u64 = 86_400;

fn scored(round: &Round) -> Scores {
    score(&Instrument::built_in(), round)
}

fn of(round: &Round, indicator: &Indicator) -> IndicatorScore {
    let scores = scored(round);
    scores.indicators.into_iter().find(|score| score.id == indicator.id).unwrap()
}

/// A claim of 4 with one piece of evidence of that kind and date: the level that counts.
fn carried(kind: EvidenceKind, on: &str) -> u8 {
    let indicator = first(Auto::None);
    let mut round = empty();
    round.answers.insert(indicator.id.clone(), claim(Some(4)));
    attach(&mut round, &indicator.id, evidence(kind, on));
    of(&round, &indicator).level.unwrap()
}

#[test]
fn evidence_carries_as_high_as_its_kind_and_while_it_is_fresh() {
    for (kind, on, level) in [
        (EvidenceKind::Interview, "2026-01-01", 2),
        (EvidenceKind::Interview, "2025-06-30", 2),
        (EvidenceKind::Interview, "2025-06-29", 1),
        (EvidenceKind::Document, "2026", 3),
        (EvidenceKind::Document, "2023-06-30", 1),
        // Only the year is known: it may be of 1 January.
        (EvidenceKind::Document, "2023", 1),
        (EvidenceKind::Document, "2023-12", 3),
        (EvidenceKind::Document, "unknown", 1),
        (EvidenceKind::Gazette, "unknown", 4),
        (EvidenceKind::Gazette, "1963", 4),
        (EvidenceKind::SystemLog, "2026-04", 4),
        (EvidenceKind::SystemLog, "2026-03", 1),
        // Not there yet on the round's day.
        (EvidenceKind::Gazette, "2026-07-01", 1),
    ] {
        assert_eq!(carried(kind, on), level, "{} of {on}", kind.name());
    }
}

#[test]
fn expired_evidence_is_named_and_carries_nothing() {
    let indicator = first(Auto::None);
    let mut round = empty();
    round.answers.insert(indicator.id.clone(), claim(Some(4)));
    let mut law = gazette();
    law.expires = Some(date("2026-06-29"));
    attach(&mut round, &indicator.id, law);
    let found = of(&round, &indicator);
    assert_eq!(
        (found.level, found.cap, found.expired),
        (Some(1), 1, vec!["gazette 2020".to_owned()])
    );
}

#[test]
fn a_full_probe_gives_the_level_and_a_difference_is_a_contradiction() {
    let indicator = first(Auto::Full);
    let mut round = standing(|_| 2);
    for (seen, contradicted) in [(4, true), (2, false), (1, true)] {
        round.measurements = vec![measurement(&indicator, NOW, Outcome::Level(seen))];
        let found = of(&round, &indicator);
        assert_eq!((found.level, found.contradicted), (Some(seen), contradicted));
    }
    round.answers.remove(&indicator.id);
    assert_eq!(of(&round, &indicator).level, Some(1), "a probe needs no claim");
}

#[test]
fn a_partial_probe_lowers_a_claim_or_carries_it() {
    let indicator = first(Auto::Partial);
    let mut round = empty();
    round.answers.insert(indicator.id.clone(), claim(Some(3)));
    assert_eq!(of(&round, &indicator).level, Some(1), "without evidence");
    for (seen, level, contradicted) in [(4, 3, false), (3, 3, false), (2, 2, true), (0, 0, true)] {
        round.measurements = vec![measurement(&indicator, NOW, Outcome::Level(seen))];
        let found = of(&round, &indicator);
        assert_eq!((found.level, found.contradicted), (Some(level), contradicted), "seen {seen}");
    }
    round.answers.clear();
    assert_eq!(of(&round, &indicator).level, None, "it sees only part of the subject");
}

#[test]
fn what_cannot_be_measured_leaves_the_claim_and_says_so() {
    let indicator = first(Auto::Full);
    let mut round = standing(|_| 3);
    round.measurements = vec![measurement(&indicator, NOW, Outcome::CannotBeMeasured)];
    let found = of(&round, &indicator);
    assert_eq!((found.level, found.measured), (Some(3), Measured::CannotBe));
    round.answers.get_mut(&indicator.id).unwrap().evidence.clear();
    assert_eq!(of(&round, &indicator).level, Some(1));
}

#[test]
fn an_outage_is_shown_at_once_and_counts_once_it_outlasts_the_window() {
    let indicator = Instrument::built_in().indicator("ID-04").unwrap().clone();
    let mut round = standing(|_| 2);
    let before = measurement(&indicator, EARLIER, Outcome::Level(4));
    round.measurements = vec![before.clone()];
    let calm = scored(&round);
    for (seconds, measured, level) in [
        (60, Measured::Unavailable, Some(4)),
        (3 * DAY, Measured::Unavailable, Some(4)),
        (3 * DAY + 1, Measured::Lost, Some(0)),
    ] {
        let down = measurement(&indicator, NOW, Outcome::Unavailable { seconds });
        round.measurements = vec![down, before.clone()];
        let found = of(&round, &indicator);
        assert_eq!((found.measured, found.level, found.contradicted), (measured, level, false));
        let scores = scored(&round);
        let dimension =
            |scores: &Scores| scores.dimensions.iter().find(|one| one.id == "ID").unwrap().clone();
        assert!(dimension(&scores).unavailable && !dimension(&calm).unavailable);
        let cells = scores.matrix.iter().filter(|cell| cell.unavailable);
        let cells: Vec<_> =
            cells.map(|cell| (cell.component.as_str(), cell.question.as_str())).collect();
        assert_eq!(cells, [("identity", "exist_functional")]);
        assert_eq!(dimension(&scores).score < dimension(&calm).score, measured == Measured::Lost);
    }
}

#[test]
fn an_outage_without_an_earlier_level_leaves_the_claim() {
    let indicator = first(Auto::Full);
    let mut round = standing(|_| 3);
    round.measurements = vec![measurement(&indicator, NOW, Outcome::Unavailable { seconds: 60 })];
    let found = of(&round, &indicator);
    assert_eq!((found.measured, found.level), (Measured::Unavailable, Some(3)));
}

#[test]
fn the_newest_word_of_each_probe_and_of_those_the_lowest() {
    let indicator = Instrument::built_in().indicator("ID-04").unwrap().clone();
    let mut round = empty();
    let mut other_probe = measurement(&indicator, EARLIER, Outcome::Level(3));
    other_probe.probe.clone_from(&indicator.probes[1]);
    round.measurements = vec![
        measurement(&indicator, NOW, Outcome::Level(4)),
        measurement(&indicator, EARLIER, Outcome::Level(1)),
        other_probe,
    ];
    assert_eq!(of(&round, &indicator).measured, Measured::Level(3));
    let mut other_target = measurement(&indicator, NOW, Outcome::Level(2));
    other_target.target = "branch office".to_owned();
    round.measurements.push(other_target);
    assert_eq!(of(&round, &indicator).measured, Measured::Level(2));
}

#[test]
fn an_old_measurement_is_none() {
    let indicator = first(Auto::Full);
    let mut round = empty();
    for (at, measured) in [
        ("2026-05-31T00:00:00Z", Measured::Level(4)),
        ("2026-05-30T23:59:59Z", Measured::No),
        ("2026-07-01T09:00:00Z", Measured::Level(4)),
        ("2026-07-02T00:00:00Z", Measured::No),
    ] {
        round.measurements = vec![measurement(&indicator, at, Outcome::Level(4))];
        let found = of(&round, &indicator);
        assert_eq!(found.measured, measured, "{at}");
        assert_eq!(found.expired.is_empty(), measured != Measured::No, "{at}");
    }
}

#[test]
fn a_review_counts_as_far_as_the_evidence_carries_it() {
    let indicator = first(Auto::Full);
    let mut round = standing(|_| 3);
    round.answers.get_mut(&indicator.id).unwrap().review = Some(review(2));
    let found = of(&round, &indicator);
    assert_eq!((found.claimed, found.reviewed, found.level), (Some(3), Some(2), Some(2)));
    round.measurements = vec![measurement(&indicator, NOW, Outcome::Level(4))];
    assert_eq!(of(&round, &indicator).level, Some(2));
    round.measurements =
        vec![measurement(&indicator, NOW, Outcome::Unavailable { seconds: 9 * DAY })];
    assert_eq!(of(&round, &indicator).level, Some(0), "nobody's word stands above an absence");
    round.measurements.clear();
    let answer = round.answers.get_mut(&indicator.id).unwrap();
    answer.evidence.clear();
    answer.review = Some(review(4));
    assert_eq!(of(&round, &indicator).level, Some(1), "nor above missing evidence");
}

#[test]
fn not_planned_is_neither_a_gap_nor_a_zero_and_opens_no_gate() {
    let instrument = Instrument::built_in();
    let mut round = standing(|_| 3);
    let not_planned = || Target::NotPlanned { reason: "decided by the cabinet".to_owned() };
    round.answers.remove("PAY-02");
    round.targets.insert("PAY-02".to_owned(), not_planned());
    let scores = score(&instrument, &round);
    assert_eq!((scores.country.mean, scores.country.coverage), (7_500, 1000));
    let gate = scores.gates.iter().find(|gate| gate.id == "NOTDPI-2").unwrap();
    assert_eq!(gate.state, GateAnswer::Unknown);
    assert_eq!(scores.country.level, 1);
    assert_eq!(scores.country.held_back_by, ["PAY-02 is critical, and not planned or not asked"]);

    round.answers.insert("PAY-02".to_owned(), claim(Some(0)));
    let scores = score(&instrument, &round);
    assert_eq!(scores.country.mean, 7_500);
    let gate = scores.gates.iter().find(|gate| gate.id == "NOTDPI-2").unwrap();
    assert_eq!(gate.state, GateAnswer::Red, "a gate looks at facts, not at plans");
}

#[test]
fn a_dimension_without_anything_planned_is_not_listed() {
    let instrument = Instrument::built_in();
    let mut round = standing(|_| 3);
    for indicator in instrument.indicators.iter().filter(|indicator| indicator.dimension == "XB") {
        let target = Target::NotPlanned { reason: "no neighbour to join".to_owned() };
        round.targets.insert(indicator.id.clone(), target);
    }
    let scores = score(&instrument, &round);
    assert!(scores.dimensions.iter().all(|dimension| dimension.id != "XB"));
    assert_eq!(scores.country.level, 3);
}

#[test]
fn little_coverage_names_no_band_and_holds_the_level_back() {
    let mut round = standing(|_| 3);
    round.answers.retain(|id, _| !id.starts_with("XB-") || id == "XB-01");
    let scores = scored(&round);
    let dimension = scores.dimensions.iter().find(|dimension| dimension.id == "XB").unwrap();
    assert_eq!((dimension.score, dimension.band), (Some(7_500), None));
    assert!(dimension.low < 7_500 && dimension.high > 7_500);
    assert_eq!(scores.country.level, 1);
    let why = scores.country.held_back_by.join("; ");
    assert!(why.starts_with("XB is answered for ") && why.ends_with(": 80.0 % is needed"), "{why}");
}

#[test]
fn a_red_gate_marks_the_cells_it_comes_from_and_lowers_nothing() {
    let mut round = standing(|_| 3);
    round.answers.get_mut("ID-05").unwrap().level = Some(1);
    let scores = scored(&round);
    let red: Vec<_> = scores.matrix.iter().filter(|cell| cell.red_gate.is_some()).collect();
    assert_eq!(red.len(), 1);
    assert_eq!(
        (red[0].component.as_str(), red[0].question.as_str()),
        ("identity", "interoperable")
    );
    assert_eq!(red[0].red_gate.as_deref(), Some("DPILIKE-ID"));
    assert!(red[0].score.is_some());
    assert_eq!(scores.country.level, 3);
}
