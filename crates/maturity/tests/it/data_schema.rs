//! The JSON Schema files say what the Rust types read and write.

use jsonschema::{Draft, Validator};
use maturity::{Instrument, Round};
use serde_json::{Value, json};

const ROUND_SCHEMA: &str = include_str!("../../data/round.schema.json");
const INSTRUMENT_SCHEMA: &str = include_str!("../../data/instrument.schema.json");
const INSTRUMENT: &str = include_str!("../../data/instrument.toml");
const PAPER: &str = include_str!("../../fixtures/paper/round.json");
const SILOS: &str = include_str!("../../fixtures/silos/round.json");

fn validator(schema: &str) -> Validator {
    let schema: Value = serde_json::from_str(schema).expect("a schema");
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .build(&schema)
        .expect("a schema of the draft")
}

fn errors(validator: &Validator, value: &Value) -> Vec<String> {
    let errors = validator.iter_errors(value);
    errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn assert_valid(validator: &Validator, value: &Value) {
    let errors = errors(validator, value);
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn the_fixtures_are_rounds_by_the_schema() {
    let validator = validator(ROUND_SCHEMA);
    for text in [PAPER, SILOS] {
        assert_valid(&validator, &serde_json::from_str(text).unwrap());
    }
}

/// Writing gives every field, also the empty ones: one that the schema does not know would be refused.
#[test]
fn a_round_as_we_write_it_is_one_by_the_schema() {
    let validator = validator(ROUND_SCHEMA);
    for text in [PAPER, SILOS] {
        let round: Round = serde_json::from_str(text).unwrap();
        assert_valid(&validator, &serde_json::to_value(&round).unwrap());
    }
}

#[test]
fn the_instrument_is_one_by_the_schema_as_read_and_as_written() {
    let validator = validator(INSTRUMENT_SCHEMA);
    let table: toml::Value = toml::from_str(INSTRUMENT).unwrap();
    assert_valid(&validator, &serde_json::to_value(&table).unwrap());
    let instrument: Instrument = toml::from_str(INSTRUMENT).unwrap();
    assert_valid(&validator, &serde_json::to_value(&instrument).unwrap());
}

#[test]
fn what_the_types_refuse_the_schema_refuses() {
    let validator = validator(ROUND_SCHEMA);
    let cases = [
        ("/answers/ID-01/evidences", json!([])),
        ("/answers/ID-01/level", json!("3")),
        ("/answers/ID-01/institution", Value::Null),
        ("/targets/ID-04", json!({"level": {"level": 4}, "not_planned": {"reason": "both"}})),
        ("/measurements/0/outcome", json!("not_measured")),
        ("/measurements/0/at", json!("20 October 2026")),
        ("/evidence/0/kind", json!("rumour")),
        ("/evidence/0/date", json!("14.3.2026")),
        ("/systems/0/owner", json!("GOV/INT")),
        ("/as_of", Value::Null),
    ];
    for (path, value) in cases {
        let mut round: Value = serde_json::from_str(SILOS).unwrap();
        set(&mut round, path, value);
        assert!(serde_json::from_value::<Round>(round.clone()).is_err(), "read in spite of {path}");
        assert!(!errors(&validator, &round).is_empty(), "valid in spite of {path}");
    }
}

#[test]
fn levels_and_words_outside_their_range_are_refused() {
    let validator = validator(ROUND_SCHEMA);
    let cases = [
        ("/answers/ID-01/level", json!(5)),
        ("/services/0/digital_level", json!(0)),
        ("/services/0/recipients", json!(["everyone"])),
        ("/flows/0/path", json!("pigeon")),
        ("/laws/0/status", json!("lost")),
        ("/evidence/1/sha256", json!("ABCDEF")),
    ];
    for (path, value) in cases {
        let mut round: Value = serde_json::from_str(SILOS).unwrap();
        set(&mut round, path, value);
        assert!(!errors(&validator, &round).is_empty(), "valid in spite of {path}");
    }
}

#[test]
fn every_property_of_the_schemas_is_described() {
    for text in [ROUND_SCHEMA, INSTRUMENT_SCHEMA] {
        let schema: Value = serde_json::from_str(text).unwrap();
        assert_described(&schema, "#");
    }
}

fn assert_described(schema: &Value, path: &str) {
    let Some(object) = schema.as_object() else {
        return;
    };
    for (name, value) in object {
        let path = format!("{path}/{name}");
        if name == "properties" || name == "$defs" {
            for (property, inner) in value.as_object().expect("a table") {
                assert!(inner["description"].is_string(), "{path}/{property} has no description");
            }
        }
        match value {
            Value::Array(list) => list.iter().for_each(|inner| assert_described(inner, &path)),
            inner => assert_described(inner, &path),
        }
    }
}

/// Puts a value where the path says, and makes the last key if it is not there.
fn set(document: &mut Value, path: &str, value: Value) {
    let (parent, key) = path.rsplit_once('/').expect("a path");
    let parent = document.pointer_mut(parent).expect("a place");
    assert!(parent.is_object(), "{path} is no place for a key");
    parent[key] = value;
}
