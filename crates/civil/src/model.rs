//! What a birth registration says, and what it may not say.

use basis::{Id, PartialDate, PersonName, Rng, Timestamp, verhoeff};
use contracts::Pseudonym;
use contracts::civil::BirthRecord;
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

/// A field that cannot be registered as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The date lies ahead.
    #[error("the date of birth lies in the future: correct it")]
    BornInFuture,
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
    Ok(())
}

/// A certificate number: the year of registration, eleven random digits and a Verhoeff check digit,
/// `2026-381920471224`. Random, so that it can be given out anywhere and tells nothing of the order.
#[must_use]
pub fn certificate_number(now: Timestamp, rng: &Rng) -> String {
    let digits = verhoeff::append(&rng.digits(11));
    let year: String = now.to_rfc3339().chars().take(4).collect();
    format!("{year}-{digits}")
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

    #[test]
    fn certificate_numbers_carry_year_and_check_digit() {
        let now: Timestamp = "2026-03-14T08:00:00Z".parse().expect("a time");
        let number = certificate_number(now, &Rng::seeded(1));
        let (year, digits) = number.split_once('-').expect("two parts");
        assert_eq!((year, digits.len()), ("2026", 12));
        assert!(verhoeff::is_valid(digits));
    }
}
