//! Members, subsystems and services that this installation hosts.

use contracts::{MemberId, ServiceId};
use kernel::db::{DbError, Row, Tx};

use super::{json, parsed, to_json};
use crate::model::{Names, Service, Subsystem};

/// Members with their names. Their keys are in the key store.
pub async fn members(tx: &mut Tx) -> Result<Vec<(MemberId, Names)>, DbError> {
    let rows = tx.all("SELECT id, names FROM member ORDER BY id", &[]).await?;
    rows.iter()
        .map(|row| Ok((parsed(row, "id", "a member identifier")?, json(row, "names")?)))
        .collect()
}

/// Adds or renames a member.
pub async fn put_member(tx: &mut Tx, id: &MemberId, names: &Names) -> Result<(), DbError> {
    let sql = "INSERT INTO member (id, names) VALUES ($1, $2)
        ON CONFLICT (id) DO UPDATE SET names = excluded.names";
    tx.exec(sql, &[id.as_ref().into(), to_json(names).into()]).await.map(drop)
}

/// True if this installation hosts the member.
pub async fn has_member(tx: &mut Tx, id: &MemberId) -> Result<bool, DbError> {
    Ok(tx.opt("SELECT id FROM member WHERE id = $1", &[id.as_ref().into()]).await?.is_some())
}

/// All subsystems.
pub async fn subsystems(tx: &mut Tx) -> Result<Vec<Subsystem>, DbError> {
    let rows = tx.all("SELECT id, sector, names FROM subsystem ORDER BY id", &[]).await?;
    rows.iter().map(subsystem).collect()
}

/// Adds or changes a subsystem.
pub async fn put_subsystem(tx: &mut Tx, subsystem: &Subsystem) -> Result<(), DbError> {
    let sql = "INSERT INTO subsystem (id, sector, names) VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE SET sector = excluded.sector, names = excluded.names";
    let args = [
        subsystem.id.as_ref().into(),
        subsystem.sector.as_str().into(),
        to_json(&subsystem.names).into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// One subsystem.
pub async fn find_subsystem(tx: &mut Tx, id: &str) -> Result<Option<Subsystem>, DbError> {
    let row = tx.opt("SELECT id, sector, names FROM subsystem WHERE id = $1", &[id.into()]).await?;
    row.as_ref().map(subsystem).transpose()
}

/// All services.
pub async fn services(tx: &mut Tx) -> Result<Vec<Service>, DbError> {
    let rows = tx.all("SELECT id, names, kinds, enabled FROM service ORDER BY id", &[]).await?;
    rows.iter().map(service).collect()
}

/// One service.
pub async fn find_service(tx: &mut Tx, id: &ServiceId) -> Result<Option<Service>, DbError> {
    let row = tx
        .opt("SELECT id, names, kinds, enabled FROM service WHERE id = $1", &[id.as_ref().into()])
        .await?;
    row.as_ref().map(service).transpose()
}

/// Adds or changes a service.
pub async fn put_service(tx: &mut Tx, service: &Service) -> Result<(), DbError> {
    let sql = "INSERT INTO service (id, names, kinds, enabled) VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE SET names = excluded.names, kinds = excluded.kinds, enabled = excluded.enabled";
    let args = [
        service.id.as_ref().into(),
        to_json(&service.names).into(),
        service.kinds.join(" ").into(),
        service.enabled.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

fn subsystem(row: &Row) -> Result<Subsystem, DbError> {
    Ok(Subsystem {
        id: parsed(row, "id", "a subsystem identifier")?,
        sector: row.get("sector")?,
        names: json(row, "names")?,
    })
}

fn service(row: &Row) -> Result<Service, DbError> {
    let kinds: String = row.get("kinds")?;
    Ok(Service {
        id: parsed(row, "id", "a service identifier")?,
        names: json(row, "names")?,
        kinds: kinds.split_whitespace().map(str::to_owned).collect(),
        enabled: row.get("enabled")?,
    })
}
