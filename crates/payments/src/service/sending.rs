//! From postings to providers, and from their answers to the end of an instruction.

use super::Payments;
use super::beneficiaries::ACCOUNT;
use crate::error::Error;
use crate::model::batch::Batch;
use crate::model::instruction::{Payee, State};
use crate::model::message::{Difference, Message, pause_seconds, wait_seconds};
use crate::model::{CODE_RETURN, ledger_of};
use crate::rails::Rail;
use crate::store::{instructions, messages, reconciliation};
use basis::{Id, Timestamp};
use contracts::rails::{CreditTransfer, CreditTransfersIn, RailClient, RailResult, RailStatus};
use contracts::{CallContext, CallError, MemberId};
use futures_util::stream::{self, StreamExt};
use kernel::db::{DbError, Tx};
use kernel::fields::{Fields, FieldsError};
use kernel::lease::Lease;
use ledger::Transfer;
use std::collections::HashMap;
use std::sync::Arc;

/// Messages that a provider works on at the same time.
const IN_FLIGHT: usize = 4;
/// Messages looked up at a time.
const DUE: i64 = 16;
/// ISO 20022: the provider gave no reason of its own.
const NO_REASON: &str = "NARR";
/// Said where the payee's data was erased, so that nobody knows the account any more.
const ERASED: &str = "beneficiary-erased";

/// What became of an instruction.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    payee: Payee,
    state: State,
    reason: Option<String>,
}

/// What is to be sent of a message.
struct Letter {
    payees: HashMap<Id, Payee>,
    transfers: Vec<CreditTransfer>,
    verdicts: Vec<Verdict>,
}

impl Payments {
    /// Sends to a provider what is due, until nothing is or it does not answer.
    pub(super) async fn send_due(&self, lease: &Lease, provider: &str) -> Result<(), Error> {
        let member: Option<MemberId> = provider.parse().ok();
        let Some(rail) = member.and_then(|member| self.rails.find(&member)) else {
            return self.pause(provider, "the directory does not name it as a provider").await;
        };
        loop {
            let (now, name) = (self.db.clock().now(), provider.to_owned());
            let read = self
                .db
                .read(move |tx| Box::pin(async move { messages::due(tx, &name, now, DUE).await }));
            let due: Vec<Message> = read.await.map_err(super::db)?;
            if due.is_empty() {
                return Ok(());
            }
            let mut sent = stream::iter(due)
                .map(|message| self.send_message(lease, &rail, message))
                .buffer_unordered(IN_FLIGHT);
            let mut silent = None;
            while let Some(answer) = sent.next().await {
                silent = answer?.or(silent);
            }
            match silent {
                Some(error) => return self.pause(provider, &error.to_string()).await,
                None => self.answers(provider).await?,
            }
        }
    }

    /// Sends one message. Answers why the provider could not be asked, if it could not.
    async fn send_message(
        &self,
        lease: &Lease,
        rail: &Rail,
        message: Message,
    ) -> Result<Option<CallError>, Error> {
        let batch = self.batch_of(message.key).await?;
        if message.rejected > 0 {
            self.bring_back(&batch, &message).await?;
        }
        let letter = self.letter(&batch, &message).await?;
        let mut verdicts = letter.verdicts;
        let mut silent = None;
        if !letter.transfers.is_empty() {
            let at = self.db.clock().now();
            let correlation = Id::mint(self.db.clock(), self.db.rng());
            let context = CallContext::new(
                self.subsystem.clone(),
                rail.service.clone(),
                rail.purpose.clone(),
                rail.basis.clone(),
                correlation,
                at,
            );
            self.crash.point("before-rail");
            let asked = CreditTransfersIn { transfers: letter.transfers };
            let answer = RailClient::new(self.wire.clone()).send(context, &asked).await;
            self.crash.point("after-rail");
            match answer {
                Ok(answer) => verdicts.extend(verdicts_of(&letter.payees, answer.results)),
                Err(error) => silent = Some(error),
            }
        }
        let wait = wait_seconds(message.tries);
        let due = self.db.clock().now().plus_seconds(wait);
        let rejected = verdicts.iter().any(|verdict| verdict.state == State::Rejected);
        self.settle(Some(lease.clone()), &message, verdicts, due).await?;
        if rejected {
            self.bring_back(&batch, &message).await?;
        }
        Ok(silent)
    }

    /// Opens the account numbers of a message's payees.
    async fn letter(&self, batch: &Batch, message: &Message) -> Result<Letter, Error> {
        let (fields, message, currency) = (self.fields.clone(), message.clone(), batch.currency);
        let read = self.db.read(move |tx| {
            Box::pin(async move { read_letter(tx, &fields, &message, currency).await })
        });
        read.await
    }

    /// Notes what became of instructions of a message.
    pub(super) async fn settle(
        &self,
        lease: Option<Lease>,
        message: &Message,
        verdicts: Vec<Verdict>,
        due: Timestamp,
    ) -> Result<(), Error> {
        let (message, verdicts) = (message.clone(), Arc::new(verdicts));
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                if let Some(lease) = &lease {
                    tx.check_lease(lease).await?;
                }
                let tries = i64::from(lease.is_some());
                settle(tx, &message, &verdicts, tries, due).await
            })
        });
        let settled: Result<(), DbError> = write.await;
        Ok(settled?)
    }

    /// Brings the money of refused instructions back to the programme. The transfers' ids follow from those they undo.
    pub(super) async fn bring_back(&self, batch: &Batch, message: &Message) -> Result<(), Error> {
        let wanted = message.clone();
        let read = self
            .db
            .read(move |tx| Box::pin(async move { instructions::members(tx, &wanted).await }));
        let members: Vec<_> = read.await.map_err(super::db)?;
        let rejected: Vec<_> =
            members.into_iter().filter(|kept| kept.state == State::Rejected).collect();
        let debit = self.clearing(&message.provider, batch.currency).await?;
        let mut transfers = Vec::with_capacity(rejected.len());
        for kept in &rejected {
            transfers.push(Transfer {
                id: self.return_of(kept.transfer)?,
                debit,
                credit: batch.debit,
                amount: kept.amount,
                ledger: ledger_of(batch.currency),
                code: CODE_RETURN,
                occurred: kept.ended.unwrap_or(message.planned),
            });
        }
        self.crash.point("rejected");
        let outcomes = self.ledger().await?.transfer_batch(transfers).await?;
        self.crash.point("returned");
        let settled: Vec<_> = rejected
            .into_iter()
            .zip(outcomes)
            .map(|(kept, outcome)| (kept.payee, kept.transfer, kept.amount, outcome.is_moved()))
            .collect();
        let (message, currency, settled) = (message.clone(), batch.currency, Arc::new(settled));
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                messages::hold(tx, message.key).await?;
                for (payee, transfer, amount, moved) in settled.iter().copied() {
                    let states = (State::Rejected, State::Failed);
                    instructions::settle(tx, message.key, payee, states, None).await?;
                    if !moved {
                        let (kind, provider) = ("not-returned", message.provider.clone());
                        let position = None;
                        let found =
                            Difference { transfer, kind, provider, amount, currency, position };
                        reconciliation::differ(tx, &found).await?;
                    }
                }
                messages::recount(tx, &message).await
            })
        });
        let noted: Result<(), DbError> = write.await;
        Ok(noted?)
    }

    /// The id of the transfer that brings another one back. Nobody without this block's key can take it first.
    pub(super) fn return_of(&self, transfer: Id) -> Result<Id, Error> {
        Ok(Id::from_bytes(self.digest("return", &transfer.to_string())?))
    }

    /// Leaves a provider alone for a while that did not answer.
    async fn pause(&self, provider: &str, error: &str) -> Result<(), Error> {
        tracing::warn!(provider, "A payment provider does not answer: {error}");
        let (provider, error) = (provider.to_owned(), error.to_owned());
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                let failures = messages::failures(tx, &provider).await? + 1;
                let until = tx.now().plus_seconds(pause_seconds(failures));
                messages::note_failures(tx, &provider, failures, until, Some(&error)).await
            })
        });
        let noted: Result<(), DbError> = write.await;
        Ok(noted?)
    }

    async fn answers(&self, provider: &str) -> Result<(), Error> {
        let provider = provider.to_owned();
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                let now = tx.now();
                match messages::failures(tx, &provider).await? {
                    0 => Ok(()),
                    _ => messages::note_failures(tx, &provider, 0, now, None).await,
                }
            })
        });
        let noted: Result<(), DbError> = write.await;
        Ok(noted?)
    }
}

async fn read_letter(
    tx: &mut Tx,
    fields: &Fields,
    message: &Message,
    currency: basis::Currency,
) -> Result<Letter, Error> {
    let sendable = instructions::sendable(tx, message).await?;
    let mut letter = Letter {
        payees: HashMap::with_capacity(sendable.len()),
        transfers: Vec::with_capacity(sendable.len()),
        verdicts: Vec::new(),
    };
    for one in sendable {
        let account = match fields.open(tx, one.subject.as_bytes(), ACCOUNT, &one.account).await {
            Ok(account) => account,
            Err(FieldsError::Erased) => {
                let (payee, reason) = (one.payee, Some(ERASED.to_owned()));
                letter.verdicts.push(Verdict { payee, state: State::Rejected, reason });
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        letter.payees.insert(one.transfer, one.payee);
        letter.transfers.push(CreditTransfer {
            id: one.transfer,
            account: String::from_utf8_lossy(&account).into_owned(),
            amount: basis::Money::from_minor(one.amount, currency),
            reference: one.reference,
        });
    }
    Ok(letter)
}

/// What a provider's answer means for the instructions it was asked about. Anything else in it is not believed.
fn verdicts_of(payees: &HashMap<Id, Payee>, results: Vec<RailResult>) -> Vec<Verdict> {
    let known = |result: RailResult| {
        payees.get(&result.id).and_then(|payee| verdict_of(*payee, result.status, result.reason))
    };
    results.into_iter().filter_map(known).collect()
}

/// None while the provider has not decided.
pub(super) fn verdict_of(
    payee: Payee,
    status: RailStatus,
    reason: Option<String>,
) -> Option<Verdict> {
    match status {
        RailStatus::Accepted => None,
        RailStatus::Booked => Some(Verdict { payee, state: State::Paid, reason: None }),
        RailStatus::Rejected => {
            let reason = Some(reason.unwrap_or_else(|| NO_REASON.to_owned()));
            Some(Verdict { payee, state: State::Rejected, reason })
        }
    }
}

async fn settle(
    tx: &mut Tx,
    message: &Message,
    verdicts: &[Verdict],
    tries: i64,
    due: Timestamp,
) -> Result<(), DbError> {
    messages::touch(tx, message.key, tries, due).await?;
    let all = i64::try_from(verdicts.len()) == Ok(message.open);
    let (paid, others): (Vec<&Verdict>, Vec<&Verdict>) =
        verdicts.iter().partition(|verdict| verdict.state == State::Paid);
    let one_by_one = if all { others } else { verdicts.iter().collect() };
    for verdict in one_by_one {
        let states = (State::Open, verdict.state);
        let reason = verdict.reason.as_deref();
        instructions::settle(tx, message.key, verdict.payee, states, reason).await?;
    }
    // Every one that was open is answered for: what is still open now was paid.
    if all && !paid.is_empty() {
        let now = tx.now();
        instructions::pay_all(tx, message, now).await?;
    }
    messages::recount(tx, message).await
}
