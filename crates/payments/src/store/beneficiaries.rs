//! Where beneficiaries are paid.

use crate::model::instruction::Payee;
use crate::store::to_bytes;
use basis::Timestamp;
use contracts::Pseudonym;
use kernel::db::{DbError, Tx, Value};

/// What was last said of a beneficiary.
#[derive(Clone)]
pub struct Beneficiary {
    /// Who, as the programme knows them.
    pub payee: Payee,
    /// Grows with each change.
    pub revision: i64,
    /// Who, as this block knows them.
    pub subject: Pseudonym,
    /// The provider, `INSTANCE/CLASS/MEMBER`.
    pub provider: String,
    /// The account there, sealed.
    pub account: Vec<u8>,
}

/// The newest word about a payee.
pub async fn find(tx: &mut Tx, payee: Payee) -> Result<Option<Beneficiary>, DbError> {
    let sql = "SELECT revision, subject, provider, account FROM payment_beneficiary
        WHERE payee = $1 ORDER BY revision DESC LIMIT 1";
    let Some(row) = tx.opt(sql, &[to_bytes(payee)]).await? else { return Ok(None) };
    Ok(Some(Beneficiary {
        payee,
        revision: row.get("revision")?,
        subject: Pseudonym(row.get("subject")?),
        provider: row.get("provider")?,
        account: row.get("account")?,
    }))
}

/// Adds a word about a payee.
pub async fn insert(tx: &mut Tx, new: &Beneficiary, at: Timestamp) -> Result<(), DbError> {
    let sql =
        "INSERT INTO payment_beneficiary (payee, revision, subject, provider, account, registered)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let args: [Value; 6] = [
        to_bytes(new.payee),
        new.revision.into(),
        new.subject.0.into(),
        new.provider.as_str().into(),
        new.account.clone().into(),
        at.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}
