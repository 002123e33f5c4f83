//! What must hold for every sequence of commands, tried on random ones.

use crate::model::{
    Account, AccountState, Balance, Closing, Limit, Opening, Outcome, Refusal, Transfer, Verdict,
};
use crate::state::{Change, State, apply, verdict};
use basis::{Id, Timestamp};
use proptest::prelude::*;

/// Small on purpose: repeated ids, unknown and closed accounts and both limits must come up often.
const ACCOUNTS: u8 = 6;
const IDS: u8 = 40;

#[derive(Debug, Clone)]
enum Command {
    Open(Account),
    Close(Id),
    Move(Transfer),
}

fn id(kind: u8, n: u8) -> Id {
    let mut bytes = [0; 16];
    bytes[0] = kind;
    bytes[15] = n;
    Id::from_bytes(bytes)
}

fn limit() -> impl Strategy<Value = Limit> {
    prop_oneof![
        Just(Limit::None),
        Just(Limit::DebitsMustNotExceedCredits),
        Just(Limit::CreditsMustNotExceedDebits),
    ]
}

fn account() -> impl Strategy<Value = Account> {
    (0..ACCOUNTS, 1..3_u32, 0..3_u16, limit()).prop_map(|(n, ledger, code, limit)| Account {
        id: id(1, n),
        ledger,
        code,
        limit,
    })
}

fn transfer() -> impl Strategy<Value = Transfer> {
    let amount = prop_oneof![8 => 1..200_i64, 1 => -2..2_i64, 1 => Just(i64::MAX)];
    (0..IDS, 0..ACCOUNTS, 0..ACCOUNTS, amount, 1..3_u32, 0..4_u16).prop_map(
        |(n, debit, credit, amount, ledger, code)| {
            let (debit, credit) = (id(1, debit), id(1, credit));
            Transfer {
                id: id(2, n),
                debit,
                credit,
                amount,
                ledger,
                code,
                occurred: Timestamp::EPOCH,
            }
        },
    )
}

fn commands() -> impl Strategy<Value = Vec<Command>> {
    let command = prop_oneof![
        4 => account().prop_map(Command::Open),
        1 => (0..ACCOUNTS).prop_map(|n| Command::Close(id(1, n))),
        20 => transfer().prop_map(Command::Move),
    ];
    prop::collection::vec(command, 0..300)
}

/// The ledger as anyone would first write it: lists, searched from end to end; balances recounted from the log each time.
#[derive(Default)]
struct Naive {
    accounts: Vec<(Account, bool)>,
    log: Vec<(Transfer, Option<Refusal>)>,
}

impl Naive {
    fn sum(&self, account: Id) -> Balance {
        let mut sum = Balance::default();
        for (moved, _) in self.log.iter().filter(|(_, refusal)| refusal.is_none()) {
            if moved.debit == account {
                sum.debits += i128::from(moved.amount);
            }
            if moved.credit == account {
                sum.credits += i128::from(moved.amount);
            }
        }
        sum
    }

    fn find(&self, id: Id) -> Option<(Account, bool)> {
        self.accounts.iter().find(|(account, _)| account.id == id).copied()
    }

    fn open(&mut self, account: Account) -> bool {
        let fits = account.ledger != 0 && account.code != 0 && self.find(account.id).is_none();
        if fits {
            self.accounts.push((account, false));
        }
        fits
    }

    fn close(&mut self, id: Id) -> bool {
        let empty = self.sum(id).net() == 0;
        let Some(entry) =
            self.accounts.iter_mut().find(|(account, closed)| account.id == id && !closed && empty)
        else {
            return false;
        };
        entry.1 = true;
        true
    }

    /// Whether money moved now.
    fn transfer(&mut self, asked: Transfer) -> bool {
        if self.log.iter().any(|(earlier, _)| earlier.id == asked.id) {
            return false;
        }
        let refusal = self.refusal(&asked);
        self.log.push((asked, refusal));
        refusal.is_none()
    }

    fn refusal(&mut self, asked: &Transfer) -> Option<Refusal> {
        let both = (self.find(asked.debit), self.find(asked.credit));
        let ledgers = (both.0.map(|(from, _)| from.ledger), both.1.map(|(to, _)| to.ledger));
        let rules = [
            (asked.amount <= 0, Refusal::AmountMustBePositive),
            (asked.code == 0, Refusal::CodeMustNotBeZero),
            (asked.debit == asked.credit, Refusal::AccountsMustBeDifferent),
            (both.0.is_none(), Refusal::DebitAccountNotFound),
            (both.1.is_none(), Refusal::CreditAccountNotFound),
            (ledgers.0 != ledgers.1, Refusal::AccountsMustHaveTheSameLedger),
            (ledgers.0 != Some(asked.ledger), Refusal::TransferMustHaveTheSameLedgerAsAccounts),
            (both.0.is_some_and(|(_, closed)| closed), Refusal::DebitAccountClosed),
            (both.1.is_some_and(|(_, closed)| closed), Refusal::CreditAccountClosed),
        ];
        if let Some((_, refusal)) = rules.into_iter().find(|(broken, _)| *broken) {
            return Some(refusal);
        }
        // Tried out: with the money moved, would an account stand where it may not?
        self.log.push((*asked, None));
        let stands = |account: Option<(Account, bool)>| {
            account.map(|(found, _)| (found.limit, self.sum(found.id).net()))
        };
        let after = (stands(both.0), stands(both.1));
        self.log.pop();
        match after {
            (Some((Limit::DebitsMustNotExceedCredits, ..0)), _) => Some(Refusal::ExceedsCredits),
            (_, Some((Limit::CreditsMustNotExceedDebits, 1..))) => Some(Refusal::ExceedsDebits),
            _ => None,
        }
    }
}

/// The state under test, with the log it would have written.
struct Live {
    state: State,
    log: Vec<Change>,
}

impl Live {
    fn new(remembered: usize) -> Self {
        Self { state: State::new(remembered), log: Vec::new() }
    }

    /// Whether anything but the log of refusals changed.
    fn run(&mut self, command: &Command) -> bool {
        match command {
            Command::Open(account) => {
                let opened = self.state.open(account) == Opening::Opened;
                self.log.extend(opened.then_some(Change::Opened(*account)));
                opened
            }
            Command::Close(id) => {
                let closed = self.state.close(*id) == Closing::Closed;
                self.log.extend(closed.then_some(Change::Closed(*id)));
                closed
            }
            Command::Move(transfer) => {
                let outcome = apply(&mut self.state, transfer);
                self.log.extend(verdict(outcome).map(|verdict| Change::Logged(*transfer, verdict)));
                outcome == Outcome::Posted
            }
        }
    }
}

fn accounts(state: &State) -> Vec<AccountState> {
    state.accounts().copied().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_naive_ledger_at_every_step_and_conserves_money(commands in commands()) {
        let (mut live, mut naive) = (Live::new(1_000), Naive::default());
        for command in &commands {
            let expected = match command {
                Command::Open(account) => naive.open(*account),
                Command::Close(id) => naive.close(*id),
                Command::Move(transfer) => naive.transfer(*transfer),
            };
            prop_assert_eq!(live.run(command), expected);
            for sum in live.state.totals() {
                prop_assert_eq!(sum.sum_of_postings(), 0);
            }
        }
        for (account, closed) in &naive.accounts {
            let stands = AccountState { account: *account, balance: naive.sum(account.id), closed: *closed };
            prop_assert_eq!(live.state.account(account.id), Some(&stands));
            let net = stands.balance.net();
            prop_assert!(account.limit != Limit::DebitsMustNotExceedCredits || net >= 0);
            prop_assert!(account.limit != Limit::CreditsMustNotExceedDebits || net <= 0);
            prop_assert!(!closed || net == 0);
        }
        let logged: Vec<_> = live.log.iter().filter_map(|change| match change {
            Change::Logged(transfer, Verdict::Posted) => Some((*transfer, None)),
            Change::Logged(transfer, Verdict::Refused(refusal)) => Some((*transfer, Some(*refusal))),
            Change::Opened(_) | Change::Closed(_) => None,
        }).collect();
        prop_assert_eq!(logged, naive.log);
    }

    #[test]
    fn asking_everything_again_moves_nothing_and_is_told_the_same(commands in commands()) {
        let mut live = Live::new(1_000);
        let mut last = std::collections::HashMap::new();
        for command in &commands {
            live.run(command);
            if let Command::Move(transfer) = command {
                last.insert(transfer.id, *transfer);
            }
        }
        let (before, lines) = (accounts(&live.state), live.log.clone());
        for change in &lines {
            let Change::Logged(transfer, verdict) = change else { continue };
            let again = match verdict {
                Verdict::Posted => Outcome::Exists,
                Verdict::Refused(refusal) => Outcome::AlreadyRefused(*refusal),
            };
            prop_assert_eq!(apply(&mut live.state, transfer), again);
        }
        prop_assert_eq!(accounts(&live.state), before);
    }

    #[test]
    fn rebuilt_from_its_log_the_ledger_is_the_same(commands in commands()) {
        let mut live = Live::new(1_000);
        for command in &commands {
            live.run(command);
        }
        let mut rebuilt = State::new(1_000);
        for change in &live.log {
            match change {
                Change::Opened(account) => prop_assert_eq!(rebuilt.open(account), Opening::Opened),
                Change::Closed(id) => prop_assert_eq!(rebuilt.close(*id), Closing::Closed),
                Change::Logged(transfer, verdict) => prop_assert!(rebuilt.replay(transfer, *verdict)),
            }
        }
        prop_assert_eq!(accounts(&rebuilt), accounts(&live.state));
    }

    #[test]
    fn taken_back_last_first_nothing_is_left_of_a_batch(kept in commands(), lost in commands()) {
        let mut live = Live::new(1_000);
        for command in &kept {
            live.run(command);
        }
        let before = accounts(&live.state);
        let mark = live.log.len();
        for command in &lost {
            live.run(command);
        }
        let batch = live.log.split_off(mark);
        for change in batch.iter().rev() {
            live.state.revert(change);
        }
        prop_assert_eq!(accounts(&live.state), before);
        for change in &batch {
            if let Change::Logged(transfer, _) = change {
                prop_assert!(live.state.remembered(transfer.id).is_none());
            }
        }
        // And the lost batch, asked again, ends where it would have ended.
        let mut straight = Live::new(1_000);
        for command in kept.iter().chain(&lost) {
            straight.run(command);
        }
        for command in &lost {
            live.run(command);
        }
        prop_assert_eq!(accounts(&live.state), accounts(&straight.state));
        live.log.drain(..mark);
        straight.log.drain(..mark);
        prop_assert_eq!(live.log, straight.log);
    }
}
