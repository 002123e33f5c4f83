//! Table `foreign_provider`, and the rows of `crosswalk` that are about its persons.

use super::Index;
use crate::model::person::PersonId;
use crate::model::provider::Provider;
use kernel::db::{DbError, Row, Tx, Value};

/// Adds a provider, or replaces what is known of it; answers whether it is new.
pub async fn put(tx: &mut Tx, provider: &Provider) -> Result<bool, DbError> {
    let known = find(tx, &provider.id).await?.is_some();
    let sql = "INSERT INTO foreign_provider (id, issuer, client_id, names, enabled, created)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id) DO UPDATE SET issuer = excluded.issuer, client_id = excluded.client_id,
            names = excluded.names, enabled = excluded.enabled";
    let names = serde_json::to_string(&provider.names).expect("texts are JSON");
    let args: [Value; 6] = [
        provider.id.as_str().into(),
        provider.issuer.as_str().into(),
        provider.client_id.as_str().into(),
        names.into(),
        provider.enabled.into(),
        tx.now().into(),
    ];
    tx.exec(sql, &args).await?;
    Ok(!known)
}

/// One provider.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Provider>, DbError> {
    let sql = "SELECT id, issuer, client_id, names, enabled FROM foreign_provider WHERE id = $1";
    tx.opt(sql, &[id.into()]).await?.as_ref().map(provider).transpose()
}

/// Every provider, by id.
pub async fn list(tx: &mut Tx) -> Result<Vec<Provider>, DbError> {
    let sql = "SELECT id, issuer, client_id, names, enabled FROM foreign_provider ORDER BY id";
    tx.all(sql, &[]).await?.iter().map(provider).collect()
}

/// The systems in which a person is known.
pub async fn systems_of(tx: &mut Tx, person: PersonId) -> Result<Vec<String>, DbError> {
    let sql = "SELECT system FROM crosswalk WHERE person = $1";
    tx.all(sql, &[person.into()]).await?.iter().map(|row| row.get("system")).collect()
}

/// Unties a person from what a system calls them; answers how many names were untied.
pub async fn unlink(tx: &mut Tx, person: PersonId, system: &str) -> Result<u64, DbError> {
    let sql = "DELETE FROM crosswalk WHERE person = $1 AND system = $2";
    tx.exec(sql, &[person.into(), system.into()]).await
}

/// Ties a person to what a system calls them; `false` when somebody is tied to it already.
pub async fn link(
    tx: &mut Tx,
    person: PersonId,
    system: &str,
    index: Index,
    value: &[u8],
) -> Result<bool, DbError> {
    // Nobody compares these day by day.
    const NO_DAY: i64 = 0;
    let sql = "INSERT INTO crosswalk (system, value_index, person, value, bucket, created)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let args: [Value; 6] =
        [system.into(), index.into(), person.into(), value.into(), NO_DAY.into(), tx.now().into()];
    Ok(tx.exec(sql, &args).await? == 1)
}

fn provider(row: &Row) -> Result<Provider, DbError> {
    let names: String = row.get("names")?;
    let corrupt = |_| DbError::Corrupt { column: "names".to_owned(), expected: "JSON of texts" };
    Ok(Provider {
        id: row.get("id")?,
        issuer: row.get("issuer")?,
        client_id: row.get("client_id")?,
        names: serde_json::from_str(&names).map_err(corrupt)?,
        enabled: row.get("enabled")?,
    })
}
