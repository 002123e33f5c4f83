//! What an assessment was computed from, as one SHA-256.
//!
//! The digest is taken over `{"instrument": ..., "round": ...}` as JSON without white space, members of every object in
//! the order of their names' bytes, texts and numbers as `serde_json` writes them. It names values, not files: a round
//! from a database and the same round from a spreadsheet have one digest.

use aws_lc_rs::digest;
use serde_json::{Value, json};

use crate::{Instrument, Round};

/// SHA-256 of instrument and round, 64 digits of hex.
#[must_use]
pub fn digest(instrument: &Instrument, round: &Round) -> String {
    let mut text = String::new();
    write(&json!({ "instrument": instrument, "round": round }), &mut text);
    sha256(text.as_bytes())
}

/// SHA-256 of anything, 64 digits of lower-case hex.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Members are sorted here, not by the map: its order depends on features that any other crate can switch on.
fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_key(|(name, _)| name.as_str());
            let members = members.into_iter();
            list(text, ['{', '}'], members, |(name, value), text| {
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write(value, text);
            });
        }
        Value::Array(values) => list(text, ['[', ']'], values.iter(), write),
        simple => text.push_str(&simple.to_string()),
    }
}

fn list<T>(
    text: &mut String,
    [open, close]: [char; 2],
    items: impl Iterator<Item = T>,
    item: impl Fn(T, &mut String),
) {
    text.push(open);
    for (n, value) in items.enumerate() {
        if n > 0 {
            text.push(',');
        }
        item(value, text);
    }
    text.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_sorted_and_nothing_is_left_out() {
        let value = json!({ "b": [1, { "z": null, "a": "\"é\n" }], "a": 1.25, "": [] });
        let mut text = String::new();
        write(&value, &mut text);
        assert_eq!(text, r#"{"":[],"a":1.25,"b":[1,{"a":"\"é\n","z":null}]}"#);
    }
}
