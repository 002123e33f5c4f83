//! Mandates: what a member may do, under which law, since and until when.

use std::collections::BTreeMap;

use basis::{Id, Timestamp};
use contracts::MemberId;

use super::grievance::Invalid;

/// Longest law, section or description, in characters.
const LENGTH_MAX: usize = 300;

/// Texts by language tag.
pub type Names = BTreeMap<String, String>;

/// A member's power to act, as published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    /// Identifier.
    pub id: Id,
    /// Whose it is.
    pub member: MemberId,
    /// The law.
    pub law: String,
    /// Its section; empty where the law as a whole is meant.
    pub section: String,
    /// What it allows, by language; may be empty.
    pub allows: Names,
    /// In force from.
    pub valid_from: Timestamp,
    /// In force until, not included.
    pub valid_until: Option<Timestamp>,
    /// When it was entered.
    pub published: Timestamp,
}

impl Mandate {
    /// True if it counts at this time.
    #[must_use]
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        now >= self.valid_from && self.valid_until.is_none_or(|until| now < until)
    }
}

/// Parts a reference as laws are quoted here: `Data Protection Act, s.12`.
#[must_use]
pub fn split_reference(reference: &str) -> (String, String) {
    match reference.rsplit_once(", ") {
        Some((law, section)) => (law.to_owned(), section.to_owned()),
        None => (reference.to_owned(), String::new()),
    }
}

/// Checks what is to be published.
///
/// # Errors
/// [`Invalid`].
pub fn check(mandate: &Mandate) -> Result<(), Invalid> {
    let fits =
        |text: &str| text.chars().count() <= LENGTH_MAX && !text.chars().any(char::is_control);
    let invalid = |field, remedy: &str| Err(Invalid { field, remedy: remedy.to_owned() });
    if mandate.law.trim().is_empty() || !fits(&mandate.law) {
        return invalid("law", "name the law in at most 300 characters");
    }
    if !fits(&mandate.section) {
        return invalid("section", "name the section in at most 300 characters");
    }
    let text = |(tag, text): (&String, &String)| {
        (2..=8).contains(&tag.len()) && !text.trim().is_empty() && fits(text)
    };
    if !mandate.allows.iter().all(text) {
        return invalid("allows", "send texts of 1 to 300 characters by language tag");
    }
    if mandate.valid_until.is_some_and(|until| until <= mandate.valid_from) {
        return invalid("valid_until", "send a time after valid_from");
    }
    Ok(())
}

/// The text in a language, else in English, else the first.
#[must_use]
pub fn in_language<'t>(names: &'t Names, language: &str) -> Option<&'t str> {
    let found = names.get(language).or_else(|| names.get("en")).or_else(|| names.values().next());
    found.map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_part_at_the_last_comma() {
        let parts = |text| split_reference(text);
        let pair = |law: &str, section: &str| (law.to_owned(), section.to_owned());
        assert_eq!(parts("Data Protection Act, s.12"), pair("Data Protection Act", "s.12"));
        assert_eq!(parts("Act of 2, 3 and 4, s.5"), pair("Act of 2, 3 and 4", "s.5"));
        assert_eq!(parts("Decree 7"), pair("Decree 7", ""));
    }

    #[test]
    fn a_mandate_counts_within_its_time() {
        let at = Timestamp::from_micros;
        let mandate = Mandate {
            id: Id::from_bytes([1; 16]),
            member: "TB/GOV/DPC".parse().expect("a member"),
            law: "Act".to_owned(),
            section: "s.1".to_owned(),
            allows: Names::new(),
            valid_from: at(10),
            valid_until: Some(at(20)),
            published: at(0),
        };
        for (now, good) in [(9, false), (10, true), (19, true), (20, false)] {
            assert_eq!(mandate.is_in_force(at(now)), good, "{now}");
        }
        assert!(check(&mandate).is_ok());
        let backwards = Mandate { valid_until: Some(at(10)), ..mandate.clone() };
        assert_eq!(check(&backwards).expect_err("refused").field, "valid_until");
        let nameless = Mandate { law: " ".to_owned(), ..mandate };
        assert_eq!(check(&nameless).expect_err("refused").field, "law");
    }
}
