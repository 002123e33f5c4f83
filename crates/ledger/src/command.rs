//! What travels to the writer and back.

use crate::error::LedgerError;
use crate::log::{Batch, Place};
use crate::model::{Account, AccountState, Closing, Opening, Outcome, Totals, Transfer};
use crate::state::{Change, State, apply, verdict};
use basis::Id;
use tokio::sync::oneshot;

/// A question, the place for its answer, and the way back to whoever asked.
pub(crate) struct Asked<Q, A> {
    question: Q,
    answer: Option<A>,
    reply: oneshot::Sender<Result<A, LedgerError>>,
}

impl<Q, A> Asked<Q, A> {
    pub(crate) fn new(question: Q) -> (Self, oneshot::Receiver<Result<A, LedgerError>>) {
        let (reply, receiver) = oneshot::channel();
        (Self { question, answer: None, reply }, receiver)
    }

    fn settle(self, failure: Option<&LedgerError>) {
        let answer = match (failure, self.answer) {
            (Some(failure), _) => Err(failure.clone()),
            (None, Some(answer)) => Ok(answer),
            (None, None) => Err(LedgerError::Stopped),
        };
        // Whoever asked may have gone; the log stands all the same.
        let _ = self.reply.send(answer);
    }
}

/// Everything the writer can be asked, in the order in which it is answered.
pub(crate) enum Command {
    Transfer(Asked<Transfer, Outcome>),
    Batch(Asked<Vec<Transfer>, Vec<Outcome>>),
    Open(Asked<Account, Opening>),
    Close(Asked<Id, Closing>),
    Account(Asked<Id, Option<AccountState>>),
    Totals(Asked<(), Vec<Totals>>),
}

impl Command {
    /// How many lines it may add to the log.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Batch(asked) => asked.question.len(),
            Self::Transfer(_) | Self::Open(_) | Self::Close(_) => 1,
            Self::Account(_) | Self::Totals(_) => 0,
        }
    }

    /// The transfers it carries.
    pub(crate) fn transfers(&self) -> &[Transfer] {
        match self {
            Self::Transfer(asked) => std::slice::from_ref(&asked.question),
            Self::Batch(asked) => &asked.question,
            Self::Open(_) | Self::Close(_) | Self::Account(_) | Self::Totals(_) => &[],
        }
    }

    /// Applies it to the state, notes the answer and what the log must keep. May be called again after the changes were
    /// taken back.
    fn decide(&mut self, state: &mut State, changes: &mut Vec<Change>) {
        match self {
            Self::Transfer(asked) => asked.answer = Some(transfer(state, &asked.question, changes)),
            Self::Batch(asked) => {
                let mut answers = asked.answer.take().unwrap_or_default();
                answers.clear();
                answers.extend(
                    asked.question.iter().map(|question| transfer(state, question, changes)),
                );
                asked.answer = Some(answers);
            }
            Self::Open(asked) => {
                let opening = state.open(&asked.question);
                changes
                    .extend((opening == Opening::Opened).then_some(Change::Opened(asked.question)));
                asked.answer = Some(opening);
            }
            Self::Close(asked) => {
                let closing = state.close(asked.question);
                changes
                    .extend((closing == Closing::Closed).then_some(Change::Closed(asked.question)));
                asked.answer = Some(closing);
            }
            Self::Account(asked) => asked.answer = Some(state.account(asked.question).copied()),
            Self::Totals(asked) => asked.answer = Some(state.totals()),
        }
    }

    /// Answers whoever asked: what was decided, or the failure of the batch.
    pub(crate) fn settle(self, failure: Option<&LedgerError>) {
        match self {
            Self::Transfer(asked) => asked.settle(failure),
            Self::Batch(asked) => asked.settle(failure),
            Self::Open(asked) => asked.settle(failure),
            Self::Close(asked) => asked.settle(failure),
            Self::Account(asked) => asked.settle(failure),
            Self::Totals(asked) => asked.settle(failure),
        }
    }
}

fn transfer(state: &mut State, asked: &Transfer, changes: &mut Vec<Change>) -> Outcome {
    let outcome = apply(state, asked);
    if let Some(verdict) = verdict(outcome) {
        changes.push(Change::Logged(*asked, verdict));
    }
    outcome
}

/// Applies commands in order; answers what the log must keep of them.
pub(crate) fn decide(state: &mut State, place: Place, commands: &mut [Command]) -> Batch {
    let mut changes = Vec::with_capacity(commands.iter().map(Command::weight).sum());
    for command in commands {
        command.decide(state, &mut changes);
    }
    Batch::new(place, changes)
}
