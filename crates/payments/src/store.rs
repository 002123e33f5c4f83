//! Every SQL text of the block. Functions bind and map; they decide nothing.

pub mod batches;
pub mod beneficiaries;
pub mod instructions;
pub mod messages;
pub mod reconciliation;

use crate::model::instruction::Payee;
use crate::model::{Account, AccountKind, Ground, Order};
use basis::{Currency, Id, Money};
use contracts::Pseudonym;
use kernel::db::{DbError, Row, Tx, Value};

/// Adds an account.
pub async fn insert_account(tx: &mut Tx, account: &Account) -> Result<(), DbError> {
    let sql = "INSERT INTO payment_account (id, kind, currency, owner, opened) VALUES ($1, $2, $3, $4, $5)";
    let args: [Value; 5] = [
        account.id.into(),
        account.kind.name().into(),
        account.currency.code().into(),
        account.owner.clone().into(),
        account.opened.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// The account with this id.
pub async fn find_account(tx: &mut Tx, id: Id) -> Result<Option<Account>, DbError> {
    let sql = "SELECT id, kind, currency, owner, opened FROM payment_account WHERE id = $1";
    tx.opt(sql, &[id.into()]).await?.as_ref().map(to_account).transpose()
}

/// The currencies of all accounts.
pub async fn currencies(tx: &mut Tx) -> Result<Vec<Currency>, DbError> {
    let rows =
        tx.all("SELECT DISTINCT currency FROM payment_account ORDER BY currency", &[]).await?;
    rows.iter().map(to_currency).collect()
}

/// Notes into which account a person is paid.
pub async fn insert_payee(
    tx: &mut Tx,
    subject: Pseudonym,
    account: &Account,
) -> Result<(), DbError> {
    let sql = "INSERT INTO payment_payee (subject, currency, account) VALUES ($1, $2, $3)";
    let args = [subject.0.into(), account.currency.code().into(), account.id.into()];
    tx.exec(sql, &args).await.map(drop)
}

/// The account into which a person is paid.
pub async fn find_payee(
    tx: &mut Tx,
    subject: Pseudonym,
    currency: Currency,
) -> Result<Option<Id>, DbError> {
    let sql = "SELECT account FROM payment_payee WHERE subject = $1 AND currency = $2";
    let row = tx.opt(sql, &[subject.0.into(), currency.code().into()]).await?;
    row.map(|row| row.get("account")).transpose()
}

/// The person whose account this is.
pub async fn find_holder(tx: &mut Tx, account: Id) -> Result<Option<Pseudonym>, DbError> {
    let row =
        tx.opt("SELECT subject FROM payment_payee WHERE account = $1", &[account.into()]).await?;
    row.map(|row| row.get("subject").map(Pseudonym)).transpose()
}

/// Adds an order.
pub async fn insert_order(tx: &mut Tx, order: &Order) -> Result<(), DbError> {
    let sql = "INSERT INTO payment_order
        (id, debit, credit, amount, currency, code, reference, member, actor, case_ref, purpose, basis, ordered)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let args: [Value; 13] = [
        order.id.into(),
        order.debit.into(),
        order.credit.into(),
        order.amount.minor().into(),
        order.amount.currency().code().into(),
        order.ground.code.into(),
        order.reference.as_str().into(),
        order.ground.member.as_str().into(),
        order.ground.actor.as_str().into(),
        order.ground.case.clone().into(),
        order.ground.purpose.as_str().into(),
        order.ground.basis.as_str().into(),
        order.ordered.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

/// The order with this id.
pub async fn find_order(tx: &mut Tx, id: Id) -> Result<Option<Order>, DbError> {
    let sql = "SELECT id, debit, credit, amount, currency, code, reference, member, actor, case_ref, purpose, basis, ordered
        FROM payment_order WHERE id = $1";
    tx.opt(sql, &[id.into()]).await?.as_ref().map(to_order).transpose()
}

fn to_account(row: &Row) -> Result<Account, DbError> {
    let kind: String = row.get("kind")?;
    Ok(Account {
        id: row.get("id")?,
        kind: AccountKind::from_name(&kind).ok_or_else(|| corrupt("kind", "a kind of account"))?,
        currency: to_currency(row)?,
        owner: row.get("owner")?,
        opened: row.get("opened")?,
    })
}

fn to_order(row: &Row) -> Result<Order, DbError> {
    let code = u16::try_from(row.get::<i64>("code")?).map_err(|_| corrupt("code", "a code"))?;
    Ok(Order {
        id: row.get("id")?,
        debit: row.get("debit")?,
        credit: row.get("credit")?,
        amount: Money::from_minor(row.get("amount")?, to_currency(row)?),
        reference: row.get("reference")?,
        ground: Ground {
            member: row.get("member")?,
            actor: row.get("actor")?,
            case: row.get("case_ref")?,
            purpose: row.get("purpose")?,
            basis: row.get("basis")?,
            code,
        },
        ordered: row.get("ordered")?,
    })
}

fn to_currency(row: &Row) -> Result<Currency, DbError> {
    let code: String = row.get("currency")?;
    code.parse().map_err(|_| corrupt("currency", "a currency of ISO 4217"))
}

fn corrupt(column: &str, expected: &'static str) -> DbError {
    DbError::Corrupt { column: column.to_owned(), expected }
}

fn to_bytes(payee: Payee) -> Value {
    Value::Bytes(payee.to_vec())
}

fn to_payee(row: &Row, column: &str) -> Result<Payee, DbError> {
    let bytes: Vec<u8> = row.get(column)?;
    Payee::try_from(bytes.as_slice()).map_err(|_| corrupt(column, "16 bytes of a payee"))
}
