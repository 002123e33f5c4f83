//! Accounts, transfers and what can be answered to them. Values only; the rules are in [`crate::rules`].
//!
//! The names follow TigerBeetle's data model (docs.tigerbeetle.com/reference/transfer), which is the clearest published
//! statement of how a double-entry ledger answers.

use basis::{Id, Timestamp};
use std::fmt;

/// Which side of an account may never outgrow the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Limit {
    /// Either side may be larger: a clearing or suspense account, or the outside world.
    #[default]
    None,
    /// Never overdrawn: what leaves (debits) may not exceed what came in (credits). A citizen's or a programme's account.
    DebitsMustNotExceedCredits,
    /// The mirror: a reserve or a claim that may only be paid down.
    CreditsMustNotExceedDebits,
}

/// An account. Nothing of it can be changed once opened; it can only be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// Minted by the caller, who keeps it before asking.
    pub id: Id,
    /// What the account counts: the ISO 4217 numeric code at the currency's own exponent, or 1000 and above for anything
    /// else (a currency at another scale, vouchers). Transfers happen within one ledger.
    pub ledger: u32,
    /// The caller's chart of accounts: why this account exists. Not 0.
    pub code: u16,
    /// Which side is held.
    pub limit: Limit,
}

/// One movement of money. Nothing of it can be changed or deleted: a mistake is corrected by another transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Minted and kept by the caller before submitting; a retry carries the same id and moves nothing twice.
    pub id: Id,
    /// The account the amount leaves.
    pub debit: Id,
    /// The account the amount reaches.
    pub credit: Id,
    /// More than 0, in the smallest unit of the ledger.
    pub amount: i64,
    /// Must be that of both accounts: it guards against an amount at another scale.
    pub ledger: u32,
    /// The caller's reason for the movement (salary, fee, refund ...). Not 0.
    pub code: u16,
    /// When it happened in the world; the ledger notes by itself when it recorded it.
    pub occurred: Timestamp,
}

/// The two sums of an account, in the smallest unit of its ledger. i128, because 2^64 transfers of any i64 amount fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Balance {
    /// Sum of all amounts that left.
    pub debits: i128,
    /// Sum of all amounts that came in.
    pub credits: i128,
}

impl Balance {
    /// What stands in the account: credits less debits. Negative when more left than came in.
    #[must_use]
    pub const fn net(&self) -> i128 {
        self.credits - self.debits
    }
}

/// An account as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountState {
    /// As opened.
    pub account: Account,
    /// Its sums.
    pub balance: Balance,
    /// Whether it takes no more transfers.
    pub closed: bool,
}

/// All accounts of one ledger code together: the trial balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// The ledger code.
    pub ledger: u32,
    /// How many accounts are open or closed in it.
    pub accounts: u64,
    /// Sum of their debits.
    pub debits: i128,
    /// Sum of their credits.
    pub credits: i128,
}

impl Totals {
    /// Every transfer posts its amount once with each sign, so this is 0 or money was made or lost.
    #[must_use]
    pub const fn sum_of_postings(&self) -> i128 {
        self.credits - self.debits
    }
}

/// The answer to a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Moved now.
    Posted,
    /// The same transfer moved before; nothing moved now. A success to whoever retried.
    Exists,
    /// The id belongs to another transfer, which differs first in this field.
    ExistsWithDifferent(Field),
    /// Not moved, and the id is burnt: it can never move money.
    Refused(Refusal),
    /// The same transfer was refused before, for this reason, which may have passed since: mint a new id to try again.
    AlreadyRefused(Refusal),
}

impl Outcome {
    /// Whether the money stands moved, now or by the earlier twin.
    #[must_use]
    pub const fn is_moved(self) -> bool {
        matches!(self, Self::Posted | Self::Exists)
    }

    /// The status in one word, stable across releases: `posted`, `exists_with_different_amount`, `exceeds_credits`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Posted => "posted",
            Self::Exists => "exists",
            Self::ExistsWithDifferent(field) => field.name(),
            Self::Refused(refusal) => refusal.name(),
            Self::AlreadyRefused(_) => "already_refused",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The fields of a transfer, in the order in which a repeated id is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// [`Transfer::debit`].
    Debit,
    /// [`Transfer::credit`].
    Credit,
    /// [`Transfer::amount`].
    Amount,
    /// [`Transfer::ledger`].
    Ledger,
    /// [`Transfer::code`].
    Code,
    /// [`Transfer::occurred`].
    Occurred,
}

impl Field {
    /// The status that names this field.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debit => "exists_with_different_debit_account",
            Self::Credit => "exists_with_different_credit_account",
            Self::Amount => "exists_with_different_amount",
            Self::Ledger => "exists_with_different_ledger",
            Self::Code => "exists_with_different_code",
            Self::Occurred => "exists_with_different_occurred",
        }
    }
}

/// Why a transfer is refused. The number is what the log stores; never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Refusal {
    /// The id is all zeros: the caller forgot to mint one.
    IdMustNotBeZero = 1,
    /// The amount is 0 or negative. Turn the accounts round instead of the sign.
    AmountMustBePositive = 2,
    /// The code is 0: the caller forgot to say why.
    CodeMustNotBeZero = 3,
    /// Debit and credit are the same account.
    AccountsMustBeDifferent = 4,
    /// No such debit account.
    DebitAccountNotFound = 5,
    /// No such credit account.
    CreditAccountNotFound = 6,
    /// The accounts count different things; exchange goes by two transfers over an account that holds both.
    AccountsMustHaveTheSameLedger = 7,
    /// The transfer names another ledger than its accounts.
    TransferMustHaveTheSameLedgerAsAccounts = 8,
    /// The debit account is closed.
    DebitAccountClosed = 9,
    /// The credit account is closed.
    CreditAccountClosed = 10,
    /// The debit account would be overdrawn ([`Limit::DebitsMustNotExceedCredits`]).
    ExceedsCredits = 11,
    /// The credit account would receive more than it gave ([`Limit::CreditsMustNotExceedDebits`]).
    ExceedsDebits = 12,
}

impl Refusal {
    /// All refusals, in the order of their numbers.
    pub const ALL: [Self; 12] = [
        Self::IdMustNotBeZero,
        Self::AmountMustBePositive,
        Self::CodeMustNotBeZero,
        Self::AccountsMustBeDifferent,
        Self::DebitAccountNotFound,
        Self::CreditAccountNotFound,
        Self::AccountsMustHaveTheSameLedger,
        Self::TransferMustHaveTheSameLedgerAsAccounts,
        Self::DebitAccountClosed,
        Self::CreditAccountClosed,
        Self::ExceedsCredits,
        Self::ExceedsDebits,
    ];

    /// The status in one word, stable across releases.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::IdMustNotBeZero => "id_must_not_be_zero",
            Self::AmountMustBePositive => "amount_must_be_positive",
            Self::CodeMustNotBeZero => "code_must_not_be_zero",
            Self::AccountsMustBeDifferent => "accounts_must_be_different",
            Self::DebitAccountNotFound => "debit_account_not_found",
            Self::CreditAccountNotFound => "credit_account_not_found",
            Self::AccountsMustHaveTheSameLedger => "accounts_must_have_the_same_ledger",
            Self::TransferMustHaveTheSameLedgerAsAccounts => {
                "transfer_must_have_the_same_ledger_as_accounts"
            }
            Self::DebitAccountClosed => "debit_account_closed",
            Self::CreditAccountClosed => "credit_account_closed",
            Self::ExceedsCredits => "exceeds_credits",
            Self::ExceedsDebits => "exceeds_debits",
        }
    }

    /// Whether the id is decided for good and goes to the log: always, but for the id that is none.
    ///
    /// Say a message is delivered twice: the first copy is refused for lack of funds, the caller gives up and pays in
    /// another way, funds arrive, then the second copy comes in. It must not move money. And a refusal that left no line
    /// could be told to somebody whose money moved long ago under that id.
    #[must_use]
    pub const fn burns_the_id(self) -> bool {
        !matches!(self, Self::IdMustNotBeZero)
    }

    /// The refusal with this number in the log.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.number() == number)
    }

    /// The number in the log.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// What became of a transfer for good: what the log stores, so that a retry gets the same answer for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The money moved.
    Posted,
    /// It did not, and the id is burnt.
    Refused(Refusal),
}

/// The answer to opening an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Opened now.
    Opened,
    /// The same account was opened before. A success to whoever retried.
    Exists,
    /// The id belongs to an account of another ledger.
    ExistsWithDifferentLedger,
    /// The id belongs to an account with another code.
    ExistsWithDifferentCode,
    /// The id belongs to an account with another limit.
    ExistsWithDifferentLimit,
    /// The id is all zeros.
    IdMustNotBeZero,
    /// The ledger is 0.
    LedgerMustNotBeZero,
    /// The code is 0.
    CodeMustNotBeZero,
}

impl Opening {
    /// Whether the account stands open as asked.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Opened | Self::Exists)
    }

    /// The status in one word, stable across releases.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Exists => "exists",
            Self::ExistsWithDifferentLedger => "exists_with_different_ledger",
            Self::ExistsWithDifferentCode => "exists_with_different_code",
            Self::ExistsWithDifferentLimit => "exists_with_different_limit",
            Self::IdMustNotBeZero => "id_must_not_be_zero",
            Self::LedgerMustNotBeZero => "ledger_must_not_be_zero",
            Self::CodeMustNotBeZero => "code_must_not_be_zero",
        }
    }
}

/// The answer to closing an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// Closed now, for good.
    Closed,
    /// Was closed before.
    AlreadyClosed,
    /// No such account.
    NotFound,
    /// Money stands in it, which nobody could reach any more: move it first.
    BalanceMustBeZero,
}

impl Closing {
    /// The status in one word, stable across releases.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::AlreadyClosed => "already_closed",
            Self::NotFound => "not_found",
            Self::BalanceMustBeZero => "balance_must_be_zero",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_found_by_its_number_and_no_number_is_shared() {
        for (place, refusal) in Refusal::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(refusal.number()), place + 1);
            assert_eq!(Refusal::from_number(refusal.number()), Some(refusal));
        }
        assert_eq!(Refusal::from_number(0), None);
        assert_eq!(Refusal::from_number(13), None);
    }

    #[test]
    fn a_balance_is_what_came_in_less_what_left() {
        assert_eq!(Balance { debits: 7, credits: 5 }.net(), -2);
    }
}
