//! Answers as typed values, and what is wrong with them.

use super::content::Content;
use super::package::{Field, Input, Package, Step};
use basis::PartialDate;
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What is wrong with an answer: a key of the text catalogue and the limit it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The text.
    pub key: &'static str,
    /// What fills `{limit}`.
    pub limit: String,
    /// True if the package's own words for the field may stand instead.
    pub by_schema: bool,
}

impl Flaw {
    fn plain(key: &'static str) -> Self {
        Self { key, limit: String::new(), by_schema: false }
    }

    fn schema(key: &'static str, limit: impl ToString) -> Self {
        Self { key, limit: limit.to_string(), by_schema: true }
    }
}

/// The answer to a field as JSON.
///
/// # Errors
/// What is wrong with it.
pub fn typed(field: &Field, text: &str) -> Result<Value, Flaw> {
    match field.input {
        Input::Text => Ok(Value::String(text.to_owned())),
        Input::Number => {
            let number = text.parse::<i64>();
            number.map(Value::from).map_err(|_| Flaw::plain("registration.error.number"))
        }
        Input::Date => match text.parse::<PartialDate>() {
            Ok(date) if !date.is_unknown() => Ok(Value::String(date.to_string())),
            _ => Err(Flaw::plain("registration.error.date")),
        },
        Input::Phone => {
            phone(text).map(Value::String).ok_or(Flaw::plain("registration.error.phone"))
        }
        Input::Choice if field.options.iter().any(|option| option.value == text) => {
            Ok(Value::String(text.to_owned()))
        }
        Input::Choice => Err(Flaw::plain("registration.error.choice")),
        Input::YesNo => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(Flaw::plain("registration.error.yes-no")),
        },
    }
}

/// A telephone number in E.164 form: `+` and 7 to 15 digits. Spaces, hyphens and brackets go.
pub fn phone(text: &str) -> Option<String> {
    let kept: String =
        text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '/')).collect();
    let digits = kept.strip_prefix('+')?;
    let right = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    right.then_some(kept)
}

/// All answers as one JSON object; what cannot be typed is left out. What registers say is taken as
/// it is: the applicant cannot correct it here.
pub fn document(package: &Package, content: &Content) -> Value {
    let mut document = Map::new();
    for (_, field) in package.fields() {
        let Some(text) = content.value(&field.name) else { continue };
        let value = match typed(field, text) {
            Ok(value) => value,
            Err(_) if content.prefilled(&field.name).is_some() => Value::String(text.to_owned()),
            Err(_) => continue,
        };
        document.insert(field.name.clone(), value);
    }
    Value::Object(document)
}

/// What is wrong, by field. A field that a register filled has no flaw.
pub fn flaws(package: &Package, content: &Content) -> BTreeMap<String, Flaw> {
    let mut flaws = BTreeMap::new();
    for (_, field) in package.fields() {
        match content.value(&field.name) {
            None if field.optional => {}
            None => {
                flaws.insert(field.name.clone(), Flaw::plain("registration.error.missing"));
            }
            Some(text) => {
                if let Err(flaw) = typed(field, text) {
                    flaws.insert(field.name.clone(), flaw);
                }
            }
        }
    }
    let document = document(package, content);
    for error in package.validator.iter_errors(&document) {
        if let Some((field, flaw)) = by_schema(package, &error) {
            flaws.entry(field).or_insert(flaw);
        }
    }
    flaws.retain(|field, _| content.prefilled(field).is_none());
    flaws
}

/// The field that a violation is about. One about the whole form is shown at its last field, where
/// the applicant is when everything is answered.
fn by_schema(package: &Package, error: &ValidationError<'_>) -> Option<(String, Flaw)> {
    let path = error.instance_path().as_str();
    let named = path.strip_prefix('/').and_then(|rest| rest.split('/').next());
    if let Kind::Required { property } = error.kind() {
        let field = property.as_str().unwrap_or_default().to_owned();
        return Some((field, Flaw::schema("registration.error.missing", "")));
    }
    let field = match named {
        Some(field) => field.to_owned(),
        None => package.fields().last().map(|(_, field)| field.name.clone())?,
    };
    let flaw = match error.kind() {
        Kind::MinLength { limit } => Flaw::schema("registration.error.short", limit),
        Kind::MaxLength { limit } => Flaw::schema("registration.error.long", limit),
        Kind::Minimum { limit } => Flaw::schema("registration.error.small", limit),
        Kind::Maximum { limit } => Flaw::schema("registration.error.large", limit),
        _ => Flaw::schema("registration.error.form", ""),
    };
    Some((field, flaw))
}

/// True if a page needs nothing more: no flaw, and answered or wholly filled by registers.
pub fn is_done(step: &Step, content: &Content, flaws: &BTreeMap<String, Flaw>) -> bool {
    let flawless = step.fields.iter().all(|field| !flaws.contains_key(&field.name));
    let filled = step.fields.iter().all(|field| content.prefilled(&field.name).is_some());
    flawless && (filled || content.answered.contains(&step.name))
}

/// True if the application can be sent.
pub fn is_complete(package: &Package, content: &Content) -> bool {
    let flaws = flaws(package, content);
    let waits_for_law = content.unread(package).iter().any(|read| !read.consent);
    let done = package.steps.iter().all(|step| is_done(step, content, &flaws));
    done && !waits_for_law && content.consents_open(package).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephone_numbers_are_read_as_people_write_them() {
        for (text, expected) in [
            ("+000 55 0114", Some("+000550114")),
            ("+254 (0)712-345.678", Some("+2540712345678")),
            ("0712345678", None),
            ("+12", None),
            ("+1234567890123456", None),
            ("+12345x78", None),
            ("", None),
        ] {
            assert_eq!(phone(text).as_deref(), expected, "{text}");
        }
    }
}
