//! Every SQL string of the block.

use basis::Timestamp;
use kernel::db::{DbError, Row, Tx, Value};

/// An installation as it was first seen.
pub struct Peer {
    pub client: String,
    pub jwk: String,
}

/// Something that did not agree.
pub struct FindingRow {
    pub installation: String,
    pub block: String,
    pub finding: String,
    pub found: Timestamp,
}

pub async fn sent_up_to(tx: &mut Tx, witness: &str, block: &str) -> Result<i64, DbError> {
    let sql = "SELECT position FROM sent WHERE witness = $1 AND block = $2";
    let row = tx.opt(sql, &[witness.into(), block.into()]).await?;
    row.map_or(Ok(0), |row| row.get("position"))
}

pub async fn set_sent(
    tx: &mut Tx,
    witness: &str,
    block: &str,
    position: i64,
) -> Result<(), DbError> {
    let sql = "INSERT INTO sent (witness, block, position) VALUES ($1, $2, $3)
        ON CONFLICT (witness, block) DO UPDATE SET position = excluded.position";
    tx.exec(sql, &[witness.into(), block.into(), position.into()]).await.map(drop)
}

pub async fn peer(tx: &mut Tx, installation: &str) -> Result<Option<Peer>, DbError> {
    let sql = "SELECT client, jwk FROM peer WHERE installation = $1";
    let row = tx.opt(sql, &[installation.into()]).await?;
    row.map(|row| Ok(Peer { client: row.get("client")?, jwk: row.get("jwk")? })).transpose()
}

pub async fn insert_peer(tx: &mut Tx, installation: &str, peer: &Peer) -> Result<(), DbError> {
    let sql = "INSERT INTO peer (installation, client, jwk, since) VALUES ($1, $2, $3, $4)";
    let now = tx.now();
    let args: [Value; 4] =
        [installation.into(), peer.client.as_str().into(), peer.jwk.as_str().into(), now.into()];
    tx.exec(sql, &args).await.map(drop)
}

/// Trails of which checkpoints were received: installation, block and the subsystem that spoke.
pub async fn trails(tx: &mut Tx) -> Result<Vec<(String, String, String)>, DbError> {
    let sql = "SELECT DISTINCT witnessed.installation, witnessed.block, peer.client FROM witnessed, peer
        WHERE peer.installation = witnessed.installation ORDER BY witnessed.installation, witnessed.block";
    let rows = tx.all(sql, &[]).await?;
    rows.iter()
        .map(|row| Ok((row.get("installation")?, row.get("block")?, row.get("client")?)))
        .collect()
}

pub async fn checkpoint(
    tx: &mut Tx,
    installation: &str,
    block: &str,
    position: i64,
) -> Result<Option<String>, DbError> {
    let sql = "SELECT jws FROM witnessed WHERE installation = $1 AND block = $2 AND position = $3";
    let row = tx.opt(sql, &[installation.into(), block.into(), position.into()]).await?;
    row.map(|row| row.get("jws")).transpose()
}

pub async fn insert_checkpoint(
    tx: &mut Tx,
    installation: &str,
    block: &str,
    position: i64,
    jws: &str,
) -> Result<(), DbError> {
    let sql = "INSERT INTO witnessed (installation, block, position, jws, received) VALUES ($1, $2, $3, $4, $5)";
    let now = tx.now();
    let args: [Value; 5] =
        [installation.into(), block.into(), position.into(), jws.into(), now.into()];
    tx.exec(sql, &args).await.map(drop)
}

pub async fn checkpoints(
    tx: &mut Tx,
    installation: &str,
    block: &str,
) -> Result<Vec<String>, DbError> {
    let sql = "SELECT jws FROM witnessed WHERE installation = $1 AND block = $2 ORDER BY position";
    let rows = tx.all(sql, &[installation.into(), block.into()]).await?;
    rows.iter().map(|row| row.get("jws")).collect()
}

/// `true` when the finding is new.
pub async fn insert_finding(
    tx: &mut Tx,
    installation: &str,
    block: &str,
    finding: &str,
) -> Result<bool, DbError> {
    let sql = "INSERT INTO finding (installation, block, finding, found) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    let now = tx.now();
    let args: [Value; 4] = [installation.into(), block.into(), finding.into(), now.into()];
    Ok(tx.exec(sql, &args).await? == 1)
}

pub async fn findings(tx: &mut Tx) -> Result<Vec<FindingRow>, DbError> {
    let sql = "SELECT installation, block, finding, found FROM finding ORDER BY found, installation, block, finding LIMIT 1000";
    tx.all(sql, &[]).await?.iter().map(finding).collect()
}

fn finding(row: &Row) -> Result<FindingRow, DbError> {
    Ok(FindingRow {
        installation: row.get("installation")?,
        block: row.get("block")?,
        finding: row.get("finding")?,
        found: row.get("found")?,
    })
}
