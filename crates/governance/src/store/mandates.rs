//! The register of mandates.

use basis::{Id, Timestamp};
use kernel::db::{DbError, Row, Tx, Value};

use crate::model::mandate::Mandate;

pub async fn insert(tx: &mut Tx, mandate: &Mandate) -> Result<(), DbError> {
    let sql =
        "INSERT INTO mandate (id, member, law, section, allows, valid_from, valid_until, published)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let allows = serde_json::to_string(&mandate.allows).expect("texts by text are JSON");
    let args: [Value; 8] = [
        mandate.id.into(),
        mandate.member.to_string().into(),
        mandate.law.as_str().into(),
        mandate.section.as_str().into(),
        allows.into(),
        mandate.valid_from.into(),
        mandate.valid_until.into(),
        mandate.published.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// All, by member, the latest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<Mandate>, DbError> {
    let sql = "SELECT id, member, law, section, allows, valid_from, valid_until, published
        FROM mandate ORDER BY member, valid_from DESC, id";
    tx.all(sql, &[]).await?.iter().map(mandate).collect()
}

pub async fn find(tx: &mut Tx, id: Id) -> Result<Option<Mandate>, DbError> {
    let sql = "SELECT id, member, law, section, allows, valid_from, valid_until, published
        FROM mandate WHERE id = $1";
    tx.opt(sql, &[id.into()]).await?.as_ref().map(mandate).transpose()
}

pub async fn set_end(tx: &mut Tx, id: Id, until: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE mandate SET valid_until = $2 WHERE id = $1";
    tx.exec(sql, &[id.into(), until.into()]).await.map(drop)
}

fn mandate(row: &Row) -> Result<Mandate, DbError> {
    let damaged = |column: &str, expected| DbError::Corrupt { column: column.to_owned(), expected };
    let (member, allows): (String, String) = (row.get("member")?, row.get("allows")?);
    Ok(Mandate {
        id: row.get("id")?,
        member: member.parse().map_err(|_| damaged("member", "a member identifier"))?,
        law: row.get("law")?,
        section: row.get("section")?,
        allows: serde_json::from_str(&allows)
            .map_err(|_| damaged("allows", "texts by language"))?,
        valid_from: row.get("valid_from")?,
        valid_until: row.get("valid_until")?,
        published: row.get("published")?,
    })
}
