//! The rules of double entry: flat checks that return early, each with a status of its own.
//!
//! Pure functions of the state; nothing changes here. The order is part of the contract, since the first broken rule is
//! what the caller is told: first whether the id was used, then what is wrong whatever the accounts hold, then what the
//! accounts say.

use crate::model::{
    Account, AccountState, Closing, Field, Limit, Opening, Outcome, Refusal, Transfer, Verdict,
};
use crate::state::State;
use basis::Id;

const ZERO: Id = Id::from_bytes([0; 16]);

/// Where the two accounts of an allowed transfer lie in the state.
pub(crate) struct Allowed {
    pub(crate) debit: usize,
    pub(crate) credit: usize,
}

/// Decides a transfer, without moving anything.
pub(crate) fn decide(state: &State, transfer: &Transfer) -> Result<Allowed, Outcome> {
    if transfer.id == ZERO {
        return Err(Outcome::Refused(Refusal::IdMustNotBeZero));
    }
    if let Some((earlier, verdict)) = state.remembered(transfer.id) {
        return Err(repeated(earlier, *verdict, transfer));
    }
    check(state, transfer).map_err(Outcome::Refused)
}

fn check(state: &State, transfer: &Transfer) -> Result<Allowed, Refusal> {
    if transfer.amount <= 0 {
        return Err(Refusal::AmountMustBePositive);
    }
    if transfer.code == 0 {
        return Err(Refusal::CodeMustNotBeZero);
    }
    if transfer.debit == transfer.credit {
        return Err(Refusal::AccountsMustBeDifferent);
    }
    let Some((debit, from)) = state.slot(transfer.debit) else {
        return Err(Refusal::DebitAccountNotFound);
    };
    let Some((credit, to)) = state.slot(transfer.credit) else {
        return Err(Refusal::CreditAccountNotFound);
    };
    if from.account.ledger != to.account.ledger {
        return Err(Refusal::AccountsMustHaveTheSameLedger);
    }
    if transfer.ledger != from.account.ledger {
        return Err(Refusal::TransferMustHaveTheSameLedgerAsAccounts);
    }
    if from.closed {
        return Err(Refusal::DebitAccountClosed);
    }
    if to.closed {
        return Err(Refusal::CreditAccountClosed);
    }
    // Each limit is looked at on one side only: a credit can never break the first, a debit never the second.
    let amount = i128::from(transfer.amount);
    if from.account.limit == Limit::DebitsMustNotExceedCredits
        && from.balance.debits + amount > from.balance.credits
    {
        return Err(Refusal::ExceedsCredits);
    }
    if to.account.limit == Limit::CreditsMustNotExceedDebits
        && to.balance.credits + amount > to.balance.debits
    {
        return Err(Refusal::ExceedsDebits);
    }
    Ok(Allowed { debit, credit })
}

/// What a second transfer with the id of an earlier one is told.
fn repeated(earlier: &Transfer, verdict: Verdict, now: &Transfer) -> Outcome {
    if earlier.debit != now.debit {
        return Outcome::ExistsWithDifferent(Field::Debit);
    }
    if earlier.credit != now.credit {
        return Outcome::ExistsWithDifferent(Field::Credit);
    }
    if earlier.amount != now.amount {
        return Outcome::ExistsWithDifferent(Field::Amount);
    }
    if earlier.ledger != now.ledger {
        return Outcome::ExistsWithDifferent(Field::Ledger);
    }
    if earlier.code != now.code {
        return Outcome::ExistsWithDifferent(Field::Code);
    }
    if earlier.occurred != now.occurred {
        return Outcome::ExistsWithDifferent(Field::Occurred);
    }
    match verdict {
        Verdict::Posted => Outcome::Exists,
        Verdict::Refused(refusal) => Outcome::AlreadyRefused(refusal),
    }
}

/// Decides an opening, without opening anything. The first of the repeated fields that differs is told.
pub(crate) fn decide_opening(existing: Option<&AccountState>, account: &Account) -> Opening {
    if account.id == ZERO {
        return Opening::IdMustNotBeZero;
    }
    let Some(AccountState { account: existing, .. }) = existing else {
        return decide_new(account);
    };
    if existing.ledger != account.ledger {
        return Opening::ExistsWithDifferentLedger;
    }
    if existing.code != account.code {
        return Opening::ExistsWithDifferentCode;
    }
    if existing.limit != account.limit {
        return Opening::ExistsWithDifferentLimit;
    }
    Opening::Exists
}

fn decide_new(account: &Account) -> Opening {
    if account.ledger == 0 {
        return Opening::LedgerMustNotBeZero;
    }
    if account.code == 0 {
        return Opening::CodeMustNotBeZero;
    }
    Opening::Opened
}

/// Decides a closing, without closing anything.
pub(crate) fn decide_closing(existing: Option<&AccountState>) -> Closing {
    let Some(existing) = existing else {
        return Closing::NotFound;
    };
    if existing.closed {
        return Closing::AlreadyClosed;
    }
    if existing.balance.net() != 0 {
        return Closing::BalanceMustBeZero;
    }
    Closing::Closed
}
