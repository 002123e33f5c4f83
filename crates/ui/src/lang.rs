//! Languages: the tag, and choosing one for a visitor.

use std::fmt;

/// A language by its ISO 639 code of two or three letters, lower-case (`en`, `sw`, `luo`).
///
/// Which languages there are is data (a text catalogue each), so this is no enum. Regions (`pt-BR`) are dropped: a
/// catalogue serves all who read the language.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lang([u8; 3]);

/// `Accept-Language` lists longer than this are read only so far; nobody reads more languages.
const PREFERENCES_MAX: usize = 16;

impl Lang {
    /// English, the language the others fall back to.
    pub const EN: Self = Self(*b"en\0");
    /// French.
    pub const FR: Self = Self(*b"fr\0");
    /// Swahili.
    pub const SW: Self = Self(*b"sw\0");

    /// The primary subtag of a BCP 47 language tag (RFC 5646 section 2.2.1), or nothing if it is not 2 or 3 letters.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default().as_bytes();
        if !matches!(primary.len(), 2 | 3) || !primary.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        let mut code = [0; 3];
        for (place, letter) in code.iter_mut().zip(primary) {
            *place = letter.to_ascii_lowercase();
        }
        Some(Self(code))
    }

    /// The code, such as `sw`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        std::str::from_utf8(&self.0[..length]).expect("only ASCII letters get in")
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The languages of an `Accept-Language` header, best first (RFC 9110 section 12.5.4). What cannot be read is left out; a
/// header from the outside never makes a page fail.
#[must_use]
pub fn accepted(header: &str) -> Vec<Lang> {
    let mut weighed: Vec<(u16, Lang)> = header
        .split(',')
        .take(PREFERENCES_MAX)
        .filter_map(weigh)
        .filter(|(weight, _)| *weight > 0)
        .collect();
    weighed.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    weighed.into_iter().map(|(_, lang)| lang).collect()
}

fn weigh(item: &str) -> Option<(u16, Lang)> {
    let mut parts = item.split(';');
    let lang = Lang::parse(parts.next()?)?;
    let quality = parts.find_map(|part| part.trim().strip_prefix("q="));
    Some((quality.map_or(Some(1000), thousandths)?, lang))
}

/// `0.8` as 800; RFC 9110 allows three decimals.
fn thousandths(quality: &str) -> Option<u16> {
    let (whole, fraction) = quality.trim().split_once('.').unwrap_or((quality.trim(), ""));
    if fraction.len() > 3 {
        return None;
    }
    let value: u16 = whole.parse::<u16>().ok()?.checked_mul(1000)?;
    let digits: u16 = format!("{fraction:0<3}").parse().ok()?;
    value.checked_add(digits).filter(|total| *total <= 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        assert_eq!(Lang::parse("sw-KE"), Some(Lang::SW));
        assert_eq!(Lang::parse(" FR "), Some(Lang::FR));
        assert_eq!(Lang::parse("luo").map(|lang| lang.to_string()).as_deref(), Some("luo"));
        for wrong in ["", "e", "engl", "1a", "*", "../"] {
            assert_eq!(Lang::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn accept_language() {
        let check =
            |header: &str, expected: &[Lang]| assert_eq!(accepted(header), expected, "{header}");
        check("", &[]);
        check("fr", &[Lang::FR]);
        check("en;q=0.5, sw, fr;q=0.75", &[Lang::SW, Lang::FR, Lang::EN]);
        check("fr-CA,fr;q=0.9", &[Lang::FR, Lang::FR]);
        check("en;q=0, fr", &[Lang::FR]);
        check("*;q=0.1, sw;q=0.2", &[Lang::SW]);
        check("en;q=banana, fr;q=2, sw;q=0.5", &[Lang::SW]);
        check("en;q=0.1234, sw;q=1.000", &[Lang::SW]);
    }
}
