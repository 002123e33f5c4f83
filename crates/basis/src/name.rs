//! Names of persons, as the person writes them.

mod fold;
mod script;

pub use fold::fold;
pub use script::Script;

use serde::{Deserialize, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// The most characters (Unicode scalar values) a name or a part of one may have.
const MAX_CHARS: usize = 200;

/// The most variants a name may have; more is a mistake or an attack.
const MAX_VARIANTS: usize = 16;

/// A person's name: the full name as written, which may be one word, and what is known beyond that.
///
/// Nothing is derived from the full name: which word is the family name, and whether there is one, only the person knows.
/// Parts are trimmed and kept in Unicode normal form C; a blank part counts as absent. `Debug` shows nothing of it, so that
/// no log line does.
///
/// JSON form: `{"full":"Wanjiru Ng'ang'a","given":"Wanjiru","family":"Ng'ang'a","script":"Latn","variants":[...]}`, all but
/// `full` optional.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "PersonNameJson")]
pub struct PersonName {
    full: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    given: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    script: Option<Script>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variants: Vec<NameVariant>,
}

/// The same name written in a named script: `ሰላም` beside `Selam`.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "NameVariantJson")]
pub struct NameVariant {
    full: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    given: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<String>,
    script: Script,
}

/// Why this is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but white space.
    #[error("the full name is empty: write the name as the person writes it; one word is enough")]
    Empty,
    /// More than 200 characters.
    #[error("the name is too long: write at most {MAX_CHARS} characters")]
    TooLong,
    /// Line breaks and other control characters, and marks that turn the reading direction of what follows.
    #[error(
        "the name has a character that cannot be printed: remove line breaks, tabs and direction marks"
    )]
    Unprintable,
    /// Not the form of ISO 15924.
    #[error("not a script: write a code of ISO 15924, four letters such as Latn, Ethi or Arab")]
    Script,
    /// More than 16 variants.
    #[error("too many variants of the name: give at most {MAX_VARIANTS}")]
    TooManyVariants,
}

impl PersonName {
    /// A name known only in full.
    ///
    /// # Errors
    /// [`NameError::Empty`], [`NameError::TooLong`], [`NameError::Unprintable`].
    pub fn new(full: &str) -> Result<Self, NameError> {
        let full = required(full)?;
        Ok(Self { full, given: None, family: None, script: None, variants: Vec::new() })
    }

    /// The same name with the given part known; blank for none.
    ///
    /// # Errors
    /// [`NameError::TooLong`], [`NameError::Unprintable`].
    pub fn with_given(self, given: &str) -> Result<Self, NameError> {
        Ok(Self { given: part(given)?, ..self })
    }

    /// The same name with the family part known; blank for none.
    ///
    /// # Errors
    /// [`NameError::TooLong`], [`NameError::Unprintable`].
    pub fn with_family(self, family: &str) -> Result<Self, NameError> {
        Ok(Self { family: part(family)?, ..self })
    }

    /// The same name with its script known.
    #[must_use]
    pub fn with_script(self, script: Script) -> Self {
        Self { script: Some(script), ..self }
    }

    /// The same name with one more variant.
    ///
    /// # Errors
    /// [`NameError::TooManyVariants`] beyond 16.
    pub fn with_variant(mut self, variant: NameVariant) -> Result<Self, NameError> {
        self.variants.push(variant);
        check_count(&self.variants)?;
        Ok(self)
    }

    /// The full name as the person writes it.
    #[must_use]
    pub fn full(&self) -> &str {
        &self.full
    }

    /// The given part, if known.
    #[must_use]
    pub fn given(&self) -> Option<&str> {
        self.given.as_deref()
    }

    /// The family part, if there is one and it is known.
    #[must_use]
    pub fn family(&self) -> Option<&str> {
        self.family.as_deref()
    }

    /// The script of the full name, if known.
    #[must_use]
    pub const fn script(&self) -> Option<Script> {
        self.script
    }

    /// The same name in other scripts.
    #[must_use]
    pub fn variants(&self) -> &[NameVariant] {
        &self.variants
    }

    /// The full name as a search key: see [`fold`].
    #[must_use]
    pub fn folded_key(&self) -> String {
        fold(&self.full)
    }
}

impl NameVariant {
    /// The full name in `script`.
    ///
    /// # Errors
    /// [`NameError::Empty`], [`NameError::TooLong`], [`NameError::Unprintable`].
    pub fn new(full: &str, script: Script) -> Result<Self, NameError> {
        Ok(Self { full: required(full)?, given: None, family: None, script })
    }

    /// The same variant with the given part known; blank for none.
    ///
    /// # Errors
    /// [`NameError::TooLong`], [`NameError::Unprintable`].
    pub fn with_given(self, given: &str) -> Result<Self, NameError> {
        Ok(Self { given: part(given)?, ..self })
    }

    /// The same variant with the family part known; blank for none.
    ///
    /// # Errors
    /// [`NameError::TooLong`], [`NameError::Unprintable`].
    pub fn with_family(self, family: &str) -> Result<Self, NameError> {
        Ok(Self { family: part(family)?, ..self })
    }

    /// The full name in this script.
    #[must_use]
    pub fn full(&self) -> &str {
        &self.full
    }

    /// The given part, if known.
    #[must_use]
    pub fn given(&self) -> Option<&str> {
        self.given.as_deref()
    }

    /// The family part, if there is one and it is known.
    #[must_use]
    pub fn family(&self) -> Option<&str> {
        self.family.as_deref()
    }

    /// The script.
    #[must_use]
    pub const fn script(&self) -> Script {
        self.script
    }

    /// The full name as a search key: see [`fold`].
    #[must_use]
    pub fn folded_key(&self) -> String {
        fold(&self.full)
    }
}

fn required(text: &str) -> Result<String, NameError> {
    part(text)?.ok_or(NameError::Empty)
}

/// Trims, checks and normalises; none if blank.
fn part(text: &str) -> Result<Option<String>, NameError> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(None);
    }
    // Counted before normalising as well: no more work for a long text than for an allowed one.
    if trimmed.chars().nth(MAX_CHARS).is_some() {
        return Err(NameError::TooLong);
    }
    if trimmed.chars().any(is_unprintable) {
        return Err(NameError::Unprintable);
    }
    // A few characters become longer in normal form C.
    let normal: String = trimmed.nfc().collect();
    if normal.chars().nth(MAX_CHARS).is_some() {
        return Err(NameError::TooLong);
    }
    Ok(Some(normal))
}

/// Control characters, line separators, the byte order mark, and the marks that reverse or isolate the reading direction:
/// with those, one name can be made to look like another. Zero-width joiners stay, Persian and Indic names need them.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn check_count(variants: &[NameVariant]) -> Result<(), NameError> {
    if variants.len() > MAX_VARIANTS {
        return Err(NameError::TooManyVariants);
    }
    Ok(())
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(withheld)")
    }
}

impl fmt::Debug for NameVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NameVariant({}, withheld)", self.script)
    }
}

/// What a caller sent, before the checks.
#[derive(Deserialize)]
#[serde(rename = "PersonName")]
struct PersonNameJson {
    full: String,
    #[serde(default)]
    given: Option<String>,
    #[serde(default)]
    family: Option<String>,
    #[serde(default)]
    script: Option<Script>,
    #[serde(default)]
    variants: Vec<NameVariant>,
}

/// What a caller sent, before the checks.
#[derive(Deserialize)]
#[serde(rename = "NameVariant")]
struct NameVariantJson {
    full: String,
    #[serde(default)]
    given: Option<String>,
    #[serde(default)]
    family: Option<String>,
    script: Script,
}

impl TryFrom<PersonNameJson> for PersonName {
    type Error = NameError;

    fn try_from(json: PersonNameJson) -> Result<Self, NameError> {
        check_count(&json.variants)?;
        Ok(Self {
            full: required(&json.full)?,
            given: part(&json.given.unwrap_or_default())?,
            family: part(&json.family.unwrap_or_default())?,
            script: json.script,
            variants: json.variants,
        })
    }
}

impl TryFrom<NameVariantJson> for NameVariant {
    type Error = NameError;

    fn try_from(json: NameVariantJson) -> Result<Self, NameError> {
        Ok(Self {
            full: required(&json.full)?,
            given: part(&json.given.unwrap_or_default())?,
            family: part(&json.family.unwrap_or_default())?,
            script: json.script,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert, proptest};

    fn script(code: &str) -> Script {
        code.parse().unwrap()
    }

    #[test]
    fn one_word_is_a_name() {
        let name = PersonName::new("  Suharto ").unwrap();
        assert_eq!(name.full(), "Suharto");
        assert_eq!((name.given(), name.family(), name.script()), (None, None, None));
        assert!(name.variants().is_empty());
    }

    #[test]
    fn parts_are_kept_as_given_and_blank_ones_are_absent() {
        let name = PersonName::new("Wanjiru Ng'ang'a")
            .unwrap()
            .with_given(" Wanjiru ")
            .unwrap()
            .with_family("\u{3000}")
            .unwrap();
        assert_eq!((name.given(), name.family()), (Some("Wanjiru"), None));
        assert_eq!(name.with_given("").unwrap().given(), None);
    }

    #[test]
    fn an_empty_name_is_refused() {
        for text in ["", " ", "\u{00A0}\t\n"] {
            assert_eq!(PersonName::new(text), Err(NameError::Empty));
            assert_eq!(NameVariant::new(text, script("Latn")), Err(NameError::Empty));
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        let longest = "é".repeat(200);
        assert_eq!(PersonName::new(&longest).unwrap().full(), longest);
        assert_eq!(PersonName::new(&"é".repeat(201)), Err(NameError::TooLong));
        // U+0958 is written with two characters in normal form C.
        assert_eq!(PersonName::new(&"\u{0958}".repeat(101)), Err(NameError::TooLong));
        assert_eq!(
            PersonName::new("A").unwrap().with_given(&"a".repeat(201)),
            Err(NameError::TooLong)
        );
    }

    #[test]
    fn unprintable_characters_are_refused_and_joiners_are_not() {
        for text in [
            "a\nb",
            "a\tb",
            "a\0b",
            "a\u{7F}b",
            "a\u{85}b",
            "a\u{2028}b",
            "a\u{202E}b",
            "a\u{2066}b",
            "a\u{FEFF}b",
        ] {
            assert_eq!(PersonName::new(text), Err(NameError::Unprintable), "{text:?}");
            assert_eq!(
                PersonName::new("A").unwrap().with_family(text),
                Err(NameError::Unprintable),
                "{text:?}"
            );
        }
        assert!(PersonName::new("علی\u{200C}رضا").is_ok());
        assert!(PersonName::new("O'Brien-Łukasz Jr. 3").is_ok());
    }

    #[test]
    fn composed_and_decomposed_spellings_are_one_name() {
        assert_eq!(PersonName::new("Jose\u{301}").unwrap(), PersonName::new("José").unwrap());
    }

    #[test]
    fn the_key_is_the_folded_full_name() {
        assert_eq!(PersonName::new("Ada LOVELACE").unwrap().folded_key(), "ada lovelace");
        assert_eq!(NameVariant::new("АДА", script("Cyrl")).unwrap().folded_key(), "ада");
    }

    #[test]
    fn json_leaves_out_what_is_not_known() {
        let json = r#"{"full":"Suharto"}"#;
        let name: PersonName = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&name).unwrap(), json);
    }

    #[test]
    fn json_keeps_all_that_is_known() {
        let json = concat!(
            r#"{"full":"Selam Tesfaye","given":"Selam","family":"Tesfaye","script":"Latn","#,
            r#""variants":[{"full":"ሰላም ተስፋዬ","given":"ሰላም","family":"ተስፋዬ","script":"Ethi"}]}"#
        );
        let name: PersonName = serde_json::from_str(json).unwrap();
        let variant = NameVariant::new("ሰላም ተስፋዬ", script("Ethi"))
            .unwrap()
            .with_given("ሰላም")
            .unwrap()
            .with_family("ተስፋዬ")
            .unwrap();
        assert_eq!(
            (variant.given(), variant.family(), variant.script().code()),
            (Some("ሰላም"), Some("ተስፋዬ"), "Ethi")
        );
        let built = PersonName::new("Selam Tesfaye")
            .unwrap()
            .with_given("Selam")
            .unwrap()
            .with_family("Tesfaye")
            .unwrap();
        let built = built.with_script(script("Latn")).with_variant(variant).unwrap();
        assert_eq!(built.variants().len(), 1);
        assert!(name == built);
        assert_eq!(serde_json::to_string(&name).unwrap(), json);
    }

    #[test]
    fn json_is_checked_like_anything_else() {
        for (json, remedy) in [
            (r#"{"full":"  "}"#, "one word is enough"),
            (r#"{"given":"A"}"#, "missing field `full`"),
            (r#"{"full":"A","given":"b\nc"}"#, "remove line breaks"),
            (r#"{"full":"A","script":"Latin"}"#, "ISO 15924"),
            (r#"{"full":"A","variants":[{"full":"","script":"Latn"}]}"#, "one word is enough"),
            (r#"{"full":"A","variants":[{"full":"B"}]}"#, "missing field `script`"),
        ] {
            let error = serde_json::from_str::<PersonName>(json).unwrap_err().to_string();
            assert!(error.contains(remedy), "{error}");
        }
    }

    #[test]
    fn variants_are_counted_however_they_arrive() {
        let variant = NameVariant::new("B", script("Latn")).unwrap();
        let mut name = PersonName::new("A").unwrap();
        for _ in 0..16 {
            name = name.with_variant(variant.clone()).unwrap();
        }
        assert_eq!(name.with_variant(variant.clone()), Err(NameError::TooManyVariants));
        let json = serde_json::json!({"full": "A", "variants": vec![variant; 17]});
        let error = serde_json::from_value::<PersonName>(json).unwrap_err().to_string();
        assert!(error.contains("at most 16"), "{error}");
    }

    #[test]
    fn debug_shows_nothing_of_the_name() {
        let variant = NameVariant::new("Ada", script("Latn")).unwrap();
        let name = PersonName::new("Ada").unwrap().with_variant(variant.clone()).unwrap();
        assert_eq!(
            format!("{name:?} {variant:?}"),
            "PersonName(withheld) NameVariant(Latn, withheld)"
        );
    }

    proptest! {
        #[test]
        fn a_name_reads_back_from_its_json(full in "\\PC{1,40}", given in "\\PC{0,40}") {
            if let Ok(name) = PersonName::new(&full).and_then(|name| name.with_given(&given)) {
                let json = serde_json::to_string(&name).unwrap();
                prop_assert!(serde_json::from_str::<PersonName>(&json).unwrap() == name);
            }
        }
    }
}
