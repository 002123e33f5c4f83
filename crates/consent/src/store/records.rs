//! Table `consent_record`.

use super::{Page, subject, subject_value};
use crate::model::record::Record;
use basis::{Id, Timestamp};
use contracts::Pseudonym;
use kernel::db::{DbError, Row, Tx, Value};

/// Rows of this table that change together with a person's other rows are changed one transaction
/// after the other. A person falls into one of so many locks.
const LOCKS: u8 = 64;

/// Makes transactions about the same person run one after the other.
///
/// Lock rows stay for good, so there is a fixed number of them and not one a person.
pub async fn lock(tx: &mut Tx, subject: Pseudonym) -> Result<(), DbError> {
    let bucket = subject.as_bytes()[15] % LOCKS;
    tx.lock(&format!("consent_record:{bucket}")).await
}

/// Adds a record. A person answers once to one revision; see [`crate::model::record`].
pub async fn insert(tx: &mut Tx, record: &Record) -> Result<(), DbError> {
    let sql =
        "INSERT INTO consent_record (id, agreement, agreement_revision, agreement_hash, subject,
            state, valid_until, decided, signing, latest)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let args: [Value; 10] = [
        record.id.into(),
        record.agreement.into(),
        record.agreement_revision.into(),
        (*record.agreement_hash.as_bytes()).into(),
        subject_value(record.subject),
        record.state.as_str().into(),
        record.valid_until.into(),
        record.decided.into(),
        record.signing.as_str().into(),
        record.latest.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// Writes where a record stands.
pub async fn update(tx: &mut Tx, record: &Record) -> Result<(), DbError> {
    let sql = "UPDATE consent_record SET state = $2, valid_until = $3, decided = $4, signing = $5, latest = $6
        WHERE id = $1";
    let args: [Value; 6] = [
        record.id.into(),
        record.state.as_str().into(),
        record.valid_until.into(),
        record.decided.into(),
        record.signing.as_str().into(),
        record.latest.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// One record, whosever it is.
pub async fn find(tx: &mut Tx, id: Id) -> Result<Option<Record>, DbError> {
    let sql =
        "SELECT id, agreement, agreement_revision, agreement_hash, subject, state, valid_until,
            decided, signing, latest
        FROM consent_record
        WHERE id = $1";
    tx.opt(sql, &[id.into()]).await?.as_ref().map(from_row).transpose()
}

/// The person's record for one revision of an agreement.
pub async fn find_for_revision(
    tx: &mut Tx,
    subject: Pseudonym,
    agreement_revision: Id,
) -> Result<Option<Record>, DbError> {
    let sql =
        "SELECT id, agreement, agreement_revision, agreement_hash, subject, state, valid_until,
            decided, signing, latest
        FROM consent_record
        WHERE subject = $1 AND agreement_revision = $2";
    let args = [subject_value(subject), agreement_revision.into()];
    tx.opt(sql, &args).await?.as_ref().map(from_row).transpose()
}

/// The person's record for an agreement that counts.
pub async fn find_current(
    tx: &mut Tx,
    subject: Pseudonym,
    agreement: Id,
) -> Result<Option<Record>, DbError> {
    let sql =
        "SELECT id, agreement, agreement_revision, agreement_hash, subject, state, valid_until,
            decided, signing, latest
        FROM consent_record
        WHERE subject = $1 AND agreement = $2 AND state <> 'replaced'";
    let args = [subject_value(subject), agreement.into()];
    tx.opt(sql, &args).await?.as_ref().map(from_row).transpose()
}

/// All records, oldest first: for auditors.
pub async fn list(tx: &mut Tx, page: Page) -> Result<Vec<Record>, DbError> {
    let sql =
        "SELECT id, agreement, agreement_revision, agreement_hash, subject, state, valid_until,
            decided, signing, latest
        FROM consent_record ORDER BY id LIMIT $1 OFFSET $2";
    tx.all(sql, &page.args()).await?.iter().map(from_row).collect()
}

/// The person's records, newest first; those that count, or the replaced ones as well.
pub async fn list_of(
    tx: &mut Tx,
    subject: Pseudonym,
    replaced_too: bool,
    page: Page,
) -> Result<Vec<Record>, DbError> {
    let sql =
        "SELECT id, agreement, agreement_revision, agreement_hash, subject, state, valid_until,
            decided, signing, latest
        FROM consent_record
        WHERE subject = $1 AND (state <> 'replaced' OR $2 = TRUE)
        ORDER BY id DESC LIMIT $3 OFFSET $4";
    let [limit, offset] = page.args();
    let args = [subject_value(subject), replaced_too.into(), limit, offset];
    tx.all(sql, &args).await?.iter().map(from_row).collect()
}

/// The person's records for one agreement, newest first.
pub async fn list_for_agreement(
    tx: &mut Tx,
    subject: Pseudonym,
    agreement: Id,
    page: Page,
) -> Result<Vec<Record>, DbError> {
    let sql =
        "SELECT id, agreement, agreement_revision, agreement_hash, subject, state, valid_until,
            decided, signing, latest
        FROM consent_record
        WHERE subject = $1 AND agreement = $2
        ORDER BY id DESC LIMIT $3 OFFSET $4";
    let [limit, offset] = page.args();
    let args = [subject_value(subject), agreement.into(), limit, offset];
    tx.all(sql, &args).await?.iter().map(from_row).collect()
}

/// Given consents whose end has passed.
pub async fn list_due(tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<Record>, DbError> {
    let sql =
        "SELECT id, agreement, agreement_revision, agreement_hash, subject, state, valid_until,
            decided, signing, latest
        FROM consent_record
        WHERE state = 'given' AND valid_until IS NOT NULL
        AND valid_until <= $1 ORDER BY valid_until LIMIT $2";
    tx.all(sql, &[now.into(), limit.into()]).await?.iter().map(from_row).collect()
}

/// Deletes a record: only when a person is forgotten.
pub async fn delete(tx: &mut Tx, id: Id) -> Result<(), DbError> {
    tx.exec("DELETE FROM consent_record WHERE id = $1", &[id.into()]).await.map(drop)
}

fn from_row(row: &Row) -> Result<Record, DbError> {
    Ok(Record {
        id: row.get("id")?,
        agreement: row.get("agreement")?,
        agreement_revision: row.get("agreement_revision")?,
        agreement_hash: row.get("agreement_hash")?,
        subject: subject(row)?,
        state: row.get("state")?,
        valid_until: row.get("valid_until")?,
        decided: row.get("decided")?,
        signing: row.get("signing")?,
        latest: row.get("latest")?,
    })
}
