//! Entries of a round as rows of a sheet.

use serde_json::{Map, Value, json};

use super::SheetError;
use super::cell;
use super::columns::{Column, Kind, Layout};
use crate::Round;

/// The round as the JSON document that it is: sheets name its fields.
pub(super) fn document(round: &Round) -> Result<Map<String, Value>, SheetError> {
    match serde_json::to_value(round) {
        Ok(Value::Object(document)) => Ok(document),
        Ok(_) => Err(SheetError("a round is no object".to_owned())),
        Err(error) => Err(SheetError(error.to_string())),
    }
}

/// Header and rows of a sheet, without what is only there for the reader.
pub(super) fn with_header(layout: &Layout, round: &Round) -> Result<Vec<Vec<String>>, SheetError> {
    let columns: Vec<&Column> =
        layout.columns.iter().filter(|column| column.kind != Kind::Hint).collect();
    let mut rows = vec![columns.iter().map(|column| column.title.to_owned()).collect()];
    for entry in entries(layout, &document(round)?) {
        rows.push(columns.iter().map(|column| text(column, &entry)).collect());
    }
    Ok(rows)
}

/// The text of an entry in a column.
pub(super) fn text(column: &Column, entry: &Map<String, Value>) -> String {
    cell::write(column.kind, entry.get(column.field).unwrap_or(&Value::Null))
}

/// The entries of a sheet, each with the fields that its columns name.
pub(super) fn entries(layout: &Layout, document: &Map<String, Value>) -> Vec<Map<String, Value>> {
    match document.get(layout.path) {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_object).cloned().collect(),
        Some(Value::Object(map)) => map.iter().map(|(id, value)| keyed(id, value)).collect(),
        _ => Vec::new(),
    }
}

/// An answer or a target with its indicator in it. A level that nobody knows is said: an empty row changes nothing.
fn keyed(indicator: &str, value: &Value) -> Map<String, Value> {
    // A target is `{"level": {"level": 3}}` or `{"not_planned": {"reason": ".."}}`.
    let target =
        value.get("level").filter(|level| level.is_object()).or_else(|| value.get("not_planned"));
    let is_answer = target.is_none();
    let mut entry = target.unwrap_or(value).as_object().cloned().unwrap_or_default();
    if is_answer && entry.get("level").is_none_or(Value::is_null) {
        entry.insert("level".to_owned(), json!("unknown"));
    }
    entry.insert("indicator".to_owned(), json!(indicator));
    entry
}
