//! What a simulated bank decides: about an account number, a transfer, and about misbehaving.

use crate::error::Error;
use basis::{Currency, Money, Rng, Timestamp};
use contracts::rails::{CreditTransfer, RailResult, RailStatus, TRANSFERS_MAX};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// ISO 20022: there is no such account.
pub const UNKNOWN_ACCOUNT: &str = "AC01";
/// ISO 20022: the account is closed.
pub const CLOSED_ACCOUNT: &str = "AC04";
/// ISO 20022: the amount cannot be booked.
pub const INVALID_AMOUNT: &str = "AM12";
/// ISO 20022: the id was used for another transfer.
pub const DUPLICATE_ID: &str = "DU04";

/// Seconds after which an accepted transfer is booked and the bank reports.
pub const LATER_SECONDS: i64 = 1;

const SLOW_MS_MAX: u32 = 60_000;
const REFERENCE_CHARS: std::ops::RangeInclusive<usize> = 1..=140;
const LONGEST_PAUSE_SECONDS: i64 = 600;

/// How a bank behaves. Chance is drawn from `seed` in the order in which messages arrive, anew from
/// when the behaviour is set and from each start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviour {
    /// Milliseconds before anything is done with a message, at most 60,000.
    pub slow_ms: u32,
    /// Of a hundred messages, how many are refused with 503 before anything is booked.
    pub fail_percent: u8,
    /// Of a hundred messages, how many are booked and then answered with 504.
    pub lose_answer_percent: u8,
    /// Each outcome is reported once more than needed.
    pub report_twice: bool,
    /// Transfers are accepted first; they are booked and reported a moment later.
    pub accept_then_report: bool,
    /// Where chance begins.
    pub seed: u64,
}

/// What happens to one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fate {
    /// Refused before anything is booked.
    pub fails: bool,
    /// Answered with an error after everything is booked.
    pub loses_answer: bool,
}

impl Behaviour {
    /// # Errors
    /// [`Error::Invalid`], naming the field.
    pub fn check(&self) -> Result<(), Error> {
        let invalid = |field: &str, remedy| Error::Invalid { field: field.to_owned(), remedy };
        if self.slow_ms > SLOW_MS_MAX {
            return Err(invalid("slow_ms", "send 0 to 60000"));
        }
        if self.fail_percent > 100 {
            return Err(invalid("fail_percent", "send 0 to 100"));
        }
        if self.lose_answer_percent > 100 {
            return Err(invalid("lose_answer_percent", "send 0 to 100"));
        }
        Ok(())
    }

    /// What happens to the next message. Always draws twice, so that one setting does not shift the
    /// chance of the other.
    pub fn fate(&self, chance: &Rng) -> Fate {
        let (fails, loses) = (chance.u64_below(100), chance.u64_below(100));
        Fate {
            fails: fails < u64::from(self.fail_percent),
            loses_answer: loses < u64::from(self.lose_answer_percent),
        }
    }

    /// How often the outcome of a transfer is reported.
    pub fn reports(&self, status: RailStatus) -> i64 {
        i64::from(status == RailStatus::Accepted) + i64::from(self.report_twice)
    }

    /// Where a transfer stands when the message has been worked through, with the reason.
    pub fn decide(&self, transfer: &CreditTransfer) -> (RailStatus, Option<&'static str>) {
        if let Some(reason) = refusal(&transfer.account) {
            return (RailStatus::Rejected, Some(reason));
        }
        if transfer.amount.minor() <= 0 {
            return (RailStatus::Rejected, Some(INVALID_AMOUNT));
        }
        match self.accept_then_report {
            true => (RailStatus::Accepted, None),
            false => (RailStatus::Booked, None),
        }
    }
}

/// Why nothing can be booked on an account, from its number alone: 6 to 34 letters, digits and `-`, a
/// `+` before them where there is one. Of the well-formed numbers, those that end in 000000 nobody
/// has, and those that end in 999999 are closed; all others are open.
pub fn refusal(number: &str) -> Option<&'static str> {
    let plain = number.strip_prefix('+').unwrap_or(number);
    let well_formed = (6..=34).contains(&plain.len())
        && plain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !well_formed || plain.ends_with("000000") {
        return Some(UNKNOWN_ACCOUNT);
    }
    plain.ends_with("999999").then_some(CLOSED_ACCOUNT)
}

/// A message that is not of the agreed form is refused whole.
///
/// # Errors
/// [`Error::Invalid`], naming the field.
pub fn check_message(transfers: &[CreditTransfer]) -> Result<(), Error> {
    if transfers.is_empty() || transfers.len() > TRANSFERS_MAX {
        let field = "transfers".to_owned();
        return Err(Error::Invalid { field, remedy: "send 1 to 500 in a message" });
    }
    let long =
        |transfer: &CreditTransfer| !REFERENCE_CHARS.contains(&transfer.reference.chars().count());
    match transfers.iter().position(long) {
        None => Ok(()),
        Some(index) => Err(Error::Invalid {
            field: format!("transfers[{index}].reference"),
            remedy: "send 1 to 140 characters",
        }),
    }
}

/// What is sealed of a transfer.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sealed {
    /// The sender's id.
    pub id: basis::Id,
    /// Where it was to be booked.
    pub account: String,
    /// As on the payee's statement.
    pub reference: String,
}

/// A transfer as it stands.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Keyed digest of sender and id.
    pub known_as: [u8; 32],
    /// Keyed digest of account, amount and reference.
    pub content: [u8; 32],
    /// [`Sealed`], sealed.
    pub sealed: Vec<u8>,
    /// Who sent it.
    pub member: String,
    /// The member's information system.
    pub client: String,
    /// The legal basis it came on.
    pub ground: String,
    /// Where it stands.
    pub status: RailStatus,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// How much.
    pub amount: Money,
    /// Place in the books.
    pub position: Option<i64>,
    /// When it arrived.
    pub received: Timestamp,
    /// When it was booked.
    pub booked: Option<Timestamp>,
    /// When the bank turns to it again.
    pub due: Option<Timestamp>,
    /// How often it is still to be reported.
    pub reports_left: i64,
    /// Reports that failed one after the other.
    pub attempts: i64,
}

impl Entry {
    /// What the sender is told.
    pub fn result(&self, id: basis::Id) -> RailResult {
        RailResult { id, status: self.status, reason: self.reason.clone(), booked_at: self.booked }
    }
}

/// What a bank's books add up to; not a word about anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Books {
    /// Transfers that are booked, which is also the last position.
    pub booked: i64,
    /// Transfers that are accepted and not booked yet.
    pub accepted: i64,
    /// Transfers that were rejected.
    pub rejected: i64,
    /// What was booked, a sum each currency.
    #[schema(value_type = Vec<Object>)]
    pub sums: Vec<Money>,
}

/// Pause after reports that failed, in seconds; doubles up to ten minutes.
pub fn pause_seconds(attempts: i64) -> i64 {
    (1_i64 << attempts.clamp(0, 10)).min(LONGEST_PAUSE_SECONDS)
}

/// The code of a status, as ISO 20022 writes it and the books keep it.
pub fn status_code(status: RailStatus) -> &'static str {
    match status {
        RailStatus::Accepted => "ACCP",
        RailStatus::Booked => "ACSC",
        RailStatus::Rejected => "RJCT",
    }
}

/// The status of a code.
pub fn status_of(code: &str) -> Option<RailStatus> {
    let all = [RailStatus::Accepted, RailStatus::Booked, RailStatus::Rejected];
    all.into_iter().find(|status| status_code(*status) == code)
}

/// An amount as it was stored.
pub fn money(minor: i64, currency: &str) -> Option<Money> {
    Some(Money::from_minor(minor, Currency::from_code(currency).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_says_whether_the_account_is_there() {
        let table = [
            ("1234567890", None),
            ("+255712345678", None),
            ("LB-0042-17", None),
            ("12345", Some(UNKNOWN_ACCOUNT)),
            ("12 345 678", Some(UNKNOWN_ACCOUNT)),
            ("+", Some(UNKNOWN_ACCOUNT)),
            ("", Some(UNKNOWN_ACCOUNT)),
            ("44000000", Some(UNKNOWN_ACCOUNT)),
            ("44999999", Some(CLOSED_ACCOUNT)),
        ];
        for (number, wanted) in table {
            assert_eq!(refusal(number), wanted, "{number}");
        }
    }

    #[test]
    fn one_seed_gives_one_course_of_events() {
        let behaviour =
            Behaviour { fail_percent: 30, lose_answer_percent: 20, ..Behaviour::default() };
        let course = |seed| {
            let chance = Rng::seeded(seed);
            (0..200).map(|_| behaviour.fate(&chance)).collect::<Vec<Fate>>()
        };
        assert_eq!(course(7), course(7));
        assert_ne!(course(7), course(8));
        let fails = course(7).iter().filter(|fate| fate.fails).count();
        assert!((40..=80).contains(&fails), "about a third of 200: {fails}");
    }

    #[test]
    fn percentages_end_at_a_hundred() {
        let always =
            Behaviour { fail_percent: 100, lose_answer_percent: 100, ..Behaviour::default() };
        let chance = Rng::seeded(1);
        assert!((0..50).all(|_| always.fate(&chance) == Fate { fails: true, loses_answer: true }));
        let never = Behaviour::default();
        assert!((0..50).all(|_| never.fate(&chance) == Fate { fails: false, loses_answer: false }));
        assert!(Behaviour { fail_percent: 101, ..never }.check().is_err());
    }

    #[test]
    fn pauses_grow_and_end() {
        assert_eq!([0, 1, 4, 40].map(pause_seconds), [1, 2, 16, 600]);
    }
}
