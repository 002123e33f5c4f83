//! Table `award`.

use crate::model::award::Award;
use basis::Id;
use contracts::Pseudonym;
use kernel::db::{ColumnType, DbError, Row, Table, Tx, Value};

static AWARD: Table = Table {
    name: "award",
    columns: &[
        ("id", ColumnType::Bytes),
        ("service", ColumnType::Text),
        ("subject", ColumnType::Bytes),
        ("origin", ColumnType::Bytes),
        ("minor", ColumnType::Int),
        ("payee", ColumnType::Bytes),
        ("active", ColumnType::Bool),
        ("awarded", ColumnType::Int),
    ],
};

/// Adds many awards.
pub async fn append(tx: &mut Tx, awards: &[Award]) -> Result<(), DbError> {
    let rows: Vec<Value> = awards.iter().flat_map(values).collect();
    tx.append(&AWARD, &rows).await
}

/// The award of a package that came from this origin.
pub async fn find_of(tx: &mut Tx, service: &str, origin: Id) -> Result<Option<Award>, DbError> {
    let sql = "SELECT id, service, subject, origin, minor, payee, active, awarded
        FROM award WHERE service = $1 AND origin = $2";
    tx.opt(sql, &[service.into(), origin.into()]).await?.as_ref().map(from_row).transpose()
}

/// The payee is known now: the award is paid from the next run on.
pub async fn activate(tx: &mut Tx, id: Id, minor: i64) -> Result<(), DbError> {
    let sql = "UPDATE award SET active = TRUE, minor = $2 WHERE id = $1";
    tx.defer(sql, vec![id.into(), minor.into()]).await
}

/// A page of active awards by id: id and amount.
pub async fn page(
    tx: &mut Tx,
    service: &str,
    after: Option<Id>,
    limit: i64,
) -> Result<Vec<(Id, i64)>, DbError> {
    let sql = "SELECT id, minor FROM award
        WHERE service = $1 AND active = TRUE AND id > $2 ORDER BY id LIMIT $3";
    let after = after.unwrap_or(Id::from_bytes([0; 16]));
    let rows = tx.all(sql, &[service.into(), after.into(), limit.into()]).await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("minor")?))).collect()
}

fn values(award: &Award) -> [Value; 8] {
    [
        award.id.into(),
        award.service.as_str().into(),
        award.subject.0.into(),
        award.origin.into(),
        award.minor.into(),
        award.payee.as_slice().into(),
        award.active.into(),
        award.awarded.into(),
    ]
}

fn from_row(row: &Row) -> Result<Award, DbError> {
    Ok(Award {
        id: row.get("id")?,
        service: row.get("service")?,
        subject: Pseudonym(row.get("subject")?),
        origin: row.get("origin")?,
        minor: row.get("minor")?,
        payee: row.get("payee")?,
        active: row.get("active")?,
        awarded: row.get("awarded")?,
    })
}
