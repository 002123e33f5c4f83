//! What probes may ask: the operator's allow-list. Nothing outside of it is ever sent a request.
//!
//! ```toml
//! [[target]]
//! name = "portal"
//! component = "services"
//! url = "https://services.example.org"
//! probes = ["P-A11Y", "P-I18N", "P-TLS"]
//! pages = ["/", "/services"]                # what the probes of pages look at; "/" by default
//! official_languages = ["en", "fr"]         # without them languages get no level
//! requests_per_minute = 60                  # the default
//! token_env = "PORTAL_TOKEN"                # or token_file; the token itself never stands here
//! ```

use std::collections::BTreeSet;
use std::path::PathBuf;

use kernel::config::SecretText;
use reqwest::Url;
use serde::Deserialize;

use super::synthetic::{self, Synthetic};

/// What a target is. `any` stands for an installation that runs several components.
const COMPONENTS: [&str; 8] = [
    "identity",
    "exchange",
    "payments",
    "consent",
    "services",
    "transparency",
    "governance",
    "any",
];

/// More requests a minute than this are a load test, not a probe.
const REQUESTS_PER_MINUTE_MAX: u32 = 6_000;

/// The allow-list.
#[derive(Clone, Debug, Default)]
pub struct Targets(Vec<Target>);

/// One system that probes may ask.
#[derive(Clone, Debug)]
pub struct Target {
    /// Name in reports.
    pub name: String,
    /// What it is.
    pub component: String,
    /// Where it is; requests go to its host and port only.
    pub url: Url,
    /// Ids of the probes that may ask it.
    pub probes: BTreeSet<String>,
    /// Most requests a minute.
    pub requests_per_minute: u32,
    /// Whether probes may change something there, with synthetic persons.
    pub allow_writes: bool,
    /// Bearer token for what is not public.
    pub token: Option<SecretText>,
    /// Paths of pages for people that are looked at.
    pub pages: Vec<String>,
    /// Path of the page that lists the services.
    pub catalogue: Option<String>,
    /// Official languages, as tags.
    pub official_languages: Vec<String>,
    /// Other languages that many people speak, as tags.
    pub local_languages: Vec<String>,
    /// Whether the operator says that it is in production, and no pilot.
    pub in_production: bool,
    /// Synthetic persons and test institutions of the probes that act.
    pub synthetic: Synthetic,
}

/// What is wrong with the list.
#[derive(Debug, thiserror::Error)]
pub enum TargetsError {
    /// Not TOML, or a key that does not belong there.
    #[error("the list of targets cannot be read: {0}")]
    Syntax(String),
    /// One key of one target.
    #[error("target `{target}`: `{key}` {problem}")]
    Key {
        /// Its name.
        target: String,
        /// The key.
        key: &'static str,
        /// What is wrong and what helps.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "target", default)]
    targets: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    component: String,
    url: String,
    probes: BTreeSet<String>,
    #[serde(default = "one_a_second")]
    requests_per_minute: u32,
    #[serde(default)]
    allow_writes: bool,
    token_env: Option<String>,
    token_file: Option<PathBuf>,
    #[serde(default = "start_page")]
    pages: Vec<String>,
    catalogue: Option<String>,
    #[serde(default)]
    official_languages: Vec<String>,
    #[serde(default)]
    local_languages: Vec<String>,
    #[serde(default)]
    in_production: bool,
    synthetic: Option<synthetic::Entry>,
}

fn one_a_second() -> u32 {
    60
}

fn start_page() -> Vec<String> {
    vec!["/".to_owned()]
}

impl Targets {
    /// Reads a list. `variable` looks up environment variables; tokens stand there or in files, never in the list.
    ///
    /// # Errors
    /// [`TargetsError`] names the target, the key and the remedy.
    pub fn parse(
        text: &str,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, TargetsError> {
        let file: File =
            toml::from_str(text).map_err(|error| TargetsError::Syntax(error.to_string()))?;
        let mut all: Vec<Target> = Vec::new();
        for entry in file.targets {
            if all.iter().any(|other| other.name == entry.name) {
                return Err(wrong(&entry.name, "name", "is there twice: give each its own"));
            }
            all.push(target(entry, &variable)?);
        }
        Ok(Self(all))
    }

    /// All of them, in the order of the list.
    #[must_use]
    pub fn all(&self) -> &[Target] {
        &self.0
    }

    /// Those that `probe` may ask.
    pub fn of_probe(&self, probe: &str) -> impl Iterator<Item = &Target> {
        self.0.iter().filter(move |target| target.probes.contains(probe))
    }
}

fn target(
    mut entry: Entry,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Target, TargetsError> {
    let synthetic = entry.synthetic.take().map(|named| named.open(&variable)).transpose();
    let synthetic = synthetic.map_err(|(key, problem)| wrong(&entry.name, key, &problem))?;
    let refuse = |key, problem: &str| Err(wrong(&entry.name, key, problem));
    if entry.name.trim().is_empty() || entry.name.len() > 100 {
        return refuse("name", "has to be 1 to 100 characters long");
    }
    if entry.name.chars().any(char::is_control) {
        return refuse("name", "has to stand on one line");
    }
    if !COMPONENTS.contains(&entry.component.as_str()) {
        return refuse("component", &format!("has to be one of {}", COMPONENTS.join(", ")));
    }
    if !(1..=REQUESTS_PER_MINUTE_MAX).contains(&entry.requests_per_minute) {
        let range = format!("has to be 1 to {REQUESTS_PER_MINUTE_MAX}");
        return refuse("requests_per_minute", &range);
    }
    if !entry.pages.iter().all(|page| is_path(page)) {
        return refuse("pages", "has to hold paths such as \"/services\", without a host");
    }
    if entry.catalogue.as_deref().is_some_and(|path| !is_path(path)) {
        return refuse("catalogue", "has to be a path such as \"/services\", without a host");
    }
    let mut languages = entry.official_languages.iter().chain(&entry.local_languages);
    if !languages.all(|tag| is_language(tag)) {
        return refuse("official_languages", "and `local_languages` hold tags such as \"en\"");
    }
    let url = checked_url(&entry)?;
    let token = token(&entry, variable)?;
    Ok(Target {
        url,
        token,
        name: entry.name,
        component: entry.component,
        probes: entry.probes,
        requests_per_minute: entry.requests_per_minute,
        allow_writes: entry.allow_writes,
        pages: entry.pages,
        catalogue: entry.catalogue,
        official_languages: entry.official_languages,
        local_languages: entry.local_languages,
        in_production: entry.in_production,
        synthetic: synthetic.unwrap_or_default(),
    })
}

/// Only https, as others could read and change what a probe sees; or this very machine.
fn checked_url(entry: &Entry) -> Result<Url, TargetsError> {
    let refuse = |problem: &str| Err(wrong(&entry.name, "url", problem));
    let Ok(url) = Url::parse(&entry.url) else {
        return refuse("is no address: write https://host, with a port if it is not 443");
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
        return refuse("has to be https; http is for 127.0.0.1 and [::1] only");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("holds a user or password: name token_env or token_file instead");
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return refuse("has to end after host and port: probes know the paths");
    }
    Ok(url)
}

fn token(
    entry: &Entry,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<SecretText>, TargetsError> {
    let text = match (&entry.token_env, &entry.token_file) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            let problem = "stands beside `token_file`: keep one of them";
            return Err(wrong(&entry.name, "token_env", problem));
        }
        (Some(name), None) => variable(name).ok_or_else(|| {
            wrong(&entry.name, "token_env", &format!("names {name}, which is not set: export it"))
        })?,
        (None, Some(path)) => std::fs::read_to_string(path).map_err(|error| {
            let problem = format!("names {}, which cannot be read: {error}", path.display());
            wrong(&entry.name, "token_file", &problem)
        })?,
    };
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let key = if entry.token_env.is_some() { "token_env" } else { "token_file" };
        return Err(wrong(
            &entry.name,
            key,
            "leads to no token: put one line without spaces there",
        ));
    }
    Ok(Some(SecretText::from(text)))
}

/// Whether an address is of this very machine. A name would not do: who answers for it can change.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `//host/path` would be another host.
fn is_path(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains(['?', '#', '\\'])
}

fn is_language(tag: &str) -> bool {
    (2..=3).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn wrong(target: &str, key: &'static str, problem: &str) -> TargetsError {
    TargetsError::Key { target: target.to_owned(), key, problem: problem.to_owned() }
}
