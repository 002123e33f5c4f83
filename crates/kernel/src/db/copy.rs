//! Many rows at once for PostgreSQL: the texts, and its binary COPY format (PostgreSQL documentation,
//! COPY, "Binary Format").

use super::error::DbError;
use super::table::{ColumnType, Table};
use super::value::Value;
use bytes::{BufMut, Bytes, BytesMut};

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
/// Length of a field that is NULL.
const NULL: i32 = -1;
/// Count of fields that ends the rows.
const END: i16 = -1;
/// Bytes of a field, about; a first guess that saves growing.
const FIELD_ABOUT: usize = 16;

/// The statement that takes what [`encode`] gives.
pub(super) fn text(table: &Table) -> String {
    format!("COPY {} ({}) FROM STDIN BINARY", table.name, names(table).join(", "))
}

/// The statement that takes one row.
pub(super) fn insert_text(table: &Table) -> String {
    let names = names(table);
    let marks: Vec<String> = (1..=names.len()).map(|n| format!("${n}")).collect();
    format!("INSERT INTO {} ({}) VALUES ({})", table.name, names.join(", "), marks.join(", "))
}

fn names(table: &Table) -> Vec<&'static str> {
    table.columns.iter().map(|(name, _)| *name).collect()
}

/// Rows one after the other, each as long as the table's column list.
///
/// # Errors
/// [`DbError::Statement`] for a value that is not of its column's type.
pub(super) fn encode(table: &Table, values: &[Value]) -> Result<Bytes, DbError> {
    let width = table.columns.len();
    let fields = i16::try_from(width).expect("a table has a few dozen columns");
    let mut out = BytesMut::with_capacity(values.len() * FIELD_ABOUT + 64);
    out.put_slice(SIGNATURE);
    // No flags, no header extension.
    out.put_i32(0);
    out.put_i32(0);
    for row in values.chunks_exact(width) {
        out.put_i16(fields);
        for (value, (name, kind)) in row.iter().zip(table.columns) {
            if !fits(value, *kind) {
                let text = format!("{}.{name} is {kind:?} and was given another type", table.name);
                return Err(DbError::Statement(text));
            }
            put(&mut out, value)?;
        }
    }
    out.put_i16(END);
    Ok(out.freeze())
}

fn fits(value: &Value, kind: ColumnType) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(_) => kind == ColumnType::Bool,
        Value::Int(_) => kind == ColumnType::Int,
        Value::Text(_) => kind == ColumnType::Text,
        Value::Bytes(_) => kind == ColumnType::Bytes,
    }
}

fn put(out: &mut BytesMut, value: &Value) -> Result<(), DbError> {
    match value {
        Value::Null => out.put_i32(NULL),
        Value::Bool(flag) => {
            out.put_i32(1);
            out.put_u8(u8::from(*flag));
        }
        Value::Int(number) => {
            out.put_i32(8);
            out.put_i64(*number);
        }
        Value::Text(text) => put_bytes(out, text.as_bytes())?,
        Value::Bytes(bytes) => put_bytes(out, bytes)?,
    }
    Ok(())
}

fn put_bytes(out: &mut BytesMut, bytes: &[u8]) -> Result<(), DbError> {
    let length = i32::try_from(bytes.len())
        .map_err(|_| DbError::Statement("a value is 2 GiB long or longer".to_owned()))?;
    out.put_i32(length);
    out.put_slice(bytes);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: Table =
        Table { name: "t", columns: &[("id", ColumnType::Bytes), ("n", ColumnType::Int)] };

    #[test]
    fn rows_are_encoded_as_the_format_says() {
        let rows = [Value::Bytes(vec![7, 8]), Value::Int(258), Value::Null, Value::Null];
        let encoded = encode(&TABLE, &rows).unwrap();
        let mut wanted = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".to_vec();
        wanted.extend_from_slice(&[0, 2, 0, 0, 0, 2, 7, 8, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 1, 2]);
        wanted.extend_from_slice(&[0, 2, 255, 255, 255, 255, 255, 255, 255, 255]);
        wanted.extend_from_slice(&[255, 255]);
        assert_eq!(encoded, wanted);
    }

    #[test]
    fn a_value_of_another_type_is_refused_by_its_column() {
        let refused = encode(&TABLE, &[Value::Int(1), Value::Int(2)]).unwrap_err();
        assert!(refused.to_string().contains("t.id is Bytes"), "{refused}");
    }

    #[test]
    fn texts_name_the_columns() {
        assert_eq!(text(&TABLE), "COPY t (id, n) FROM STDIN BINARY");
        assert_eq!(insert_text(&TABLE), "INSERT INTO t (id, n) VALUES ($1, $2)");
    }
}
