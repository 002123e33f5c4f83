//! Putting the country up: in processes of its own, or inside this one for tests.

use super::processes::Processes;
use super::world::{Site, World};
use crate::boot::{self, BootError, Running, Selection};
use kernel::config::{Config, Engine, SecretText};
use std::path::{Path, PathBuf};

/// Seconds that an operator's token lives: long enough to explore.
const TOKEN_SECONDS: i64 = 8 * 3_600;

/// How the demo's schemas on a PostgreSQL server begin.
pub const SCHEMA_PREFIX: &str = "msingi_demo";

/// In how many processes the country runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Inside this very process, where a test can look at it.
    Inside,
    /// All institutions in one process, beside the village post.
    One,
    /// Three installations over mutual TLS, beside the village post.
    Three,
}

/// Where the country is put up.
#[derive(Clone, Debug)]
pub struct Where {
    /// Folder for keys and databases.
    pub directory: PathBuf,
    /// A PostgreSQL server to use instead of SQLite.
    pub postgres: Option<String>,
    /// Public port of the (first) installation; 0 for a free one.
    pub port: u16,
    /// In how many processes.
    pub layout: Layout,
    /// How the names of its schemas on a PostgreSQL server begin.
    pub schema_prefix: String,
    /// The country pack: `demo`, or a folder with a changed copy of it.
    pub country: String,
    /// What the processes run; this very program if none is given.
    pub program: Option<PathBuf>,
}

/// Why the country cannot be put up.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// In this process.
    #[error(transparent)]
    Boot(#[from] BootError),
    /// In a process of its own.
    #[error("{0}")]
    Process(String),
}

/// The country, running.
pub enum Stage {
    /// Inside this process.
    Inside(Box<Running>),
    /// In processes of its own.
    Apart(Processes),
}

impl Stage {
    /// Puts the country up.
    ///
    /// # Errors
    /// [`StageError`].
    pub async fn build(place: &Where) -> Result<Self, StageError> {
        if place.layout != Layout::Inside {
            return Ok(Self::Apart(Processes::start(place).await?));
        }
        let running = boot::start(&config(place, "local", 0)?, &Selection::default()).await?;
        Ok(Self::Inside(Box::new(running)))
    }

    /// How the driver reaches it.
    ///
    /// # Errors
    /// When a token cannot be signed.
    pub fn world(&self) -> Result<World, StageError> {
        match self {
            Self::Apart(processes) => Ok(processes.world()),
            Self::Inside(running) => {
                let base = format!("http://{}", running.public);
                let site = Site { base, operator: running.operator_token(TOKEN_SECONDS)? };
                Ok(World {
                    registrar: site.clone(),
                    frontline: site.clone(),
                    treasury: site,
                    post: None,
                    abroad: None,
                    witnessed: false,
                    hands: None,
                })
            }
        }
    }

    /// The configuration of each installation, to look at its databases.
    ///
    /// # Errors
    /// As [`Stage::build`].
    pub fn configs(&self, place: &Where) -> Result<Vec<Config>, StageError> {
        match self {
            Self::Apart(processes) => Ok(processes.configs()),
            Self::Inside(..) => Ok(vec![config(place, "local", 0)?]),
        }
    }

    /// Stops it and waits until all is on disk.
    pub async fn stop(self) {
        match self {
            Self::Inside(running) => running.stop().await,
            Self::Apart(processes) => processes.stop().await,
        }
    }
}

/// The configuration of one installation of the demo, listening on loopback.
///
/// # Errors
/// [`StageError::Boot`] for a URL that is none.
pub fn config(place: &Where, name: &str, wire_port: u16) -> Result<Config, StageError> {
    let mut config = Config { country: place.country.clone(), ..Config::default() };
    name.clone_into(&mut config.installation.name);
    config.listen.public.set_port(place.port);
    config.listen.wire.set_port(wire_port);
    config.storage.path.clone_from(&place.directory);
    config.storage.schema_prefix.clone_from(&place.schema_prefix);
    if let Some(url) = &place.postgres {
        config.storage.engine = Engine::Postgres;
        config.storage.url = Some(SecretText::from(url.as_str()));
    }
    Ok(config)
}

/// The country that `msingi demo` left running below `directory`, as whoever holds its keys reaches it.
///
/// # Errors
/// [`StageError::Process`] where no demo is there.
pub fn running(directory: &Path) -> Result<World, StageError> {
    let site = |name: &str| -> Result<Option<Site>, StageError> {
        let file = directory.join(name).join("msingi.toml");
        let wrong = |error: String| StageError::Process(format!("{}: {error}", file.display()));
        if !file.exists() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&file).map_err(|error| wrong(error.to_string()))?;
        let config: Config = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        let base = format!("http://{}", config.listen.public);
        Ok(Some(Site { base, operator: boot::operator(&config)?.token(TOKEN_SECONDS)? }))
    };
    let (one, registrar) = (site("local")?, site("registrar")?);
    let Some(hub) = one.or(registrar) else {
        let text = format!("no demo is in {}: start `msingi demo` first", directory.display());
        return Err(StageError::Process(text));
    };
    Ok(World {
        frontline: site("frontline")?.unwrap_or_else(|| hub.clone()),
        treasury: site("treasury")?.unwrap_or_else(|| hub.clone()),
        registrar: hub,
        post: None,
        abroad: None,
        hands: None,
        witnessed: false,
    })
}
