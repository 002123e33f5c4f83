//! The ledger in memory: accounts with their sums, and the ids seen lately. No IO, no async, no clock.

use crate::memory::Memory;
use crate::model::{
    Account, AccountState, Balance, Closing, Opening, Outcome, Totals, Transfer, Verdict,
};
use crate::rules;
use basis::Id;
use std::collections::{BTreeMap, HashMap};

/// All accounts of one shard. About 100 bytes an account and 110 a remembered transfer.
#[derive(Debug, Clone)]
pub struct State {
    // The index keeps places, so that the entries a hash map moves about stay small, and a decision's places serve the
    // change that follows it.
    places: HashMap<Id, u32>,
    slots: Vec<AccountState>,
    memory: Memory,
}

/// Applies one transfer in order: decides, and moves the money if it may.
///
/// The caller writes what [`verdict`] says to the log; an outcome without a verdict leaves no trace.
pub fn apply(state: &mut State, transfer: &Transfer) -> Outcome {
    match rules::decide(state, transfer) {
        Ok(allowed) => {
            let amount = i128::from(transfer.amount);
            state.slots[allowed.debit].balance.debits += amount;
            state.slots[allowed.credit].balance.credits += amount;
            state.memory.insert(transfer, Verdict::Posted);
            Outcome::Posted
        }
        Err(Outcome::Refused(refusal)) => {
            if refusal.burns_the_id() {
                state.memory.insert(transfer, Verdict::Refused(refusal));
            }
            Outcome::Refused(refusal)
        }
        Err(repeated) => repeated,
    }
}

/// What the log must keep of an outcome: nothing of repetitions.
#[must_use]
pub fn verdict(outcome: Outcome) -> Option<Verdict> {
    match outcome {
        Outcome::Posted => Some(Verdict::Posted),
        Outcome::Refused(refusal) if refusal.burns_the_id() => Some(Verdict::Refused(refusal)),
        Outcome::Refused(_)
        | Outcome::Exists
        | Outcome::ExistsWithDifferent(_)
        | Outcome::AlreadyRefused(_) => None,
    }
}

impl State {
    /// An empty ledger that answers retries of the last `remembered` transfers (at least half of them) by itself.
    #[must_use]
    pub fn new(remembered: usize) -> Self {
        Self { places: HashMap::new(), slots: Vec::new(), memory: Memory::new(remembered) }
    }

    /// Opens an account.
    pub fn open(&mut self, account: &Account) -> Opening {
        let opening = rules::decide_opening(self.account(account.id), account);
        if opening == Opening::Opened {
            self.load(AccountState {
                account: *account,
                balance: Balance::default(),
                closed: false,
            });
        }
        opening
    }

    /// Closes an account that holds nothing, for good.
    pub fn close(&mut self, account: Id) -> Closing {
        let closing = rules::decide_closing(self.account(account));
        if closing == Closing::Closed {
            self.set_closed(account, true);
        }
        closing
    }

    /// The account as it stands.
    #[must_use]
    pub fn account(&self, id: Id) -> Option<&AccountState> {
        self.slot(id).map(|(_, slot)| slot)
    }

    /// All accounts, in the order of their opening.
    pub fn accounts(&self) -> impl Iterator<Item = &AccountState> {
        self.slots.iter()
    }

    /// The trial balance, summed account by account, in the order of the ledger codes.
    #[must_use]
    pub fn totals(&self) -> Vec<Totals> {
        let mut sums: BTreeMap<u32, Totals> = BTreeMap::new();
        for slot in &self.slots {
            let ledger = slot.account.ledger;
            let empty = Totals { ledger, accounts: 0, debits: 0, credits: 0 };
            let sum = sums.entry(ledger).or_insert(empty);
            sum.accounts += 1;
            sum.debits += slot.balance.debits;
            sum.credits += slot.balance.credits;
        }
        sums.into_values().collect()
    }

    /// Takes in an account from a snapshot.
    pub(crate) fn load(&mut self, loaded: AccountState) {
        let place = u32::try_from(self.slots.len())
            .expect("4 billion accounts do not fit one shard's memory");
        self.places.insert(loaded.account.id, place);
        self.slots.push(loaded);
    }

    /// Takes in a line of the log. `false` when it names an account that was never opened.
    pub(crate) fn replay(&mut self, transfer: &Transfer, verdict: Verdict) -> bool {
        self.memory.insert(transfer, verdict);
        if verdict != Verdict::Posted {
            return true;
        }
        self.add(transfer, i128::from(transfer.amount))
    }

    /// Remembers a line of the log whose effect is in the sums already.
    pub(crate) fn remember(&mut self, transfer: &Transfer, verdict: Verdict) {
        self.memory.insert(transfer, verdict);
    }

    /// Takes back a change that did not reach the log. Changes must be taken back last first.
    pub(crate) fn revert(&mut self, change: &Change) {
        match change {
            Change::Logged(transfer, verdict) => {
                self.memory.remove(transfer.id);
                if *verdict == Verdict::Posted {
                    self.add(transfer, -i128::from(transfer.amount));
                }
            }
            Change::Opened(account) => {
                self.places.remove(&account.id);
                self.slots.pop();
            }
            Change::Closed(account) => self.set_closed(*account, false),
        }
    }

    pub(crate) fn remembered(&self, id: Id) -> Option<&(Transfer, Verdict)> {
        self.memory.get(id)
    }

    pub(crate) fn slot(&self, id: Id) -> Option<(usize, &AccountState)> {
        let place = *self.places.get(&id)? as usize;
        self.slots.get(place).map(|slot| (place, slot))
    }

    fn add(&mut self, transfer: &Transfer, amount: i128) -> bool {
        let (Some((debit, _)), Some((credit, _))) =
            (self.slot(transfer.debit), self.slot(transfer.credit))
        else {
            return false;
        };
        self.slots[debit].balance.debits += amount;
        self.slots[credit].balance.credits += amount;
        true
    }

    fn set_closed(&mut self, account: Id, closed: bool) {
        if let Some((place, _)) = self.slot(account) {
            self.slots[place].closed = closed;
        }
    }
}

/// A change of the state that the log must keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Opened(Account),
    Closed(Id),
    Logged(Transfer, Verdict),
}
