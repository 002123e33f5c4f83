//! Accounts, orders and what may be ordered: values and decisions, no waiting.

pub mod batch;
pub mod instruction;
pub mod message;

use basis::{Currency, Id, Money, Timestamp};
use contracts::Pseudonym;
use ledger::{Limit, Refusal, Transfer};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest reference of a payment, in characters (ISO 20022 `Max140Text`, which banks print on statements).
pub const REFERENCE_CHARACTERS_MAX: usize = 140;

/// What an account is for. Its number is the account's code in the ledger; never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AccountKind {
    /// Where money comes into this ledger and leaves it: the mirror of an account at the central bank. May stand below
    /// zero; by how much says how much is in circulation here.
    Source,
    /// A member's own money: a programme's budget, a fee account. Never overdrawn.
    Programme,
    /// A person's. Never overdrawn.
    Person,
    /// What is owed to a payment service provider that pays people for us. Opens by itself; never overdrawn.
    Clearing,
}

impl AccountKind {
    /// The name in the API and in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Programme => "programme",
            Self::Person => "person",
            Self::Clearing => "clearing",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Source, Self::Programme, Self::Person, Self::Clearing];
        all.into_iter().find(|kind| kind.name() == name)
    }

    const fn code(self) -> u16 {
        match self {
            Self::Source => 1,
            Self::Programme => 2,
            Self::Person => 3,
            Self::Clearing => 4,
        }
    }

    const fn limit(self) -> Limit {
        match self {
            Self::Source => Limit::None,
            Self::Programme | Self::Person | Self::Clearing => Limit::DebitsMustNotExceedCredits,
        }
    }
}

/// An account of this block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account's number: the same id as in the ledger.
    pub id: Id,
    /// What it is for.
    pub kind: AccountKind,
    /// What it holds.
    pub currency: Currency,
    /// The member that may debit it, `CLASS/MEMBER`; none for a person's account.
    pub owner: Option<String>,
    /// When it was opened.
    pub opened: Timestamp,
}

impl Account {
    /// As the ledger knows it.
    #[must_use]
    pub fn in_ledger(&self) -> ledger::Account {
        ledger::Account {
            id: self.id,
            ledger: ledger_of(self.currency),
            code: self.kind.code(),
            limit: self.kind.limit(),
        }
    }

    /// Whether this is what was asked for when the id is used again.
    #[must_use]
    pub fn is_same(&self, asked: &Self) -> bool {
        let Self { id, kind, currency, ref owner, opened: _ } = *asked;
        self.id == id && self.kind == kind && self.currency == currency && self.owner == *owner
    }
}

/// A currency's ledger: its ISO 4217 number, at its own exponent.
#[must_use]
pub fn ledger_of(currency: Currency) -> u32 {
    u32::from(currency.numeric())
}

/// Who orders a payment, and on what ground.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// The member whose money it is, `CLASS/MEMBER`.
    pub member: String,
    /// Who acts: an officer or an information system.
    pub actor: String,
    /// The case worked on.
    pub case: Option<String>,
    /// Purpose code.
    pub purpose: String,
    /// Legal basis, `law:Social Assistance Act s.4`.
    pub basis: String,
    /// The ledger's code for who ordered it: see [`CODE_OFFICER`] and [`CODE_MEMBER`].
    pub code: u16,
}

/// Code of a transfer that an officer of this block's member ordered.
pub const CODE_OFFICER: u16 = 1;
/// Code of a transfer that a member ordered through the exchange.
pub const CODE_MEMBER: u16 = 2;
/// Code of a transfer by an instruction of a batch.
pub const CODE_BATCH: u16 = 3;
/// Code of a transfer that brings back what a provider refused.
pub const CODE_RETURN: u16 = 4;

/// Who is to be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayTo {
    /// An account.
    Account(Id),
    /// A person, into their own account, which is opened with the first payment.
    Person(Pseudonym),
}

/// A payment as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Minted and kept by whoever asks.
    pub id: Id,
    /// The account the money leaves.
    pub debit: Id,
    /// Who gets it.
    pub credit: PayTo,
    /// How much.
    pub amount: Money,
    /// Printed on statements. No personal data.
    pub reference: String,
    /// Who asks, and why.
    pub ground: Ground,
}

/// A payment as ordered: written down before the ledger is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The transfer's id in the ledger.
    pub id: Id,
    /// The account the money leaves.
    pub debit: Id,
    /// The account it reaches.
    pub credit: Id,
    /// How much.
    pub amount: Money,
    /// Printed on statements.
    pub reference: String,
    /// Who ordered it, and why.
    pub ground: Ground,
    /// When. A retry takes it from here, so that it asks the ledger for the very same transfer.
    pub ordered: Timestamp,
}

/// Why a payment cannot be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unpayable {
    /// Zero or less.
    #[error(
        "the amount is not above zero: send how much is to be paid, the accounts say which way"
    )]
    Amount,
    /// Debit and credit are one account.
    #[error("debit and credit are the same account: name two")]
    SameAccount,
    /// Empty, too long or with control characters.
    #[error("the reference cannot be printed: send 1 to 140 characters without line breaks")]
    Reference,
    /// The accounts do not hold the currency of the amount.
    #[error("both accounts must hold the currency of the amount: name accounts in that currency")]
    Currency,
    /// The debit account belongs to another.
    #[error("the debit account is not yours: name an account of your member")]
    NotYours,
}

impl Unpayable {
    /// The field to correct.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Amount | Self::Currency => "amount",
            Self::SameAccount => "credit",
            Self::Reference => "reference",
            Self::NotYours => "debit",
        }
    }
}

impl Order {
    /// Decides whether `ask` may be ordered between these two accounts.
    ///
    /// # Errors
    /// The first reason against it.
    pub fn decide(
        ask: &Ask,
        debit: &Account,
        credit: &Account,
        now: Timestamp,
    ) -> Result<Self, Unpayable> {
        if ask.amount.minor() <= 0 {
            return Err(Unpayable::Amount);
        }
        if debit.id == credit.id {
            return Err(Unpayable::SameAccount);
        }
        if !is_printable(&ask.reference) {
            return Err(Unpayable::Reference);
        }
        if debit.owner.as_ref() != Some(&ask.ground.member) {
            return Err(Unpayable::NotYours);
        }
        if debit.currency != ask.amount.currency() || credit.currency != ask.amount.currency() {
            return Err(Unpayable::Currency);
        }
        Ok(Self {
            id: ask.id,
            debit: debit.id,
            credit: credit.id,
            amount: ask.amount,
            reference: ask.reference.clone(),
            ground: ask.ground.clone(),
            ordered: now,
        })
    }

    /// Whether this is what was asked for when the id is used again. `payee` is the account of [`Ask::credit`].
    ///
    /// Purpose, case and acting officer may differ: a colleague may send the retry.
    #[must_use]
    pub fn is_same(&self, ask: &Ask, payee: Option<Id>) -> bool {
        let money =
            self.debit == ask.debit && Some(self.credit) == payee && self.amount == ask.amount;
        money && self.reference == ask.reference && self.ground.member == ask.ground.member
    }

    /// As the ledger knows it.
    #[must_use]
    pub fn transfer(&self) -> Transfer {
        Transfer {
            id: self.id,
            debit: self.debit,
            credit: self.credit,
            amount: self.amount.minor(),
            ledger: ledger_of(self.amount.currency()),
            code: self.ground.code,
            occurred: self.ordered,
        }
    }
}

fn is_printable(reference: &str) -> bool {
    let length = reference.chars().count();
    (1..=REFERENCE_CHARACTERS_MAX).contains(&length) && !reference.chars().any(char::is_control)
}

/// The slug under which a member is told why the ledger refused. Part of the API; never change one.
#[must_use]
pub const fn reason(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::IdMustNotBeZero => "id-missing",
        Refusal::AmountMustBePositive => "amount-not-positive",
        Refusal::CodeMustNotBeZero => "code-missing",
        Refusal::AccountsMustBeDifferent => "same-account",
        Refusal::DebitAccountNotFound => "debit-account-unknown",
        Refusal::CreditAccountNotFound => "credit-account-unknown",
        Refusal::AccountsMustHaveTheSameLedger
        | Refusal::TransferMustHaveTheSameLedgerAsAccounts => "wrong-currency",
        Refusal::DebitAccountClosed => "debit-account-closed",
        Refusal::CreditAccountClosed => "credit-account-closed",
        Refusal::ExceedsCredits => "insufficient-funds",
        Refusal::ExceedsDebits => "limit-exceeded",
    }
}

/// A sum in minor units as decimal text, all decimals written: `-12.50`. Sums may outgrow [`Money`].
#[must_use]
pub fn decimal(minor: i128, currency: Currency) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let width = usize::from(currency.exponent());
    let per_major = 10_u128.pow(u32::from(currency.exponent()));
    let (whole, decimals) = (minor.unsigned_abs() / per_major, minor.unsigned_abs() % per_major);
    match width {
        0 => format!("{sign}{whole}"),
        width => format!("{sign}{whole}.{decimals:0width$}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().expect("a currency")
    }

    fn account(n: u8, code: &str, owner: Option<&str>) -> Account {
        Account {
            id: Id::from_bytes([n; 16]),
            kind: AccountKind::Programme,
            currency: currency(code),
            owner: owner.map(str::to_owned),
            opened: Timestamp::EPOCH,
        }
    }

    fn ask() -> Ask {
        Ask {
            id: Id::from_bytes([9; 16]),
            debit: Id::from_bytes([1; 16]),
            credit: PayTo::Account(Id::from_bytes([2; 16])),
            amount: Money::from_minor(1_250, currency("KES")),
            reference: "case 17".to_owned(),
            ground: Ground {
                member: "GOV/MSP".to_owned(),
                actor: "officer:GOV/MSP/o-1".to_owned(),
                case: None,
                purpose: "grant".to_owned(),
                basis: "law:Social Assistance Act s.4".to_owned(),
                code: CODE_MEMBER,
            },
        }
    }

    #[test]
    fn an_order_is_refused_for_the_first_reason_against_it() {
        let (msp, other) =
            (account(1, "KES", Some("GOV/MSP")), account(2, "KES", Some("COM/LAKESIDE")));
        let person = account(3, "KES", None);
        let minor = |minor| Ask { amount: Money::from_minor(minor, currency("KES")), ..ask() };
        let reference = |text: &str| Ask { reference: text.to_owned(), ..ask() };
        #[rustfmt::skip]
        let table = [
            (ask(),                                  &msp,   &other,                       None),
            (ask(),                                  &msp,   &person,                      None),
            (minor(0),                               &msp,   &other,                       Some(Unpayable::Amount)),
            (minor(-1),                              &msp,   &other,                       Some(Unpayable::Amount)),
            (ask(),                                  &msp,   &msp,                         Some(Unpayable::SameAccount)),
            (reference(""),                          &msp,   &other,                       Some(Unpayable::Reference)),
            (reference("a\nb"),                      &msp,   &other,                       Some(Unpayable::Reference)),
            (reference(&"ü".repeat(140)),            &msp,   &other,                       None),
            (reference(&"ü".repeat(141)),            &msp,   &other,                       Some(Unpayable::Reference)),
            (ask(),                                  &other, &msp,                         Some(Unpayable::NotYours)),
            (ask(),                                  &person, &msp,                        Some(Unpayable::NotYours)),
            (ask(),                                  &msp,   &account(2, "UGX", None),     Some(Unpayable::Currency)),
            (ask(),                                  &account(1, "UGX", Some("GOV/MSP")), &other, Some(Unpayable::Currency)),
        ];
        for (place, (asked, debit, credit, reason)) in table.into_iter().enumerate() {
            let decided = Order::decide(&asked, debit, credit, Timestamp::EPOCH);
            assert_eq!(decided.err(), reason, "row {place}");
        }
    }

    #[test]
    fn a_retry_is_the_same_order_whoever_sends_it_and_anything_about_the_money_makes_another() {
        let (debit, credit) = (account(1, "KES", Some("GOV/MSP")), account(2, "KES", None));
        let order = Order::decide(&ask(), &debit, &credit, Timestamp::EPOCH).expect("is payable");
        let payee = Some(credit.id);
        assert!(order.is_same(&ask(), payee));
        let colleague = Ground { actor: "officer:GOV/MSP/o-2".to_owned(), ..ask().ground };
        assert!(order.is_same(&Ask { ground: colleague, ..ask() }, payee));
        let elsewhere = Ground { member: "COM/LAKESIDE".to_owned(), ..ask().ground };
        for other in [
            Ask { debit: credit.id, ..ask() },
            Ask { amount: Money::from_minor(1_251, currency("KES")), ..ask() },
            Ask { amount: Money::from_minor(1_250, currency("UGX")), ..ask() },
            Ask { reference: "case 18".to_owned(), ..ask() },
            Ask { ground: elsewhere, ..ask() },
        ] {
            assert!(!order.is_same(&other, payee));
        }
        assert!(!order.is_same(&ask(), Some(debit.id)));
        assert!(!order.is_same(&ask(), None));
    }

    #[test]
    fn only_a_source_may_be_overdrawn_and_kinds_are_found_by_name() {
        use AccountKind::{Clearing, Person, Programme, Source};
        for kind in [Source, Programme, Person, Clearing] {
            assert_eq!(AccountKind::from_name(kind.name()), Some(kind));
            let json = serde_json::to_string(&kind).expect("is JSON");
            assert_eq!(json, format!("\"{}\"", kind.name()));
            let free = Account { kind, ..account(1, "KES", None) }.in_ledger().limit == Limit::None;
            assert_eq!(free, kind == AccountKind::Source);
        }
        assert_eq!(AccountKind::from_name("merchant"), None);
    }

    #[test]
    fn sums_are_written_with_the_decimals_of_their_currency_at_any_size() {
        for (minor, code, text) in [
            (0, "KES", "0.00"),
            (-5, "KES", "-0.05"),
            (1_250, "KES", "12.50"),
            (1_250, "UGX", "1250"),
            (-1_250, "TND", "-1.250"),
            (i128::from(i64::MAX) * 10, "KES", "922337203685477580.70"),
        ] {
            assert_eq!(decimal(minor, currency(code)), text);
        }
    }
}
