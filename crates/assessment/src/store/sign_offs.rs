//! Signatures under rounds.

use super::{read, written};
use basis::Id;
use kernel::db::{DbError, Tx, Value};
use maturity::round::SignOff;

/// A signature to be kept.
pub struct Signature {
    pub id: Id,
    pub sign_off: SignOff,
    /// What was signed.
    pub digest: String,
    /// Digest of the paper, where it was signed on paper.
    pub paper: Option<String>,
    pub actor: String,
}

pub async fn insert(tx: &mut Tx, round: Id, signature: &Signature) -> Result<(), DbError> {
    let sql = "INSERT INTO sign_off (id, round, sign_off, digest, paper, actor, at, withdrawn)
        VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)";
    let args: [Value; 7] = [
        signature.id.into(),
        round.into(),
        written(&signature.sign_off).into(),
        signature.digest.as_str().into(),
        signature.paper.clone().into(),
        signature.actor.as_str().into(),
        signature.sign_off.at.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// Those that stand, in the order in which they were given.
pub async fn standing(tx: &mut Tx, round: Id) -> Result<Vec<SignOff>, DbError> {
    let sql =
        "SELECT sign_off FROM sign_off WHERE round = $1 AND withdrawn IS NULL ORDER BY at, id";
    tx.all(sql, &[round.into()]).await?.iter().map(|row| read(row, "sign_off")).collect()
}

/// What was signed is taken up again.
pub async fn withdraw_all(tx: &mut Tx, round: Id) -> Result<(), DbError> {
    let sql = "UPDATE sign_off SET withdrawn = $2 WHERE round = $1 AND withdrawn IS NULL";
    tx.exec(sql, &[round.into(), tx.now().into()]).await.map(drop)
}
