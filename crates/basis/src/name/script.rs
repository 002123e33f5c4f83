//! Scripts names are written in.

use super::NameError;
use crate::text;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A script by its code of ISO 15924: four letters, the first a capital, such as `Latn`, `Ethi`, `Arab`.
///
/// The form is checked, not the list: the registry grows every year, and a name must not wait for our next release.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Script([u8; 4]);

impl Script {
    /// The four letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a script holds ASCII letters only")
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Script {
    type Err = NameError;

    /// Reads any case, as BCP 47 does (RFC 5646 section 2.1.1).
    fn from_str(text: &str) -> Result<Self, NameError> {
        let mut code: [u8; 4] = text.as_bytes().try_into().map_err(|_| NameError::Script)?;
        if !code.iter().all(u8::is_ascii_alphabetic) {
            return Err(NameError::Script);
        }
        code.make_ascii_lowercase();
        code[0].make_ascii_uppercase();
        Ok(Self(code))
    }
}

impl Serialize for Script {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Script {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::deserialize(deserializer, "a script code of ISO 15924 as text, such as \"Latn\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(code: &str) -> Script {
        code.parse().unwrap()
    }

    #[test]
    fn scripts_are_four_letters() {
        assert_eq!(script("ETHI").code(), "Ethi");
        assert_eq!(script("latn").to_string(), "Latn");
        for text in ["", "Lat", "Latin", "La1n", "Łat", "La n"] {
            assert_eq!(text.parse::<Script>(), Err(NameError::Script), "{text}");
        }
    }
}
