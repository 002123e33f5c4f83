//! One cell: its text into a value of the round, and back.

use basis::PartialDate;
use serde_json::{Value, json};

use super::columns::{Column, Kind, folded};

/// Between the entries of a list.
const SEPARATOR: char = ';';
const ESCAPE: char = '\\';

/// What is wrong with a cell, and what to do about it.
pub(super) type Refusal = (String, String);

/// Reads a cell. A refused one comes with a value that stands in for it, so that the rest of the file can be checked.
pub(super) fn read(column: &Column, text: &str) -> (Value, Option<Refusal>) {
    let none = nothing(column);
    if text.is_empty() && column.required {
        let refusal = ("it is empty".to_owned(), format!("fill it in: {}", column.says));
        return (none, Some(refusal));
    }
    if text.is_empty() {
        return (none, None);
    }
    match value(column.kind, text) {
        Ok(value) => (value, None),
        Err(refusal) => (none, Some(refusal)),
    }
}

/// What an empty cell means.
pub(super) fn nothing(column: &Column) -> Value {
    match column.kind {
        Kind::Text | Kind::Hint => json!(""),
        Kind::Date if column.required => json!(PartialDate::UNKNOWN),
        Kind::TextOrNone | Kind::Number(_) | Kind::Level(_) | Kind::Date => Value::Null,
        Kind::YesNo => json!(false),
        Kind::List | Kind::ListOf(_) => json!([]),
        Kind::Word(words) => json!(words[0]),
    }
}

fn value(kind: Kind, text: &str) -> Result<Value, Refusal> {
    match kind {
        Kind::Text | Kind::TextOrNone | Kind::Hint => Ok(json!(text)),
        Kind::Number(max) => Ok(json!(number(text, max)?)),
        Kind::Level(words) => level(text, words),
        Kind::YesNo => Ok(json!(yes(text)?)),
        Kind::Date => Ok(json!(date(text)?)),
        Kind::List => Ok(json!(list(text))),
        Kind::ListOf(words) => {
            let found = list(text).into_iter().map(|entry| word(&entry, words));
            Ok(json!(found.collect::<Result<Vec<_>, _>>()?))
        }
        Kind::Word(words) => Ok(json!(word(text, words)?)),
    }
}

/// Blanks may stand between groups of three digits. Points and commas may not: they mean thousands in one country
/// and decimals in the next.
fn number(text: &str, max: u64) -> Result<u64, Refusal> {
    let refusal = |says: String| (says, format!("write a whole number up to {max}, digits only"));
    let groups: Vec<&str> = text.split(char::is_whitespace).collect();
    let digits_only = groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
    let grouped = groups.len() == 1
        || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
    let digits = groups.concat();
    if !digits_only || !grouped || digits.is_empty() {
        return Err(refusal(format!("`{text}` is not a whole number")));
    }
    match digits.parse() {
        Ok(number) if number <= max => Ok(number),
        _ => Err(refusal(format!("{text} is too large"))),
    }
}

fn level(text: &str, words: &[&str]) -> Result<Value, Refusal> {
    if is_unknown(text) {
        return Ok(Value::Null);
    }
    if !words.contains(&text) {
        let remedy = format!("write one of: {}; or leave it empty", words.join(", "));
        return Err((format!("there is no level `{text}`"), remedy));
    }
    Ok(json!(number(text, u64::from(u8::MAX))?))
}

fn is_unknown(text: &str) -> bool {
    text == "?" || matches!(folded(text).as_str(), "unknown" | "inconnu" | "inconnue")
}

fn yes(text: &str) -> Result<bool, Refusal> {
    match folded(text).as_str() {
        "yes" | "y" | "oui" | "o" | "x" | "true" | "vrai" | "1" => Ok(true),
        "no" | "n" | "non" | "false" | "faux" | "0" => Ok(false),
        _ if text == "-" => Ok(false),
        _ => Err((
            format!("`{text}` is neither yes nor no"),
            "write yes or no, oui or non".to_owned(),
        )),
    }
}

fn date(text: &str) -> Result<PartialDate, Refusal> {
    if is_unknown(text) {
        return Ok(PartialDate::UNKNOWN);
    }
    let remedy = "write 2026-03-14, 2026-03 or 2026; day and month in another order are ambiguous";
    text.parse().map_err(|_| (format!("`{text}` is no such date"), remedy.to_owned()))
}

fn word(text: &str, words: &[&'static str]) -> Result<&'static str, Refusal> {
    let known = words.iter().find(|word| folded(word) == folded(text));
    known.copied().ok_or_else(|| {
        (format!("`{text}` is not known here"), format!("write one of: {}", words.join(", ")))
    })
}

/// Splits at `;`. A semicolon or backslash of an entry's own has a backslash before it.
fn list(text: &str) -> Vec<String> {
    let mut entries = vec![String::new()];
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == SEPARATOR {
            entries.push(String::new());
            continue;
        }
        let escaped =
            letters.next_if(|next| letter == ESCAPE && matches!(*next, SEPARATOR | ESCAPE));
        if let Some(entry) = entries.last_mut() {
            entry.push(escaped.unwrap_or(letter));
        }
    }
    let trimmed = entries.iter().map(|entry| entry.trim().to_owned());
    trimmed.filter(|entry| !entry.is_empty()).collect()
}

/// The cell's text for a value of the round.
pub(super) fn write(kind: Kind, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(entries) if matches!(kind, Kind::List | Kind::ListOf(_)) => joined(entries),
        other => other.to_string(),
    }
}

fn joined(entries: &[Value]) -> String {
    let texts = entries.iter().filter_map(Value::as_str);
    let escaped = texts.map(|text| text.replace(ESCAPE, "\\\\").replace(SEPARATOR, "\\;"));
    escaped.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{date, joined, list, number, yes};

    #[test]
    fn a_list_comes_back_with_its_own_semicolons_and_backslashes() {
        for entries in
            [vec!["a", "b"], vec!["a; b", "c"], vec!["C:\\", "d"], vec!["\\;", "\\\\"], vec![]]
        {
            let values: Vec<_> = entries.iter().map(|entry| json!(entry)).collect();
            assert_eq!(list(&joined(&values)), entries);
        }
        assert_eq!(list(" a ;; b\\c ; "), ["a", "b\\c"]);
    }

    #[test]
    fn numbers_are_read_where_they_can_mean_one_thing_only() {
        for (text, found) in
            [("7", 7), ("1000000", 1_000_000), ("1 000 000", 1_000_000), ("12\u{a0}500", 12_500)]
        {
            assert_eq!(number(text, u64::MAX).unwrap(), found);
        }
        for text in
            ["1,000", "1.000", "12.5", "-3", "10 00", "1 2", "", "ten", "99999999999999999999"]
        {
            assert!(number(text, u64::MAX).is_err(), "{text}");
        }
        assert!(number("256", 255).is_err());
    }

    #[test]
    fn yes_and_no_are_understood_in_english_and_french() {
        for text in ["yes", "Yes", "OUI", "x", "X", "true", "vrai"] {
            assert!(yes(text).unwrap(), "{text}");
        }
        for text in ["no", "No", "NON", "false", "-"] {
            assert!(!yes(text).unwrap(), "{text}");
        }
        assert!(yes("perhaps").is_err());
    }

    #[test]
    fn dates_keep_what_is_not_known() {
        for text in ["2026", "2026-03", "2026-03-14", "unknown"] {
            assert_eq!(date(text).unwrap().to_string(), text);
        }
        assert!(date("inconnu").unwrap().is_unknown());
        for text in ["14/03/2026", "03-2026", "2026-02-30", "46095"] {
            assert!(date(text).is_err(), "{text}");
        }
    }
}
