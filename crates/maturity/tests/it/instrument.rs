//! What the instrument's check finds.

use maturity::Instrument;
use maturity::instrument::{InstrumentError, InstrumentFault, Profile};

fn built_in() -> String {
    toml::to_string(&Instrument::built_in()).unwrap()
}

fn faults(text: &str) -> Vec<InstrumentFault> {
    match Instrument::parse(text) {
        Ok(_) => Vec::new(),
        Err(InstrumentError::Faults(faults)) => faults,
        Err(InstrumentError::Form(says)) => panic!("{says}"),
    }
}

/// Changes the built-in instrument and expects exactly these faults, by the beginnings of their texts.
fn check(change: impl Fn(&mut Instrument), expected: &[&str]) {
    let mut instrument = Instrument::built_in();
    change(&mut instrument);
    let found = faults(&toml::to_string(&instrument).unwrap());
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    let fits = found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, expected)| found.starts_with(expected));
    assert!(fits, "{found:#?}\n{expected:#?}");
}

fn at(instrument: &Instrument, id: &str) -> usize {
    instrument.indicators.iter().position(|indicator| indicator.id == id).unwrap()
}

#[test]
fn the_built_in_instrument_reads_back_as_it_was_written() {
    let text = built_in();
    assert_eq!(toml::to_string(&Instrument::parse(&text).unwrap()).unwrap(), text);
}

#[test]
fn every_fault_is_named_with_its_place() {
    check(|i| i.schema = "other/1".to_owned(), &["schema: `other/1` is not"]);
    check(|i| i.version = "1".to_owned(), &["version: write three numbers"]);
    check(|i| i.scale.max = 5, &["scale: levels run from 0 to 4"]);
    check(|i| i.rollup.outage_days = 0, &["rollup: outage_days: at least one day"]);
    check(
        |i| {
            i.evidence_rule.caps.remove(&maturity::instrument::EvidenceKind::Gazette);
            i.evidence_rule.caps.insert(maturity::instrument::EvidenceKind::Interview, 0);
        },
        &[
            "evidence_rule: interview: evidence may not carry less",
            "evidence_rule: gazette: the highest level",
        ],
    );
    check(|i| i.levels[3].mean_min = 10, &["level 3: it asks for less"]);
    check(|i| i.levels.truncate(4), &["level: list the levels"]);
    check(
        |i| i.gates[0].fails_when = "ID-02 <".to_owned(),
        &["gate NOTDPI-1: fails_when: `the end` stands where a level"],
    );
    check(
        |i| i.gates[0].fails_when = "ID-99 < 2 or ID-98 < 2".to_owned(),
        &[
            "gate NOTDPI-1: fails_when: there is no indicator ID-99",
            "gate NOTDPI-1: fails_when: there is no indicator ID-98",
        ],
    );
    check(
        |i| i.gates[0].component = "roads".to_owned(),
        &["gate NOTDPI-1: component: `roads` is not one of"],
    );
    check(|i| i.dimensions[0].weight = 0, &["dimension ID: weight: a dimension without weight"]);
    check(
        |i| i.probes.push(i.probes[0].clone()),
        &["probe P-OIDC-META: it is there more than once"],
    );
    check(|i| drop(i.matrix.pop()), &["matrix exchange shared: the cell is missing"]);
    check(
        |i| i.matrix[0].indicators = vec!["ID-99".to_owned()],
        &["matrix identity exist_functional: there is no indicator ID-99"],
    );
}

#[test]
fn faults_of_indicators_are_named() {
    check(
        |i| i.indicators[0].dimension = "NO".to_owned(),
        &["indicator ID-01: dimension: there is no dimension NO"],
    );
    check(|i| i.indicators[0].weight = 0, &["indicator ID-01: weight: a weight is 1 to"]);
    check(
        |i| i.indicators[0].scope = "world".to_owned(),
        &["indicator ID-01: scope: `world` is not one of"],
    );
    check(
        |i| drop(i.indicators[0].levels.pop()),
        &["indicator ID-01: levels: five texts for the levels 0 to 4, not 4"],
    );
    check(
        |i| i.indicators[0].probes.push("P-NO".to_owned()),
        &["indicator ID-01: probes: there is no probe P-NO"],
    );
    check(
        |i| i.indicators[0].probes.clear(),
        &["indicator ID-01: auto: `full` and `partial` need a probe"],
    );
    check(
        |i| i.indicators[0].depends_on = vec!["NO-1".to_owned()],
        &["indicator ID-01: depends_on: there is no indicator NO-1"],
    );
    check(
        |i| i.indicators.push(i.indicators[0].clone()),
        &["indicator ID-01: it is there more than once"],
    );
    check(|i| i.indicators[0].depends_on = vec!["ID-05".to_owned()], &[]);
    check(
        |i| {
            let (first, second) = (at(i, "CAP-01"), at(i, "CAP-02"));
            i.indicators[first].depends_on = vec!["CAP-02".to_owned()];
            i.indicators[second].depends_on = vec!["CAP-01".to_owned()];
        },
        &[
            "indicator CAP-01: depends_on: it depends on itself",
            "indicator CAP-02: depends_on: it depends on itself",
        ],
    );
}

/// A profile named `small`, to be filled.
fn small() -> Profile {
    Profile {
        id: "small".to_owned(),
        name: "Small".to_owned(),
        purpose: "for tests".to_owned(),
        dimensions: Vec::new(),
        indicators: Vec::new(),
        critical: false,
    }
}

#[test]
fn a_profile_names_what_exists_and_full_is_full() {
    let inf = || vec!["INF".to_owned()];
    check(|i| i.profiles.push(Profile { dimensions: inf(), ..small() }), &[]);
    check(|i| i.profiles.push(small()), &["profile small: it asks nothing"]);
    let unknown = Profile {
        dimensions: vec!["NO".to_owned()],
        indicators: vec!["NO-1".to_owned()],
        critical: true,
        ..small()
    };
    check(
        |i| i.profiles.push(unknown.clone()),
        &[
            "profile small: dimensions: there is no dimension NO",
            "profile small: indicators: there is no indicator NO-1",
        ],
    );
    let full = Profile { id: "full".to_owned(), dimensions: inf(), ..small() };
    check(
        |i| {
            i.profiles.retain(|profile| profile.id != "full");
            i.profiles.push(full.clone());
        },
        &["profile full: `full` asks everything"],
    );
}

#[test]
fn a_profile_asks_its_dimensions_its_indicators_and_the_critical_ones() {
    let mut instrument = Instrument::built_in();
    instrument.profiles.push(Profile {
        dimensions: vec!["CAP".to_owned()],
        indicators: vec!["INF-01".to_owned()],
        critical: true,
        ..small()
    });
    let asks =
        |profile: &str, id: &str| instrument.asks(profile, instrument.indicator(id).unwrap());
    for (id, asked) in [("ID-01", true), ("CAP-03", true), ("INF-01", true), ("INF-02", false)] {
        assert_eq!(asks("small", id), asked, "{id}");
        assert!(asks("full", id));
        assert!(asks("smal", id), "a spelling mistake must not shorten an assessment");
    }
}

#[test]
fn what_is_no_instrument_is_refused_with_its_place() {
    for (text, says) in [
        ("schema = ", "the instrument cannot be read"),
        (&built_in().replacen("fails_when", "fails_if", 1), "unknown field `fails_if`"),
        (&built_in().replacen("interview = 2", "hearsay = 2", 1), "hearsay"),
    ] {
        let error = Instrument::parse(text).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}
