//! The two invented countries: what each is there to show.

use std::collections::BTreeSet;

use maturity::round::{Outcome, Target};
use maturity::{Instrument, Round};

fn instrument() -> Instrument {
    toml::from_str(include_str!("../../data/instrument.toml")).expect("an instrument")
}

fn paper() -> Round {
    serde_json::from_str(include_str!("../../fixtures/paper/round.json")).expect("a round")
}

fn silos() -> Round {
    serde_json::from_str(include_str!("../../fixtures/silos/round.json")).expect("a round")
}

#[test]
fn both_are_invented_and_answer_this_instrument() {
    let instrument = instrument();
    for round in [paper(), silos()] {
        assert!(round.country.invented);
        assert_eq!(round.instrument.id, instrument.id);
        assert_eq!(round.instrument.version, instrument.version);
    }
}

#[test]
fn every_reference_in_them_leads_somewhere() {
    let instrument = instrument();
    for round in [paper(), silos()] {
        let institutions: BTreeSet<&str> =
            round.institutions.iter().map(|one| one.id.as_str()).collect();
        let evidence: BTreeSet<&str> = round.evidence.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(evidence.len(), round.evidence.len(), "an id of evidence twice");
        let systems: BTreeSet<&str> = round.systems.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(systems.len(), round.systems.len(), "an id of a system twice");
        let mut cited: BTreeSet<&str> = BTreeSet::new();
        for (id, answer) in &round.answers {
            assert!(instrument.indicators.iter().any(|one| one.id == *id), "{id}");
            assert!(institutions.contains(answer.institution.as_str()), "{id}");
            cited.extend(answer.evidence.iter().map(String::as_str));
        }
        assert_eq!(cited, evidence, "evidence that nobody cites, or that is not there");
        for id in round.targets.keys() {
            assert!(instrument.indicators.iter().any(|one| one.id == *id), "{id}");
        }
        for one in &round.measurements {
            let indicator = instrument.indicators.iter().find(|i| i.id == one.indicator).unwrap();
            assert!(indicator.probes.contains(&one.probe), "{} {}", one.probe, one.indicator);
        }
        for system in &round.systems {
            assert!(institutions.contains(system.institution.as_str()), "{}", system.id);
            assert!(system.uses.iter().all(|id| systems.contains(id.as_str())), "{}", system.id);
        }
        for service in &round.services {
            assert!(institutions.contains(service.institution.as_str()), "{}", service.id);
            assert!(service.systems.iter().all(|id| systems.contains(id.as_str())));
            assert!(service.agencies.iter().all(|id| institutions.contains(id.as_str())));
        }
        for flow in &round.flows {
            assert!(institutions.contains(flow.from.as_str()), "{}", flow.from);
            assert!(institutions.contains(flow.to.as_str()), "{}", flow.to);
        }
        for sign_off in &round.sign_offs {
            assert!(institutions.contains(sign_off.institution.as_str()));
        }
    }
}

#[test]
fn the_paper_country_has_few_systems_and_honest_unknowns() {
    let round = paper();
    assert_eq!((round.institutions.len(), round.systems.len(), round.services.len()), (12, 4, 60));
    assert!(round.measurements.is_empty());
    let critical = instrument().indicators.into_iter().filter(|one| one.critical);
    let unknown = critical
        .filter(|one| round.answers.get(&one.id).is_none_or(|answer| answer.level.is_none()));
    assert!(unknown.count() >= 4);
    let highest = round.answers.values().filter_map(|answer| answer.level).max();
    assert_eq!(highest, Some(2));
    let fully_online = round.services.iter().filter(|one| one.digital_level >= Some(3)).count();
    assert_eq!(fully_online, 0);
    assert!(round.flows.iter().all(|flow| flow.path == "paper" || flow.path == "file"));
}

#[test]
fn the_silos_country_answers_every_critical_indicator() {
    let round = silos();
    assert_eq!(
        (round.institutions.len(), round.systems.len(), round.services.len()),
        (20, 60, 200)
    );
    for indicator in instrument().indicators.iter().filter(|one| one.critical) {
        assert!(round.answers[&indicator.id].level.is_some(), "{}", indicator.id);
    }
}

#[test]
fn the_silos_country_runs_the_same_thing_many_times() {
    let round = silos();
    for (capability, least) in [("identity", 8), ("payments", 7), ("messaging", 5)] {
        let own = round
            .systems
            .iter()
            .filter(|system| system.capabilities.iter().any(|one| one == capability));
        assert!(own.count() >= least, "{capability}");
    }
    let path = |wanted: &str| round.flows.iter().filter(|flow| flow.path == wanted).count();
    assert!(path("private link") > path("exchange"));
}

#[test]
fn the_silos_country_has_contradictions_expired_evidence_and_outages() {
    let round = silos();
    let contradicted = round.measurements.iter().filter(|one| {
        let claim = round.answers.get(&one.indicator).and_then(|answer| answer.level);
        matches!((claim, one.outcome), (Some(claim), Outcome::Level(seen)) if seen < claim)
    });
    assert!(contradicted.count() >= 4);
    let has =
        |wanted: fn(&Outcome) -> bool| round.measurements.iter().any(|one| wanted(&one.outcome));
    assert!(has(|outcome| matches!(outcome, Outcome::CannotBeMeasured)));
    assert!(has(|outcome| matches!(outcome, Outcome::Unavailable { .. })));
    let over = round
        .evidence
        .iter()
        .filter(|one| one.expires.is_some_and(|expires| expires.surely_before(round.as_of)));
    assert_eq!(over.count(), 2);
    let not_planned = round.targets.values().filter(|one| matches!(one, Target::NotPlanned { .. }));
    assert_eq!(not_planned.count(), 2);
    assert!(round.sign_offs.iter().any(|one| one.dissent.is_some()));
}
