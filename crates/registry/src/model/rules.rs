//! What data must look like: a schema compiled for checking, and what it finds.

use super::fault::{FAULTS_MAX, Fault, below};
use super::schema::Schema;
use basis::PartialDate;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, JsonType, PatternOptions, ValidationError, Validator};
use serde_json::{Number, Value};

/// The largest data of one record, in bytes of JSON.
const BYTES_MAX: usize = 64 * 1024;
/// Whole numbers beyond this are not kept exactly by readers that know floats only (RFC 8259
/// section 6): 2^53 - 1.
const EXACT_MAX: u64 = 9_007_199_254_740_991;
/// Where the data stand in a request's body.
const PLACE: &str = "/data";

/// A compiled schema.
#[derive(Debug)]
pub struct Rules(Validator);

impl Rules {
    /// Compiles a schema. Nothing is fetched; patterns take time linear in the text.
    ///
    /// # Errors
    /// The first [`Fault`] of a schema that does not follow its own rules.
    pub fn compile(schema: &Schema) -> Result<Self, Fault> {
        let built = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .offline()
            .should_validate_formats(true)
            .should_ignore_unknown_formats(false)
            .with_format("partial-date", |text: &str| text.parse::<PartialDate>().is_ok())
            .with_pattern_options(PatternOptions::regex())
            .build(schema.document());
        built.map(Self).map_err(|error| bad_schema(&error))
    }

    /// What is wrong with a record's data; empty if nothing is. At most [`FAULTS_MAX`].
    #[must_use]
    pub fn check(&self, data: &Value) -> Vec<Fault> {
        if data.to_string().len() > BYTES_MAX {
            let remedy = "send at most 65,536 bytes of JSON; documents belong elsewhere";
            return vec![Fault::new(PLACE, "is too large", remedy)];
        }
        let mut faults: Vec<Fault> = self.0.iter_errors(data).flat_map(|e| explain(&e)).collect();
        inexact(data, PLACE, &mut faults);
        faults.truncate(FAULTS_MAX);
        faults
    }
}

fn bad_schema(error: &ValidationError<'_>) -> Fault {
    // Against the meta-schema the instance is our schema; while compiling, the schema path is.
    let within = match error.instance_path().as_str() {
        "" => error.schema_path().as_str(),
        path => path,
    };
    let remedy = "see JSON Schema draft 2020-12; patterns have no look-around, formats are the \
                  draft's and `partial-date`";
    Fault::new(format!("/schema{within}"), "is not a valid schema", remedy)
}

/// One violation as faults: one for each field that is too many.
fn explain(error: &ValidationError<'_>) -> Vec<Fault> {
    use ValidationErrorKind as Kind;
    let place = format!("{PLACE}{}", error.instance_path().as_str());
    match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![Fault::new(below(&place, name), "is missing", "send it")]
        }
        Kind::AdditionalProperties { unexpected } => unexpected
            .iter()
            .map(|name| Fault::new(below(&place, name), "is not in the schema", "leave it out"))
            .collect(),
        kind => {
            let (detail, remedy) = words(kind);
            vec![Fault::new(place, detail, remedy)]
        }
    }
}

/// What is wrong and what to send, from the schema's side only: a value may be personal data.
fn words(kind: &ValidationErrorKind) -> (&'static str, String) {
    use ValidationErrorKind as Kind;
    match kind {
        Kind::Type { kind } => ("has the wrong type", format!("send {}", types(kind))),
        Kind::Enum { options } => ("is not one of the allowed values", choice(options)),
        Kind::Constant { .. } => {
            ("is not the value that it must have", "see the register's schema".to_owned())
        }
        Kind::Format { format } => ("has the wrong form", form(format)),
        Kind::Pattern { pattern } => ("has the wrong form", format!("match the pattern {pattern}")),
        Kind::MinLength { limit } => ("is too short", format!("send {limit} characters or more")),
        Kind::MaxLength { limit } => ("is too long", format!("send {limit} characters or fewer")),
        Kind::Minimum { limit } => ("is too small", format!("send {limit} or more")),
        Kind::Maximum { limit } => ("is too large", format!("send {limit} or less")),
        Kind::ExclusiveMinimum { limit } => ("is too small", format!("send more than {limit}")),
        Kind::ExclusiveMaximum { limit } => ("is too large", format!("send less than {limit}")),
        Kind::MultipleOf { multiple_of } => {
            ("is not a multiple", format!("send a multiple of {multiple_of}"))
        }
        Kind::MinItems { limit } => ("has too few items", format!("send {limit} or more")),
        Kind::MaxItems { limit } => ("has too many items", format!("send {limit} or fewer")),
        Kind::UniqueItems => ("has an item twice", "send each item once".to_owned()),
        other => {
            let remedy = format!("see `{}` in the register's schema", other.keyword());
            ("breaks a rule of the schema", remedy)
        }
    }
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => type_words(*one).to_owned(),
        TypeKind::Multiple(some) => some.iter().map(type_words).collect::<Vec<_>>().join(" or "),
    }
}

fn type_words(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "an object",
        JsonType::String => "text",
    }
}

fn choice(options: &Value) -> String {
    let all: Vec<String> = options.as_array().into_iter().flatten().map(Value::to_string).collect();
    match all.len() {
        1..=20 => format!("send one of {}", all.join(", ")),
        _ => "see `enum` in the register's schema".to_owned(),
    }
}

fn form(format: &str) -> String {
    match format {
        "partial-date" => "send 2026-03-14, 2026-03, 2026 or unknown".to_owned(),
        "date" => "send a date as 2026-03-14".to_owned(),
        "date-time" => "send a time as 2026-03-14T09:26:53Z".to_owned(),
        other => format!("send the format `{other}` of JSON Schema"),
    }
}

/// Whole numbers that would change on their way through other systems, or already have.
fn inexact(value: &Value, place: &str, faults: &mut Vec<Fault>) {
    match value {
        Value::Number(number) if !is_exact(number) => {
            let remedy = "send numbers beyond 9007199254740991 as text";
            faults.push(Fault::new(place, "cannot be kept exactly", remedy));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                inexact(item, &below(place, &index.to_string()), faults);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                inexact(field, &below(place, name), faults);
            }
        }
        _ => {}
    }
}

fn is_exact(number: &Number) -> bool {
    match (number.as_i64(), number.as_u64()) {
        (Some(whole), _) => whole.unsigned_abs() <= EXACT_MAX,
        (None, Some(_)) => false,
        (None, None) => number.as_f64().is_some_and(|float| float.abs() < 9_007_199_254_740_992.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::register::About;
    use serde_json::json;

    fn rules() -> Rules {
        let document = json!({
            "type": "object", "additionalProperties": false, "required": ["name"],
            "properties": {
                "name": { "type": "string", "minLength": 1, "maxLength": 5 },
                "born": { "type": "string", "format": "partial-date" },
                "moved": { "type": "string", "format": "date" },
                "sex": { "enum": ["f", "m"] },
                "rooms": { "type": ["integer", "null"], "minimum": 1, "maximum": 99 },
                "code": { "type": "string", "pattern": "^[A-Z]{2}$" },
                "tags": { "type": "array", "items": { "type": "string" }, "uniqueItems": true },
                "income": { "type": "number" }
            },
            "not": { "required": ["rooms", "code"] }
        });
        Rules::compile(&Schema::read(document, About::Person).unwrap()).unwrap()
    }

    fn found(data: &Value) -> Vec<(String, String, String)> {
        let faults = rules().check(data).into_iter();
        faults.map(|fault| (fault.place, fault.detail, fault.remedy)).collect()
    }

    fn fault(place: &str, detail: &str, remedy: &str) -> (String, String, String) {
        (place.to_owned(), detail.to_owned(), remedy.to_owned())
    }

    #[test]
    fn good_data_have_no_fault() {
        let data = json!({ "name": "Amina", "born": "2026-03", "sex": "f", "rooms": null,
            "tags": ["a"], "income": 12.5 });
        assert_eq!(found(&data), []);
    }

    #[test]
    fn each_violation_is_one_fault_with_a_remedy() {
        let data = json!({ "born": "2026-02-30", "moved": "14.3.2026", "sex": "x", "rooms": "two",
            "tags": ["a", "a", 7], "pet": 1, "a/b": 2 });
        let mut faults = found(&data);
        faults.sort();
        assert_eq!(
            faults,
            [
                fault("/data/a~1b", "is not in the schema", "leave it out"),
                fault(
                    "/data/born",
                    "has the wrong form",
                    "send 2026-03-14, 2026-03, 2026 or unknown"
                ),
                fault("/data/moved", "has the wrong form", "send a date as 2026-03-14"),
                fault("/data/name", "is missing", "send it"),
                fault("/data/pet", "is not in the schema", "leave it out"),
                fault("/data/rooms", "has the wrong type", "send null or a whole number"),
                fault("/data/sex", "is not one of the allowed values", "send one of \"f\", \"m\""),
                fault("/data/tags", "has an item twice", "send each item once"),
                fault("/data/tags/2", "has the wrong type", "send text"),
            ]
        );
    }

    #[test]
    fn bounds_say_their_limit_and_conditions_their_word() {
        for (data, expected) in [
            (json!({ "name": "" }), "send 1 characters or more"),
            (json!({ "name": "Aminata" }), "send 5 characters or fewer"),
            (json!({ "name": "A", "rooms": 0 }), "send 1 or more"),
            (json!({ "name": "A", "rooms": 100 }), "send 99 or less"),
            (json!({ "name": "A", "code": "ab" }), "match the pattern ^[A-Z]{2}$"),
            (
                json!({ "name": "A", "rooms": 1, "code": "AB" }),
                "see `not` in the register's schema",
            ),
            (json!("A"), "send an object"),
        ] {
            assert_eq!(found(&data).first().map(|f| f.2.clone()), Some(expected.to_owned()));
        }
    }

    #[test]
    fn no_fault_repeats_a_value() {
        let data = json!({ "name": "Wanjiru wa Kamau", "born": "secret", "sex": "secret",
            "rooms": "secret", "code": "secret", "tags": "secret" });
        for (place, detail, remedy) in found(&data) {
            let text = format!("{place} {detail} {remedy}");
            assert!(!text.contains("secret") && !text.contains("Wanjiru"), "{text}");
        }
    }

    #[test]
    fn numbers_that_would_change_on_their_way_are_refused() {
        for (number, exact) in [
            ("9007199254740991", true),
            ("-9007199254740991", true),
            ("9007199254740992", false),
            ("-9007199254740992", false),
            ("18446744073709551615", false),
            ("123456789012345678901234567890", false),
            ("1e300", false),
            ("0.1", true),
        ] {
            let data: Value =
                serde_json::from_str(&format!(r#"{{"name":"A","income":{number}}}"#)).unwrap();
            let faults = rules().check(&data);
            assert_eq!(faults.is_empty(), exact, "{number}");
            assert!(faults.iter().all(|fault| fault.place == "/data/income"), "{number}");
        }
    }

    #[test]
    fn data_and_lists_of_faults_are_bounded() {
        let large = json!({ "name": "x".repeat(BYTES_MAX) });
        assert_eq!(
            found(&large),
            [fault(
                "/data",
                "is too large",
                "send at most 65,536 bytes of JSON; documents belong elsewhere"
            )]
        );
        let many = json!({ "name": "A", "tags": vec![0; 500] });
        assert_eq!(found(&many).len(), FAULTS_MAX);
    }
}
