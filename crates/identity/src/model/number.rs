//! The two numbers a person has: the UIN, secret and for life, and the VID, which is shown and can be
//! replaced. Both are random digits with a Verhoeff check digit and mean nothing; they differ in
//! length, so that what somebody typed says which of the two it is.

use basis::{Rng, verhoeff};
use std::fmt;

/// Digits of a UIN, check digit included.
pub const UIN_LENGTH: usize = 12;
/// Digits of a VID, check digit included.
pub const VID_LENGTH: usize = 16;

/// The unique identification number (GovStack Identity 6.2-10). Never answered by any service; a
/// person may type it to sign in.
#[derive(Clone, PartialEq, Eq)]
pub struct Uin(String);

/// The virtual identifier (GovStack Identity 6.2-11, 6.2-12): perpetual, revocable.
#[derive(Clone, PartialEq, Eq)]
pub struct Vid(String);

/// What a person types to say who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// The secret number.
    Uin(Uin),
    /// The number on the card.
    Vid(Vid),
}

impl Uin {
    /// Draws a number. Whether it is taken is for the store to say.
    #[must_use]
    pub fn draw(rng: &Rng) -> Self {
        Self(draw(rng, UIN_LENGTH))
    }

    /// The digits.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl Vid {
    /// Draws a number. Whether it is taken is for the store to say.
    #[must_use]
    pub fn draw(rng: &Rng) -> Self {
        Self(draw(rng, VID_LENGTH))
    }

    /// The VID that was typed, spaces and hyphens aside; nothing if its length or check digit is
    /// wrong.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        match Identifier::parse(typed) {
            Some(Identifier::Vid(vid)) => Some(vid),
            _ => None,
        }
    }

    /// The digits.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// The last four digits, to tell one card from another without showing the number.
    #[must_use]
    pub fn tail(&self) -> &str {
        &self.0[VID_LENGTH - 4..]
    }
}

impl Identifier {
    /// What was typed, spaces and hyphens aside; nothing if it is neither number or mistyped.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let digits: String = typed.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if !verhoeff::is_valid(&digits) {
            return None;
        }
        match digits.len() {
            UIN_LENGTH => Some(Self::Uin(Uin(digits))),
            VID_LENGTH => Some(Self::Vid(Vid(digits))),
            _ => None,
        }
    }
}

/// The first digit is never 0, so that no spreadsheet shortens a number.
fn draw(rng: &Rng, length: usize) -> String {
    loop {
        let digits = rng.digits(length - 1);
        if !digits.starts_with('0') {
            return verhoeff::append(&digits);
        }
    }
}

impl fmt::Debug for Uin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Uin(hidden)")
    }
}

impl fmt::Debug for Vid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vid(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_numbers_are_read_back_as_what_they_are() {
        let rng = Rng::seeded(1);
        for _ in 0..200 {
            let (uin, vid) = (Uin::draw(&rng), Vid::draw(&rng));
            assert_eq!(Identifier::parse(uin.digits()), Some(Identifier::Uin(uin.clone())));
            assert_eq!(Identifier::parse(vid.digits()), Some(Identifier::Vid(vid.clone())));
            assert!(!uin.digits().starts_with('0') && !vid.digits().starts_with('0'));
        }
    }

    #[test]
    fn spaces_and_hyphens_do_not_matter_and_typing_errors_do() {
        let vid = Vid::draw(&Rng::seeded(2));
        let spaced = format!(" {} {}-{} ", &vid.0[..4], &vid.0[4..8], &vid.0[8..]);
        assert_eq!(Vid::parse(&spaced), Some(vid.clone()));
        let last = vid.0.chars().last().unwrap();
        let wrong = if last == '9' { '0' } else { char::from(last as u8 + 1) };
        let mistyped = format!("{}{wrong}", &vid.0[..15]);
        for text in ["", "1", &vid.0[..15], &mistyped, "١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦"] {
            assert_eq!(Identifier::parse(text), None, "{text}");
        }
    }

    #[test]
    fn debug_hides_the_numbers() {
        let (uin, vid) = (Uin::draw(&Rng::seeded(3)), Vid::draw(&Rng::seeded(3)));
        let text = format!("{uin:?} {vid:?} {:?}", Identifier::Vid(vid.clone()));
        assert!(!text.contains(uin.digits()) && !text.contains(vid.digits()));
    }
}
