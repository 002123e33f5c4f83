//! One row into one entry of the round's document.

use serde_json::{Map, Value, json};

use super::faults::Faults;
use super::header::Header;
use crate::sheet::columns::Layout;
use crate::sheet::table::TableRow;
use crate::sheet::{Imported, cell};

/// The fields that the row fills. Refused cells and missing columns have a value that stands in for them.
pub(super) fn fields(header: &Header, row: &TableRow, faults: &mut Faults) -> Map<String, Value> {
    let mut fields = Map::new();
    for (at, column) in &header.read {
        let (value, refusal) = cell::read(column, row.cell(*at));
        if let Some((says, remedy)) = refusal {
            faults.add(header.fault(row.number, column.field, says, &remedy));
        }
        fields.insert(column.field.to_owned(), value);
    }
    for column in header.missing() {
        fields.insert(column.field.to_owned(), cell::nothing(column));
    }
    fields
}

/// What says which entry it is.
pub(super) fn key(layout: &Layout, fields: &Map<String, Value>) -> Vec<String> {
    let text = |field: &&str| fields.get(*field).and_then(Value::as_str).unwrap_or_default();
    layout.key.iter().map(|field| text(field).to_owned()).collect()
}

/// The row over what the round had: a column that the file does not have leaves its field alone.
pub(super) fn over(
    header: &Header,
    before: Option<&Map<String, Value>>,
    fields: Map<String, Value>,
) -> Map<String, Value> {
    let mut entry = before.cloned().unwrap_or_default();
    let is_new = before.is_none();
    for (field, value) in fields {
        if is_new || header.has(&field) {
            entry.insert(field, value);
        }
    }
    entry
}

/// An answer. A reviewer's word stands by the claim it was said about, and goes when that changes.
pub(super) fn answer(
    header: &Header,
    before: Option<&Map<String, Value>>,
    fields: Map<String, Value>,
    imported: &mut Imported,
) -> Value {
    let mut answer = over(header, before, fields);
    let indicator = answer.remove("indicator");
    answer.entry("level").or_insert(Value::Null);
    let Some(before) = before else {
        return Value::Object(answer);
    };
    let is_same_claim =
        ["level", "evidence"].iter().all(|field| before.get(*field) == answer.get(*field));
    let was_reviewed = before.get("review").is_some_and(|review| !review.is_null());
    if was_reviewed && !is_same_claim {
        answer.insert("review".to_owned(), Value::Null);
        let indicator = indicator.as_ref().and_then(Value::as_str).unwrap_or_default();
        imported.reviews_dropped.push(indicator.to_owned());
    }
    Value::Object(answer)
}

/// A target: a level, or the reason why there is none.
pub(super) fn target(
    header: &Header,
    row: &TableRow,
    fields: &Map<String, Value>,
    faults: &mut Faults,
) -> Value {
    let level = fields.get("level").and_then(Value::as_u64);
    let reason = fields.get("reason").and_then(Value::as_str).unwrap_or_default();
    let by = fields.get("by").cloned().unwrap_or(Value::Null);
    let mut fault = |field: &str, says: &str, remedy: &str| {
        faults.add(header.fault(row.number, field, says.to_owned(), remedy));
    };
    if reason.is_empty() {
        if level.is_none() {
            fault("level", "it is empty", "write the level to reach, or why it is not planned");
        }
        return json!({ "level": { "level": level.unwrap_or_default(), "by": by } });
    }
    if level.is_some() || !by.is_null() {
        fault("reason", "the row has a level or a day as well", "keep the target or the reason");
    }
    json!({ "not_planned": { "reason": reason } })
}
