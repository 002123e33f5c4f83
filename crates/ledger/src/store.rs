//! Every SQL text of the ledger. Functions bind and map; they decide nothing.

use crate::log::{Batch, Line, Place};
use crate::model::{Account, AccountState, Balance, Limit, Refusal, Transfer, Verdict};
use crate::state::Change;
use basis::{Id, Timestamp};
use kernel::db::ColumnType::{Bytes, Int, Text};
use kernel::db::{DbError, FromValue, Row, Table, Tx, Value};

/// The one shard there is for now.
const SHARD: i64 = 0;

/// Before every id: where keyset paging starts.
pub(crate) const FIRST: Id = Id::from_bytes([0; 16]);

static ACCOUNT: Table = Table {
    name: "ledger_account",
    columns: &[
        ("shard", Int),
        ("id", Bytes),
        ("ledger", Int),
        ("code", Int),
        ("held", Int),
        ("position", Int),
        ("recorded", Int),
    ],
};

static CLOSURE: Table = Table {
    name: "ledger_closure",
    columns: &[("shard", Int), ("account", Bytes), ("position", Int), ("recorded", Int)],
};

static TRANSFER: Table = Table {
    name: "ledger_transfer",
    columns: &[
        ("shard", Int),
        ("position", Int),
        ("id", Bytes),
        ("debit", Bytes),
        ("credit", Bytes),
        ("amount", Int),
        ("ledger", Int),
        ("code", Int),
        ("occurred", Int),
        ("recorded", Int),
        ("verdict", Int),
    ],
};

static BALANCE: Table = Table {
    name: "ledger_balance",
    columns: &[("shard", Int), ("account", Bytes), ("debits", Text), ("credits", Text)],
};

static POSTING: Table = Table {
    name: "ledger_posting",
    columns: &[
        ("shard", Int),
        ("account", Bytes),
        ("position", Int),
        ("debits", Text),
        ("credits", Text),
    ],
};

static TOUCHED: Table =
    Table { name: "ledger_touched", columns: &[("shard", Int), ("account", Bytes)] };

/// Makes this writer the shard's owner, and keeps a checkpoint from moving while the transaction reads.
pub(crate) async fn take_over(tx: &mut Tx) -> Result<Place, DbError> {
    let head = "INSERT INTO ledger_head (shard, epoch, position) VALUES ($1, 0, 0) ON CONFLICT (shard) DO NOTHING";
    tx.exec(head, &[SHARD.into()]).await?;
    let checkpoint = "INSERT INTO ledger_checkpoint (shard, position) VALUES ($1, 0) ON CONFLICT (shard) DO NOTHING";
    tx.exec(checkpoint, &[SHARD.into()]).await?;
    tx.exec("UPDATE ledger_checkpoint SET position = position WHERE shard = $1", &[SHARD.into()])
        .await?;
    let taken =
        "UPDATE ledger_head SET epoch = epoch + 1 WHERE shard = $1 RETURNING epoch, position";
    let row = tx.one(taken, &[SHARD.into()]).await?;
    Ok(Place { epoch: row.get("epoch")?, position: row.get("position")? })
}

/// Moves the head over the batch; `false` when another writer has taken the shard.
pub(crate) async fn fence(tx: &mut Tx, batch: &Batch) -> Result<bool, DbError> {
    let moved = "UPDATE ledger_head SET position = position + $1 WHERE shard = $2 AND epoch = $3 AND position = $4";
    let Place { epoch, position } = batch.place;
    let lines = Value::Int(batch.lines);
    Ok(tx.exec(moved, &[lines, SHARD.into(), epoch.into(), position.into()]).await? == 1)
}

/// Appends a batch to the log.
pub(crate) async fn append(tx: &mut Tx, batch: &Batch) -> Result<(), DbError> {
    let recorded = Value::from(tx.now());
    let mut position = batch.place.position;
    let (mut accounts, mut closures) = (Vec::new(), Vec::new());
    let mut transfers = Vec::with_capacity(batch.changes.len() * TRANSFER.columns.len());
    for change in &batch.changes {
        match change {
            Change::Opened(account) => accounts.extend(account_row(account, position, &recorded)),
            Change::Closed(id) => {
                closures.extend([SHARD.into(), (*id).into(), position.into(), recorded.clone()]);
            }
            Change::Logged(transfer, verdict) => {
                position += 1;
                transfers.extend(transfer_row(transfer, *verdict, position, &recorded));
            }
        }
    }
    for (table, rows) in [(&ACCOUNT, accounts), (&CLOSURE, closures), (&TRANSFER, transfers)] {
        if !rows.is_empty() {
            tx.append(table, &rows).await?;
        }
    }
    Ok(())
}

fn account_row(account: &Account, position: i64, recorded: &Value) -> [Value; 7] {
    let held = match account.limit {
        Limit::None => 0_i64,
        Limit::DebitsMustNotExceedCredits => 1,
        Limit::CreditsMustNotExceedDebits => 2,
    };
    [
        SHARD.into(),
        account.id.into(),
        i64::from(account.ledger).into(),
        account.code.into(),
        held.into(),
        position.into(),
        recorded.clone(),
    ]
}

fn transfer_row(
    transfer: &Transfer,
    verdict: Verdict,
    position: i64,
    recorded: &Value,
) -> [Value; 11] {
    let verdict = match verdict {
        Verdict::Posted => 0,
        Verdict::Refused(refusal) => i64::from(refusal.number()),
    };
    [
        SHARD.into(),
        position.into(),
        transfer.id.into(),
        transfer.debit.into(),
        transfer.credit.into(),
        transfer.amount.into(),
        i64::from(transfer.ledger).into(),
        transfer.code.into(),
        transfer.occurred.into(),
        recorded.clone(),
        verdict.into(),
    ]
}

/// The line with this transfer id.
pub(crate) async fn line(tx: &mut Tx, id: Id) -> Result<Option<Line>, DbError> {
    let sql =
        "SELECT position, id, debit, credit, amount, ledger, code, occurred, recorded, verdict
               FROM ledger_transfer WHERE shard = $1 AND id = $2";
    tx.opt(sql, &[SHARD.into(), id.into()]).await?.as_ref().map(to_line).transpose()
}

/// Ids in one statement of [`lines_with`].
const IDS: usize = 16;

/// The lines with these transfer ids, those that exist, in any order.
pub(crate) async fn lines_with(tx: &mut Tx, ids: &[Id]) -> Result<Vec<Line>, DbError> {
    let sql =
        "SELECT position, id, debit, credit, amount, ledger, code, occurred, recorded, verdict
               FROM ledger_transfer WHERE shard = $1
               AND id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    let mut found = Vec::new();
    for part in ids.chunks(IDS) {
        // A shorter last part asks for its first id several times.
        let padding = std::iter::repeat_n(&part[0], IDS - part.len());
        let ids = part.iter().chain(padding).map(|id| Value::from(*id));
        let args: Vec<Value> = std::iter::once(Value::from(SHARD)).chain(ids).collect();
        for row in tx.all(sql, &args).await? {
            found.push(to_line(&row)?);
        }
    }
    Ok(found)
}

/// The lines after a position, in order.
pub(crate) async fn lines(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<Line>, DbError> {
    let sql =
        "SELECT position, id, debit, credit, amount, ledger, code, occurred, recorded, verdict
               FROM ledger_transfer WHERE shard = $1 AND position > $2 ORDER BY position LIMIT $3";
    tx.all(sql, &[SHARD.into(), after.into(), limit.into()]).await?.iter().map(to_line).collect()
}

/// The posted lines of an account after a position, in order: a scan, for the short tail behind the checkpoint.
pub(crate) async fn lines_of(
    tx: &mut Tx,
    account: Id,
    after: i64,
    limit: i64,
) -> Result<Vec<Line>, DbError> {
    let sql =
        "SELECT position, id, debit, credit, amount, ledger, code, occurred, recorded, verdict
               FROM ledger_transfer
               WHERE shard = $1 AND position > $2 AND (debit = $3 OR credit = $3) AND verdict = 0
               ORDER BY position LIMIT $4";
    let args = [SHARD.into(), after.into(), account.into(), limit.into()];
    tx.all(sql, &args).await?.iter().map(to_line).collect()
}

/// The lines of an account that the index of statements covers, each with the account's sums after it.
pub(crate) async fn postings(
    tx: &mut Tx,
    account: Id,
    after: i64,
    until: i64,
    limit: i64,
) -> Result<Vec<(Line, Balance)>, DbError> {
    let sql = "SELECT t.position, t.id, t.debit, t.credit, t.amount, t.ledger, t.code, t.occurred, t.recorded,
                      t.verdict, p.debits, p.credits
               FROM ledger_posting p JOIN ledger_transfer t ON t.shard = p.shard AND t.position = p.position
               WHERE p.shard = $1 AND p.account = $2 AND p.position > $3 AND p.position <= $4
               ORDER BY p.position LIMIT $5";
    let args = [SHARD.into(), account.into(), after.into(), until.into(), limit.into()];
    tx.all(sql, &args).await?.iter().map(|row| Ok((to_line(row)?, to_balance(row)?))).collect()
}

/// The account's sums at a checkpoint's position.
pub(crate) async fn sums_at(tx: &mut Tx, account: Id, position: i64) -> Result<Balance, DbError> {
    let sql = "SELECT debits, credits FROM ledger_posting
               WHERE shard = $1 AND account = $2 AND position <= $3 ORDER BY position DESC LIMIT 1";
    let row = tx.opt(sql, &[SHARD.into(), account.into(), position.into()]).await?;
    row.as_ref().map_or(Ok(Balance::default()), to_balance)
}

/// Accounts after an id, with the balances of the checkpoint and the positions of opening and closing. One statement, so
/// that balances and checkpoint belong together even while another process moves the checkpoint.
pub(crate) async fn accounts(tx: &mut Tx, after: Id, limit: i64) -> Result<Vec<Stored>, DbError> {
    let sql = "SELECT a.id, a.ledger, a.code, a.held, a.position AS opened, b.debits, b.credits, c.position AS closed,
                      (SELECT k.position FROM ledger_checkpoint k WHERE k.shard = $1) AS covered
               FROM ledger_account a
               LEFT JOIN ledger_balance b ON b.shard = a.shard AND b.account = a.id
               LEFT JOIN ledger_closure c ON c.shard = a.shard AND c.account = a.id
               WHERE a.shard = $1 AND a.id > $2 ORDER BY a.id LIMIT $3";
    tx.all(sql, &[SHARD.into(), after.into(), limit.into()]).await?.iter().map(to_stored).collect()
}

/// An account as stored.
#[derive(Clone, Copy)]
pub(crate) struct Stored {
    /// With the balance of the checkpoint.
    pub(crate) state: AccountState,
    /// The last line before its opening.
    pub(crate) opened: i64,
    /// The last line before its closing.
    pub(crate) closed: Option<i64>,
    /// The last line that the balance covers.
    pub(crate) covered: i64,
}

/// The last line of the log.
pub(crate) async fn head(tx: &mut Tx) -> Result<i64, DbError> {
    let row = tx.opt("SELECT position FROM ledger_head WHERE shard = $1", &[SHARD.into()]).await?;
    row.map_or(Ok(0), |row| row.get("position"))
}

/// The last line that balances and statements cover.
pub(crate) async fn checkpoint(tx: &mut Tx) -> Result<i64, DbError> {
    let row =
        tx.opt("SELECT position FROM ledger_checkpoint WHERE shard = $1", &[SHARD.into()]).await?;
    row.map_or(Ok(0), |row| row.get("position"))
}

/// Moves the checkpoint; `false` when it is no longer at `from`. Holds its row until the end of the transaction.
pub(crate) async fn move_checkpoint(tx: &mut Tx, from: i64, to: i64) -> Result<bool, DbError> {
    let sql = "UPDATE ledger_checkpoint SET position = $1 WHERE shard = $2 AND position = $3";
    Ok(tx.exec(sql, &[to.into(), SHARD.into(), from.into()]).await? == 1)
}

/// The stored balances of many accounts, by a join with the scratch table instead of a query each.
pub(crate) async fn touch(tx: &mut Tx, accounts: &[Id]) -> Result<Vec<(Id, Balance)>, DbError> {
    let rows: Vec<Value> = accounts.iter().flat_map(|id| [SHARD.into(), (*id).into()]).collect();
    tx.append(&TOUCHED, &rows).await?;
    let sql = "SELECT b.account, b.debits, b.credits
               FROM ledger_touched n JOIN ledger_balance b ON b.shard = n.shard AND b.account = n.account
               WHERE n.shard = $1";
    let found = tx.all(sql, &[SHARD.into()]).await?;
    found.iter().map(|row| Ok((row.get("account")?, to_balance(row)?))).collect()
}

/// Replaces the balances of all touched accounts and empties the scratch table.
pub(crate) async fn replace_touched(
    tx: &mut Tx,
    balances: &[(Id, Balance)],
) -> Result<(), DbError> {
    let old = "DELETE FROM ledger_balance
               WHERE shard = $1 AND account IN (SELECT account FROM ledger_touched WHERE shard = $1)";
    tx.exec(old, &[SHARD.into()]).await?;
    let rows: Vec<Value> =
        balances.iter().flat_map(|(account, balance)| balance_row(*account, balance)).collect();
    tx.append(&BALANCE, &rows).await?;
    tx.exec("DELETE FROM ledger_touched WHERE shard = $1", &[SHARD.into()]).await?;
    Ok(())
}

/// Appends to the index of statements.
pub(crate) async fn append_postings(
    tx: &mut Tx,
    postings: &[(Id, i64, Balance)],
) -> Result<(), DbError> {
    let mut rows = Vec::with_capacity(postings.len() * POSTING.columns.len());
    for (account, position, after) in postings {
        let [shard, account, debits, credits] = balance_row(*account, after);
        rows.extend([shard, account, (*position).into(), debits, credits]);
    }
    tx.append(&POSTING, &rows).await
}

fn balance_row(account: Id, balance: &Balance) -> [Value; 4] {
    let (debits, credits) = (balance.debits.to_string(), balance.credits.to_string());
    [SHARD.into(), account.into(), debits.into(), credits.into()]
}

fn to_line(row: &Row) -> Result<Line, DbError> {
    let transfer = Transfer {
        id: row.get("id")?,
        debit: row.get("debit")?,
        credit: row.get("credit")?,
        amount: row.get("amount")?,
        ledger: small(row, "ledger")?,
        code: small(row, "code")?,
        occurred: row.get("occurred")?,
    };
    let verdict = match small::<u8>(row, "verdict")? {
        0 => Verdict::Posted,
        number => Verdict::Refused(
            Refusal::from_number(number).ok_or_else(|| corrupt("verdict", "a known refusal"))?,
        ),
    };
    Ok(Line {
        position: row.get("position")?,
        transfer,
        verdict,
        recorded: row.get::<Timestamp>("recorded")?,
    })
}

fn to_stored(row: &Row) -> Result<Stored, DbError> {
    let limit = match row.get::<i64>("held")? {
        0 => Limit::None,
        1 => Limit::DebitsMustNotExceedCredits,
        2 => Limit::CreditsMustNotExceedDebits,
        _ => return Err(corrupt("held", "a known limit")),
    };
    let account = Account {
        id: row.get("id")?,
        ledger: small(row, "ledger")?,
        code: small(row, "code")?,
        limit,
    };
    let balance = match row.get::<Option<String>>("debits")? {
        None => Balance::default(),
        Some(_) => to_balance(row)?,
    };
    let closed: Option<i64> = row.get("closed")?;
    let state = AccountState { account, balance, closed: closed.is_some() };
    let covered = row.get::<Option<i64>>("covered")?.unwrap_or(0);
    Ok(Stored { state, opened: row.get("opened")?, closed, covered })
}

fn to_balance(row: &Row) -> Result<Balance, DbError> {
    Ok(Balance { debits: sum(row, "debits")?, credits: sum(row, "credits")? })
}

fn sum(row: &Row, column: &str) -> Result<i128, DbError> {
    row.get::<String>(column)?.parse().map_err(|_| corrupt(column, "a decimal sum"))
}

/// An integer that the code wrote from a smaller type.
fn small<T: TryFrom<i64>>(row: &Row, column: &str) -> Result<T, DbError> {
    T::try_from(row.get::<i64>(column)?).map_err(|_| corrupt(column, <i64 as FromValue>::EXPECTED))
}

fn corrupt(column: &str, expected: &'static str) -> DbError {
    DbError::Corrupt { column: column.to_owned(), expected }
}
