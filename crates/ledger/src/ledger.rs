//! The handle that blocks use.

use crate::checkpoint;
use crate::command::{Asked, Command};
use crate::error::LedgerError;
use crate::log::{Entry, Line, Side};
use crate::model::{Account, AccountState, Balance, Closing, Opening, Outcome, Totals, Transfer};
use crate::store;
use crate::writer::{BATCH, PAGE, Writer};
use basis::Id;
use kernel::db::{Db, DbError, Tx};
use tokio::sync::{mpsc, oneshot};

/// Commands that may wait; whoever comes next waits to be let in.
const WAITING: usize = 65_536;
/// Entries of a statement in one answer at the most.
const STATEMENT: usize = 1_000;

/// A running ledger. Cheap to clone; the writer ends with the last clone.
///
/// Start one for each database. A second one takes the ledger over: the first notices with its next batch, loads what the
/// second wrote and takes it back. That is safe, and slow.
#[derive(Clone)]
pub struct Ledger {
    db: Db,
    inbox: mpsc::Sender<Command>,
}

impl Ledger {
    /// Takes the ledger of this database, loads it into memory and starts its writer and its checkpoints.
    ///
    /// # Errors
    /// [`LedgerError::Corrupt`] when the stored log contradicts itself; [`LedgerError::Unavailable`].
    pub async fn start(db: Db) -> Result<Self, LedgerError> {
        let writer = Writer::start(db.clone()).await?;
        tokio::spawn(checkpoint::keep(db.clone(), writer.watch()));
        let (inbox, commands) = mpsc::channel(WAITING);
        tokio::spawn(writer.run(commands));
        Ok(Self { db, inbox })
    }

    /// Opens an account. Ask again with the same id when the answer is lost.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`], [`LedgerError::Fenced`] or [`LedgerError::Stopped`]; whether it was opened is then not
    /// known.
    pub async fn open_account(&self, account: Account) -> Result<Opening, LedgerError> {
        self.ask(account, Command::Open).await
    }

    /// Closes an account that holds nothing, for good.
    ///
    /// # Errors
    /// As [`Ledger::open_account`].
    pub async fn close_account(&self, account: Id) -> Result<Closing, LedgerError> {
        self.ask(account, Command::Close).await
    }

    /// Moves money, durably once this answers. The caller has minted and kept the id before: it asks again with the same
    /// id when the answer is lost, for as long as it likes, and the money moves once.
    ///
    /// # Errors
    /// As [`Ledger::open_account`].
    pub async fn transfer(&self, transfer: Transfer) -> Result<Outcome, LedgerError> {
        self.ask(transfer, Command::Transfer).await
    }

    /// Moves money many times: in order, each with an answer of its own, not all or nothing. The fastest way in.
    ///
    /// # Errors
    /// As [`Ledger::open_account`]. The transfers may then have moved in part: ask again with the same ids.
    pub async fn transfer_batch(
        &self,
        transfers: Vec<Transfer>,
    ) -> Result<Vec<Outcome>, LedgerError> {
        if transfers.len() <= BATCH {
            return self.ask(transfers, Command::Batch).await;
        }
        let mut outcomes = Vec::with_capacity(transfers.len());
        for part in transfers.chunks(BATCH) {
            outcomes.extend(self.ask(part.to_vec(), Command::Batch).await?);
        }
        Ok(outcomes)
    }

    /// The account as it stands after everything asked before; `None` when it was never opened.
    ///
    /// # Errors
    /// As [`Ledger::open_account`].
    pub async fn account(&self, account: Id) -> Result<Option<AccountState>, LedgerError> {
        self.ask(account, Command::Account).await
    }

    /// The sums of an account after everything asked before; `None` when it was never opened.
    ///
    /// # Errors
    /// As [`Ledger::open_account`].
    pub async fn balance(&self, account: Id) -> Result<Option<Balance>, LedgerError> {
        Ok(self.account(account).await?.map(|found| found.balance))
    }

    /// The trial balance, one line for each ledger code. Walks over all accounts.
    ///
    /// # Errors
    /// As [`Ledger::open_account`].
    pub async fn totals(&self) -> Result<Vec<Totals>, LedgerError> {
        self.ask((), Command::Totals).await
    }

    /// The posted transfers of an account after a position (0 for all), oldest first, at most 1,000.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`].
    pub async fn statement(
        &self,
        account: Id,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Entry>, LedgerError> {
        let limit = limit.min(STATEMENT);
        Ok(self.db.read(move |tx| Box::pin(read_statement(tx, account, after, limit))).await?)
    }

    /// The line of the log with this transfer id, posted or refused.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`].
    pub async fn find(&self, transfer: Id) -> Result<Option<Line>, LedgerError> {
        Ok(self.db.read(move |tx| Box::pin(store::line(tx, transfer))).await?)
    }

    /// The lines of the log with these transfer ids, those that exist, in any order.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`].
    pub async fn find_all(&self, transfers: Vec<Id>) -> Result<Vec<Line>, LedgerError> {
        let read = self
            .db
            .read(move |tx| Box::pin(async move { store::lines_with(tx, &transfers).await }));
        Ok(read.await?)
    }

    /// Stores the balances up to the end of the log, so that the next start is fast. For an orderly shutdown: otherwise it
    /// happens by itself when the ledger has time.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`]; nothing is lost then.
    pub async fn checkpoint(&self) -> Result<(), LedgerError> {
        checkpoint::catch_up(&self.db).await
    }

    async fn ask<Q, A>(
        &self,
        question: Q,
        command: fn(Asked<Q, A>) -> Command,
    ) -> Result<A, LedgerError> {
        let (asked, answer): (_, oneshot::Receiver<_>) = Asked::new(question);
        self.inbox.send(command(asked)).await.map_err(|_| LedgerError::Stopped)?;
        answer.await.map_err(|_| LedgerError::Stopped)?
    }
}

/// The index of statements up to the checkpoint, then the tail of the log.
async fn read_statement(
    tx: &mut Tx,
    account: Id,
    after: i64,
    limit: usize,
) -> Result<Vec<Entry>, DbError> {
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX);
    let covered = store::checkpoint(tx).await?;
    let indexed = store::postings(tx, account, after, covered, wanted).await?;
    let mut entries: Vec<Entry> =
        indexed.iter().map(|(line, sums)| entry(account, line, *sums)).collect();
    if entries.len() >= limit {
        return Ok(entries);
    }
    let mut sums = store::sums_at(tx, account, covered).await?;
    let mut position = covered;
    loop {
        let page = store::lines_of(tx, account, position, PAGE).await?;
        let Some(last) = page.last() else { return Ok(entries) };
        position = last.position;
        for line in &page {
            add(&mut sums, account, line);
            if line.position > after {
                entries.push(entry(account, line, sums));
            }
            if entries.len() >= limit {
                return Ok(entries);
            }
        }
    }
}

fn add(sums: &mut Balance, account: Id, line: &Line) {
    let amount = i128::from(line.transfer.amount);
    match side(account, line) {
        Side::Debit => sums.debits += amount,
        Side::Credit => sums.credits += amount,
    }
}

fn side(account: Id, line: &Line) -> Side {
    match line.transfer.debit == account {
        true => Side::Debit,
        false => Side::Credit,
    }
}

fn entry(account: Id, line: &Line, after: Balance) -> Entry {
    let Line { position, transfer, recorded, .. } = *line;
    Entry { position, side: side(account, line), transfer, recorded, after }
}
