//! Order, capacity and what-if.

use std::collections::{BTreeMap, BTreeSet};

use maturity::plan::{Capacity, Change, what_if};
use maturity::result::{GapKind, Roadmap};
use maturity::{Instrument, Round};
use proptest::prelude::*;

use crate::build;
use crate::world::{action_for, assessed, gap, hasty, service};

/// What must hold of every roadmap.
fn holds(instrument: &Instrument, roadmap: &Roadmap, capacity: u32) {
    let last: BTreeMap<&str, u32> =
        roadmap.actions.iter().map(|action| (action.id.as_str(), action.last_month)).collect();
    assert_eq!(last.len(), roadmap.actions.len(), "ids are unique");
    for action in &roadmap.actions {
        for before in &action.depends_on {
            assert!(last[before.as_str()] < action.first_month, "{} before {before}", action.id);
        }
    }
    for indicator in &instrument.indicators {
        let Some(after) = action_for(roadmap, &indicator.id) else { continue };
        if roadmap.actions[after].title.starts_with("Find out") {
            continue;
        }
        for needed in &indicator.depends_on {
            let Some(before) = action_for(roadmap, needed) else { continue };
            let (before, after) = (&roadmap.actions[before], &roadmap.actions[after]);
            assert!(before.last_month < after.first_month, "{needed} before {}", indicator.id);
        }
    }
    for month in 1..=roadmap.months {
        let mut load: BTreeMap<&str, u32> = BTreeMap::new();
        for action in &roadmap.actions {
            if (action.first_month..=action.last_month).contains(&month) {
                *load.entry(&action.raci.responsible).or_default() += 1;
            }
        }
        assert!(load.values().all(|load| *load <= capacity), "month {month}: {load:?}");
    }
}

#[test]
fn safeguards_come_first_and_scale_waits_for_them() {
    let assessment = assessed(&hasty());
    let roadmap = &assessment.roadmap;
    let red: BTreeSet<&str> = assessment
        .gaps
        .iter()
        .filter(|gap| gap.kind == GapKind::Unsafe)
        .map(|gap| gap.id.as_str())
        .collect();
    assert_eq!(red.len(), 3);
    let first: BTreeSet<&str> =
        roadmap.actions[..3].iter().flat_map(|a| &a.gaps).map(String::as_str).collect();
    assert_eq!(first, red);
    let exchange = &roadmap.actions[action_for(roadmap, "DX-01").unwrap()];
    for action in &roadmap.actions[..3] {
        assert!(action.last_month < exchange.first_month, "{}", action.id);
    }
}

#[test]
fn every_gap_is_in_exactly_one_action() {
    let assessment = assessed(&hasty());
    let mut planned: Vec<&String> =
        assessment.roadmap.actions.iter().flat_map(|a| &a.gaps).collect();
    let mut gaps: Vec<&String> = assessment.gaps.iter().map(|gap| &gap.id).collect();
    planned.sort();
    gaps.sort();
    assert_eq!(planned, gaps);
}

#[test]
fn law_comes_before_the_component_it_carries() {
    let round = build::standing(|_| 0);
    let roadmap = assessed(&round).roadmap;
    let law = &roadmap.actions[action_for(&roadmap, "LEG-06").unwrap()];
    let exchange = &roadmap.actions[action_for(&roadmap, "DX-01").unwrap()];
    assert!(law.last_month < exchange.first_month);
}

#[test]
fn the_critical_path_is_a_chain() {
    let roadmap = assessed(&build::standing(|_| 0)).roadmap;
    let find = |id: &String| roadmap.actions.iter().find(|action| action.id == *id).unwrap();
    assert!(roadmap.critical_path.len() > 1);
    for pair in roadmap.critical_path.windows(2) {
        assert!(find(&pair[1]).depends_on.contains(&pair[0]));
    }
}

#[test]
fn an_action_says_who_decides_pays_and_tests() {
    let roadmap = assessed(&hasty()).roadmap;
    for action in &roadmap.actions {
        let raci = &action.raci;
        for text in [&raci.responsible, &raci.accountable, &action.decision_body, &action.funding] {
            assert!(!text.is_empty(), "{}", action.id);
        }
        assert!(!action.exit_test.is_empty() && !action.deliverable.is_empty());
        let phase = roadmap.phases.iter().find(|phase| phase.n == action.phase).unwrap();
        assert!(phase.first_month <= action.first_month && action.last_month <= phase.last_month);
    }
    assert!(roadmap.milestones.is_sorted_by_key(|milestone| milestone.month));
}

#[test]
fn more_capacity_and_better_answers_shorten_the_plan() {
    let (instrument, round) = (Instrument::built_in(), hasty());
    let wide =
        Change { capacity: Capacity { each: 9, ..Capacity::default() }, ..Change::default() };
    let wide = what_if(&instrument, &round, &wide);
    assert!(wide.after.months < wide.before.months, "{:?} {:?}", wide.before, wide.after);
    assert_eq!(wide.after.mean, wide.before.mean);
    let levels = instrument.indicators.iter().filter(|indicator| indicator.dimension != "XB");
    let levels = levels.map(|indicator| (indicator.id.clone(), 3)).collect();
    let better = what_if(&instrument, &round, &Change { levels, ..Change::default() });
    assert!(better.after.months < better.before.months);
    assert!(better.after.level > better.before.level && better.after.mean > better.before.mean);
}

#[test]
fn a_critical_action_left_out_keeps_the_level_down() {
    let (instrument, round) = (Instrument::built_in(), hasty());
    let roadmap = assessed(&round).roadmap;
    let law = &roadmap.actions[action_for(&roadmap, "LEG-04").unwrap()];
    let without = BTreeSet::from([law.id.clone()]);
    let result = what_if(&instrument, &round, &Change { without, ..Change::default() });
    assert_eq!((result.before.level_at_end, result.after.level_at_end), (3, 1));
    assert!(result.after.mean_at_end < result.before.mean_at_end);
    assert!(!result.unfounded.is_empty());
    assert!(action_for(&result.roadmap, "LEG-04").is_none());
}

#[test]
fn safeguards_are_rows_of_principles_and_risks() {
    let rows = assessed(&hasty()).safeguards;
    assert_eq!(rows.iter().filter(|row| row.kind == "principle").count(), 18);
    assert_eq!(rows.iter().filter(|row| row.kind == "risk").count(), 13);
    let inclusion = rows.iter().find(|row| row.id == "F3").unwrap();
    assert!(inclusion.indicators.contains(&"ID-02".to_owned()));
    assert!(inclusion.score.is_some());
    let unknown = assessed(&build::empty()).safeguards;
    assert!(unknown.iter().all(|row| row.score.is_none()), "unknown is not zero");
}

/// Any answers, unknown among them.
fn any_round() -> impl Strategy<Value = Round> {
    let count = Instrument::built_in().indicators.len();
    proptest::collection::vec(proptest::option::of(0_u8..=4), count).prop_map(|levels| {
        let mut round = build::empty();
        for (indicator, level) in Instrument::built_in().indicators.iter().zip(levels) {
            round.answers.insert(indicator.id.clone(), build::claim(level));
            build::attach(&mut round, &indicator.id, build::gazette());
        }
        round.services = vec![
            service("pension", 1_000_000, &["identity", "payments"]),
            service("licence", 200, &["wallet", "consent", "information-mediator"]),
        ];
        round
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_country_gets_a_plan_that_can_be_carried(round in any_round(), each in 1_u32..4) {
        let instrument = Instrument::built_in();
        let assessment = assessed(&round);
        holds(&instrument, &assessment.roadmap, 2);
        let capacity = Capacity { each, ..Capacity::default() };
        holds(&instrument, &what_if(&instrument, &round, &Change { capacity, ..Change::default() }).roadmap, each);
        for score in &assessment.scores.indicators {
            let found = gap(&assessment.gaps, &score.id);
            if score.level.is_none() {
                prop_assert!(found.is_none_or(|gap| gap.level.is_none() && gap.kind == GapKind::Unevidenced));
            }
        }
    }

    #[test]
    fn the_same_round_gives_the_same_plan(round in any_round()) {
        let once = serde_json::to_string(&assessed(&round)).unwrap();
        let mut shuffled = round.clone();
        shuffled.services.reverse();
        shuffled.evidence.reverse();
        let plan = |assessment: &maturity::Assessment| serde_json::to_string(&assessment.roadmap).unwrap();
        prop_assert_eq!(&once, &serde_json::to_string(&assessed(&round)).unwrap());
        prop_assert_eq!(plan(&assessed(&round)), plan(&assessed(&shuffled)));
    }
}
