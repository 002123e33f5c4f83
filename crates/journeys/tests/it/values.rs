//! Every value that stands in a database, in a form in which two spellings of one value are one.

use basis::{Id, Timestamp};
use kernel::db::{Db, DbError, Row, Value};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Shorter values are shared by chance: dates, codes, small numbers.
const SHORTEST: usize = 12;
/// Bytes of an id or pseudonym, which may also stand inside a longer value.
const ID_BYTES: usize = 16;

/// A value without its spelling: an id is the same as bytes, as UUID, in hex and in base64url.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seen {
    Text(String),
    Bytes(Vec<u8>),
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "`{text}`"),
            Self::Bytes(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
        }
    }
}

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// `registrar/civil`
    pub database: String,
    /// `birth.id`
    pub column: String,
}

/// Everything seen so far, and where.
#[derive(Default)]
pub struct Values(pub BTreeMap<Seen, BTreeSet<Place>>);

impl Values {
    /// Adds every value of every column of a database.
    pub async fn add_database(&mut self, name: &str, db: &Db) {
        for table in tables(db).await {
            for row in rows(db, &table).await {
                for (column, value) in row.columns().zip(row.values()) {
                    self.add(name, &format!("{table}.{column}"), value);
                }
            }
        }
    }

    /// Adds one value.
    pub fn add(&mut self, database: &str, column: &str, value: &Value) {
        let place = Place { database: database.to_owned(), column: column.to_owned() };
        for seen in spellings(value) {
            self.0.entry(seen).or_default().insert(place.clone());
        }
    }
}

async fn all(db: &Db, sql: String) -> Vec<Row> {
    // The facade takes constants only, so that no product code puts values into SQL.
    let sql: &'static str = Box::leak(sql.into_boxed_str());
    let rows: Result<Vec<Row>, DbError> =
        db.read(move |tx| Box::pin(async move { tx.all(sql, &[]).await })).await;
    rows.expect("the test may read everything")
}

/// Every table of a database.
pub async fn tables(db: &Db) -> Vec<String> {
    let sql = match db.engine() {
        "sqlite" => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
        _ => {
            "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables
            WHERE schemaname = current_schema() ORDER BY name"
        }
    };
    let rows = all(db, sql.to_owned()).await;
    rows.iter().map(|row| row.get("name").expect("a name")).collect()
}

/// Every row of a table.
pub async fn rows(db: &Db, table: &str) -> Vec<Row> {
    all(db, format!("SELECT * FROM {table}")).await
}

/// Every form in which a value could be recognised elsewhere.
fn spellings(value: &Value) -> BTreeSet<Seen> {
    let mut seen = BTreeSet::new();
    match value {
        Value::Null | Value::Bool(_) | Value::Int(_) => {}
        Value::Text(text) => text_spellings(text, &mut seen),
        Value::Bytes(bytes) => {
            // Ids may stand at the start of what is sealed, or between other things.
            seen.extend(bytes.windows(ID_BYTES).map(|part| Seen::Bytes(part.to_vec())));
            if bytes.len() >= SHORTEST {
                seen.insert(Seen::Bytes(bytes.clone()));
            }
            if let Ok(text) = std::str::from_utf8(bytes) {
                text_spellings(text, &mut seen);
            }
        }
    }
    seen
}

/// Every form in which something that a text says could be recognised elsewhere.
pub fn text_spellings(text: &str, seen: &mut BTreeSet<Seen>) {
    match serde_json::from_str::<Json>(text) {
        Ok(Json::Object(members)) => members.values().for_each(|value| json(value, seen)),
        Ok(Json::Array(items)) => items.iter().for_each(|value| json(value, seen)),
        _ => leaf(text, seen),
    }
}

fn json(value: &Json, seen: &mut BTreeSet<Seen>) {
    match value {
        Json::String(text) => text_spellings(text, seen),
        Json::Array(items) => items.iter().for_each(|item| json(item, seen)),
        Json::Object(members) => members.values().for_each(|item| json(item, seen)),
        // Times and amounts: shared by chance, and no names of anybody.
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

fn leaf(text: &str, seen: &mut BTreeSet<Seen>) {
    let of_a_token = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '+' | '=');
    let tokens = text.split(|c: char| !of_a_token(c));
    for token in tokens.chain([text]) {
        if token.len() < SHORTEST || text.parse::<Timestamp>().is_ok() {
            continue;
        }
        seen.insert(Seen::Text(token.to_owned()));
        let bytes = [uuid(token), hex(token), credential::base64url::decode(token, "").ok()];
        for bytes in bytes.into_iter().flatten().filter(|bytes| bytes.len() >= SHORTEST) {
            // What a signed text says is read like any other.
            if let Some(inside) = std::str::from_utf8(&bytes).ok().filter(|it| it.starts_with('{'))
            {
                text_spellings(inside, seen);
            }
            seen.insert(Seen::Bytes(bytes));
        }
    }
}

fn uuid(text: &str) -> Option<Vec<u8>> {
    text.parse::<Id>().ok().map(|id| id.as_bytes().to_vec())
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[test]
fn one_id_is_found_in_every_spelling() {
    let id = "018f2b6e-3c4d-7a5b-8c9d-0e1f2a3b4c5d".parse::<Id>().unwrap();
    let bytes = id.as_bytes().to_vec();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let encoded = credential::base64url::encode(&bytes);
    let inside = credential::base64url::encode(format!("{{\"registration\":\"{id}\"}}").as_bytes());
    let forms = [
        Value::Bytes(bytes.clone()),
        Value::Bytes([b"v1".to_vec(), bytes.clone(), vec![0; 4]].concat()),
        Value::Text(id.to_string()),
        Value::Text(format!("officer of /civil/births/{id}, twice")),
        Value::Text(format!("{{\"a\":[{{\"b\":\"urn:x:{hex}\"}}]}}")),
        Value::Text(encoded),
        Value::Text(format!("eyJh.{inside}.sig")),
    ];
    for form in forms {
        assert!(spellings(&form).contains(&Seen::Bytes(bytes.clone())), "{form:?}");
    }
    for short in ["2026-03-14", "KES", "2026-03-14T08:00:00.123456Z", "{\"n\":1773475200000000}"] {
        assert_eq!(spellings(&Value::Text(short.to_owned())), BTreeSet::new(), "{short}");
    }
}
