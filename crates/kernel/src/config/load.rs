//! Reading the file and the environment, and finding the word that was meant.

use super::{Config, DEFAULT};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Start of the environment variables that set a key.
const PREFIX: &str = "MSINGI__";

/// Why the configuration cannot be used. Each text names the key and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: {source}; check the path, or leave it out to use the defaults")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{place}: not TOML: {what}")]
    Syntax {
        /// File and line.
        place: String,
        /// What the parser expected.
        what: String,
    },
    /// A key that does not exist.
    #[error("{place}: unknown key `{key}`; {remedy}")]
    UnknownKey {
        /// The file, or the environment variable.
        place: String,
        /// The key with its section.
        key: String,
        /// The nearest known ones.
        remedy: String,
    },
    /// A value of the wrong type, or out of bounds.
    #[error("{place}: `{key}`: {what}")]
    Value {
        /// The file, or the environment variable.
        place: String,
        /// The key with its section.
        key: String,
        /// What is expected.
        what: String,
    },
    /// Keys that are fine by themselves and not together.
    #[error("`{key}`: {what}")]
    Refused {
        /// The key to change.
        key: &'static str,
        /// Why, and what to set.
        what: String,
    },
}

impl Config {
    /// The file at `path` (no path: the defaults) with the environment's overrides, checked by [`Config::validate`].
    ///
    /// # Errors
    /// The first thing that is wrong, with its key and remedy.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        Self::load_with(path, std::env::vars())
    }

    /// As [`Config::load`] with the environment handed in.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load_with(
        path: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table = Table::new();
        let mut place = "the environment".to_owned();
        if let Some(path) = path {
            let text = std::fs::read_to_string(path)
                .map_err(|source| ConfigError::File { path: path.to_owned(), source })?;
            place = path.display().to_string();
            table = parse(&place, &text)?;
            // Before the environment is laid over it, so that an error names the place it came from.
            read(&place, table.clone())?;
        }
        for (variable, text) in environment.filter(|(name, _)| name.starts_with(PREFIX)) {
            set(&mut table, &variable, &text)?;
            place = variable;
            read(&place, table.clone())?;
        }
        let config = read(&place, table)?;
        config.validate()?;
        Ok(config)
    }
}

fn parse(place: &str, text: &str) -> Result<Table, ConfigError> {
    text.parse::<Table>().map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let place = format!("{place} line {line}");
        ConfigError::Syntax { place, what: error.message().replace('\n', "; ") }
    })
}

fn read(place: &str, table: Table) -> Result<Config, ConfigError> {
    serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
        let path = error.path().to_string();
        let what = error.inner().message().to_owned();
        let place = place.to_owned();
        let Some(rest) = what.strip_prefix("unknown field `") else {
            return ConfigError::Value { place, key: path, what: in_words(what) };
        };
        let word = rest.split('`').next().unwrap_or_default();
        // The path ends with the unknown key itself, or with the section around it.
        let section = path.strip_suffix(word).unwrap_or(&path).trim_end_matches('.');
        let section = if section == "." { "" } else { section };
        let key = if section.is_empty() { word.to_owned() } else { format!("{section}.{word}") };
        ConfigError::UnknownKey { place, remedy: suggestion(section, word), key }
    })
}

/// What is expected, without the names that Rust has for it.
fn in_words(what: String) -> String {
    let Some((found, expected)) = what.rsplit_once(", expected ") else { return what };
    let expected = match expected {
        "usize" | "u16" | "u32" | "u64" | "i64" => "a whole number",
        "a boolean" => "true or false",
        other => other,
    };
    format!("{found}, expected {expected}")
}

/// What to write instead of an unknown key: the nearest one of its section, or where it belongs, or all there are.
fn suggestion(section: &str, word: &str) -> String {
    let known = known_keys();
    let here: Vec<&str> =
        known.iter().filter(|(s, _)| s == section).map(|(_, key)| key.as_str()).collect();
    let near = here.iter().min_by_key(|key| distance(key, word));
    if let Some(near) = near.filter(|key| distance(key, word) <= 1 + word.len() / 3) {
        return format!("did you mean `{near}`?");
    }
    if let Some((elsewhere, key)) = known.iter().find(|(_, key)| key == word) {
        let place = if elsewhere.is_empty() {
            "at the top".to_owned()
        } else {
            format!("in [{elsewhere}]")
        };
        return format!("`{key}` stands {place}");
    }
    format!("known here: {}", here.join(", "))
}

/// Every key as section and name, sections as keys of the top; read from the commented default, which names the optional
/// ones too.
fn known_keys() -> Vec<(String, String)> {
    let mut keys = Vec::new();
    let mut section = String::new();
    for line in DEFAULT.lines().map(|line| line.trim_start_matches("# ")) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.to_owned();
            keys.push((String::new(), section.clone()));
        } else if let Some((key, _)) = line.split_once(" = ").filter(|(key, _)| is_key(key)) {
            keys.push((section.clone(), key.to_owned()));
        }
    }
    keys
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

/// Sets the key that an environment variable names.
fn set(table: &mut Table, variable: &str, text: &str) -> Result<(), ConfigError> {
    let path = variable.trim_start_matches(PREFIX).to_ascii_lowercase();
    let (section, key) = path.split_once("__").unwrap_or(("", &path));
    if !known_keys().iter().any(|(s, k)| s == section && k == key) {
        let (place, remedy) = (variable.to_owned(), suggestion(section, key));
        return Err(ConfigError::UnknownKey { place, key: path.replace("__", "."), remedy });
    }
    let value = typed(section, key, text);
    if section.is_empty() {
        table.insert(key.to_owned(), value);
        return Ok(());
    }
    let sections = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
    let Value::Table(section) = sections else {
        let what = "is not a section in the file".to_owned();
        return Err(ConfigError::Value {
            place: variable.to_owned(),
            key: section.to_owned(),
            what,
        });
    };
    section.insert(key.to_owned(), value);
    Ok(())
}

/// The text as the type that the key's default has; text stays text, as do keys without a default.
fn typed(section: &str, key: &str, text: &str) -> Value {
    let defaults = Table::try_from(Config::default()).expect("the defaults are TOML");
    let holder = if section.is_empty() { Some(&defaults) } else { defaults[section].as_table() };
    let default = holder.and_then(|table| table.get(key));
    if default.is_none_or(Value::is_str) {
        return Value::String(text.to_owned());
    }
    // What does not parse stays text, and the reader then says which type it wants.
    format!("v = {text}")
        .parse::<Table>()
        .ok()
        .and_then(|mut parsed| parsed.remove("v"))
        .unwrap_or_else(|| Value::String(text.to_owned()))
}

/// Letters to insert, delete or replace (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let change = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
        let path = temporary();
        std::fs::write(&path, text).unwrap();
        let environment =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let outcome = Config::load_with(Some(&path), environment);
        std::fs::remove_file(&path).unwrap();
        outcome.map_err(|error| error.to_string().replace(&path.display().to_string(), "FILE"))
    }

    fn temporary() -> PathBuf {
        use std::sync::atomic::{AtomicU32, Ordering};
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        std::env::temp_dir().join(format!("msingi-config-{}-{number}.toml", std::process::id()))
    }

    #[test]
    fn the_commented_default_is_the_default_and_names_every_key() {
        assert_eq!(load(&Config::default_commented(), &[]).unwrap(), Config::default());
        assert_eq!(Config::load_with(None, std::iter::empty()).unwrap(), Config::default());
        let optional = [("installation", "issuer"), ("storage", "url")];
        let mut full = Config::default();
        full.installation.issuer = Some(String::new());
        full.storage.url = Some("".into());
        full.messaging.smtp_url = Some("".into());
        full.messaging.smtp_from = Some(String::new());
        full.listen.wire_url = Some(String::new());
        full.listen.metrics = Some(([127, 0, 0, 1], 9_090).into());
        let table = Table::try_from(full).unwrap();
        let mut keys = Vec::new();
        for (name, value) in &table {
            keys.push((String::new(), name.clone()));
            let section = value.as_table().into_iter().flat_map(Table::keys);
            keys.extend(section.map(|key| (name.clone(), key.clone())));
        }
        let mut known = known_keys();
        known.sort();
        keys.sort();
        assert_eq!(known, keys);
        for (section, key) in optional {
            assert!(known.contains(&(section.to_owned(), key.to_owned())));
        }
    }

    #[test]
    fn an_unknown_key_names_itself_and_the_nearest() {
        let cases = [
            (
                "[listen]\npublik = \"\"",
                "FILE: unknown key `listen.publik`; did you mean `public`?",
            ),
            ("[lisen]\n", "FILE: unknown key `lisen`; did you mean `listen`?"),
            (
                "[listen]\nengine = \"\"",
                "FILE: unknown key `listen.engine`; `engine` stands in [storage]",
            ),
            ("[log]\nxyz = 1", "FILE: unknown key `log.xyz`; known here: format, level"),
        ];
        for (text, expected) in cases {
            assert_eq!(load(text, &[]).unwrap_err(), expected);
        }
    }

    #[test]
    fn a_wrong_value_names_its_key() {
        let wrong = load("[limits]\nbody_bytes = \"many\"", &[]).unwrap_err();
        assert!(wrong.starts_with("FILE: `limits.body_bytes`: invalid type"), "{wrong}");
        assert!(wrong.ends_with("expected a whole number"), "{wrong}");
        let wrong = load("[installation]\nsandbox = 1", &[]).unwrap_err();
        assert!(wrong.ends_with("expected true or false"), "{wrong}");
        let wrong = load("[listen]\npublic = \"nowhere\"", &[]).unwrap_err();
        assert!(wrong.starts_with("FILE: `listen.public`: "), "{wrong}");
        let wrong = load("[storage]\nengine = \"oracle\"", &[]).unwrap_err();
        assert!(wrong.contains("`storage.engine`") && wrong.contains("`postgres`"), "{wrong}");
        let wrong = load("\n\n[listen", &[]).unwrap_err();
        assert!(wrong.starts_with("FILE line 3: not TOML: "), "{wrong}");
        let missing =
            Config::load_with(Some(Path::new("/nowhere/m.toml")), std::iter::empty()).unwrap_err();
        assert!(missing.to_string().starts_with("/nowhere/m.toml: "), "{missing}");
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let text = "[limits]\nbody_bytes = 1\n[log]\nlevel = \"warn\"";
        let config = load(
            text,
            &[
                ("MSINGI__LIMITS__BODY_BYTES", "2048"),
                ("MSINGI__LOG__LEVEL", "debug"),
                ("MSINGI__COUNTRY", "./my-country"),
                ("MSINGI__STORAGE__URL", "postgres://u:p@h/d"),
                ("MSINGI_PASSPHRASE", "not a key"),
            ],
        )
        .unwrap();
        assert_eq!((config.limits.body_bytes, config.log.level.as_str()), (2048, "debug"));
        assert_eq!(config.country, "./my-country");
        assert_eq!(config.storage.url.unwrap().reveal(), "postgres://u:p@h/d");
    }

    #[test]
    fn a_variable_for_text_stays_text() {
        let config = load("", &[("MSINGI__STORAGE__URL", "42")]).unwrap();
        assert_eq!(config.storage.url.unwrap().reveal(), "42");
    }

    #[test]
    fn a_wrong_variable_names_itself() {
        let wrong = load("", &[("MSINGI__LIMITS__BODY_BYTE", "1")]).unwrap_err();
        assert_eq!(
            wrong,
            "MSINGI__LIMITS__BODY_BYTE: unknown key `limits.body_byte`; did you mean `body_bytes`?"
        );
        let wrong = load("", &[("MSINGI__LIMITS__BODY_BYTES", "many")]).unwrap_err();
        assert!(wrong.starts_with("MSINGI__LIMITS__BODY_BYTES: `limits.body_bytes`: "), "{wrong}");
    }

    #[test]
    fn secrets_are_not_shown() {
        let config = load("[storage]\nurl = \"postgres://u:hidden@h/d\"", &[]).unwrap();
        assert!(!format!("{config:?}").contains("hidden"));
    }
}
