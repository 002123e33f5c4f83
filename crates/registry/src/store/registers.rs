//! Table `register`.

use super::{code, corrupt};
use crate::model::register::{About, Names, Register, RegisterCode};
use kernel::db::{DbError, Row, Tx, Value};

/// Makes transactions that change the schema of one register run one after the other.
pub async fn lock(tx: &mut Tx, register: &RegisterCode) -> Result<(), DbError> {
    tx.lock(&format!("register:{register}")).await
}

/// Adds a register.
pub async fn insert(tx: &mut Tx, register: &Register) -> Result<(), DbError> {
    let sql =
        "INSERT INTO register (code, about, name_en, name_fr, name_sw, owner, published, created)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let args: [Value; 8] = [
        register.code.as_str().into(),
        register.about.as_str().into(),
        register.names.en.as_str().into(),
        register.names.fr.as_str().into(),
        register.names.sw.as_str().into(),
        register.owner.as_str().into(),
        register.published.into(),
        register.created.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// One register.
pub async fn find(tx: &mut Tx, register: &RegisterCode) -> Result<Option<Register>, DbError> {
    let sql = "SELECT code, about, name_en, name_fr, name_sw, owner, published, created
        FROM register WHERE code = $1";
    tx.opt(sql, &[register.as_str().into()]).await?.as_ref().map(from_row).transpose()
}

/// All registers by code.
pub async fn list(tx: &mut Tx) -> Result<Vec<Register>, DbError> {
    let sql = "SELECT code, about, name_en, name_fr, name_sw, owner, published, created
        FROM register ORDER BY code LIMIT 1000";
    tx.all(sql, &[]).await?.iter().map(from_row).collect()
}

/// Lets writes follow this version of the schema from now on.
pub async fn set_published(
    tx: &mut Tx,
    register: &RegisterCode,
    version: i64,
) -> Result<(), DbError> {
    let sql = "UPDATE register SET published = $2 WHERE code = $1";
    tx.exec(sql, &[register.as_str().into(), version.into()]).await.map(drop)
}

fn from_row(row: &Row) -> Result<Register, DbError> {
    let about: String = row.get("about")?;
    let about = [About::Person, About::Thing].into_iter().find(|one| one.as_str() == about);
    Ok(Register {
        code: code(row, "code")?,
        about: about.ok_or_else(|| corrupt("about", "`person` or `thing`"))?,
        names: Names { en: row.get("name_en")?, fr: row.get("name_fr")?, sw: row.get("name_sw")? },
        owner: row.get("owner")?,
        published: row.get("published")?,
        created: row.get("created")?,
    })
}
