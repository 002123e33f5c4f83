//! Access rights and agreements of the services this installation hosts.

use basis::{Id, Timestamp};
use kernel::db::{DbError, Row, Tx};

use super::parsed;
use crate::model::{AccessRight, Agreement};

/// All access rights.
pub async fn rights(tx: &mut Tx) -> Result<Vec<AccessRight>, DbError> {
    let rows =
        tx.all("SELECT service, client FROM access_right ORDER BY service, client", &[]).await?;
    let right = |row: &Row| {
        Ok(AccessRight {
            service: parsed(row, "service", "a service identifier")?,
            client: parsed(row, "client", "a subsystem identifier")?,
        })
    };
    rows.iter().map(right).collect()
}

/// Grants access; false if it was granted before.
pub async fn grant(tx: &mut Tx, right: &AccessRight) -> Result<bool, DbError> {
    let sql = "INSERT INTO access_right (service, client, granted) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let args = [right.service.as_ref().into(), right.client.as_ref().into(), tx.now().into()];
    Ok(tx.exec(sql, &args).await? == 1)
}

/// Revokes access; false if there was none.
pub async fn revoke(tx: &mut Tx, right: &AccessRight) -> Result<bool, DbError> {
    let sql = "DELETE FROM access_right WHERE service = $1 AND client = $2";
    Ok(tx.exec(sql, &[right.service.as_ref().into(), right.client.as_ref().into()]).await? == 1)
}

const AGREEMENT: &str = "SELECT id, service, client, purpose, basis, reference, fields, case_service, valid_from, valid_until, suspended
    FROM agreement ORDER BY id";
const ONE_AGREEMENT: &str = "SELECT id, service, client, purpose, basis, reference, fields, case_service, valid_from, valid_until, suspended
    FROM agreement WHERE id = $1";

/// All agreements, oldest first.
pub async fn agreements(tx: &mut Tx) -> Result<Vec<Agreement>, DbError> {
    tx.all(AGREEMENT, &[]).await?.iter().map(agreement).collect()
}

/// One agreement.
pub async fn find_agreement(tx: &mut Tx, id: Id) -> Result<Option<Agreement>, DbError> {
    tx.opt(ONE_AGREEMENT, &[id.into()]).await?.as_ref().map(agreement).transpose()
}

/// Adds an agreement.
pub async fn insert_agreement(tx: &mut Tx, a: &Agreement) -> Result<(), DbError> {
    let sql = "INSERT INTO agreement (id, service, client, purpose, basis, reference, fields, case_service, valid_from, valid_until, suspended, recorded)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let args = [
        a.id.into(),
        a.service.as_ref().into(),
        a.client.as_ref().into(),
        a.purpose.as_str().into(),
        a.basis.as_str().into(),
        a.reference.as_str().into(),
        a.fields.join(" ").into(),
        a.case.as_ref().map(ToString::to_string).into(),
        a.valid_from.into(),
        a.valid_until.into(),
        a.suspended.into(),
        tx.now().into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// Agreements that end between two times and of whose end nobody was warned.
pub async fn ending(
    tx: &mut Tx,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Agreement>, DbError> {
    let sql = "SELECT id, service, client, purpose, basis, reference, fields, case_service, valid_from, valid_until, suspended
        FROM agreement WHERE warned IS NULL AND valid_until > $1 AND valid_until <= $2 ORDER BY valid_until, id";
    tx.all(sql, &[from.into(), to.into()]).await?.iter().map(agreement).collect()
}

/// Notes that its provider was warned.
pub async fn set_warned(tx: &mut Tx, id: Id) -> Result<(), DbError> {
    let sql = "UPDATE agreement SET warned = $2 WHERE id = $1";
    tx.exec(sql, &[id.into(), tx.now().into()]).await.map(drop)
}

/// Suspends or resumes an agreement.
pub async fn set_suspended(tx: &mut Tx, id: Id, suspended: bool) -> Result<(), DbError> {
    tx.exec("UPDATE agreement SET suspended = $2 WHERE id = $1", &[id.into(), suspended.into()])
        .await
        .map(drop)
}

fn agreement(row: &Row) -> Result<Agreement, DbError> {
    let fields: String = row.get("fields")?;
    let case: Option<String> = row.get("case_service")?;
    let case = case.map(|_| parsed(row, "case_service", "a service identifier"));
    Ok(Agreement {
        id: row.get("id")?,
        service: parsed(row, "service", "a service identifier")?,
        client: parsed(row, "client", "a subsystem identifier")?,
        purpose: row.get("purpose")?,
        basis: parsed(row, "basis", "a kind of legal basis")?,
        reference: row.get("reference")?,
        fields: fields.split_whitespace().map(str::to_owned).collect(),
        case: case.transpose()?,
        valid_from: row.get("valid_from")?,
        valid_until: row.get("valid_until")?,
        suspended: row.get("suspended")?,
    })
}
