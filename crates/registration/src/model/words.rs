//! Texts of a package in the languages of the country.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The language that others fall back to.
pub const ENGLISH: &str = "en";

/// One text by language tag. English is always there once a package was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Words(BTreeMap<String, String>);

impl Words {
    /// The text in `language`, or in English.
    pub fn say(&self, language: &str) -> &str {
        let found = self.0.get(language).or_else(|| self.0.get(ENGLISH));
        found.map(String::as_str).unwrap_or_default()
    }

    /// The text with its `{names}` filled in; `unknown` stands for what nobody knows yet.
    pub fn fill(
        &self,
        language: &str,
        figures: &BTreeMap<String, String>,
        unknown: &str,
    ) -> String {
        let mut filled = String::new();
        let mut rest = self.say(language);
        while let Some((before, name, after)) = next_place(rest) {
            filled.push_str(before);
            filled.push_str(figures.get(name).map_or(unknown, String::as_str));
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    /// Every `{name}` in any language.
    pub fn places(&self) -> BTreeSet<&str> {
        let mut places = BTreeSet::new();
        for text in self.0.values() {
            let mut rest = text.as_str();
            while let Some((_, name, after)) = next_place(rest) {
                places.insert(name);
                rest = after;
            }
        }
        places
    }

    /// True if there is an English text.
    pub fn has_english(&self) -> bool {
        self.0.get(ENGLISH).is_some_and(|text| !text.trim().is_empty())
    }
}

/// The text before the next `{name}`, the name, and the text after it.
fn next_place(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(pairs: &[(&str, &str)]) -> Words {
        let pairs = pairs.iter().map(|(tag, text)| ((*tag).to_owned(), (*text).to_owned()));
        Words(pairs.collect())
    }

    #[test]
    fn a_text_is_filled_in_the_language_or_in_english() {
        let text = words(&[("en", "{n} people, {who}"), ("sw", "Watu {n}")]);
        let figures = BTreeMap::from([("n".to_owned(), "4".to_owned())]);
        assert_eq!(text.fill("sw", &figures, "?"), "Watu 4");
        assert_eq!(text.fill("fr", &figures, "?"), "4 people, ?");
        assert_eq!(text.places(), BTreeSet::from(["n", "who"]));
    }

    #[test]
    fn a_figure_with_braces_is_not_filled_again() {
        let text = words(&[("en", "{a}")]);
        let figures = BTreeMap::from([("a".to_owned(), "{b}".to_owned())]);
        assert_eq!(text.fill("en", &figures, "?"), "{b}");
    }
}
