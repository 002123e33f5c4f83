//! Table `policy`.

use super::{Page, code, code_value, id_or_code};
use crate::model::policy::Policy;
use crate::model::reference::Reference;
use basis::Id;
use kernel::db::{DbError, Row, Tx};

/// Adds a policy.
pub async fn insert(tx: &mut Tx, policy: &Policy) -> Result<(), DbError> {
    let sql = "INSERT INTO policy (id, code, deleted, latest) VALUES ($1, $2, $3, $4)";
    let code = code_value(policy.code.as_ref());
    let args = [policy.id.into(), code, policy.deleted.into(), policy.latest.into()];
    tx.exec(sql, &args).await.map(drop)
}

/// Writes where a policy stands.
pub async fn update(tx: &mut Tx, policy: &Policy) -> Result<(), DbError> {
    let sql = "UPDATE policy SET deleted = $2, latest = $3 WHERE id = $1";
    let args = [policy.id.into(), policy.deleted.into(), policy.latest.into()];
    tx.exec(sql, &args).await.map(drop)
}

/// The policy with this id or code, deleted or not.
pub async fn find(tx: &mut Tx, reference: &Reference) -> Result<Option<Policy>, DbError> {
    let sql = "SELECT id, code, deleted, latest FROM policy WHERE id = $1 OR code = $2";
    tx.opt(sql, &id_or_code(reference)).await?.as_ref().map(from_row).transpose()
}

/// Policies that are not deleted, in the order in which they were created.
pub async fn list(tx: &mut Tx, page: Page) -> Result<Vec<Policy>, DbError> {
    let sql = "SELECT id, code, deleted, latest FROM policy WHERE deleted = FALSE
        ORDER BY id LIMIT $1 OFFSET $2";
    tx.all(sql, &page.args()).await?.iter().map(from_row).collect()
}

/// Whether a published agreement stands under the policy.
pub async fn is_in_use(tx: &mut Tx, id: Id) -> Result<bool, DbError> {
    let sql = "SELECT id FROM data_agreement WHERE policy = $1 LIMIT 1";
    Ok(tx.opt(sql, &[id.into()]).await?.is_some())
}

fn from_row(row: &Row) -> Result<Policy, DbError> {
    Ok(Policy {
        id: row.get("id")?,
        code: code(row)?,
        deleted: row.get("deleted")?,
        latest: row.get("latest")?,
    })
}
