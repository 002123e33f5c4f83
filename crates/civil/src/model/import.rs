//! A line of an import from a paper book.

use super::{Facts, Sex, check};
use basis::{PartialDate, PersonName, Timestamp};
use contracts::batches::RefusedLine;
use serde::{Deserialize, Serialize};

/// The longest reference of an entry, in bytes.
const ENTRY_BYTES_MAX: usize = 64;

/// A birth as the paper book has it: one line of newline-delimited JSON.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportLine {
    /// Where it stands in the paper book: `LAKE-EAST/1987/114`. One entry is one registration for ever.
    pub entry: String,
    /// The child's name.
    #[schema(value_type = Object)]
    pub child: PersonName,
    /// The child's sex.
    pub sex: Sex,
    /// `1987-03-14`, `1987-03`, `1987` or `unknown`.
    #[schema(value_type = String)]
    pub born: PartialDate,
    /// Code of the place of birth.
    pub place: String,
    /// The mother's name.
    #[schema(value_type = Option<Object>)]
    #[serde(default)]
    pub mother: Option<PersonName>,
    /// The mother's VID, where it is known. It is not stored.
    #[serde(default)]
    pub mother_vid: Option<String>,
}

/// A line that can be registered, as far as it shows by itself.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number in the call, from 1.
    pub line: u32,
    /// What it says.
    pub facts: Facts,
}

/// Reads one line.
///
/// # Errors
/// The line refused, naming the field.
pub fn entry(line: u32, read: ImportLine, now: Timestamp) -> Result<Entry, RefusedLine> {
    let ImportLine { entry, child, sex, born, place, mother, mother_vid } = read;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.');
    if !(1..=ENTRY_BYTES_MAX).contains(&entry.len()) || !entry.bytes().all(allowed) {
        return Err(refused(line, "entry", "1 to 64 of letters, digits, `/`, `-` and `.`"));
    }
    let facts = Facts {
        child,
        sex,
        born,
        place,
        mother,
        mother_pseudonym: None,
        mother_vid,
        entry: Some(entry),
    };
    match check(&facts, now) {
        Ok(()) => Ok(Entry { line, facts }),
        Err(invalid) => Err(refused(line, invalid.field(), &invalid.to_string())),
    }
}

/// A line that is refused.
#[must_use]
pub fn refused(line: u32, field: &str, reason: &str) -> RefusedLine {
    RefusedLine { line, field: field.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_names_the_field_that_stops_it() {
        let now: Timestamp = "2026-03-14T08:00:00Z".parse().expect("a time");
        let good = json!({"entry": "LAKE-EAST/1987/114", "child": {"full": "Neema"},
            "sex": "female", "born": "1987", "place": "TB-03"});
        let rows = [
            ("entry", json!("LAKE-EAST/1987/114"), None),
            ("entry", json!(""), Some("entry")),
            ("entry", json!("page 3"), Some("entry")),
            ("entry", json!("x".repeat(65)), Some("entry")),
            ("born", json!("2030"), Some("born")),
            ("place", json!("by the lake"), Some("place")),
        ];
        for (field, value, expected) in rows {
            let mut line = good.clone();
            line[field] = value;
            let line = serde_json::from_value(line).expect("a line");
            let outcome = entry(7, line, now).map_err(|refused| (refused.line, refused.field));
            let expected = expected.map(|field| (7, field.to_owned()));
            assert_eq!(outcome.err(), expected, "{field}");
        }
    }
}
