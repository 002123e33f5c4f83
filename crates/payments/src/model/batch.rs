//! A batch, and who may do what to it when.

use basis::{Currency, Id, Money, Timestamp};
use contracts::batches::{BatchIn, BatchOut, BatchStatus, Tally};

/// Longest title of a batch, in characters.
pub const TITLE_CHARACTERS_MAX: usize = 100;
/// The most instructions in a batch.
pub const INSTRUCTIONS_MAX: i64 = 10_000_000;

/// A batch as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The programme's id of it.
    pub id: Id,
    /// The member whose money it is, `CLASS/MEMBER`.
    pub member: String,
    /// What people call it.
    pub title: String,
    /// The account that is debited.
    pub debit: Id,
    /// What it counts in.
    pub currency: Currency,
    /// Instructions announced.
    pub instructions: i64,
    /// Their announced sum, in minor units.
    pub total: i64,
    /// Instructions taken.
    pub taken: i64,
    /// Their sum.
    pub taken_total: i64,
    /// Where it stands.
    pub state: BatchStatus,
    /// Purpose code of the call that opened it.
    pub purpose: String,
    /// Its legal basis.
    pub basis: String,
    /// Who opened it.
    pub opened_by: String,
    /// When.
    pub opened: Timestamp,
    /// The officer who closed it, `CLASS/MEMBER/number`.
    pub closed_by: Option<String>,
    /// The officer who approved it.
    pub approved_by: Option<String>,
    /// When.
    pub approved: Option<Timestamp>,
    /// Instructions up to this payee stand in messages.
    pub planned_after: Vec<u8>,
    /// All do.
    pub planned: bool,
    /// Messages made so far.
    pub messages: i64,
    /// What failed in messages below this number is to be tried again.
    pub resend_below: i64,
}

/// Why something cannot be done to a batch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// There is none, or it is another member's.
    #[error("there is no such batch")]
    Unknown,
    /// The id is used for another one.
    #[error("this id belongs to a batch with another content: mint a new id")]
    Differs,
    /// A field of it is wrong.
    #[error("{1}")]
    Field(&'static str, String),
    /// It takes nothing more.
    #[error("the batch is not open any more: open another one")]
    NotOpen,
    /// It waits for parts, or is past approval.
    #[error("the batch is not waiting for approval: close it first")]
    NotClosed,
    /// It was never approved.
    #[error("the batch was not approved: what failed is sent again after approval only")]
    NotApproved,
    /// Money may have moved.
    #[error("the batch was approved and money may have moved: it cannot be cancelled any more")]
    TooLate,
    /// Count or sum are not what was announced.
    #[error(
        "announced were {announced} instructions of {announced_total} together, taken were {taken} of {taken_total}: \
         send what is missing, or cancel the batch and open it with what is right"
    )]
    Incomplete {
        /// Instructions announced.
        announced: i64,
        /// Their sum.
        announced_total: String,
        /// Instructions taken.
        taken: i64,
        /// Their sum.
        taken_total: String,
    },
    /// The same officer closed it.
    #[error("who closed a batch cannot approve it: another officer must")]
    FourEyes,
    /// Nobody stands behind the call.
    #[error("a person must answer for this: call as an officer")]
    OfficerNeeded,
    /// The programme's account does not hold enough.
    #[error("the debit account does not hold {0}: transfer money to it first")]
    Funds(String),
}

impl Batch {
    /// Checks what was asked for.
    ///
    /// # Errors
    /// [`BatchError::Field`].
    pub fn check(ask: &BatchIn) -> Result<(), BatchError> {
        let length = ask.title.chars().count();
        if !(1..=TITLE_CHARACTERS_MAX).contains(&length) || ask.title.chars().any(char::is_control)
        {
            let remedy = format!("send 1 to {TITLE_CHARACTERS_MAX} characters without line breaks");
            return Err(BatchError::Field("title", remedy));
        }
        if !(1..=INSTRUCTIONS_MAX).contains(&ask.count) {
            return Err(BatchError::Field("count", format!("send 1 to {INSTRUCTIONS_MAX}")));
        }
        if ask.total.minor() < ask.count {
            let remedy = "send the sum of all instructions, each of which is above zero";
            return Err(BatchError::Field("total", remedy.to_owned()));
        }
        Ok(())
    }

    /// Whether this is what was asked for when the id is used again.
    #[must_use]
    pub fn is_same(&self, member: &str, ask: &BatchIn) -> bool {
        let words = self.member == member && self.title == ask.title;
        let sums = self.instructions == ask.count && self.money(self.total) == ask.total;
        words && sums && self.debit.to_string() == ask.debit
    }

    /// Minor units as money.
    #[must_use]
    pub const fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor, self.currency)
    }

    /// Whether it takes parts.
    ///
    /// # Errors
    /// [`BatchError::NotOpen`].
    pub fn may_take(&self) -> Result<(), BatchError> {
        if self.state == BatchStatus::Open { Ok(()) } else { Err(BatchError::NotOpen) }
    }

    /// Whether `officer` may close it; false if they did already.
    ///
    /// # Errors
    /// [`BatchError::NotOpen`], [`BatchError::Incomplete`].
    pub fn may_close(&self, officer: &str) -> Result<bool, BatchError> {
        if self.closed_by.as_deref() == Some(officer) {
            return Ok(false);
        }
        self.may_take()?;
        if (self.taken, self.taken_total) != (self.instructions, self.total) {
            return Err(BatchError::Incomplete {
                announced: self.instructions,
                announced_total: self.money(self.total).amount(),
                taken: self.taken,
                taken_total: self.money(self.taken_total).amount(),
            });
        }
        Ok(true)
    }

    /// Whether `officer` may approve it; false if they did already.
    ///
    /// # Errors
    /// [`BatchError::FourEyes`], [`BatchError::NotClosed`].
    pub fn may_approve(&self, officer: &str) -> Result<bool, BatchError> {
        if self.approved_by.as_deref() == Some(officer) {
            return Ok(false);
        }
        if self.state != BatchStatus::Closed {
            return Err(BatchError::NotClosed);
        }
        if self.closed_by.as_deref() == Some(officer) {
            return Err(BatchError::FourEyes);
        }
        Ok(true)
    }

    /// Whether it may be given up; false if it was already.
    ///
    /// # Errors
    /// [`BatchError::TooLate`].
    pub const fn may_cancel(&self) -> Result<bool, BatchError> {
        match self.state {
            BatchStatus::Cancelled => Ok(false),
            BatchStatus::Open | BatchStatus::Closed => Ok(true),
            BatchStatus::Approved | BatchStatus::Done => Err(BatchError::TooLate),
        }
    }

    /// Whether what failed may be sent again.
    ///
    /// # Errors
    /// [`BatchError::NotApproved`].
    pub const fn may_resend(&self) -> Result<(), BatchError> {
        match self.state {
            BatchStatus::Approved | BatchStatus::Done => Ok(()),
            _ => Err(BatchError::NotApproved),
        }
    }

    /// As told to others.
    #[must_use]
    pub fn out(&self, tally: Tally) -> BatchOut {
        BatchOut {
            id: self.id,
            title: self.title.clone(),
            status: self.state,
            count: self.instructions,
            taken: self.taken,
            total: self.money(self.total),
            tally,
            closed_by: self.closed_by.clone(),
            approved_by: self.approved_by.clone(),
            approved_at: self.approved,
        }
    }
}

/// The name of a state in the store; the same as in the API.
#[must_use]
pub const fn state_name(state: BatchStatus) -> &'static str {
    match state {
        BatchStatus::Open => "open",
        BatchStatus::Closed => "closed",
        BatchStatus::Approved => "approved",
        BatchStatus::Done => "done",
        BatchStatus::Cancelled => "cancelled",
    }
}

/// The state with this name.
#[must_use]
pub fn state_from(name: &str) -> Option<BatchStatus> {
    use BatchStatus::{Approved, Cancelled, Closed, Done, Open};
    [Open, Closed, Approved, Done, Cancelled].into_iter().find(|state| state_name(*state) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(state: BatchStatus, closed_by: Option<&str>, approved_by: Option<&str>) -> Batch {
        Batch {
            id: Id::from_bytes([1; 16]),
            member: "GOV/MSP".to_owned(),
            title: "Child benefit".to_owned(),
            debit: Id::from_bytes([2; 16]),
            currency: "KES".parse().expect("a currency"),
            instructions: 2,
            total: 300,
            taken: 2,
            taken_total: 300,
            state,
            purpose: "benefit-payment".to_owned(),
            basis: "law:s.4".to_owned(),
            opened_by: "system:TB/GOV/MSP/benefits".to_owned(),
            opened: Timestamp::EPOCH,
            closed_by: closed_by.map(str::to_owned),
            approved_by: approved_by.map(str::to_owned),
            approved: None,
            planned_after: Vec::new(),
            planned: false,
            messages: 0,
            resend_below: 0,
        }
    }

    #[test]
    fn only_what_was_announced_can_be_closed() {
        assert_eq!(batch(BatchStatus::Open, None, None).may_close("a"), Ok(true));
        let short = Batch { taken: 1, ..batch(BatchStatus::Open, None, None) };
        assert!(matches!(short.may_close("a"), Err(BatchError::Incomplete { .. })));
        let off = Batch { taken_total: 301, ..batch(BatchStatus::Open, None, None) };
        assert!(matches!(off.may_close("a"), Err(BatchError::Incomplete { .. })));
    }

    #[test]
    fn two_officers_are_needed_and_a_retry_of_either_is_harmless() {
        let closed = batch(BatchStatus::Closed, Some("a"), None);
        assert_eq!(closed.may_approve("a"), Err(BatchError::FourEyes));
        assert_eq!(closed.may_approve("b"), Ok(true));
        assert_eq!(closed.may_close("a"), Ok(false));
        assert_eq!(closed.may_close("b"), Err(BatchError::NotOpen));
        let approved = batch(BatchStatus::Approved, Some("a"), Some("b"));
        assert_eq!(approved.may_approve("b"), Ok(false));
        assert_eq!(approved.may_approve("c"), Err(BatchError::NotClosed));
    }

    #[test]
    fn what_may_be_done_depends_on_the_state() {
        use BatchStatus::{Approved, Cancelled, Closed, Done, Open};
        #[rustfmt::skip]
        let table = [
            // state,    parts, cancel,                    resend
            (Open,      true,  Ok(true),                  false),
            (Closed,    false, Ok(true),                  false),
            (Approved,  false, Err(BatchError::TooLate),  true),
            (Done,      false, Err(BatchError::TooLate),  true),
            (Cancelled, false, Ok(false),                 false),
        ];
        for (state, parts, cancel, resend) in table {
            let batch = batch(state, None, None);
            assert_eq!(batch.may_take().is_ok(), parts, "{state:?}");
            assert_eq!(batch.may_cancel(), cancel, "{state:?}");
            assert_eq!(batch.may_resend().is_ok(), resend, "{state:?}");
            assert_eq!(state_from(state_name(state)), Some(state));
        }
    }
}
