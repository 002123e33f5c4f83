//! Evidence, the content of its files, and measurements.

use super::{read, written};
use basis::{Id, Timestamp};
use kernel::db::{DbError, Row, Tx, Value};
use maturity::round::{Evidence, Measurement};

/// A piece of evidence as it is held.
#[derive(Clone, Debug)]
pub struct Kept {
    pub number: i64,
    pub evidence: Evidence,
    /// The file; none for a link, and for a file that was only named.
    pub file: Option<Id>,
    pub media_type: String,
    pub size_bytes: i64,
    pub actor: String,
    pub at: Timestamp,
}

impl Kept {
    /// Evidence without its file: a link, or a file that is only named.
    pub fn named(number: i64, evidence: Evidence, actor: &str, at: Timestamp) -> Self {
        let (media_type, actor) = (String::new(), actor.to_owned());
        Self { number, evidence, file: None, media_type, size_bytes: 0, actor, at }
    }
}

pub async fn insert(tx: &mut Tx, round: Id, kept: &Kept) -> Result<(), DbError> {
    let sql = "INSERT INTO evidence (round, number, id, evidence, file, media_type, size_bytes, actor, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let args: [Value; 9] = [
        round.into(),
        kept.number.into(),
        kept.evidence.id.as_str().into(),
        written(&kept.evidence).into(),
        kept.file.into(),
        kept.media_type.as_str().into(),
        kept.size_bytes.into(),
        kept.actor.as_str().into(),
        kept.at.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// A round's, in the order in which it came.
pub async fn all(tx: &mut Tx, round: Id) -> Result<Vec<Kept>, DbError> {
    let sql = "SELECT number, evidence, file, media_type, size_bytes, actor, at FROM evidence
        WHERE round = $1 ORDER BY number";
    tx.all(sql, &[round.into()]).await?.iter().map(kept).collect()
}

pub async fn find(tx: &mut Tx, round: Id, id: &str) -> Result<Option<Kept>, DbError> {
    let sql = "SELECT number, evidence, file, media_type, size_bytes, actor, at FROM evidence
        WHERE round = $1 AND id = $2";
    tx.opt(sql, &[round.into(), id.into()]).await?.as_ref().map(kept).transpose()
}

pub async fn insert_file(tx: &mut Tx, id: Id, sealed: &[u8]) -> Result<(), DbError> {
    let sql = "INSERT INTO evidence_file (id, sealed_content) VALUES ($1, $2)";
    tx.exec(sql, &[id.into(), sealed.into()]).await.map(drop)
}

pub async fn file(tx: &mut Tx, id: Id) -> Result<Option<Vec<u8>>, DbError> {
    let sql = "SELECT sealed_content FROM evidence_file WHERE id = $1";
    let row = tx.opt(sql, &[id.into()]).await?;
    row.map(|row| row.get("sealed_content")).transpose()
}

pub async fn insert_measurement(
    tx: &mut Tx,
    round: Id,
    number: i64,
    measurement: &Measurement,
    actor: &str,
) -> Result<(), DbError> {
    let sql = "INSERT INTO measurement (round, number, measurement, actor, at)
        VALUES ($1, $2, $3, $4, $5)";
    let args: [Value; 5] =
        [round.into(), number.into(), written(measurement).into(), actor.into(), tx.now().into()];
    tx.exec(sql, &args).await.map(drop)
}

/// A round's, in the order in which they came.
pub async fn measurements(tx: &mut Tx, round: Id) -> Result<Vec<Measurement>, DbError> {
    let sql = "SELECT measurement FROM measurement WHERE round = $1 ORDER BY number";
    tx.all(sql, &[round.into()]).await?.iter().map(|row| read(row, "measurement")).collect()
}

fn kept(row: &Row) -> Result<Kept, DbError> {
    Ok(Kept {
        number: row.get("number")?,
        evidence: read(row, "evidence")?,
        file: row.get("file")?,
        media_type: row.get("media_type")?,
        size_bytes: row.get("size_bytes")?,
        actor: row.get("actor")?,
        at: row.get("at")?,
    })
}
