//! The one writer of a ledger: decides in memory, appends a batch in one transaction, then answers.
//!
//! Why in this order: a transfer that was answered must be in the log, and one that is not in the log must not be seen by
//! any later decision or answer. So nobody is answered before the commit, not even a question about a balance, and what a
//! failed commit leaves behind is taken back or thrown away.

use crate::command::{Command, decide};
use crate::error::LedgerError;
use crate::log::{Batch, Line, Place};
use crate::memory::REMEMBERED;
use crate::state::State;
use crate::store;
use basis::Id;
use kernel::db::{Db, DbError, Tx};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// Lines of the log in one transaction, about, and in one command: more adds latency and hardly any speed.
pub(crate) const BATCH: usize = 8_192;
/// Rows read at a time.
pub(crate) const PAGE: i64 = 8_192;
/// Times a batch is tried before its callers are told to ask again.
const ATTEMPTS: u32 = 4;

/// What the writer knows while it owns the shard.
pub(crate) struct Held {
    place: Place,
    state: State,
}

pub(crate) struct Writer {
    db: Db,
    /// `None` when what is stored may differ from what is known: load before the next decision.
    held: Option<Held>,
    /// Tells the checkpoints how far the log has come.
    written: watch::Sender<i64>,
}

/// Why a batch is not in the log, or may not be.
enum Lost {
    /// Another writer has taken the shard.
    Fenced,
    /// A transfer id stands in the log already.
    Repeated(DbError),
    /// The transaction failed; whether it was committed cannot be told from the error alone.
    Failed(DbError),
}

impl From<DbError> for Lost {
    fn from(error: DbError) -> Self {
        match error.is_unique_violation() {
            true => Self::Repeated(error),
            false => Self::Failed(error),
        }
    }
}

impl Writer {
    /// Takes the shard and loads it.
    pub(crate) async fn start(db: Db) -> Result<Self, LedgerError> {
        let held = load(&db).await?;
        let written = watch::Sender::new(held.place.position);
        Ok(Self { db, held: Some(held), written })
    }

    pub(crate) fn watch(&self) -> watch::Receiver<i64> {
        self.written.subscribe()
    }

    /// Serves until the last handle is gone. A batch is whatever queued while the one before was committed: no timer.
    /// The callers of a batch are told while the next one is on its way to the disk, by another task: with many callers
    /// that is as much work again.
    pub(crate) async fn run(mut self, mut inbox: mpsc::Receiver<Command>) {
        let mut done = Vec::new();
        while let Some(mut batch) = gather(&mut inbox, &mut done).await {
            let serving = self.serve(&mut batch);
            let telling = std::mem::take(&mut done);
            if !telling.is_empty() {
                tokio::spawn(tell(telling));
            }
            match serving.await {
                Ok(()) => done = batch,
                Err(failure) => {
                    batch.into_iter().for_each(|command| command.settle(Some(&failure)))
                }
            }
        }
    }

    async fn serve(&mut self, commands: &mut [Command]) -> Result<(), LedgerError> {
        let mut failure = LedgerError::Fenced;
        for _ in 0..ATTEMPTS {
            let mut held = match self.held.take() {
                Some(held) => held,
                None => load(&self.db).await?,
            };
            let batch = Arc::new(decide(&mut held.state, held.place, commands));
            match self.append(&batch).await {
                Ok(()) => {
                    held.place.position += batch.lines;
                    self.written.send_replace(held.place.position);
                    self.held = Some(held);
                    return Ok(());
                }
                Err(Lost::Repeated(error)) => {
                    self.held = Some(self.recall(held, &batch, commands).await?);
                    failure = LedgerError::Unavailable(error);
                }
                Err(Lost::Fenced) => {
                    tracing::warn!(
                        epoch = held.place.epoch,
                        "Another writer has taken the ledger: loading it again"
                    );
                    failure = LedgerError::Fenced;
                }
                Err(Lost::Failed(error)) => {
                    tracing::warn!(%error, "A batch of the ledger failed: loading what is stored");
                    failure = LedgerError::Unavailable(error);
                }
            }
        }
        Err(failure)
    }

    async fn append(&self, batch: &Arc<Batch>) -> Result<(), Lost> {
        if batch.changes.is_empty() {
            return Ok(());
        }
        let batch = batch.clone();
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    if !store::fence(tx, &batch).await? {
                        return Err(Lost::Fenced);
                    }
                    Ok(store::append(tx, &batch).await?)
                })
            })
            .await
    }

    /// Takes a batch back and remembers which of its ids stand in the log: the rare way, for ids older than the memory.
    async fn recall(
        &self,
        mut held: Held,
        batch: &Batch,
        commands: &[Command],
    ) -> Result<Held, LedgerError> {
        for change in batch.changes.iter().rev() {
            held.state.revert(change);
        }
        let asked = commands.iter().flat_map(Command::transfers).map(|transfer| transfer.id);
        let unknown: Vec<Id> = asked.filter(|id| held.state.remembered(*id).is_none()).collect();
        let found: Result<Vec<Line>, DbError> = self
            .db
            .read(move |tx| Box::pin(async move { store::lines_with(tx, &unknown).await }))
            .await;
        for line in found? {
            held.state.remember(&line.transfer, line.verdict);
        }
        Ok(held)
    }
}

/// What queued. Waits when there is nothing, but tells first those who are done: they may be all there are.
async fn gather(
    inbox: &mut mpsc::Receiver<Command>,
    done: &mut Vec<Command>,
) -> Option<Vec<Command>> {
    let first = match inbox.try_recv() {
        Ok(first) => first,
        Err(_) => {
            done.drain(..).for_each(|command| command.settle(None));
            inbox.recv().await?
        }
    };
    let mut weight = first.weight();
    let mut batch = vec![first];
    // Not `recv_many`: a command may carry thousands of transfers, and lines are what is counted.
    while weight < BATCH
        && batch.len() < BATCH
        && let Ok(next) = inbox.try_recv()
    {
        weight += next.weight();
        batch.push(next);
    }
    Some(batch)
}

async fn tell(done: Vec<Command>) {
    for command in done {
        command.settle(None);
    }
}

/// Takes the shard and reads accounts, balances of the checkpoint and the log behind it, as one transaction: from the
/// first statement on, nobody else can append or move the checkpoint.
async fn load(db: &Db) -> Result<Held, LedgerError> {
    let held = db.write(|tx| Box::pin(read_all(tx))).await?;
    tracing::info!(
        epoch = held.place.epoch,
        lines = held.place.position,
        accounts = held.state.accounts().count(),
        "Took the ledger"
    );
    Ok(held)
}

async fn read_all(tx: &mut Tx) -> Result<Held, LedgerError> {
    let place = store::take_over(tx).await?;
    let mut state = State::new(REMEMBERED);
    let mut last = store::FIRST;
    loop {
        let page = store::accounts(tx, last, PAGE).await?;
        let Some(end) = page.last() else { break };
        last = end.state.account.id;
        for stored in &page {
            state.load(stored.state);
        }
    }
    let mut position = store::checkpoint(tx).await?;
    loop {
        let page = store::lines(tx, position, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for line in &page {
            position += 1;
            if line.position != position {
                return Err(LedgerError::Corrupt { position, what: "the line is missing" });
            }
            if !state.replay(&line.transfer, line.verdict) {
                return Err(LedgerError::Corrupt {
                    position,
                    what: "it names an account that was never opened",
                });
            }
        }
    }
    if position != place.position {
        return Err(LedgerError::Corrupt {
            position: place.position,
            what: "the log ends elsewhere than its head",
        });
    }
    Ok(Held { place, state })
}
