use std::collections::{BTreeMap, BTreeSet};

use maturity::Round;
use maturity::plan::{Conditions, gaps, roadmap_under, safeguards, services};
use maturity::result::{Action, Gap, Roadmap};

use crate::rounds::{all_at, instrument, set, with_levels};
use maturity::score::score;

fn plan(round: &Round, conditions: &Conditions) -> (Vec<Gap>, Roadmap) {
    let instrument = instrument();
    let scores = score(&instrument, round);
    let (ranked, components) = services(&instrument, round, &scores);
    let gaps = gaps(&instrument, round, &scores, &ranked);
    let roadmap = roadmap_under(conditions, &instrument, &scores, &gaps, &components);
    (gaps, roadmap)
}

fn plan_of(round: &Round) -> (Vec<Gap>, Roadmap) {
    plan(round, &Conditions::default())
}

/// Technology at 3, law and safeguards at 1: running at scale ahead of its safeguards.
fn unsafe_country() -> Round {
    let mut round = all_at(3);
    for indicator in ["LEG-04", "SAF-03", "SAF-08", "REU-02", "INT-02", "GOV-01", "INT-01", "ID-12"]
    {
        set(&mut round, indicator, 1);
    }
    round
}

fn by_gap<'a>(roadmap: &'a Roadmap, gap: &str) -> &'a Action {
    roadmap.actions.iter().rev().find(|action| action.gaps.contains(&gap.to_owned())).unwrap()
}

#[test]
fn every_gap_is_closed_by_an_action() {
    for round in [all_at(0), all_at(1), all_at(2), unsafe_country(), with_levels(&[])] {
        let (gaps, roadmap) = plan_of(&round);
        let closed: BTreeSet<&String> =
            roadmap.actions.iter().flat_map(|action| &action.gaps).collect();
        assert_eq!(closed, gaps.iter().map(|gap| &gap.id).collect::<BTreeSet<_>>());
    }
}

#[test]
fn nothing_begins_before_what_it_depends_on_has_ended() {
    for round in [all_at(0), all_at(1), unsafe_country()] {
        let (_, roadmap) = plan_of(&round);
        let ends: BTreeMap<&str, u32> =
            roadmap.actions.iter().map(|one| (one.id.as_str(), one.last_month)).collect();
        let mut dependencies = 0;
        for action in &roadmap.actions {
            for first in &action.depends_on {
                assert!(ends[first.as_str()] < action.first_month, "{} before {first}", action.id);
                dependencies += 1;
            }
        }
        assert!(dependencies > 5, "the plan has an order");
    }
}

#[test]
fn an_indicator_waits_for_those_that_it_depends_on() {
    let (_, roadmap) = plan_of(&unsafe_country());
    // The instrument says that the framework (INT-01) needs the body that adopts it (GOV-01).
    let body = by_gap(&roadmap, "GAP-UNGOVERNED-GOV-01");
    let framework = by_gap(&roadmap, "GAP-NOT-INTEROPERABLE-INT-01");
    assert!(body.last_month < framework.first_month);
    assert!(framework.depends_on.contains(&body.id));
}

#[test]
fn safeguards_come_before_anything_that_grows() {
    let (_, roadmap) = plan_of(&unsafe_country());
    let safety = ["GAP-UNSAFE-LEG-04", "GAP-UNSAFE-SAF-03", "GAP-UNSAFE-SAF-08"];
    let secured = safety.map(|gap| by_gap(&roadmap, gap).last_month).into_iter().max().unwrap();
    let migration = by_gap(&roadmap, "GAP-SILOED-REU-02");
    assert!(migration.first_month > secured, "{migration:?}");
    // To leave one maker scales nothing, so it need not wait.
    assert!(by_gap(&roadmap, "GAP-DEPENDENT-ON-ONE-ID-12").first_month <= secured);
    assert_eq!(roadmap.actions[0].first_month, 1);
    let first = roadmap.actions.iter().filter(|action| action.first_month == 1);
    assert!(first.flat_map(|action| &action.gaps).any(|gap| gap.starts_with("GAP-UNSAFE")));
}

#[test]
fn an_owner_does_no_more_at_a_time_than_it_can() {
    for parallel in [1, 2, 5] {
        let conditions = Conditions { parallel, ..Conditions::default() };
        let (_, roadmap) = plan(&all_at(1), &conditions);
        for month in 1..=roadmap.months {
            let mut busy: BTreeMap<&str, usize> = BTreeMap::new();
            for action in &roadmap.actions {
                if (action.first_month..=action.last_month).contains(&month) {
                    *busy.entry(&action.raci.responsible).or_default() += 1;
                }
            }
            assert!(busy.values().all(|count| *count <= parallel), "month {month}: {busy:?}");
        }
    }
}

#[test]
fn more_hands_never_make_the_plan_longer_in_a_country_of_this_kind() {
    let months = [1, 2, 4, 50].map(|parallel| {
        plan(&all_at(1), &Conditions { parallel, ..Conditions::default() }).1.months
    });
    assert!(months.is_sorted_by(|a, b| a >= b), "{months:?}");
    assert!(months[0] > months[3]);
}

#[test]
fn long_work_is_cut_into_steps_that_its_owner_can_carry() {
    // On the ground floor a project has 9 months at most, above level 1 24.
    for (maturity, limit) in [(0, 9), (1, 12), (2, 24), (3, 24)] {
        let mut round = all_at(3);
        set(&mut round, "CAP-02", maturity);
        set(&mut round, "DX-01", 0);
        let (_, roadmap) = plan_of(&round);
        let steps: Vec<&Action> = roadmap
            .actions
            .iter()
            .filter(|action| action.gaps.contains(&"GAP-MISSING-DX-01".to_owned()))
            .collect();
        assert_eq!(steps.len() as u32, 24_u32.div_ceil(limit));
        for pair in steps.windows(2) {
            assert!(pair[1].depends_on.contains(&pair[0].id), "one step after the other");
        }
        for step in &steps {
            assert!(step.last_month - step.first_month < limit);
        }
        let levels: Vec<u8> = roadmap
            .milestones
            .iter()
            .filter(|milestone| milestone.indicator == "DX-01")
            .map(|milestone| milestone.level)
            .collect();
        assert_eq!(levels.len(), steps.len());
        assert_eq!(levels.last(), Some(&3), "the last step reaches the target");
    }
}

#[test]
fn the_critical_path_is_a_chain_that_ends_with_the_plan() {
    for round in [all_at(0), all_at(1), unsafe_country()] {
        let (_, roadmap) = plan_of(&round);
        let action = |id: &String| roadmap.actions.iter().find(|one| one.id == *id).unwrap();
        let path: Vec<&Action> = roadmap.critical_path.iter().map(action).collect();
        assert_eq!(path.first().unwrap().first_month, 1);
        assert_eq!(path.last().unwrap().last_month, roadmap.months);
        for pair in path.windows(2) {
            assert_eq!(pair[0].last_month + 1, pair[1].first_month, "no gap in the chain");
        }
    }
}

#[test]
fn what_nobody_knows_is_found_out_in_the_first_phase_by_few_actions() {
    let (gaps, roadmap) = plan_of(&with_levels(&[]));
    assert!(gaps.len() >= 20, "all critical indicators are unknown");
    assert!(roadmap.actions.len() <= 13, "one action an owner");
    assert!(roadmap.actions.iter().all(|action| action.phase == 1));
    assert!(roadmap.milestones.is_empty(), "to know reaches no level");
}

#[test]
fn every_action_says_who_decides_pays_and_checks() {
    let (_, roadmap) = plan_of(&all_at(1));
    for action in &roadmap.actions {
        let filled = [
            &action.raci.responsible,
            &action.raci.accountable,
            &action.decision_body,
            &action.funding,
            &action.exit_test,
            &action.deliverable,
        ];
        assert!(filled.iter().all(|text| !text.is_empty()), "{action:?}");
    }
    let phases: Vec<u8> = roadmap.phases.iter().map(|phase| phase.n).collect();
    assert_eq!(phases, [1, 2, 3, 4]);
    assert!(roadmap.actions.iter().any(|action| !action.standards.is_empty()));
}

#[test]
fn safeguards_are_scored_by_the_indicators_that_name_them_and_no_row_is_left_out() {
    let instrument = instrument();
    let mut round = all_at(2);
    set(&mut round, "ID-02", 4);
    round.answers.remove("SAF-08");
    let rows = safeguards(&instrument, &score(&instrument, &round));
    assert_eq!(rows.len(), 31);
    let row = |id: &str| rows.iter().find(|row| row.id == id).unwrap();
    assert_eq!(row("O4").score, Some(5000));
    assert!(row("F3").indicators.contains(&"SAF-08".to_owned()));
    assert!(row("F3").score > Some(5000), "ID-02 raises it, the unknown SAF-08 does not lower it");
    let nothing = safeguards(&instrument, &score(&instrument, &with_levels(&[])));
    assert!(nothing.iter().all(|row| row.score.is_none()));
}
