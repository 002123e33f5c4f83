//! JSON objects whose member names are unique at every depth.
//!
//! RFC 7515 section 4 and RFC 7519 section 4 let a parser either refuse duplicates or take the last one. Refusing is
//! the only choice under which two parsers can never read two different meanings from one signed text.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::JoseError;

/// Parses a JSON object (UTF-8, nothing after it).
pub(crate) fn object(bytes: &[u8]) -> Result<Map<String, Value>, JoseError> {
    const SYNTAX: JoseError = JoseError::Malformed("not a JSON object");
    let NamesUnique(unique) = serde_json::from_slice(bytes).map_err(|_| SYNTAX)?;
    if !unique {
        return Err(JoseError::DuplicateMember);
    }
    serde_json::from_slice(bytes).map_err(|_| SYNTAX)
}

/// Whether every object inside a JSON value has distinct member names.
struct NamesUnique(bool);

impl<'de> Deserialize<'de> for NamesUnique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NamesUniqueVisitor)
    }
}

struct NamesUniqueVisitor;

impl<'de> Visitor<'de> for NamesUniqueVisitor {
    type Value = NamesUnique;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<NamesUnique, E> {
        Ok(NamesUnique(true))
    }

    fn visit_i64<E>(self, _: i64) -> Result<NamesUnique, E> {
        Ok(NamesUnique(true))
    }

    fn visit_u64<E>(self, _: u64) -> Result<NamesUnique, E> {
        Ok(NamesUnique(true))
    }

    fn visit_f64<E>(self, _: f64) -> Result<NamesUnique, E> {
        Ok(NamesUnique(true))
    }

    fn visit_str<E>(self, _: &str) -> Result<NamesUnique, E> {
        Ok(NamesUnique(true))
    }

    fn visit_unit<E>(self) -> Result<NamesUnique, E> {
        Ok(NamesUnique(true))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<NamesUnique, A::Error> {
        let mut unique = true;
        while let Some(NamesUnique(inner)) = items.next_element()? {
            unique &= inner;
        }
        Ok(NamesUnique(unique))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<NamesUnique, A::Error> {
        let mut names = HashSet::new();
        let mut unique = true;
        while let Some(name) = members.next_key::<String>()? {
            unique &= names.insert(name);
            let NamesUnique(inner) = members.next_value()?;
            unique &= inner;
        }
        Ok(NamesUnique(unique))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_distinct_names() {
        let text = br#"{"a":1,"b":[{"a":-1.5},{"a":null}],"c":{"a":true,"b":"x"}}"#;
        assert_eq!(object(text).expect("valid").len(), 3);
    }

    #[test]
    fn refuses_duplicates_at_every_depth() {
        let cases = [
            r#"{"a":1,"a":1}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"{"a":[{"b":1,"b":2}]}"#,
            r#"{"a":1,"\u0061":2}"#,
        ];
        for text in cases {
            assert_eq!(object(text.as_bytes()), Err(JoseError::DuplicateMember), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_one_object() {
        for text in ["", "[]", "1", "{} {}", "{\"a\":}", "{\"a\":\"\u{1}\"}"] {
            assert!(matches!(object(text.as_bytes()), Err(JoseError::Malformed(_))), "{text}");
        }
        assert!(object(b"{\"a\":\"\xff\"}").is_err());
    }
}
