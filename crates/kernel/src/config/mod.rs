//! `msingi.toml`: what an operator decides about one installation.
//!
//! Every key has a default, an unknown key is an error that names the nearest known one, and no file at all is a sandbox
//! on the loopback interface with SQLite in `./data`. What a country decides lies in its country pack instead.

mod load;
mod validate;

use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

pub use load::ConfigError;

/// The default file, with a comment for every key. What `msingi config default` prints.
const DEFAULT: &str = include_str!("default.toml");

/// The whole file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Path of the country pack, or `demo`.
    pub country: String,
    /// What this installation is.
    pub installation: Installation,
    /// Where it listens.
    pub listen: Listen,
    /// Where it keeps its data.
    pub storage: Storage,
    /// What requests may take.
    pub limits: Limits,
    /// Who takes its e-mail.
    pub messaging: Messaging,
    /// How it logs.
    pub log: Log,
}

/// What this installation is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Installation {
    /// Name within the country: lower-case letters, digits, hyphens.
    pub name: String,
    /// Whether conveniences that protect nothing are allowed.
    pub sandbox: bool,
    /// Public base URL without a slash at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

/// Where the installation listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listen {
    /// For people, relying parties and officers.
    pub public: SocketAddr,
    /// For other installations, by mutual TLS.
    pub wire: SocketAddr,
    /// Where other installations reach the wire listener, if not under its own address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wire_url: Option<String>,
    /// For whoever collects metrics, in plain HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<SocketAddr>,
}

/// Where the installation keeps its data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Storage {
    /// The database engine.
    pub engine: Engine,
    /// Directory for keys, checkpoints and SQLite files.
    pub path: PathBuf,
    /// Where the PostgreSQL server is. Holds a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<SecretText>,
    /// How the names of schemas and roles begin, `<prefix>_<installation>_<block>`: 1 to 16
    /// lower-case letters, digits or underscores, a letter first.
    pub schema_prefix: String,
    /// SQLite page cache for all blocks together, in MiB.
    pub cache_mb: u32,
    /// PostgreSQL connections for each block.
    pub pg_pool: u32,
}

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// Embedded; one file a block.
    Sqlite,
    /// A server that speaks PostgreSQL's protocol; one schema and role a block.
    Postgres,
}

/// What requests may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Largest request body, in bytes.
    pub body_bytes: usize,
    /// Requests answered at the same time.
    pub concurrent_requests: usize,
    /// Connections open at the same time.
    pub connections: usize,
    /// Requests each client address may send in a second; 0 = no bound.
    pub requests_per_second: u32,
    /// Seconds a request may take.
    pub timeout_seconds: u64,
    /// Seconds for request headers and for a TLS handshake.
    pub header_seconds: u64,
    /// Seconds that running requests get to finish at shutdown.
    pub drain_seconds: u64,
}

/// Who takes the e-mail that the messaging block sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Messaging {
    /// The SMTP server. Holds a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_url: Option<SecretText>,
    /// The address that e-mail comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_from: Option<String>,
}

/// How the installation logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// For people or for machines.
    pub format: LogFormat,
    /// A level, or levels by module.
    pub level: String,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One readable line an event.
    Text,
    /// One JSON object an event.
    Json,
}

/// Text that is never shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// The text itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for SecretText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            country: "demo".to_owned(),
            installation: Installation::default(),
            listen: Listen::default(),
            storage: Storage::default(),
            limits: Limits::default(),
            messaging: Messaging::default(),
            log: Log::default(),
        }
    }
}

impl Default for Installation {
    fn default() -> Self {
        Self { name: "local".to_owned(), sandbox: true, issuer: None }
    }
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            public: ([127, 0, 0, 1], 8080).into(),
            wire: ([127, 0, 0, 1], 8443).into(),
            wire_url: None,
            metrics: None,
        }
    }
}

impl Default for Storage {
    fn default() -> Self {
        Self {
            engine: Engine::Sqlite,
            path: "./data".into(),
            url: None,
            schema_prefix: "msingi".to_owned(),
            cache_mb: 4,
            pg_pool: 4,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: crate::limits::BODY_BYTES_DEFAULT,
            concurrent_requests: 512,
            connections: 4096,
            requests_per_second: 0,
            timeout_seconds: 30,
            header_seconds: 30,
            drain_seconds: 20,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned() }
    }
}

impl Config {
    /// The default file with a comment for every key; reads back as [`Config::default`].
    #[must_use]
    pub fn default_commented() -> String {
        DEFAULT.to_owned()
    }

    /// The public base URL: the issuer if one is set, else the public listener's own address.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.installation.issuer.clone().unwrap_or_else(|| format!("http://{}", self.listen.public))
    }
}
