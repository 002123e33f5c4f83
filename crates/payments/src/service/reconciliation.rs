//! Instruction, posting and the provider's statement are compared one to one. Each run goes on where the last one ended.

use super::Payments;
use crate::error::Error;
use crate::model::batch::Batch;
use crate::model::instruction::{Kept, State};
use crate::model::message::{Difference, Key, Message};
use crate::model::{CODE_BATCH, CODE_RETURN};
use crate::store::reconciliation::{self, Clearing, Noted};
use crate::store::{batches, instructions, messages};
use basis::{Id, Timestamp};
use contracts::rails::{RailClient, Statement, StatementLine, StatementQuery};
use contracts::{CallContext, CallError, MemberId};
use kernel::db::{DbError, Tx};
use ledger::{Entry, Line, Side, Verdict};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Lines of a statement, and postings, compared at a time.
const PAGE: u16 = 1_000;
/// Messages compared at a time.
const MESSAGES: i64 = 20;
/// Differences in one answer at the most.
const DIFFERENCES_MAX: i64 = 1_000;
/// Paid by us, and not on the provider's statement.
const MISSING: &str = "missing-on-statement";

/// What stands where, after a run. Equal counts and no difference: all match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Instructions that are paid or on their way.
    pub instructions: i64,
    /// Postings towards providers, less those that came back.
    pub postings: i64,
    /// Lines of providers' statements.
    pub statement_lines: i64,
    /// Differences noted and not solved.
    pub differences: i64,
}

impl Payments {
    /// Compares what is new. A provider that does not answer is left for the next run.
    ///
    /// # Errors
    /// When ledger or database cannot answer.
    pub async fn reconcile(&self) -> Result<Counts, Error> {
        let begun = self.db.clock().now();
        let read = self.db.read(|tx| Box::pin(reconciliation::providers(tx)));
        let providers: Result<Vec<(String, i64)>, DbError> = read.await;
        let mut silent = HashSet::new();
        for (provider, after) in providers? {
            if !self.read_statement(&provider, after).await? {
                silent.insert(provider);
            }
        }
        self.compare_messages(begun, &silent).await?;
        self.ledger().await?.checkpoint().await?;
        let read = self.db.read(|tx| Box::pin(reconciliation::clearings(tx)));
        let clearings: Result<Vec<Clearing>, DbError> = read.await;
        for clearing in clearings? {
            self.read_postings(clearing).await?;
        }
        self.counts().await
    }

    /// What stands where by the last run.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn counts(&self) -> Result<Counts, Error> {
        let read = self.db.read(|tx| {
            Box::pin(async move {
                let (postings, statement_lines, differences) = reconciliation::counts(tx).await?;
                let instructions = messages::on_their_way(tx).await?;
                Ok(Counts { instructions, postings, statement_lines, differences })
            })
        });
        let counts: Result<Counts, DbError> = read.await;
        Ok(counts?)
    }

    /// Differences, newest first, at most 1,000.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn differences(&self) -> Result<Vec<Noted>, Error> {
        let read = self.db.read(|tx| Box::pin(reconciliation::differences(tx, DIFFERENCES_MAX)));
        let found: Result<Vec<Noted>, DbError> = read.await;
        Ok(found?)
    }

    /// Reads on in a provider's statement; false if it did not answer.
    async fn read_statement(&self, provider: &str, mut after: i64) -> Result<bool, Error> {
        loop {
            let page = match self.ask_statement(provider, after).await {
                Some(Ok(page)) => page,
                Some(Err(error)) => {
                    tracing::warn!(provider, "A payment provider gives no statement: {error}");
                    return Ok(false);
                }
                None => return Ok(false),
            };
            let Statement { lines, more } = page;
            let Some(last) = lines.last().map(|line| line.position) else { return Ok(true) };
            let (name, lines) = (provider.to_owned(), Arc::new(lines));
            let write = self.db.write(move |tx| {
                Box::pin(async move {
                    let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
                    if !reconciliation::move_statement(tx, &name, (after, last), count).await? {
                        return Err(DbError::Contended);
                    }
                    let mut known = Known::default();
                    for line in lines.iter() {
                        compare_line(tx, &name, line, &mut known).await?;
                    }
                    Ok(())
                })
            });
            write.await?;
            self.crash.point("reconciliation");
            after = last;
            if !more {
                return Ok(true);
            }
        }
    }

    async fn ask_statement(
        &self,
        provider: &str,
        after: i64,
    ) -> Option<Result<Statement, CallError>> {
        let member: MemberId = provider.parse().ok()?;
        let rail = self.rails.find(&member)?;
        let (clock, rng) = (self.db.clock(), self.db.rng());
        let (correlation, at) = (Id::mint(clock, rng), clock.now());
        let (from, to) = (self.subsystem.clone(), rail.service);
        let context = CallContext::new(from, to, rail.purpose, rail.basis, correlation, at);
        let query = StatementQuery { after, limit: Some(PAGE) };
        Some(RailClient::new(self.wire.clone()).statement(context, query).await)
    }

    /// Compares the instructions of ended messages with what the ledger and the statements say of them.
    async fn compare_messages(
        &self,
        begun: Timestamp,
        silent: &HashSet<String>,
    ) -> Result<(), Error> {
        let mut after = Key { batch: Id::from_bytes([0; 16]), number: 0 };
        loop {
            let read = self.db.read(move |tx| {
                Box::pin(async move { messages::ended(tx, after, MESSAGES).await })
            });
            let page: Vec<Message> = read.await.map_err(super::db)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.key;
            for message in page {
                if !silent.contains(&message.provider) {
                    self.compare_message(message, begun).await?;
                }
            }
        }
    }

    async fn compare_message(&self, message: Message, begun: Timestamp) -> Result<(), Error> {
        let wanted = message.clone();
        let read = self
            .db
            .read(move |tx| Box::pin(async move { instructions::members(tx, &wanted).await }));
        let members: Vec<Kept> = read.await.map_err(super::db)?;
        let (mut found, mut young) = (Vec::new(), false);
        if !message.provider.is_empty() {
            let batch = self.batch_of(message.key).await?;
            let clearing = self.clearing(&message.provider, batch.currency).await?;
            let mut ids: Vec<Id> = members.iter().map(|kept| kept.transfer).collect();
            let mut returns = HashMap::new();
            for kept in members.iter().filter(|kept| kept.state == State::Failed) {
                let id = self.return_of(kept.transfer)?;
                returns.insert(kept.transfer, id);
                ids.push(id);
            }
            let lines = self.ledger().await?.find_all(ids).await?;
            let lines: HashMap<Id, Line> =
                lines.into_iter().map(|line| (line.transfer.id, line)).collect();
            let books = Books { batch: &batch, clearing, lines: &lines, returns: &returns };
            for kept in &members {
                young |= kept.booked.is_none() && kept.ended.is_none_or(|ended| ended >= begun);
                let wrong = books.look(kept);
                found.extend(wrong.into_iter().map(|kind| Difference {
                    transfer: kept.transfer,
                    kind,
                    provider: message.provider.clone(),
                    amount: kept.amount,
                    currency: batch.currency,
                    position: None,
                }));
            }
        }
        // What was paid while the statement was being read may stand on the next one.
        let found: Vec<Difference> =
            found.into_iter().filter(|one| !young || one.kind != MISSING).collect();
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                for one in &found {
                    reconciliation::differ(tx, one).await?;
                }
                if found.is_empty() && !young {
                    messages::note_reconciled(tx, message.key).await?;
                }
                Ok::<_, DbError>(())
            })
        });
        Ok(write.await?)
    }

    /// Reads on in the postings of a clearing account: each must be an instruction's, or bring one back.
    async fn read_postings(&self, mut clearing: Clearing) -> Result<(), Error> {
        loop {
            let (account, after) = (clearing.account, clearing.ledger_after);
            let page = self.ledger().await?.statement(account, after, usize::from(PAGE)).await?;
            let Some(last) = page.last().map(|entry| entry.position) else { return Ok(()) };
            let (page, held) = (Arc::new(page), Arc::new(clearing));
            let moving = held.clone();
            let write = self.db.write(move |tx| {
                Box::pin(async move { compare_postings(tx, &moving, &page, last).await })
            });
            let moved: Result<(), DbError> = write.await;
            moved?;
            let Clearing { provider, currency, account, .. } = held.as_ref();
            let (provider, currency, account) = (provider.clone(), *currency, *account);
            clearing = Clearing { provider, currency, account, ledger_after: last };
        }
    }
}

/// What the ledger says of a message's instructions.
struct Books<'a> {
    batch: &'a Batch,
    clearing: Id,
    lines: &'a HashMap<Id, Line>,
    returns: &'a HashMap<Id, Id>,
}

impl Books<'_> {
    /// What is wrong with an instruction that has ended.
    fn look(&self, kept: &Kept) -> Vec<&'static str> {
        let posting = self.lines.get(&kept.transfer);
        let posted = posting.is_some_and(|line| line.verdict == Verdict::Posted);
        let ours = posting.is_some_and(|line| {
            let (transfer, clearing) = (&line.transfer, self.clearing);
            transfer.credit == clearing && transfer.debit == self.batch.debit
        });
        let right = posting.is_some_and(|line| line.transfer.amount == kept.amount);
        match kept.state {
            State::Paid => {
                let mut wrong = Vec::new();
                if !posted {
                    wrong.push("posting-missing");
                } else if !ours || !right {
                    wrong.push("posting-differs");
                }
                if kept.booked.is_none() {
                    wrong.push(MISSING);
                }
                wrong
            }
            State::Failed if posted && ours => {
                let back = self.returns.get(&kept.transfer).and_then(|id| self.lines.get(id));
                let is_back = back.is_some_and(|line| {
                    line.verdict == Verdict::Posted && line.transfer.amount == kept.amount
                });
                if is_back { Vec::new() } else { vec!["return-missing"] }
            }
            State::Failed | State::Open | State::Rejected => Vec::new(),
        }
    }
}

/// Batches and messages looked up for a page.
#[derive(Default)]
struct Known {
    batches: HashMap<Id, Option<Batch>>,
    messages: HashMap<Key, Option<Message>>,
}

impl Known {
    async fn of(
        &mut self,
        tx: &mut Tx,
        kept: &Kept,
    ) -> Result<Option<(&Batch, &Message)>, DbError> {
        let key = Key { batch: kept.batch, number: kept.message };
        if let std::collections::hash_map::Entry::Vacant(place) = self.batches.entry(key.batch) {
            place.insert(batches::find(tx, key.batch).await?);
        }
        if let std::collections::hash_map::Entry::Vacant(place) = self.messages.entry(key) {
            place.insert(messages::find(tx, key).await?);
        }
        let batch = self.batches.get(&key.batch).and_then(Option::as_ref);
        Ok(batch.zip(self.messages.get(&key).and_then(Option::as_ref)))
    }
}

/// Finds the instruction of a statement's line, and notes what does not fit.
async fn compare_line(
    tx: &mut Tx,
    provider: &str,
    line: &StatementLine,
    known: &mut Known,
) -> Result<(), DbError> {
    let kept = instructions::find_transfer(tx, line.id).await?;
    let kind = match &kept {
        None => Some("unknown-booking"),
        Some(kept) => match known.of(tx, kept).await? {
            None => Some("unknown-booking"),
            Some((_, message)) if message.provider != provider => Some("other-provider"),
            Some((batch, _)) if batch.money(kept.amount) != line.amount => Some("amount-differs"),
            Some(_) if kept.transfer != line.id || kept.state == State::Failed => {
                Some("booked-though-refused")
            }
            Some(_) if kept.state == State::Rejected => Some("booked-though-refused"),
            Some(_) if kept.booked.is_some_and(|booked| booked != line.position) => {
                Some("booked-twice")
            }
            Some(_) => None,
        },
    };
    match (kind, kept) {
        (None, Some(kept)) => {
            instructions::note_booked(tx, &kept, line.position).await?;
            reconciliation::agree(tx, line.id, MISSING).await
        }
        (kind, _) => {
            let found = Difference {
                transfer: line.id,
                kind: kind.unwrap_or("unknown-booking"),
                provider: provider.to_owned(),
                amount: line.amount.minor(),
                currency: line.amount.currency(),
                position: Some(line.position),
            };
            reconciliation::differ(tx, &found).await
        }
    }
}

async fn compare_postings(
    tx: &mut Tx,
    clearing: &Clearing,
    page: &[Entry],
    last: i64,
) -> Result<(), DbError> {
    let (mut posted, mut returned) = (0, 0);
    for entry in page {
        let transfer = entry.transfer;
        let fits = match entry.side {
            Side::Credit => {
                posted += 1;
                transfer.code == CODE_BATCH
                    && instructions::find_transfer(tx, transfer.id).await?.is_some()
            }
            Side::Debit => {
                returned += 1;
                transfer.code == CODE_RETURN
            }
        };
        if !fits {
            let found = Difference {
                transfer: transfer.id,
                kind: "unknown-posting",
                provider: clearing.provider.clone(),
                amount: transfer.amount,
                currency: clearing.currency,
                position: Some(entry.position),
            };
            reconciliation::differ(tx, &found).await?;
        }
    }
    match reconciliation::move_ledger(tx, clearing, last, (posted, returned)).await? {
        true => Ok(()),
        false => Err(DbError::Contended),
    }
}
