//! Fixed texts of the reports. What the instrument and the plan say comes translated with them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Languages the reports' fixed texts exist in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    French,
}

impl Language {
    /// Every language, English first.
    pub const ALL: [Self; 2] = [Self::English, Self::French];

    /// `en`, `fr`
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// The language of a code; none for one without texts.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}

/// One language's texts, by `group.name`.
#[derive(Debug)]
pub struct Texts(BTreeMap<String, String>);

static ENGLISH: LazyLock<Texts> = LazyLock::new(|| Texts::parse(include_str!("texts/en.toml")));
static FRENCH: LazyLock<Texts> = LazyLock::new(|| Texts::parse(include_str!("texts/fr.toml")));

impl Texts {
    /// The texts of a language.
    #[must_use]
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::French => &FRENCH,
        }
    }

    /// A text; the key itself where there is none, so that a reader sees what is missing.
    #[must_use]
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.0.get(key).map_or(key, String::as_str)
    }

    /// Every key, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn parse(file: &str) -> Self {
        let groups: BTreeMap<String, BTreeMap<String, String>> =
            toml::from_str(file).expect("the texts are part of the program");
        let mut texts = BTreeMap::new();
        for (group, entries) in groups {
            for (name, text) in entries {
                texts.insert(format!("{group}.{name}"), text);
            }
        }
        Self(texts)
    }
}
