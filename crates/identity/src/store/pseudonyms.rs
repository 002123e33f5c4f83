//! Table `pseudonym`.

use super::{Index, person};
use crate::model::person::{Person, PersonId};
use kernel::db::{DbError, Tx, Value};

/// The person with this pseudonym; the index is over sector and value.
pub async fn find_person(tx: &mut Tx, index: Index) -> Result<Option<Person>, DbError> {
    let sql = "SELECT p.id AS person, p.reference FROM pseudonym n JOIN person p ON p.id = n.person
        WHERE n.value_index = $1";
    tx.opt(sql, &[index.into()]).await?.as_ref().map(person).transpose()
}

/// The sealed pseudonym of a person in a sector.
pub async fn find(tx: &mut Tx, person: PersonId, sector: &str) -> Result<Option<Vec<u8>>, DbError> {
    let sql = "SELECT value FROM pseudonym WHERE person = $1 AND sector = $2";
    tx.opt(sql, &[person.into(), sector.into()]).await?.map(|row| row.get("value")).transpose()
}

/// Adds a pseudonym; `false` when the person has one in this sector already.
pub async fn insert(
    tx: &mut Tx,
    person: PersonId,
    sector: &str,
    value: &[u8],
    index: Index,
) -> Result<bool, DbError> {
    let sql = "INSERT INTO pseudonym (person, sector, value, value_index, created)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (person, sector) DO NOTHING";
    let args: [Value; 5] =
        [person.into(), sector.into(), value.into(), index.into(), tx.now().into()];
    Ok(tx.exec(sql, &args).await? == 1)
}
