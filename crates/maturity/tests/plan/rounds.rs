//! Rounds of invented countries.

use maturity::{Instrument, Round};
use serde_json::{Value, json};

pub fn instrument() -> Instrument {
    toml::from_str(include_str!("../../data/instrument.toml")).unwrap()
}

/// A round with these levels, each carried by an audit report.
pub fn with_levels(levels: &[(&str, u8)]) -> Round {
    let answers: serde_json::Map<String, Value> = levels
        .iter()
        .map(|(id, level)| {
            let answer = json!({"level": level, "institution": "GOV/DIG", "evidence": ["E-1"]});
            ((*id).to_owned(), answer)
        })
        .collect();
    read(json!({
        "schema": "dpi-assessment-round/1",
        "id": "2026-1",
        "country": {"code": "XA", "name": "Amberland", "invented": true},
        "instrument": {"id": "dpi-baseline", "version": "0.1.0"},
        "profile": "full",
        "as_of": "2026-11-01",
        "answers": answers,
        "evidence": [{
            "id": "E-1", "kind": "audit_report", "title": "Audit of everything", "source": "audit.pdf",
            "publisher": "Court of Audit", "date": "2026-05-01"
        }],
        "institutions": [
            {"id": "GOV/DIG", "name": "Digital Authority", "sector": "digital"},
            {"id": "GOV/TAX", "name": "Revenue Office", "sector": "tax"},
            {"id": "GOV/HEA", "name": "Health Ministry", "sector": "health"}
        ]
    }))
}

/// Every indicator of the instrument at one level.
pub fn all_at(level: u8) -> Round {
    let instrument = instrument();
    let levels: Vec<(&str, u8)> =
        instrument.indicators.iter().map(|one| (one.id.as_str(), level)).collect();
    with_levels(&levels)
}

pub fn set(round: &mut Round, indicator: &str, level: u8) {
    round.answers.get_mut(indicator).unwrap().level = Some(level);
}

pub fn read(round: Value) -> Round {
    serde_json::from_value(round).unwrap()
}

/// Service of the catalogue from what differs.
pub fn service(fields: Value) -> maturity::round::Service {
    let mut whole = json!({"name": "Service", "institution": "GOV/DIG", "legal_basis": "Act 1"});
    merge(&mut whole, fields);
    serde_json::from_value(whole).unwrap()
}

/// System of the catalogue from what differs.
pub fn system(fields: Value) -> maturity::round::System {
    let mut whole = json!({"name": "System", "institution": "GOV/DIG"});
    merge(&mut whole, fields);
    serde_json::from_value(whole).unwrap()
}

fn merge(whole: &mut Value, fields: Value) {
    let Value::Object(fields) = fields else {
        panic!("fields are an object");
    };
    whole.as_object_mut().unwrap().extend(fields);
}
