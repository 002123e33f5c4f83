//! Whether a new version of a schema reads what was written under the one before.
//!
//! Every datum that the old version accepts must be accepted by the new one, with every field still
//! declared and every personal field still marked. The comparison goes word by word and errs on the
//! safe side: what it cannot show to accept at least as much counts as breaking. Field by field that
//! suffices, because all words of a schema must hold at once.

use super::fault::{Fault, below};
use super::keyword::{Keyword, keyword};
use super::schema::Schema;
use serde::Serialize;
use serde_json::{Map, Number, Value};
use utoipa::ToSchema;

/// What changes between two versions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Report {
    /// Changes that would make earlier records unreadable; with any of them it is not published.
    pub breaking: Vec<Change>,
    /// Changes that earlier records can follow.
    pub compatible: Vec<Change>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Change {
    /// The field, as a JSON pointer into a record's data; `*` stands for every item of a list, and
    /// `/` alone for the record as a whole.
    #[schema(example = "/address/village")]
    pub field: String,
    /// What changes.
    pub detail: String,
    /// What to do instead; none for a change that is no trouble.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub remedy: String,
}

impl Report {
    /// Compares two versions.
    #[must_use]
    pub fn compare(old: &Schema, new: &Schema) -> Self {
        let mut report = Self::default();
        report.schema(old.document(), new.document(), "");
        report
    }

    /// Whether the new version may be published.
    #[must_use]
    pub fn is_compatible(&self) -> bool {
        self.breaking.is_empty()
    }

    /// The breaking changes as faults, for a refusal.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let all = self.breaking.iter();
        all.map(|change| Fault::new(&change.field, &change.detail, &change.remedy)).collect()
    }

    fn breaks(&mut self, field: &str, detail: impl Into<String>, remedy: &str) {
        let (field, remedy) = (root_named(field), remedy.to_owned());
        self.breaking.push(Change { field, detail: detail.into(), remedy });
    }

    fn allows(&mut self, field: &str, detail: impl Into<String>) {
        let (field, remedy) = (root_named(field), String::new());
        self.compatible.push(Change { field, detail: detail.into(), remedy });
    }

    fn schema(&mut self, old: &Value, new: &Value, field: &str) {
        let empty = Map::new();
        let before = old.as_object().unwrap_or(&empty);
        let after = new.as_object().unwrap_or(&empty);
        let mut words: Vec<&String> = before.keys().chain(after.keys()).collect();
        words.sort();
        words.dedup();
        for word in words {
            let (old, new) = (before.get(word), after.get(word));
            if old != new {
                self.word(word, old, new, field);
            }
        }
    }

    /// One word that differs.
    fn word(&mut self, word: &str, old: Option<&Value>, new: Option<&Value>, field: &str) {
        let null = Value::Null;
        let (before, after) = (old.unwrap_or(&null), new.unwrap_or(&null));
        match keyword(word) {
            Some(Keyword::Annotation | Keyword::Label) => {
                self.allows(field, format!("`{word}` changes"));
            }
            Some(Keyword::Personal) => self.personal(before, field),
            Some(Keyword::Properties) => self.properties(before, after, field),
            Some(Keyword::Required) => self.required(before, after, field),
            Some(Keyword::Items) if old.is_some() && new.is_some() => {
                self.schema(before, after, &below(field, "*"));
            }
            // Undeclared fields come in nowhere; where the word appears or goes, so do the fields.
            Some(Keyword::Closed) if before != &Value::Bool(false) => {
                self.breaks(field, "is closed to undeclared fields", "leave it as it was");
            }
            Some(kind) if widens(kind, old, new) => {
                self.allows(field, format!("`{word}` accepts more"));
            }
            Some(_) | None => {
                let remedy = "accept what was accepted; what is stricter belongs into a new field";
                self.breaks(field, format!("`{word}` may refuse earlier records"), remedy);
            }
        }
    }

    fn personal(&mut self, old: &Value, field: &str) {
        if *old == Value::Bool(true) {
            let remedy = "keep the mark; a field that is not personal is a new field";
            return self.breaks(field, "is not marked as personal any more", remedy);
        }
        self.allows(field, "is marked as personal");
    }

    fn properties(&mut self, old: &Value, new: &Value, field: &str) {
        let empty = Map::new();
        let before = old.as_object().unwrap_or(&empty);
        let after = new.as_object().unwrap_or(&empty);
        for (name, schema) in before {
            let at = below(field, name);
            match after.get(name) {
                Some(new) => self.schema(schema, new, &at),
                None => {
                    let remedy = "keep the field and mark it `\"deprecated\": true`";
                    self.breaks(&at, "is removed", remedy);
                }
            }
        }
        for name in after.keys().filter(|name| !before.contains_key(*name)) {
            self.allows(&below(field, name), "is added");
        }
    }

    fn required(&mut self, old: &Value, new: &Value, field: &str) {
        let named =
            |list: &Value, name: &Value| list.as_array().is_some_and(|names| names.contains(name));
        for name in new.as_array().into_iter().flatten().filter(|name| !named(old, name)) {
            let at = below(field, name.as_str().unwrap_or_default());
            let remedy = "leave it optional: earlier records lack it";
            self.breaks(&at, "is required now", remedy);
        }
        for name in old.as_array().into_iter().flatten().filter(|name| !named(new, name)) {
            let at = below(field, name.as_str().unwrap_or_default());
            self.allows(&at, "is not required any more");
        }
    }
}

/// The record as a whole has the empty pointer, which reads as nothing in a list.
fn root_named(field: &str) -> String {
    if field.is_empty() { "/".to_owned() } else { field.to_owned() }
}

/// Whether the new value of a word accepts everything that the old one accepted.
fn widens(kind: Keyword, old: Option<&Value>, new: Option<&Value>) -> bool {
    let (Some(old), Some(new)) = (old, new) else {
        // A rule that is gone refuses nothing; a rule that is new may.
        return new.is_none();
    };
    match kind {
        Keyword::Type => types(old).all(|one| {
            types(new).any(|other| other == one || (one == "integer" && other == "number"))
        }),
        Keyword::Choice => {
            let all = new.as_array();
            let kept = |value: &Value| all.is_some_and(|all| all.contains(value));
            old.as_array().is_some_and(|values| values.iter().all(kept))
        }
        Keyword::Lower => at_most(new, old),
        Keyword::Upper => at_most(old, new),
        _ => false,
    }
}

fn types(value: &Value) -> impl Iterator<Item = &str> {
    let one = value.as_str().into_iter();
    one.chain(value.as_array().into_iter().flatten().filter_map(Value::as_str))
}

fn at_most(small: &Value, large: &Value) -> bool {
    let (Value::Number(small), Value::Number(large)) = (small, large) else { return false };
    match (whole(small), whole(large)) {
        (Some(small), Some(large)) => small <= large,
        _ => match (small.as_f64(), large.as_f64()) {
            (Some(small), Some(large)) => small <= large,
            _ => false,
        },
    }
}

fn whole(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rules::Rules;
    use serde_json::json;

    fn report(old: Value, new: Value) -> Report {
        Report::compare(&Schema::stored(old), &Schema::stored(new))
    }

    /// Compares two schemas of one field.
    fn field(old: Value, new: Value) -> Report {
        let record = |field: Value| json!({ "type": "object", "additionalProperties": false, "properties": { "a": field } });
        report(record(old), record(new))
    }

    #[test]
    fn changes_that_earlier_records_can_follow() {
        for (old, new) in [
            (json!({ "type": "string" }), json!({ "type": ["string", "null"] })),
            (json!({ "type": "integer" }), json!({ "type": "number" })),
            (json!({ "enum": ["a"] }), json!({ "enum": ["b", "a"] })),
            (json!({ "minLength": 2 }), json!({ "minLength": 1 })),
            (json!({ "maximum": 2 }), json!({ "maximum": 2.5 })),
            (json!({ "minimum": -1 }), json!({})),
            (json!({ "pattern": "a" }), json!({})),
            (json!({ "not": { "const": 1 } }), json!({})),
            (json!({ "title": "A" }), json!({ "title": "B", "x-label": { "en": "C" } })),
            (json!({}), json!({ "x-personal": true })),
            (json!({ "items": { "maxLength": 1 } }), json!({ "items": { "maxLength": 2 } })),
        ] {
            let report = field(old.clone(), new.clone());
            assert!(report.is_compatible(), "{old} {new} {report:?}");
            assert!(!report.compatible.is_empty(), "{old} {new}: the change is not reported");
        }
    }

    #[test]
    fn changes_that_break_earlier_records() {
        for (old, new, place) in [
            (json!({ "type": "string" }), json!({ "type": "integer" }), "/a"),
            (json!({ "type": "number" }), json!({ "type": "integer" }), "/a"),
            (json!({ "type": ["string", "null"] }), json!({ "type": "string" }), "/a"),
            (json!({}), json!({ "type": "string" }), "/a"),
            (json!({ "enum": ["a", "b"] }), json!({ "enum": ["a"] }), "/a"),
            (json!({ "maxLength": 2 }), json!({ "maxLength": 1 }), "/a"),
            (json!({}), json!({ "maxLength": 1 }), "/a"),
            (json!({ "minimum": 1 }), json!({ "minimum": 1.5 }), "/a"),
            (json!({ "pattern": "a" }), json!({ "pattern": "a|b" }), "/a"),
            (json!({ "not": { "const": 1 } }), json!({ "not": { "const": 2 } }), "/a"),
            (json!({}), json!({ "if": {} }), "/a"),
            (json!({ "x-personal": true }), json!({}), "/a"),
            (json!({ "x-personal": true }), json!({ "x-personal": false }), "/a"),
            (
                json!({ "items": { "maxLength": 2 } }),
                json!({ "items": { "maxLength": 1 } }),
                "/a/*",
            ),
            (json!({}), json!({ "items": {} }), "/a"),
            (json!({ "properties": { "b": {} } }), json!({ "properties": {} }), "/a/b"),
            (json!({}), json!({ "required": ["b"] }), "/a/b"),
            (json!({}), json!({ "additionalProperties": false }), "/a"),
            (json!({}), json!({ "unevaluatedProperties": false }), "/a"),
        ] {
            let report = field(old.clone(), new.clone());
            let places: Vec<&str> = report.breaking.iter().map(|c| c.field.as_str()).collect();
            assert_eq!(places, [place], "{old} {new}");
        }
    }

    #[test]
    fn fields_come_and_go_by_name() {
        let old = json!({ "properties": { "a": {}, "b": {} }, "required": ["a"] });
        let new = json!({ "properties": { "b": {}, "c": {} }, "required": ["c"] });
        let report = report(old, new);
        let told = |changes: &[Change]| -> Vec<String> {
            changes.iter().map(|change| format!("{} {}", change.field, change.detail)).collect()
        };
        assert_eq!(told(&report.breaking), ["/a is removed", "/c is required now"]);
        assert_eq!(told(&report.compatible), ["/c is added", "/a is not required any more"]);
        assert_eq!(report.faults()[0].remedy, "keep the field and mark it `\"deprecated\": true`");
    }

    fn schemas() -> Vec<Value> {
        vec![
            json!({}),
            json!({ "type": "string" }),
            json!({ "type": ["string", "null"] }),
            json!({ "type": "integer" }),
            json!({ "type": "number" }),
            json!({ "type": "array" }),
            json!({ "type": ["integer", "string"], "minimum": 1 }),
            json!({ "enum": ["a", 1] }),
            json!({ "enum": ["a", 1, null] }),
            json!({ "const": "a" }),
            json!({ "const": 1.0 }),
            json!({ "minimum": 1 }),
            json!({ "minimum": 0.5 }),
            json!({ "maximum": 1 }),
            json!({ "exclusiveMinimum": 1 }),
            json!({ "exclusiveMaximum": 1 }),
            json!({ "minimum": 1, "maximum": 2 }),
            json!({ "multipleOf": 2 }),
            json!({ "minLength": 1 }),
            json!({ "minLength": 2 }),
            json!({ "maxLength": 1 }),
            json!({ "pattern": "^a" }),
            json!({ "pattern": "a" }),
            json!({ "format": "date" }),
            json!({ "items": { "type": "string" } }),
            json!({ "items": { "minLength": 2 } }),
            json!({ "minItems": 1 }),
            json!({ "maxItems": 1 }),
            json!({ "uniqueItems": true }),
            json!({ "uniqueItems": false }),
            json!({ "not": { "type": "string" } }),
            json!({ "not": { "enum": ["a"] } }),
            json!({ "anyOf": [{ "type": "integer" }] }),
            json!({ "if": { "type": "string" }, "then": { "minLength": 2 } }),
            json!({ "then": { "minLength": 9 } }),
            json!({ "if": { "type": "integer" } }),
        ]
    }

    fn values() -> Vec<Value> {
        let text = r#"[null, true, 0, 1, 1.0, 1.5, 2, -1, "", "a", "ab", "ba", "2026-03-14", [],
            [""], ["a"], ["ab", "ab"], [1, 2], {}]"#;
        serde_json::from_str(text).unwrap()
    }

    /// The validator as oracle: over all pairs of these schemas and all these values, whatever the
    /// report calls compatible accepts what was accepted before.
    #[test]
    fn what_is_called_compatible_accepts_all_that_was_accepted() {
        let (schemas, values) = (schemas(), values());
        let compile = |schema: &Value| Rules::compile(&Schema::stored(schema.clone())).unwrap();
        let compiled: Vec<_> = schemas.iter().map(compile).collect();
        let mut compatible = 0;
        for (old, earlier) in schemas.iter().zip(&compiled) {
            for (new, later) in schemas.iter().zip(&compiled) {
                if !report(old.clone(), new.clone()).is_compatible() {
                    continue;
                }
                compatible += 1;
                for value in values.iter().filter(|value| earlier.check(value).is_empty()) {
                    assert_eq!(later.check(value), [], "{old} then {new}: {value}");
                }
            }
        }
        // Each with itself, each with the empty schema, and some more: else this shows nothing.
        assert!(compatible > 2 * schemas.len(), "{compatible}");
    }

    #[test]
    fn the_same_schema_changes_nothing() {
        let schema = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
        assert_eq!(report(schema.clone(), schema), Report::default());
    }
}
