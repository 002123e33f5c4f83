//! The text catalogues: one TOML file a language and crate, flattened to dotted keys.

use crate::Lang;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Why a catalogue cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// The file is no TOML.
    #[error("the {lang} texts are not valid TOML: {source}")]
    Syntax {
        /// The language of the file.
        lang: Lang,
        /// What the parser says, with line and column.
        source: Box<toml::de::Error>,
    },
    /// A value that is neither a text nor a table.
    #[error("the {lang} texts: `{key}` is not a text; put it in quotes")]
    NotText {
        /// The language of the file.
        lang: Lang,
        /// The dotted key.
        key: String,
    },
}

/// All texts of a [`crate::Ui`], by language and key. A key missing in a language is taken from English; one missing there
/// too shows as the key itself, is remembered once and found by [`crate::Ui::check`].
#[derive(Debug, Default)]
pub struct Texts {
    by_lang: BTreeMap<Lang, BTreeMap<Arc<str>, Arc<str>>>,
    flaws: Mutex<BTreeSet<String>>,
}

impl Texts {
    /// The texts of `base`, without a copy of each, to add others to.
    #[must_use]
    pub fn extending(base: &Self) -> Self {
        Self { by_lang: base.by_lang.clone(), flaws: Mutex::default() }
    }

    /// Adds a catalogue; a key that is there already is replaced, which is how a country pack rewords.
    ///
    /// # Errors
    /// [`TextsError`] if the file is no TOML or holds anything but texts.
    pub fn add(&mut self, lang: Lang, catalogue: &str) -> Result<(), TextsError> {
        let table: toml::Table = catalogue
            .parse()
            .map_err(|source| TextsError::Syntax { lang, source: Box::new(source) })?;
        let texts = self.by_lang.entry(lang).or_default();
        flatten(lang, "", &table, texts)
    }

    /// The languages there are, English first, then by code.
    #[must_use]
    pub fn languages(&self) -> Vec<Lang> {
        let others = self.by_lang.keys().copied().filter(|lang| *lang != Lang::EN);
        std::iter::once(Lang::EN).chain(others).collect()
    }

    /// The text as written, in `lang` or else in English.
    #[must_use]
    pub fn find(&self, lang: Lang, key: &str) -> Option<&str> {
        let of =
            |lang| self.by_lang.get(&lang).and_then(|texts| texts.get(key)).map(|text| &**text);
        of(lang).or_else(|| of(Lang::EN))
    }

    /// The text with its `{names}` filled in. With an argument `n` the plural form is taken where there are forms.
    #[must_use]
    pub fn say(&self, lang: Lang, key: &str, args: &[(&str, String)]) -> String {
        let plural =
            args.iter().find(|(name, _)| *name == "n").map(|(_, n)| self.plural_key(lang, key, n));
        let found = plural.and_then(|key| self.find(lang, &key)).or_else(|| self.find(lang, key));
        let Some(text) = found else {
            self.remember_flaw(format!("no text `{key}`"));
            return key.to_owned();
        };
        let filled = fill(text, args);
        if let Some(name) = filled.missing {
            self.remember_flaw(format!(
                "`{key}` in {lang} wants `{name}`, which the page does not give"
            ));
        }
        filled.text
    }

    /// Keys that are not in every language, and texts whose `{names}` differ from the English ones. Empty when all is well.
    #[must_use]
    pub fn gaps(&self) -> Vec<String> {
        let empty = BTreeMap::new();
        let english = self.by_lang.get(&Lang::EN).unwrap_or(&empty);
        let mut gaps = Vec::new();
        for (lang, texts) in &self.by_lang {
            let missing = english.keys().filter(|key| !texts.contains_key(*key));
            gaps.extend(missing.map(|key| format!("{lang}: `{key}` is missing")));
            let unknown = texts.keys().filter(|key| !english.contains_key(*key));
            gaps.extend(unknown.map(|key| format!("{lang}: `{key}` is not in English")));
            let differing = english.iter().filter(|(key, text)| {
                texts.get(*key).is_some_and(|other| names(other) != names(text))
            });
            gaps.extend(
                differing
                    .map(|(key, _)| format!("{lang}: `{key}` has other {{names}} than in English")),
            );
        }
        gaps
    }

    /// What has been asked for in vain so far.
    #[must_use]
    pub fn flaws(&self) -> Vec<String> {
        self.flaws.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn remember_flaw(&self, flaw: String) {
        let mut flaws = self.flaws.lock().unwrap_or_else(PoisonError::into_inner);
        if flaws.contains(&flaw) {
            return;
        }
        tracing::warn!("A page asks for a text that is not there: {flaw}");
        flaws.insert(flaw);
    }

    fn plural_key(&self, lang: Lang, key: &str, n: &str) -> String {
        let ones = self.find(lang, "plural.one").unwrap_or("1");
        let form = if ones.split(' ').any(|one| one == n) { "one" } else { "other" };
        format!("{key}.{form}")
    }
}

fn flatten(
    lang: Lang,
    prefix: &str,
    table: &toml::Table,
    into: &mut BTreeMap<Arc<str>, Arc<str>>,
) -> Result<(), TextsError> {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) => flatten(lang, &key, inner, into)?,
            toml::Value::String(text) => {
                into.insert(key.into(), text.as_str().into());
            }
            _ => return Err(TextsError::NotText { lang, key }),
        }
    }
    Ok(())
}

struct Filled {
    text: String,
    missing: Option<String>,
}

/// Replaces each `{name}`; one that is not given stays as it is and is reported. Values are not searched again, so a value
/// with braces cannot pull in another.
fn fill(text: &str, args: &[(&str, String)]) -> Filled {
    let mut filled = Filled { text: String::with_capacity(text.len()), missing: None };
    let mut rest = text;
    while let Some((before, name, after)) = next_name(rest) {
        filled.text.push_str(before);
        match args.iter().find(|(given, _)| *given == name) {
            Some((_, value)) => filled.text.push_str(value),
            None => {
                filled.text.push_str(&format!("{{{name}}}"));
                filled.missing = Some(name.to_owned());
            }
        }
        rest = after;
    }
    filled.text.push_str(rest);
    filled
}

fn next_name(text: &str) -> Option<(&str, &str, &str)> {
    let (before, from_name) = text.split_once('{')?;
    let (name, after) = from_name.split_once('}')?;
    Some((before, name, after))
}

fn names(text: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let mut rest = text;
    while let Some((_, name, after)) = next_name(rest) {
        names.insert(name);
        rest = after;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Texts {
        let mut texts = Texts::default();
        let english = "hello = \"Hello, {name}\"\n[plural]\none = \"1\"\n[day]\none = \"{n} day\"\nother = \"{n} days\"\nonly = \"here\"";
        let french = "hello = \"Bonjour {name}\"\n[plural]\none = \"0 1\"\n[day]\none = \"{n} jour\"\nother = \"{n} jours\"";
        texts.add(Lang::EN, english).unwrap();
        texts.add(Lang::FR, french).unwrap();
        texts
    }

    #[test]
    fn says_in_the_language_or_in_english() {
        let texts = texts();
        let asha = [("name", "Asha {n}".to_owned())];
        assert_eq!(texts.say(Lang::FR, "hello", &asha), "Bonjour Asha {n}");
        assert_eq!(texts.say(Lang::SW, "hello", &asha), "Hello, Asha {n}");
        assert_eq!(texts.say(Lang::FR, "day.only", &[]), "here");
        assert!(texts.flaws().is_empty());
    }

    #[test]
    fn plural_forms_follow_the_language() {
        let texts = texts();
        let days = |lang, n: u32| texts.say(lang, "day", &[("n", n.to_string())]);
        assert_eq!(
            [days(Lang::EN, 0), days(Lang::EN, 1), days(Lang::EN, 21)],
            ["0 days", "1 day", "21 days"]
        );
        assert_eq!(
            [days(Lang::FR, 0), days(Lang::FR, 1), days(Lang::FR, 2)],
            ["0 jour", "1 jour", "2 jours"]
        );
    }

    #[test]
    fn flaws_are_shown_and_remembered_once() {
        let texts = texts();
        assert_eq!(texts.say(Lang::EN, "nowhere", &[]), "nowhere");
        assert_eq!(texts.say(Lang::EN, "nowhere", &[]), "nowhere");
        assert_eq!(texts.say(Lang::EN, "hello", &[]), "Hello, {name}");
        assert_eq!(texts.flaws().len(), 2, "{:?}", texts.flaws());
    }

    #[test]
    fn gaps_are_named() {
        let mut texts = texts();
        assert_eq!(texts.gaps(), ["fr: `day.only` is missing"]);
        texts
            .add(Lang::FR, "extra = \"x\"\nhello = \"Bonjour {nom}\"\n[day]\nonly = \"ici\"")
            .unwrap();
        assert_eq!(
            texts.gaps(),
            ["fr: `extra` is not in English", "fr: `hello` has other {names} than in English"]
        );
    }

    #[test]
    fn bad_catalogues_name_the_place() {
        let mut texts = Texts::default();
        assert!(texts.add(Lang::FR, "a = ").unwrap_err().to_string().contains("line 1"));
        assert!(texts.add(Lang::FR, "[a]\nb = 1").unwrap_err().to_string().contains("`a.b`"));
    }
}
