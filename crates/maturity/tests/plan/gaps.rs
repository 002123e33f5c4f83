use maturity::plan::{gaps, services};
use maturity::result::{Effort, Gap, GapKind};
use maturity::round::{Round, Target};
use serde_json::json;

use crate::rounds::{all_at, instrument, service, set, with_levels};
use maturity::score::score;

fn gaps_of(round: &Round) -> Vec<Gap> {
    let instrument = instrument();
    let scores = score(&instrument, round);
    let (ranked, _) = services(&instrument, round, &scores);
    gaps(&instrument, round, &scores, &ranked)
}

fn kinds(round: &Round, indicator: &str) -> Vec<GapKind> {
    let all = gaps_of(round);
    all.iter().filter(|gap| gap.indicator == indicator).map(|gap| gap.kind).collect()
}

fn measure(round: &mut Round, indicator: &str, outcome: serde_json::Value) {
    let measurement = json!({"probe": "P-OIDC-META", "indicator": indicator, "target": "t",
        "at": "2026-10-31T10:00:00Z", "outcome": outcome, "says": "seen"});
    round.measurements.push(serde_json::from_value(measurement).unwrap());
}

#[test]
fn each_of_the_ten_kinds_is_found_where_its_rule_says() {
    let cases: [(&str, u8, GapKind); 9] = [
        ("DX-07", 0, GapKind::Missing),
        ("ID-05", 1, GapKind::NotFunctional),
        ("REU-02", 1, GapKind::Siloed),
        ("INT-02", 1, GapKind::NotInteroperable),
        ("LEG-01", 1, GapKind::Ungoverned),
        ("LEG-04", 1, GapKind::Unsafe),
        ("ID-02", 1, GapKind::Excluding),
        ("INC-01", 0, GapKind::Excluding),
        ("ID-12", 1, GapKind::DependentOnOne),
    ];
    for (indicator, level, kind) in cases {
        let mut round = all_at(3);
        set(&mut round, indicator, level);
        assert_eq!(kinds(&round, indicator), [kind], "{indicator} at {level}");
    }
}

#[test]
fn a_law_that_is_lacking_is_unsafe_only_when_something_runs_at_scale() {
    let mut round = all_at(2);
    set(&mut round, "LEG-04", 1);
    assert_eq!(kinds(&round, "LEG-04"), [GapKind::Ungoverned]);
    set(&mut round, "PAY-01", 3);
    assert_eq!(kinds(&round, "LEG-04"), [GapKind::Unsafe]);
}

#[test]
fn a_claim_that_its_evidence_does_not_carry_asks_for_evidence_and_not_for_a_purchase() {
    let mut round = all_at(3);
    round.answers.get_mut("ID-01").unwrap().evidence.clear();
    let all = gaps_of(&round);
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].kind, all[0].products.len()), (GapKind::Unevidenced, 0));
    assert!(all[0].action.starts_with("Bring the evidence"), "{}", all[0].action);
}

#[test]
fn a_probe_that_finds_less_is_a_contradiction_and_a_thing_to_repair() {
    let mut round = all_at(3);
    measure(&mut round, "ID-04", json!({"level": 1}));
    assert_eq!(kinds(&round, "ID-04"), [GapKind::Contradicted, GapKind::NotFunctional]);
    let repair =
        gaps_of(&round).into_iter().find(|gap| gap.kind == GapKind::NotFunctional).unwrap();
    assert!(repair.action.starts_with("Repair what exists"), "{}", repair.action);
    assert!(repair.products.is_empty(), "nothing new is to be bought");
}

#[test]
fn an_outage_beyond_the_window_is_to_be_repaired_and_a_short_one_is_no_gap() {
    let mut round = all_at(3);
    measure(&mut round, "ID-04", json!({"unavailable": {"seconds": 600}}));
    assert_eq!(kinds(&round, "ID-04"), []);
    round.measurements.clear();
    measure(&mut round, "ID-04", json!({"unavailable": {"seconds": 900_000}}));
    assert_eq!(kinds(&round, "ID-04"), [GapKind::NotFunctional]);
}

#[test]
fn unknown_is_to_be_found_out_where_it_is_critical_or_a_service_waits_and_else_no_gap() {
    let mut round = all_at(3);
    for indicator in ["ID-01", "DX-07", "ID-05"] {
        round.answers.remove(indicator);
    }
    assert_eq!(kinds(&round, "ID-01"), [GapKind::Unevidenced]);
    assert_eq!(kinds(&round, "DX-07"), []);
    assert_eq!(kinds(&round, "ID-05"), []);
    round.services.push(service(json!({"id": "s", "needs": ["consent"]})));
    assert_eq!(kinds(&round, "DX-07"), [GapKind::Unevidenced]);
    let find_out = gaps_of(&round).into_iter().find(|gap| gap.indicator == "DX-07").unwrap();
    assert!(find_out.action.starts_with("Find out"), "{}", find_out.action);
    assert_eq!(find_out.level, None);
}

#[test]
fn targets_of_the_country_decide_what_a_gap_is() {
    let mut round = all_at(3);
    set(&mut round, "ID-10", 2);
    assert_eq!(kinds(&round, "ID-10").len(), 1);
    round.targets.insert("ID-10".to_owned(), Target::Level { level: 2, by: None });
    assert_eq!(kinds(&round, "ID-10"), []);
    round.targets.insert("ID-10".to_owned(), Target::Level { level: 4, by: None });
    assert_eq!(kinds(&round, "ID-10").len(), 1);
    round.targets.insert("ID-10".to_owned(), Target::NotPlanned { reason: "no need".to_owned() });
    assert_eq!(kinds(&round, "ID-10"), []);
}

#[test]
fn severity_is_distance_by_weight_doubled_if_critical_and_raised_by_waiting_services() {
    let mut round = all_at(3);
    set(&mut round, "DX-01", 1);
    let weight =
        instrument().indicators.iter().find(|one| one.id == "DX-01").map(|one| one.weight).unwrap();
    let severity = |round: &Round| gaps_of(round)[0].severity;
    assert_eq!(severity(&round), 2 * weight * 2 * 100);
    round.services.push(service(json!({"id": "waits", "needs": ["information-mediator"]})));
    round.services.push(service(json!({"id": "does-not", "needs": ["identity"]})));
    assert_eq!(severity(&round), 2 * weight * 2 * 150);
    assert_eq!(gaps_of(&round)[0].blocks_services, ["waits"]);
}

#[test]
fn founding_has_the_size_of_the_component_and_one_level_is_one_size_less() {
    let cases = [
        ("DX-01", 0, Effort::Large),
        ("DX-10", 0, Effort::Small),
        ("DX-01", 1, Effort::Medium),
        ("DX-01", 2, Effort::Small),
        ("REU-02", 1, Effort::Large),
        ("REU-02", 2, Effort::Medium),
    ];
    for (indicator, level, effort) in cases {
        let mut round = all_at(3);
        set(&mut round, indicator, level);
        assert_eq!(gaps_of(&round)[0].effort, effort, "{indicator} at {level}");
    }
}

#[test]
fn products_of_several_makers_are_named_in_the_order_of_the_alphabet() {
    let mut round = all_at(3);
    set(&mut round, "ID-01", 0);
    let gap = &gaps_of(&round)[0];
    assert!(gap.products.len() >= 3, "{:?}", gap.products);
    assert!(gap.products.is_sorted(), "{:?}", gap.products);
    assert!(gap.products.contains(&"Msingi".to_owned()));
}

#[test]
fn what_govstack_does_not_offer_is_marked() {
    let mut round = all_at(3);
    for indicator in ["INF-01", "PAY-01", "DX-07"] {
        set(&mut round, indicator, 0);
    }
    let outside: Vec<String> = gaps_of(&round)
        .into_iter()
        .filter(|gap| gap.outside_govstack)
        .map(|gap| gap.indicator)
        .collect();
    assert_eq!(outside, ["PAY-01", "INF-01"]);
}

#[test]
fn every_gap_has_owner_action_and_exit_test() {
    for round in [all_at(0), all_at(1), all_at(2), with_levels(&[])] {
        let all = gaps_of(&round);
        assert!(!all.is_empty());
        for gap in &all {
            assert!(!gap.owner.is_empty() && !gap.action.is_empty(), "{gap:?}");
            assert!(!gap.exit_test.is_empty() && gap.severity > 0, "{gap:?}");
        }
        assert!(all.is_sorted_by(|a, b| (-a.severity, &a.id) < (-b.severity, &b.id)));
    }
}

#[test]
fn a_country_that_reached_its_targets_has_no_gap() {
    assert!(gaps_of(&all_at(3)).is_empty());
}

#[test]
fn a_french_instrument_gives_french_sentences() {
    let mut instrument = instrument();
    instrument.language = "fr".to_owned();
    let round = with_levels(&[]);
    let scores = score(&instrument, &round);
    let all = gaps(&instrument, &round, &scores, &[]);
    assert!(all.iter().all(|gap| gap.action.starts_with("Établir")), "{:?}", all[0]);
}
