//! Tables `person`, `vid` and `crosswalk`.

use super::{Index, person, person_id};
use crate::model::person::{Person, PersonId};
use kernel::db::{ColumnType, DbError, Row, Table, Tx, Value};

/// A person's sealed fields.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// Text.
    pub uin: Vec<u8>,
    /// JSON of a `PersonName`.
    pub name: Vec<u8>,
    /// Text of a `PartialDate`.
    pub born: Vec<u8>,
    /// Text.
    pub sex: Option<Vec<u8>>,
}

/// An identifier of another system, sealed under its person.
#[derive(Clone, Debug)]
pub struct Crossing {
    /// Whose it is.
    pub person: PersonId,
    /// Over the value.
    pub index: Index,
    /// Text.
    pub value: Vec<u8>,
}

/// A person with the first VID, to be added together with many.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Who.
    pub person: Person,
    /// The facts.
    pub sealed: Sealed,
    /// Over the UIN.
    pub uin_index: Index,
    /// Over the VID.
    pub vid_index: Index,
    /// Sealed.
    pub vid: Vec<u8>,
    /// What another system calls the person.
    pub crossing: Crossing,
    /// Where the crossing is compared.
    pub bucket: i64,
}

const PERSONS: Table = Table {
    name: "person",
    columns: &[
        ("id", ColumnType::Bytes),
        ("reference", ColumnType::Bytes),
        ("uin", ColumnType::Bytes),
        ("uin_index", ColumnType::Bytes),
        ("name", ColumnType::Bytes),
        ("born", ColumnType::Bytes),
        ("sex", ColumnType::Bytes),
        ("created", ColumnType::Int),
    ],
};

const VIDS: Table = Table {
    name: "vid",
    columns: &[
        ("value_index", ColumnType::Bytes),
        ("person", ColumnType::Bytes),
        ("value", ColumnType::Bytes),
        ("created", ColumnType::Int),
    ],
};

const CROSSINGS: Table = Table {
    name: "crosswalk",
    columns: &[
        ("system", ColumnType::Text),
        ("value_index", ColumnType::Bytes),
        ("person", ColumnType::Bytes),
        ("value", ColumnType::Bytes),
        ("bucket", ColumnType::Int),
        ("created", ColumnType::Int),
    ],
};

/// Adds persons with their VIDs and what `system` calls them. A unique violation when something is
/// taken already.
pub async fn append(tx: &mut Tx, system: &str, new: &[NewPerson]) -> Result<(), DbError> {
    let now = tx.now();
    let mut persons: Vec<Value> = Vec::with_capacity(new.len() * PERSONS.columns.len());
    let mut vids: Vec<Value> = Vec::with_capacity(new.len() * VIDS.columns.len());
    let mut crossings: Vec<Value> = Vec::with_capacity(new.len() * CROSSINGS.columns.len());
    for NewPerson { person, sealed, uin_index, vid_index, vid, crossing, bucket } in new {
        persons.extend([
            person.id.into(),
            person.reference.into(),
            sealed.uin.clone().into(),
            (*uin_index).into(),
            sealed.name.clone().into(),
            sealed.born.clone().into(),
            sealed.sex.clone().into(),
            now.into(),
        ]);
        vids.extend([(*vid_index).into(), person.id.into(), vid.clone().into(), now.into()]);
        crossings.extend([
            system.into(),
            crossing.index.into(),
            person.id.into(),
            crossing.value.clone().into(),
            (*bucket).into(),
            now.into(),
        ]);
    }
    tx.append(&CROSSINGS, &crossings).await?;
    tx.append(&PERSONS, &persons).await?;
    tx.append(&VIDS, &vids).await
}

/// Adds a person.
pub async fn insert(
    tx: &mut Tx,
    person: Person,
    sealed: &Sealed,
    uin_index: Index,
) -> Result<(), DbError> {
    let sql = "INSERT INTO person (id, reference, uin, uin_index, name, born, sex, created)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let args: Vec<Value> = vec![
        person.id.into(),
        person.reference.into(),
        sealed.uin.clone().into(),
        uin_index.into(),
        sealed.name.clone().into(),
        sealed.born.clone().into(),
        sealed.sex.clone().into(),
        tx.now().into(),
    ];
    tx.defer(sql, args).await
}

/// A person's sealed facts.
pub async fn sealed(tx: &mut Tx, id: PersonId) -> Result<Option<Sealed>, DbError> {
    let sql = "SELECT uin, name, born, sex FROM person WHERE id = $1";
    let row = tx.opt(sql, &[id.into()]).await?;
    row.map(|row| {
        Ok(Sealed {
            uin: row.get("uin")?,
            name: row.get("name")?,
            born: row.get("born")?,
            sex: row.get("sex")?,
        })
    })
    .transpose()
}

/// The person with this id.
pub async fn find(tx: &mut Tx, id: PersonId) -> Result<Option<Person>, DbError> {
    let sql = "SELECT id AS person, reference FROM person WHERE id = $1";
    tx.opt(sql, &[id.into()]).await?.as_ref().map(person).transpose()
}

/// Whether a UIN is taken.
pub async fn has_uin(tx: &mut Tx, index: Index) -> Result<bool, DbError> {
    let sql = "SELECT 1 AS found FROM person WHERE uin_index = $1";
    Ok(tx.opt(sql, &[index.into()]).await?.is_some())
}

/// Adds a VID.
pub async fn insert_vid(
    tx: &mut Tx,
    person: PersonId,
    index: Index,
    value: &[u8],
) -> Result<(), DbError> {
    let sql = "INSERT INTO vid (value_index, person, value, created) VALUES ($1, $2, $3, $4)";
    let args = vec![index.into(), person.into(), value.into(), tx.now().into()];
    tx.defer(sql, args).await
}

/// Whether a VID was ever given out.
pub async fn has_vid(tx: &mut Tx, index: Index) -> Result<bool, DbError> {
    let sql = "SELECT 1 AS found FROM vid WHERE value_index = $1";
    Ok(tx.opt(sql, &[index.into()]).await?.is_some())
}

/// Revokes a person's VIDs; answers how many were in use.
pub async fn revoke_vids(tx: &mut Tx, person: PersonId) -> Result<u64, DbError> {
    let sql = "UPDATE vid SET revoked = $2 WHERE person = $1 AND revoked IS NULL";
    let now = tx.now();
    tx.exec(sql, &[person.into(), now.into()]).await
}

/// The person a VID in use belongs to.
pub async fn find_by_vid(tx: &mut Tx, index: Index) -> Result<Option<Person>, DbError> {
    let sql = "SELECT p.id AS person, p.reference FROM vid v JOIN person p ON p.id = v.person
        WHERE v.value_index = $1 AND v.revoked IS NULL";
    tx.opt(sql, &[index.into()]).await?.as_ref().map(person).transpose()
}

/// The person's VID in use, sealed.
pub async fn current_vid(tx: &mut Tx, person: PersonId) -> Result<Option<Vec<u8>>, DbError> {
    let sql =
        "SELECT value FROM vid WHERE person = $1 AND revoked IS NULL ORDER BY created DESC LIMIT 1";
    tx.opt(sql, &[person.into()]).await?.map(|row| row.get("value")).transpose()
}

/// Ties a foreign identifier to a person; `false` when it is tied already.
pub async fn insert_crossing(
    tx: &mut Tx,
    system: &str,
    crossing: &Crossing,
    bucket: i64,
) -> Result<bool, DbError> {
    let sql = "INSERT INTO crosswalk (system, value_index, person, value, bucket, created)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let args: [Value; 6] = [
        system.into(),
        crossing.index.into(),
        crossing.person.into(),
        crossing.value.clone().into(),
        bucket.into(),
        tx.now().into(),
    ];
    Ok(tx.exec(sql, &args).await? == 1)
}

/// The person that another system means by an identifier.
pub async fn find_by_crossing(
    tx: &mut Tx,
    system: &str,
    index: Index,
) -> Result<Option<Person>, DbError> {
    let sql = "SELECT p.id AS person, p.reference FROM crosswalk c JOIN person p ON p.id = c.person
        WHERE c.system = $1 AND c.value_index = $2";
    tx.opt(sql, &[system.into(), index.into()]).await?.as_ref().map(person).transpose()
}

/// The identifiers of a system in the buckets above `after` up to `upto`, each with the microsecond it was
/// written.
pub async fn crossings(
    tx: &mut Tx,
    system: &str,
    after: i64,
    upto: i64,
) -> Result<Vec<(Crossing, i64)>, DbError> {
    let sql = "SELECT person, value_index, value, created FROM crosswalk
        WHERE system = $1 AND bucket > $2 AND bucket <= $3";
    let rows = tx.all(sql, &[system.into(), after.into(), upto.into()]).await?;
    rows.iter().map(crossing).collect()
}

fn crossing(row: &Row) -> Result<(Crossing, i64), DbError> {
    let crossing = Crossing {
        person: person_id(row)?,
        index: row.get("value_index")?,
        value: row.get("value")?,
    };
    Ok((crossing, row.get("created")?))
}
