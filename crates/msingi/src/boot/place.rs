//! What an installation stands on: its keys, its databases, its clock.

use super::BootError;
use basis::{Clock, Rng};
use kernel::auth::OwnerMember;
use kernel::block::Ctx;
use kernel::config::{Config, Engine};
use kernel::db::{Db, Migration, PostgresPlace, Storage};
use kernel::fields::Fields;
use kernel::keys::{KeyStore, Passphrase};
use std::path::PathBuf;
use std::sync::Arc;

/// Blocks that share the page cache of the configuration.
const BLOCKS_ABOUT: u32 = 12;

/// Keys, storage, clock and chance of one installation.
pub struct Place {
    /// Where keys, checkpoints and SQLite files lie.
    pub directory: PathBuf,
    /// The key store.
    pub keys: Arc<KeyStore>,
    /// Where databases are opened.
    pub storage: Storage,
    /// The time.
    pub clock: Clock,
    /// Chance.
    pub rng: Rng,
    instance: Arc<str>,
    issuer: Arc<str>,
    sandbox: bool,
}

impl Place {
    /// Opens the key store; databases are opened one by one by [`Place::ctx`].
    ///
    /// # Errors
    /// A missing or wrong passphrase, a folder that cannot be written, PostgreSQL without a URL.
    pub fn open(config: &Config, instance: &str, issuer: &str) -> Result<Self, BootError> {
        let (clock, rng) = (Clock::system(), Rng::system());
        let sandbox = config.installation.sandbox;
        let directory = config.storage.path.clone();
        make_private(&directory).map_err(|error| {
            BootError::Folder(directory.display().to_string(), error.to_string())
        })?;
        let passphrase = Passphrase::from_environment(sandbox, |name| std::env::var(name).ok())?;
        let path = directory.join("keys.json");
        let keys = Arc::new(KeyStore::open(&path, &passphrase, clock.clone(), rng.clone())?);
        let storage = storage(config, &keys)?;
        Ok(Self {
            directory,
            keys,
            storage,
            clock,
            rng,
            instance: instance.into(),
            issuer: issuer.into(),
            sandbox,
        })
    }

    /// Opens a block's database and puts together what the block is built from.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub async fn ctx(
        &self,
        block: &str,
        migrations: &[Migration],
        owner: &str,
    ) -> Result<Ctx, BootError> {
        let (clock, rng) = (self.clock.clone(), self.rng.clone());
        let db = Db::open(&self.storage, block, migrations, clock.clone(), rng.clone())
            .await
            .map_err(|error| BootError::Database(block.to_owned(), error))?;
        Ok(Ctx {
            db,
            fields: Fields::new(block, self.keys.clone(), rng.clone()),
            clock,
            rng,
            keys: self.keys.clone(),
            instance: self.instance.clone(),
            owner: OwnerMember::new(owner),
            issuer: self.issuer.clone(),
            sandbox: self.sandbox,
        })
    }
}

/// A folder that only this user can look into.
fn make_private(directory: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::create_dir_all(directory)?;
    std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o700))
}

fn storage(config: &Config, keys: &KeyStore) -> Result<Storage, BootError> {
    if config.storage.engine == Engine::Sqlite {
        let cache_kib = config.storage.cache_mb * 1_024 / BLOCKS_ABOUT;
        return Ok(Storage::Sqlite { directory: config.storage.path.clone(), cache_kib });
    }
    let url = config.storage.url.as_ref().ok_or(BootError::NoPostgresUrl)?;
    let (_, secret) = keys.secret("postgres:roles")?;
    Ok(Storage::Postgres(PostgresPlace {
        url: url.reveal().to_owned(),
        installation: format!("{}_{}", config.storage.schema_prefix, config.installation.name),
        secret: *secret,
        pool: config.storage.pg_pool as usize,
    }))
}
