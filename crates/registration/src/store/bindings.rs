//! Table `consent_binding`.

use basis::Id;
use kernel::db::{DbError, Row, Tx};
use std::collections::BTreeMap;

/// Says which data agreement a read rests on.
pub async fn bind(tx: &mut Tx, service: &str, read: &str, agreement: Id) -> Result<(), DbError> {
    let sql = "INSERT INTO consent_binding (service, reading, agreement) VALUES ($1, $2, $3)
        ON CONFLICT (service, reading) DO UPDATE SET agreement = excluded.agreement";
    tx.exec(sql, &[service.into(), read.into(), agreement.into()]).await.map(drop)
}

/// The data agreements of a package, by read.
pub async fn of_service(tx: &mut Tx, service: &str) -> Result<BTreeMap<String, Id>, DbError> {
    let sql = "SELECT reading, agreement FROM consent_binding WHERE service = $1";
    let rows = tx.all(sql, &[service.into()]).await?;
    let one = |row: &Row| Ok((row.get("reading")?, row.get("agreement")?));
    rows.iter().map(one).collect()
}
