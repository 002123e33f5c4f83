//! What is said about a round that does not fit.

use maturity::instrument::Auto;
use maturity::round::{Outcome, RoundError, Target};
use maturity::{Instrument, Round};

use crate::build::{claim, date, empty, evidence, first, gazette, measurement, review, standing};

/// Changes a round without faults and expects faults at exactly these paths.
fn check(change: impl Fn(&mut Round), paths: &[&str]) {
    let mut round = standing(|_| 2);
    change(&mut round);
    let faults = round.check(&Instrument::built_in());
    let found: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(found, paths, "{faults:#?}");
    assert!(faults.iter().all(|fault| !fault.says.is_empty() && !fault.remedy.is_empty()));
}

#[test]
fn a_round_that_fits_has_no_faults() {
    check(|_| {}, &[]);
}

#[test]
fn every_fault_is_listed_with_its_path() {
    check(|r| r.instrument.version = "0.0.9".to_owned(), &["instrument"]);
    check(|r| r.profile = "cor".to_owned(), &["profile"]);
    check(|r| r.as_of = date("2026"), &["as_of"]);
    check(|r| drop(r.answers.insert("ID-99".to_owned(), claim(Some(1)))), &["answers.ID-99"]);
    check(|r| r.answers.get_mut("ID-01").unwrap().level = Some(5), &["answers.ID-01.level"]);
    check(
        |r| r.answers.get_mut("ID-01").unwrap().institution = "GOV/NO".to_owned(),
        &["answers.ID-01.institution"],
    );
    check(
        |r| r.answers.get_mut("ID-01").unwrap().evidence.push("E-9".to_owned()),
        &["answers.ID-01.evidence[1]"],
    );
    check(
        |r| {
            let mut silent = review(9);
            silent.reason.clear();
            r.answers.get_mut("ID-01").unwrap().review = Some(silent);
        },
        &["answers.ID-01.review.level", "answers.ID-01.review.reason"],
    );
    check(
        |r| {
            drop(
                r.targets.insert("ID-01".to_owned(), Target::NotPlanned { reason: " ".to_owned() }),
            )
        },
        &["targets.ID-01.reason"],
    );
    check(
        |r| drop(r.targets.insert("NO-1".to_owned(), Target::Level { level: 7, by: None })),
        &["targets.NO-1", "targets.NO-1.level"],
    );
}

#[test]
fn evidence_and_measurements_are_checked() {
    check(|r| r.evidence.push(gazette()), &["evidence[1].id"]);
    check(|r| r.evidence[0].sha256 = Some("ABC".to_owned()), &["evidence[0].sha256"]);
    check(|r| r.evidence[0].sha256 = Some("0a".repeat(32)), &[]);
    check(
        |r| r.evidence.push(evidence(maturity::instrument::EvidenceKind::Document, "2026-07")),
        &["evidence[1].date"],
    );
    check(|r| r.evidence[0].expires = Some(date("2019")), &["evidence[0].expires"]);
    let indicator = first(Auto::Full);
    let seen = |at: &str, level| measurement(&indicator, at, Outcome::Level(level));
    check(|r| r.measurements.push(seen("2026-07-01T23:00:00Z", 4)), &[]);
    check(
        |r| r.measurements.push(seen("2026-07-02T00:00:00Z", 5)),
        &["measurements[0].outcome", "measurements[0].at"],
    );
    check(
        |r| {
            let mut wrong = seen("2026-06-30T00:00:00Z", 4);
            wrong.probe = "P-TLS".to_owned();
            r.measurements.push(wrong);
        },
        &["measurements[0].probe"],
    );
}

#[test]
fn catalogues_are_checked() {
    let service = r#"{ "id": "S1", "name": "Birth", "institution": "GOV/NO", "digital_level": 6, "commitment": 5,
                       "recipients": ["pets"], "systems": ["Y1"] }"#;
    check(
        |r| r.services.push(serde_json::from_str(service).unwrap()),
        &[
            "services[0].institution",
            "services[0].systems[0]",
            "services[0].recipients[0]",
            "services[0].digital_level",
            "services[0].commitment",
        ],
    );
    let system =
        r#"{ "id": "Y1", "name": "Register", "institution": "GOV/DIG", "uses": ["Y2", "Y1"] }"#;
    check(
        |r| r.systems.push(serde_json::from_str(system).unwrap()),
        &["systems[0].uses[0]", "systems[0].uses"],
    );
    let flow = r#"{ "from": "GOV/DIG", "to": "GOV/NO", "subject": "births", "path": "pigeon" }"#;
    check(|r| r.flows.push(serde_json::from_str(flow).unwrap()), &["flows[0].to", "flows[0].path"]);
    let law = r#"{ "id": "L1", "name": "Act", "level": "local", "status": "lost" }"#;
    check(
        |r| r.laws.push(serde_json::from_str(law).unwrap()),
        &["laws[0].level", "laws[0].status"],
    );
}

#[test]
fn what_is_no_round_is_refused_with_its_path() {
    let text = serde_json::to_string(&empty()).unwrap();
    for (text, path) in [
        (
            text.replace(
                r#""answers":{}"#,
                r#""answers":{"ID-01":{"level":"two","institution":"GOV/DIG"}}"#,
            ),
            "answers.ID-01.level",
        ),
        (text.replace(r#""as_of":"2026-06-30""#, r#""as_of":"30.6.2026""#), "as_of"),
        (text.replace(r#""profile""#, r#""profil""#), "profil"),
        (format!("{text} more"), "the end"),
    ] {
        match Round::parse(&text) {
            Err(RoundError::Form { path: found, .. }) => assert_eq!(found, path),
            other => panic!("{path}: {other:?}"),
        }
    }
    let other = text.replace("dpi-assessment-round/1", "dpi-assessment-round/2");
    assert!(matches!(Round::parse(&other), Err(RoundError::Schema(_))));
}

#[test]
fn an_indicator_answered_twice_is_refused() {
    let text = serde_json::to_string(&empty()).unwrap();
    let answer = r#""ID-01":{"level":2,"institution":"GOV/DIG"}"#;
    let twice = text.replace(r#""answers":{}"#, &format!(r#""answers":{{{answer},{answer}}}"#));
    let error = Round::parse(&twice).unwrap_err().to_string();
    assert!(error.contains("ID-01 is there twice"), "{error}");
}
