//! Table `data_agreement`.

use super::{Page, code, code_value, id_or_code, subject_value};
use crate::model::agreement::Agreement;
use crate::model::reference::Reference;
use basis::Id;
use contracts::Pseudonym;
use kernel::db::{DbError, Row, Tx, Value};

/// Adds an agreement. `policy` is the one its published revision stands under.
pub async fn insert(tx: &mut Tx, agreement: &Agreement, policy: Option<Id>) -> Result<(), DbError> {
    let sql = "INSERT INTO data_agreement (id, code, state, latest, published, policy)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let args: [Value; 6] = [
        agreement.id.into(),
        code_value(agreement.code.as_ref()),
        agreement.state.as_str().into(),
        agreement.latest.into(),
        agreement.published.into(),
        policy.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// Writes where an agreement stands.
pub async fn update(tx: &mut Tx, agreement: &Agreement, policy: Option<Id>) -> Result<(), DbError> {
    let sql = "UPDATE data_agreement SET state = $2, latest = $3, published = $4, policy = $5 WHERE id = $1";
    let args: [Value; 5] = [
        agreement.id.into(),
        agreement.state.as_str().into(),
        agreement.latest.into(),
        agreement.published.into(),
        policy.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// The agreement with this id or code.
pub async fn find(tx: &mut Tx, reference: &Reference) -> Result<Option<Agreement>, DbError> {
    let sql = "SELECT id, code, state, latest, published FROM data_agreement
        WHERE id = $1 OR code = $2";
    tx.opt(sql, &id_or_code(reference)).await?.as_ref().map(from_row).transpose()
}

/// All agreements in the order in which they were created.
pub async fn list(tx: &mut Tx, page: Page) -> Result<Vec<Agreement>, DbError> {
    let sql = "SELECT id, code, state, latest, published FROM data_agreement
        ORDER BY id LIMIT $1 OFFSET $2";
    tx.all(sql, &page.args()).await?.iter().map(from_row).collect()
}

/// Agreements residents are asked to consent to.
pub async fn list_published(tx: &mut Tx, page: Page) -> Result<Vec<Agreement>, DbError> {
    let sql = "SELECT id, code, state, latest, published FROM data_agreement
        WHERE state = 'published' ORDER BY id LIMIT $1 OFFSET $2";
    tx.all(sql, &page.args()).await?.iter().map(from_row).collect()
}

/// Agreements that are offered, and those the person has answered to.
pub async fn list_for(
    tx: &mut Tx,
    subject: Pseudonym,
    page: Page,
) -> Result<Vec<Agreement>, DbError> {
    let sql = "SELECT id, code, state, latest, published FROM data_agreement
        WHERE state = 'published'
            OR id IN (SELECT agreement FROM consent_record WHERE subject = $1)
        ORDER BY id LIMIT $2 OFFSET $3";
    let [limit, offset] = page.args();
    let rows = tx.all(sql, &[subject_value(subject), limit, offset]).await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Agreement, DbError> {
    Ok(Agreement {
        id: row.get("id")?,
        code: code(row)?,
        state: row.get("state")?,
        latest: row.get("latest")?,
        published: row.get("published")?,
    })
}
