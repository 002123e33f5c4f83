//! How a path names an object.

use basis::Id;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest code, in characters: GovStack's suite tells ids from junk by `[0-9a-f]{1,24}`.
const LONGEST_CODE: usize = 24;

/// A short public name of a policy or agreement: 1 to 24 of `0-9a-f`, never reused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(String);

/// How a caller names a policy or an agreement: by id or by code. A code is never 36 characters
/// long, so the two cannot be mistaken for each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// The object's id.
    Id(Id),
    /// The object's code.
    Code(Code),
}

/// The text can name nothing here. Unlike a reference nobody carries (404), this is the caller's
/// mistake (400).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a reference: write an id (UUID) or a code of 1 to 24 characters 0-9 and a-f")]
pub struct BadReference;

impl Code {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Code {
    type Error = BadReference;

    fn try_from(text: String) -> Result<Self, BadReference> {
        let allowed = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if !(1..=LONGEST_CODE).contains(&text.len()) || !text.bytes().all(allowed) {
            return Err(BadReference);
        }
        Ok(Self(text))
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Reference {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        Code::try_from(text.to_owned()).map(Self::Code)
    }
}

impl From<Id> for Reference {
    fn from(id: Id) -> Self {
        Self::Id(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_codes_are_told_apart_from_junk() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(id.parse(), Ok(Reference::Id(id.parse().unwrap())));
        for code in ["1", "0af", "abcdef0123456789abcdef01"] {
            assert_eq!(code.parse(), Ok(Reference::Code(Code(code.to_owned()))), "{code}");
        }
        for junk in ["", "invalid_id", "123!@#", "ABC", "g", "é", "abcdef0123456789abcdef012", " 1"]
        {
            assert_eq!(junk.parse::<Reference>(), Err(BadReference), "{junk}");
        }
    }
}
