//! PostgreSQL: a schema and a login role for each block, so that no block can reach another's rows.

use super::error::DbError;
use super::postgres::{chain, from_driver};
use aws_lc_rs::hmac;
use std::fmt::Write as _;
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, NoTls};

/// A place on a PostgreSQL-wire server.
#[derive(Clone)]
pub struct PostgresPlace {
    /// URL of a role that may create roles and schemas.
    pub url: String,
    /// Prefix and installation name; roles and schemas are called `<installation>_<block>`.
    pub installation: String,
    /// Passwords of the roles are derived from it (HMAC-SHA-256), so none is stored.
    pub secret: [u8; 32],
    /// Connections per block at the most.
    pub pool: usize,
}

impl PostgresPlace {
    /// Creates role and schema if they are missing; answers how the block logs in.
    pub(super) async fn provision(&self, block: &str) -> Result<Config, DbError> {
        let mut config: Config = self.url.parse().map_err(|_| invalid_url())?;
        let name = name(&self.installation, block)?;
        let password = self.password(&name);
        let client = connect(&config).await?;
        create_role(&client, &name, &password).await?;
        client
            .batch_execute(&format!(
                "CREATE SCHEMA IF NOT EXISTS {name} AUTHORIZATION {name};
             ALTER ROLE {name} SET search_path = {name};"
            ))
            .await
            .or_else(ignore_race)
            .map_err(from_driver)?;
        config.user(&name).password(password);
        Ok(config)
    }

    fn password(&self, role: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.secret);
        let tag = hmac::sign(&key, role.as_bytes());
        tag.as_ref().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// Removes all that installations whose names begin with `prefix` keep on a server: their schemas
/// with every row, and the roles. Answers how many schemas there were.
///
/// Only schemas as [`PostgresPlace`] makes them are touched: those owned by a role of the same name.
///
/// # Errors
/// [`DbError::Unavailable`], or what the server says.
pub async fn drop_schemas(url: &str, prefix: &str) -> Result<usize, DbError> {
    let config: Config = url.parse().map_err(|_| invalid_url())?;
    let client = connect(&config).await?;
    let start = format!("{prefix}_");
    let sql = "SELECT nspname FROM pg_namespace JOIN pg_roles ON pg_roles.oid = nspowner
        WHERE rolname = nspname AND starts_with(nspname, $1) ORDER BY nspname";
    let found = client.query(sql, &[&start]).await.map_err(from_driver)?;
    for row in &found {
        let schema: String = row.get(0);
        // A schema at a time: one transaction over all would need more locks than a server has.
        let drop = format!("DROP SCHEMA \"{schema}\" CASCADE; DROP ROLE \"{schema}\"");
        client.batch_execute(&drop).await.map_err(from_driver)?;
    }
    Ok(found.len())
}

async fn create_role(client: &Client, name: &str, password: &str) -> Result<(), DbError> {
    let found = client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", &[&name]).await;
    if found.map_err(from_driver)?.is_empty() {
        let create = format!("CREATE ROLE {name} LOGIN");
        client.batch_execute(&create).await.or_else(ignore_race).map_err(from_driver)?;
    }
    // Set each time: the secret may have changed with the key store. The creator must be a
    // member of the role to hand it a schema.
    client
        .batch_execute(&format!(
            "ALTER ROLE {name} PASSWORD '{password}'; GRANT {name} TO CURRENT_USER"
        ))
        .await
        .or_else(ignore_race)
        .map_err(from_driver)
}

/// Another process may create the same thing in the same moment.
fn ignore_race(error: tokio_postgres::Error) -> Result<(), tokio_postgres::Error> {
    use tokio_postgres::error::SqlState;
    let known =
        [SqlState::DUPLICATE_OBJECT, SqlState::DUPLICATE_SCHEMA, SqlState::UNIQUE_VIOLATION];
    let concurrent =
        error.as_db_error().is_some_and(|db| db.message().contains("concurrently updated"));
    match error.code() {
        Some(code) if known.contains(code) || concurrent => Ok(()),
        _ => Err(error),
    }
}

async fn connect(config: &Config) -> Result<Client, DbError> {
    let (client, connection) = config.connect(NoTls).await.map_err(|error| {
        DbError::Unavailable(format!(
            "PostgreSQL at {}: {}; check that it runs and that storage.url is right",
            places(config),
            chain(&error)
        ))
    })?;
    tokio::spawn(connection);
    Ok(client)
}

/// The servers that a URL names, without user and password.
fn places(config: &Config) -> String {
    let hosts = config.get_hosts().iter().enumerate().map(|(number, host)| match host {
        Host::Tcp(name) => {
            let port = config.get_ports().get(number).or(config.get_ports().first());
            format!("{name}:{}", port.unwrap_or(&5432))
        }
        Host::Unix(folder) => folder.display().to_string(),
    });
    hosts.collect::<Vec<_>>().join(", ")
}

/// Names become part of SQL text, so they are held to a narrow alphabet.
fn name(installation: &str, block: &str) -> Result<String, DbError> {
    let name = format!("{installation}_{block}").replace('-', "_");
    let fits = name.len() <= 63 && name.starts_with(|c: char| c.is_ascii_lowercase());
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if fits && plain {
        return Ok(name);
    }
    Err(DbError::Unavailable(format!(
        "`{name}` cannot name a PostgreSQL role: use a lower-case installation name of letters, digits and `-`"
    )))
}

fn invalid_url() -> DbError {
    // The URL is not repeated: it may carry a password.
    DbError::Unavailable(
        "storage.url is not a PostgreSQL URL such as postgres://user@host/database".to_owned(),
    )
}
