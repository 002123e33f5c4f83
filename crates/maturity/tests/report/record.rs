//! The machine record keeps to its schema.

use maturity::report::{Language, Report, json};

use crate::{plan, sample};

fn record() -> serde_json::Value {
    let instrument = sample::instrument();
    let round = sample::round(&instrument);
    let assessment = plan::assessment(&instrument, &round);
    let report = Report::new(&instrument, &round, &assessment, Language::English);
    serde_json::from_str(&json::report(&report).expect("a record")).expect("JSON")
}

fn problems(record: &serde_json::Value) -> Vec<String> {
    let schema = serde_json::from_str(json::JSON_SCHEMA).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    validator.iter_errors(record).map(|error| error.to_string()).collect()
}

#[test]
fn the_record_keeps_to_its_schema() {
    assert_eq!(problems(&record()), Vec::<String>::new());
}

#[test]
fn the_schema_refuses_what_is_no_record() {
    for (pointer, wrong) in [
        ("/schema", serde_json::json!("something/9")),
        ("/assessment/scores/country/level", serde_json::json!(5)),
        ("/assessment/scores/indicators/0/level", serde_json::json!("three")),
        ("/assessment/gaps/0/kind", serde_json::json!("forgotten")),
        ("/assessment/scores/gates/0/state", serde_json::json!("amber")),
        ("/assessment/digest", serde_json::json!("abc")),
    ] {
        let mut record = record();
        *record.pointer_mut(pointer).unwrap() = wrong;
        assert!(!problems(&record).is_empty(), "{pointer}");
    }
    let mut more = record();
    more["assessment"]["gaps"][0]["note"] = "x".into();
    assert!(!problems(&more).is_empty(), "a field nobody knows");
}
