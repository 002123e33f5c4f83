//! A register's schema: JSON Schema, draft 2020-12, closed to what it declares.
//!
//! Beyond the draft, a register's schema says of every field what it holds (`type`), declares every
//! field it accepts (`additionalProperties` is false), and uses known words only. So a cut to some
//! fields means what it says, and two versions can be compared.
//!
//! Annotations of ours: `x-personal` (true where a field says something about a person) and `x-label`
//! (an object from language to the field's name).

use super::fault::{FAULTS_MAX, Fault, below};
use super::keyword::{Keyword, keyword};
use super::register::About;
use super::rules::Rules;
use serde_json::{Map, Value};

/// The dialect, as `$schema` names it.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// The largest schema, in bytes of JSON.
const BYTES_MAX: usize = 64 * 1024;
/// The deepest nesting of fields in fields.
const DEPTH_MAX: usize = 16;
/// The longest name of a field, in characters.
const FIELD_CHARS_MAX: usize = 64;
/// Where the schema stands in a request's body.
const PLACE: &str = "/schema";

/// A schema that a register may use.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    document: Value,
}

impl Schema {
    /// Takes a schema as sent, for a register about `about`.
    ///
    /// # Errors
    /// Every [`Fault`] found, up to [`FAULTS_MAX`].
    pub fn read(document: Value, about: About) -> Result<Self, Vec<Fault>> {
        if document.to_string().len() > BYTES_MAX {
            let remedy = "send at most 65,536 bytes of JSON; split the register";
            return Err(vec![Fault::new(PLACE, "is too large", remedy)]);
        }
        let mut inspection = Inspection { about, faults: Vec::new() };
        inspection.root(&document);
        if !inspection.faults.is_empty() {
            inspection.faults.truncate(FAULTS_MAX);
            return Err(inspection.faults);
        }
        let schema = Self { document };
        // What only the compiler of schemas finds: patterns, formats, wrong kinds of values.
        Rules::compile(&schema).map_err(|fault| vec![fault])?;
        Ok(schema)
    }

    /// A schema that was accepted before.
    #[must_use]
    pub fn stored(document: Value) -> Self {
        Self { document }
    }

    /// The JSON document.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }
}

/// A walk through a schema that notes what a register does not accept.
struct Inspection {
    about: About,
    faults: Vec<Fault>,
}

impl Inspection {
    fn note(&mut self, place: &str, detail: &str, remedy: &str) {
        self.faults.push(Fault::new(place, detail, remedy));
    }

    fn root(&mut self, document: &Value) {
        let Value::Object(words) = document else {
            return self.note(PLACE, "is not a schema", "send a JSON object");
        };
        if words.get("type").and_then(Value::as_str) != Some("object") {
            let place = below(PLACE, "type");
            self.note(&place, "is not `object`", "a record is an object: write `object`");
        }
        if words.get("$schema").is_some_and(|dialect| dialect != DIALECT) {
            let remedy = format!("leave it out or write `{DIALECT}`");
            self.note(&below(PLACE, "$schema"), "is another dialect", &remedy);
        }
        let inner: Map<String, Value> = words
            .iter()
            .filter(|(word, _)| !["$schema", "$id"].contains(&word.as_str()))
            .map(|(word, value)| (word.clone(), value.clone()))
            .collect();
        self.field(&inner, PLACE, 0);
    }

    /// A schema that says what a field (or the record) holds.
    fn field(&mut self, words: &Map<String, Value>, place: &str, depth: usize) {
        if depth > DEPTH_MAX {
            return self.note(place, "is nested too deeply", "nest at most 16 levels");
        }
        for (word, value) in words {
            let at = below(place, word);
            match keyword(word) {
                None => self.unknown(&at),
                Some(Keyword::Annotation) if word.starts_with('$') && word != "$comment" => {
                    self.note(&at, "is not at the root", "write it at the root only");
                }
                Some(Keyword::Personal) => self.personal(value, &at),
                Some(Keyword::Label) => self.label(value, &at),
                Some(Keyword::Properties) => self.properties(value, &at, depth),
                Some(Keyword::Items) => self.schema(value, &at, depth + 1),
                Some(Keyword::Condition) => self.condition(value, &at, depth + 1),
                Some(_) => {}
            }
        }
        self.says_what_it_holds(words, place);
        self.declares_its_fields(words, place);
    }

    fn unknown(&mut self, place: &str) {
        let remedy = "check the spelling; the documentation lists the words that registers use";
        self.note(place, "is not a word that registers use", remedy);
    }

    fn schema(&mut self, value: &Value, place: &str, depth: usize) {
        match value {
            Value::Object(words) => self.field(words, place, depth),
            _ => self.note(place, "does not say what it holds", "write a schema object"),
        }
    }

    fn properties(&mut self, value: &Value, place: &str, depth: usize) {
        let Value::Object(fields) = value else {
            return self.note(place, "is not an object", "write an object from field to schema");
        };
        for (name, schema) in fields {
            let at = below(place, name);
            if !is_field_name(name) {
                let remedy = "use 1 to 64 of A-Z a-z 0-9 _ -, beginning with a letter";
                self.note(&at, "is not a name for a field", remedy);
            }
            self.schema(schema, &at, depth + 1);
        }
    }

    /// Rules between fields: known words, and no marks, which belong to the field itself.
    fn condition(&mut self, value: &Value, place: &str, depth: usize) {
        if depth > DEPTH_MAX {
            return self.note(place, "is nested too deeply", "nest at most 16 levels");
        }
        let words = match value {
            Value::Object(words) => words,
            Value::Array(list) => {
                for (index, one) in list.iter().enumerate() {
                    self.condition(one, &below(place, &index.to_string()), depth);
                }
                return;
            }
            _ => return self.note(place, "is not a schema", "write a schema object"),
        };
        for (word, value) in words {
            let at = below(place, word);
            match keyword(word) {
                None => self.unknown(&at),
                Some(Keyword::Annotation) if word.starts_with('$') && word != "$comment" => {
                    self.note(&at, "is not at the root", "write it at the root only");
                }
                Some(Keyword::Personal | Keyword::Label) => {
                    self.note(&at, "stands inside a condition", "write it at the field itself");
                }
                Some(Keyword::Properties) => {
                    for (name, schema) in value.as_object().into_iter().flatten() {
                        self.condition(schema, &below(&at, name), depth + 1);
                    }
                }
                Some(Keyword::Items | Keyword::Condition) => self.condition(value, &at, depth + 1),
                Some(_) => {}
            }
        }
    }

    fn personal(&mut self, value: &Value, place: &str) {
        if !value.is_boolean() {
            self.note(place, "is neither true nor false", "write true or false");
        }
        if self.about == About::Thing && *value == Value::Bool(true) {
            let remedy = "keep what is said about persons in a register about persons";
            self.note(place, "marks a personal field in a register about things", remedy);
        }
    }

    fn label(&mut self, value: &Value, place: &str) {
        let good = |(language, text): (&String, &Value)| {
            let language = (2..=3).contains(&language.len())
                && language.bytes().all(|b| b.is_ascii_lowercase());
            let text = text.as_str().is_some_and(|text| {
                !text.trim().is_empty() && text.len() <= 200 && !text.chars().any(char::is_control)
            });
            language && text
        };
        if !value.as_object().is_some_and(|all| !all.is_empty() && all.iter().all(good)) {
            let remedy = "write an object from language to text, as {\"en\": \"Village\"}";
            self.note(place, "is not a label", remedy);
        }
    }

    fn says_what_it_holds(&mut self, words: &Map<String, Value>, place: &str) {
        if !["type", "enum", "const"].iter().any(|word| words.contains_key(*word)) {
            self.note(place, "does not say what it holds", "write a `type`");
        }
        if may_be(words, "array") && !words.contains_key("items") {
            self.note(place, "does not say what the list holds", "write `items`");
        }
    }

    fn declares_its_fields(&mut self, words: &Map<String, Value>, place: &str) {
        if !may_be(words, "object") && !words.contains_key("properties") {
            return;
        }
        let Some(fields) = words.get("properties") else {
            return self.note(place, "does not declare its fields", "write `properties`");
        };
        if words.get("additionalProperties") != Some(&Value::Bool(false)) {
            let at = below(place, "additionalProperties");
            self.note(&at, "lets undeclared fields in", "write `\"additionalProperties\": false`");
        }
        let required = words.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required.filter_map(Value::as_str).filter(|name| fields.get(name).is_none()) {
            let at = below(&below(place, "required"), name);
            self.note(&at, "requires a field that is not declared", "declare it in `properties`");
        }
    }
}

/// Whether `type` names this type.
fn may_be(words: &Map<String, Value>, wanted: &str) -> bool {
    match words.get("type") {
        Some(Value::String(one)) => one == wanted,
        Some(Value::Array(some)) => some.iter().any(|one| one == wanted),
        _ => false,
    }
}

/// Names of fields stand in agreements and read logs, where spaces and other signs divide them.
fn is_field_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    name.len() <= FIELD_CHARS_MAX
        && name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
        && name.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn places(document: Value, about: About) -> Vec<String> {
        let faults = Schema::read(document, about).err().unwrap_or_default();
        faults.into_iter().map(|fault| fault.place).collect()
    }

    fn record(properties: &Value) -> Value {
        json!({ "type": "object", "additionalProperties": false, "properties": properties })
    }

    #[test]
    fn a_plain_schema_is_accepted() {
        let document = json!({
            "$schema": DIALECT, "$id": "urn:residents", "title": "Resident",
            "type": "object", "additionalProperties": false, "required": ["name"],
            "properties": {
                "name": { "type": "string", "maxLength": 200, "x-personal": true,
                    "x-label": { "en": "Name", "sw": "Jina" } },
                "born": { "type": "string", "format": "partial-date", "x-personal": true },
                "children": { "type": "array", "items": { "type": "object",
                    "additionalProperties": false, "properties": { "age": { "type": "integer" } } } },
                "status": { "enum": ["alive", "dead"], "x-colour": "grey" },
                "died": { "type": ["string", "null"], "format": "date" }
            },
            "if": { "properties": { "status": { "const": "dead" } }, "required": ["status"] },
            "then": { "required": ["died"] }
        });
        assert_eq!(places(document, About::Person), Vec::<String>::new());
    }

    #[test]
    fn every_fault_is_named_at_its_place() {
        let cases = [
            (json!(true), vec!["/schema"]),
            (json!({}), vec!["/schema/type", "/schema"]),
            (json!({ "type": "object" }), vec!["/schema"]),
            (json!({ "type": "object", "properties": {} }), vec!["/schema/additionalProperties"]),
            (record(&json!({ "a": true })), vec!["/schema/properties/a"]),
            (record(&json!({ "a": {} })), vec!["/schema/properties/a"]),
            (record(&json!({ "a b": { "type": "string" } })), vec!["/schema/properties/a b"]),
            (record(&json!({ "a/b": { "type": "string" } })), vec!["/schema/properties/a~1b"]),
            (record(&json!({ "a": { "type": "array" } })), vec!["/schema/properties/a"]),
            (record(&json!({ "a": { "type": "object" } })), vec!["/schema/properties/a"]),
            (
                record(&json!({ "a": { "type": "string", "maxLenght": 3 } })),
                vec!["/schema/properties/a/maxLenght"],
            ),
            (
                record(&json!({ "a": { "$ref": "#" } })),
                vec!["/schema/properties/a/$ref", "/schema/properties/a"],
            ),
            (
                record(&json!({ "a": { "type": "string", "$schema": "urn:x" } })),
                vec!["/schema/properties/a/$schema"],
            ),
            (
                record(&json!({ "a": { "type": "string", "x-label": "A" } })),
                vec!["/schema/properties/a/x-label"],
            ),
            (
                record(&json!({ "a": { "type": "string", "x-personal": 1 } })),
                vec!["/schema/properties/a/x-personal"],
            ),
            (
                json!({ "type": "object", "additionalProperties": false, "properties": {},
                    "required": ["a"] }),
                vec!["/schema/required/a"],
            ),
            (
                json!({ "type": "object", "additionalProperties": false, "properties": {},
                    "anyOf": [{ "requierd": [] }, { "x-personal": true }] }),
                vec!["/schema/anyOf/0/requierd", "/schema/anyOf/1/x-personal"],
            ),
            (
                json!({ "$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
                    "additionalProperties": false, "properties": {} }),
                vec!["/schema/$schema"],
            ),
        ];
        for (document, expected) in cases {
            assert_eq!(places(document.clone(), About::Person), expected, "{document}");
        }
    }

    #[test]
    fn what_only_the_compiler_finds_is_named_too() {
        for (field, place) in [
            (json!({ "type": "text" }), "/schema/properties/a/type"),
            (json!({ "type": "string", "pattern": "(" }), "/schema/properties/a/pattern"),
            (json!({ "type": "string", "pattern": "(?=a)b" }), "/schema/properties/a/pattern"),
            (json!({ "type": "string", "format": "colour" }), "/schema/properties/a/format"),
            (json!({ "type": "string", "maxLength": -1 }), "/schema/properties/a/maxLength"),
        ] {
            assert_eq!(places(record(&json!({ "a": field })), About::Person), [place]);
        }
    }

    #[test]
    fn a_register_about_things_holds_no_personal_field() {
        let document = record(&json!({ "keeper": { "type": "string", "x-personal": true } }));
        assert_eq!(places(document.clone(), About::Person), Vec::<String>::new());
        assert_eq!(places(document, About::Thing), ["/schema/properties/keeper/x-personal"]);
    }

    #[test]
    fn a_schema_is_bounded() {
        let long = record(&json!({ "a": { "type": "string", "title": "x".repeat(BYTES_MAX) } }));
        assert_eq!(places(long, About::Person), ["/schema"]);
        let mut deep = json!({ "type": "string" });
        for _ in 0..=DEPTH_MAX {
            deep = json!({ "type": "array", "items": deep });
        }
        let faults = Schema::read(record(&json!({ "a": deep })), About::Person).unwrap_err();
        assert_eq!(faults[0].detail, "is nested too deeply");
    }
}
