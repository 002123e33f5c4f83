//! Registers: what they are called, whom they are about, who answers for them.

use super::check::{self, Invalid};
use basis::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// The longest code, in characters.
const CODE_CHARS_MAX: usize = 63;

/// Code of a register: `residents`. Starts with a letter; lower-case letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RegisterCode(String);

/// The text is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write the code as 1 to 63 of a-z 0-9 -, beginning with a letter")]
pub struct BadCode;

impl RegisterCode {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RegisterCode {
    type Error = BadCode;

    fn try_from(text: String) -> Result<Self, BadCode> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let starts = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        if !starts || text.len() > CODE_CHARS_MAX || !text.bytes().all(allowed) {
            return Err(BadCode);
        }
        Ok(Self(text))
    }
}

impl FromStr for RegisterCode {
    type Err = BadCode;

    fn from_str(text: &str) -> Result<Self, BadCode> {
        text.to_owned().try_into()
    }
}

impl From<RegisterCode> for String {
    fn from(code: RegisterCode) -> Self {
        code.0
    }
}

impl fmt::Display for RegisterCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the records of a register are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Persons, each with one record under their pseudonym.
    Person,
    /// Anything else: clinics, vehicles, plots. Holds no personal field.
    Thing,
}

impl About {
    /// The stable name, the same in JSON and in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Thing => "thing",
        }
    }
}

/// A register's name in the languages of the pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// English.
    #[schema(example = "Register of residents")]
    pub en: String,
    /// French.
    #[schema(example = "Registre des habitants")]
    pub fr: String,
    /// Swahili.
    #[schema(example = "Daftari la wakazi")]
    pub sw: String,
}

/// A register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// Its code, for good.
    pub code: RegisterCode,
    /// What its records are about, for good.
    pub about: About,
    /// What it is called.
    pub names: Names,
    /// The office that answers for it.
    pub owner: String,
    /// The schema version that writes must follow; none while there is a draft only.
    pub published: Option<i64>,
    /// Since when it exists.
    pub created: Timestamp,
}

impl Register {
    /// A register without a published schema.
    ///
    /// # Errors
    /// [`Invalid`], naming the text that cannot be used.
    pub fn new(
        code: RegisterCode,
        about: About,
        names: Names,
        owner: String,
        now: Timestamp,
    ) -> Result<Self, Invalid> {
        check::name("names.en", &names.en)?;
        check::name("names.fr", &names.fr)?;
        check::name("names.sw", &names.sw)?;
        check::name("owner", &owner)?;
        Ok(Self { code, about, names, owner, published: None, created: now })
    }

    /// The version that a draft has: the one after the published one.
    #[must_use]
    pub fn draft_version(&self) -> i64 {
        self.published.unwrap_or(0) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_short_and_lower_case() {
        for good in ["residents", "r", "health-facilities-2", &"a".repeat(63)] {
            assert_eq!(good.parse::<RegisterCode>().map(String::from), Ok(good.to_owned()));
        }
        for bad in ["", "Residents", "2nd", "-a", "a_b", "a/b", "é", &"a".repeat(64)] {
            assert_eq!(bad.parse::<RegisterCode>(), Err(BadCode), "{bad}");
        }
    }

    #[test]
    fn a_register_has_a_name_in_each_language() {
        let names = |en: &str, fr: &str, sw: &str| Names {
            en: en.to_owned(),
            fr: fr.to_owned(),
            sw: sw.to_owned(),
        };
        let make = |names, owner: &str| {
            let code = "residents".parse().unwrap();
            Register::new(code, About::Person, names, owner.to_owned(), Timestamp::EPOCH)
        };
        assert_eq!(make(names("A", "B", "C"), "Registry office").unwrap().draft_version(), 1);
        assert_eq!(make(names("", "B", "C"), "x").unwrap_err().field, "names.en");
        assert_eq!(make(names("A", " ", "C"), "x").unwrap_err().field, "names.fr");
        assert_eq!(make(names("A", "B", "\n"), "x").unwrap_err().field, "names.sw");
        assert_eq!(make(names("A", "B", "C"), "").unwrap_err().field, "owner");
    }
}
