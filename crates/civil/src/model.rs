//! What a birth registration says, and what it may not say.

pub mod certificate;
pub mod conflict;
pub mod delegation;
pub mod held;
pub mod import;

pub use certificate::certificate_number;

use basis::{Id, PartialDate, PersonName, Timestamp};
use contracts::civil::{BirthRecord, Child};
use contracts::{CallContext, Pseudonym};
use serde::{Deserialize, Serialize};

/// A person's sex as registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Neither could be told.
    Indeterminate,
    /// Not stated.
    Unknown,
}

impl Sex {
    /// The sex with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [Self::Female, Self::Male, Self::Indeterminate, Self::Unknown];
        all.into_iter().find(|sex| sex.as_str() == word)
    }

    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
            Self::Indeterminate => "indeterminate",
            Self::Unknown => "unknown",
        }
    }
}

/// The part of a registration that is about persons; sealed as one piece.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The child's name.
    pub child: PersonName,
    /// The child's sex.
    pub sex: Sex,
    /// When the child was born.
    pub born: PartialDate,
    /// Code of the place of birth.
    pub place: String,
    /// The mother's name as declared.
    pub mother: Option<PersonName>,
    /// The mother in the registrar's sector, where she was identified at the desk.
    pub mother_pseudonym: Option<Pseudonym>,
    /// The number the mother showed at a post, which cannot ask who she is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mother_vid: Option<String>,
    /// Reference in the paper book that it was entered from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
}

impl Facts {
    /// What two registrations of one birth would have in common, as text for a keyed digest.
    #[must_use]
    pub fn likeness(&self) -> String {
        format!("{}\n{}\n{}", self.child.folded_key(), self.born, self.place)
    }
}

/// A registered birth.
#[derive(Clone, Debug, PartialEq)]
pub struct Birth {
    /// The registration.
    pub id: Id,
    /// Number on the certificate; see [`certificate_number`].
    pub number: String,
    /// What it says.
    pub facts: Facts,
    /// The child in the registrar's sector, once a person follows from the birth.
    pub subject: Option<Pseudonym>,
    /// From when it has effect.
    pub effective: Timestamp,
    /// When it was written.
    pub recorded: Timestamp,
}

impl Birth {
    /// Under whom a read is logged: the child, or the registration itself while nobody is linked.
    #[must_use]
    pub fn logged_under(&self) -> Pseudonym {
        self.subject.unwrap_or(Pseudonym(self.id))
    }

    /// As a child of its mother, cut to the fields of the agreement.
    #[must_use]
    pub fn child(&self, ctx: &CallContext) -> Child {
        let facts = &self.facts;
        Child {
            registration: self.id,
            child: ctx.allows_field("child").then(|| facts.child.clone()),
            born: ctx.allows_field("born").then_some(facts.born),
            sex: ctx.allows_field("sex").then(|| facts.sex.as_str().to_owned()),
        }
    }

    /// As other blocks see it.
    #[must_use]
    pub fn record(&self) -> BirthRecord {
        let facts = self.facts.clone();
        BirthRecord {
            registration: self.id,
            number: self.number.clone(),
            child: facts.child,
            sex: facts.sex.as_str().to_owned(),
            born: facts.born,
            place: facts.place,
            mother: facts.mother,
            mother_pseudonym: facts.mother_pseudonym,
            effective: self.effective,
            recorded: self.recorded,
        }
    }
}

/// The longest VID, in bytes; its form is the identity authority's business.
const VID_BYTES_MAX: usize = 64;

/// A field that cannot be registered as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The date lies ahead.
    #[error("the date of birth lies in the future: correct it")]
    BornInFuture,
    /// Not a number that anybody could have.
    #[error("1 to 64 characters, as on the mother's card")]
    MotherVid,
    /// Not a code of the place list.
    #[error("1 to 32 of A-Z, 0-9 and `-`, such as TB-03-114")]
    Place,
}

impl Invalid {
    /// The field it is about.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::BornInFuture => "born",
            Self::MotherVid => "mother_vid",
            Self::Place => "place",
        }
    }
}

/// Checks what types cannot.
///
/// # Errors
/// The first [`Invalid`] field.
pub fn check(facts: &Facts, now: Timestamp) -> Result<(), Invalid> {
    /// A day may have begun further east than UTC.
    const EAST_MINUTES: i16 = 14 * 60;
    let today = now.date_at(EAST_MINUTES);
    if today.surely_before(facts.born) {
        return Err(Invalid::BornInFuture);
    }
    let code = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
    if !(1..=32).contains(&facts.place.len()) || !facts.place.bytes().all(code) {
        return Err(Invalid::Place);
    }
    let vid = facts.mother_vid.as_deref();
    if vid.is_some_and(|vid| !(1..=VID_BYTES_MAX).contains(&vid.len())) {
        return Err(Invalid::MotherVid);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(born: &str, place: &str) -> Facts {
        Facts {
            child: PersonName::new("Neema").expect("a name"),
            sex: Sex::Female,
            born: born.parse().expect("a date"),
            place: place.to_owned(),
            mother: None,
            mother_pseudonym: None,
            mother_vid: None,
            entry: None,
        }
    }

    #[test]
    fn dates_and_places_are_checked() {
        let now: Timestamp = "2026-03-14T08:00:00Z".parse().expect("a time");
        let rows = [
            ("2026-03-14", "TB-03", Ok(())),
            ("2026-03", "TB-03", Ok(())),
            ("unknown", "TB-03", Ok(())),
            ("2026-03-16", "TB-03", Err(Invalid::BornInFuture)),
            ("2026-04", "TB-03", Err(Invalid::BornInFuture)),
            ("2027", "TB-03", Err(Invalid::BornInFuture)),
            ("2026", "", Err(Invalid::Place)),
            ("2026", "tb 03", Err(Invalid::Place)),
        ];
        for (born, place, expected) in rows {
            assert_eq!(check(&facts(born, place), now), expected, "{born} {place}");
        }
    }
}
