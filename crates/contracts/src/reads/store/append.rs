//! Entries for many persons at once.

use kernel::db::{ColumnType, Table, Tx, Value};
use kernel::fields::{Fields, FieldsError};

use super::{CASE, LOG};
use crate::context::Pseudonym;
use crate::reads::ReadEntry;

static READ_LOG: Table = Table {
    name: "read_log",
    columns: &[
        ("subject", ColumnType::Bytes),
        ("id", ColumnType::Bytes),
        ("at", ColumnType::Int),
        ("reader", ColumnType::Text),
        ("officer", ColumnType::Text),
        ("sealed_case", ColumnType::Bytes),
        ("purpose", ColumnType::Text),
        ("basis", ColumnType::Text),
        ("reference", ColumnType::Text),
        ("fields", ColumnType::Text),
        ("self_read", ColumnType::Bool),
    ],
};

/// Writes one entry down for each of many subjects: a call that read the same fields of all of them.
///
/// # Errors
/// What database and key store say.
pub async fn append(
    tx: &mut Tx,
    fields: &Fields,
    subjects: &[Pseudonym],
    entry: &ReadEntry,
) -> Result<(), FieldsError> {
    let key = match &entry.case {
        Some(_) => Some(fields.subject_or_new(tx, LOG).await?),
        None => None,
    };
    // Sealed anew for each: equal bytes would tie the persons of one case together.
    let sealed_case =
        || key.as_ref().zip(entry.case.as_ref()).map(|(key, case)| key.seal(CASE, case.as_bytes()));
    let (reader, names) = (entry.reader.to_string(), entry.fields.join(" "));
    let mut rows: Vec<Value> = Vec::with_capacity(subjects.len() * READ_LOG.columns.len());
    for subject in subjects {
        rows.extend([
            subject.0.into(),
            tx.mint().into(),
            entry.at.into(),
            reader.as_str().into(),
            entry.officer.clone().into(),
            sealed_case().into(),
            entry.purpose.as_str().into(),
            entry.basis.as_str().into(),
            entry.basis_reference.as_str().into(),
            names.as_str().into(),
            entry.self_read.into(),
        ]);
    }
    Ok(tx.append(&READ_LOG, &rows).await?)
}
