//! A payment run: one month over all active awards of one package.

use basis::{Id, Timestamp};
use std::str::FromStr;

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its id, also the batch's at the payments block.
    pub id: Id,
    /// Code of the package.
    pub service: String,
    /// `2026-03`.
    pub month: String,
    /// How far it is.
    pub state: RunState,
    /// The officer who opened it.
    pub opened_by: String,
    /// The officer who approved it.
    pub approved_by: Option<String>,
    /// When it was opened.
    pub opened: Timestamp,
    /// The last award that was looked at while lines are gathered.
    pub after: Option<Id>,
    /// How many instructions it has.
    pub lines: i64,
    /// What they add up to, in minor units.
    pub total: i64,
    /// How many the payments block has taken.
    pub sent: i64,
    /// How often the present step failed.
    pub attempts: i64,
    /// When it is tried again.
    pub due: Timestamp,
    /// Why it failed last.
    pub problem: Option<String>,
}

/// How far a run is. Each state is entered once, and the work of a state can be done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// Instructions are drawn for the active awards.
    Gathering,
    /// All instructions stand; the batch is to be opened.
    Gathered,
    /// Instructions are sent in parts.
    Sending,
    /// All were taken; the batch is to be closed.
    Sent,
    /// Waits for the second pair of eyes.
    Closed,
    /// Approved; money moves at the payments block.
    Approved,
    /// There is no active award; nothing is paid.
    Empty,
}

impl RunState {
    /// The states in which a job has something to do.
    pub const fn is_moving(self) -> bool {
        matches!(self, Self::Gathering | Self::Gathered | Self::Sending | Self::Sent)
    }

    /// The name in the store and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gathering => "gathering",
            Self::Gathered => "gathered",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Closed => "closed",
            Self::Approved => "approved",
            Self::Empty => "empty",
        }
    }
}

/// The text is no state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoState;

impl FromStr for RunState {
    type Err = NoState;

    fn from_str(text: &str) -> Result<Self, NoState> {
        let all = [
            Self::Gathering,
            Self::Gathered,
            Self::Sending,
            Self::Sent,
            Self::Closed,
            Self::Approved,
            Self::Empty,
        ];
        all.into_iter().find(|state| state.as_str() == text).ok_or(NoState)
    }
}

impl Run {
    /// The label that the instruction id of an award is sealed under.
    pub fn label(run: Id, award: Id) -> String {
        format!("instruction:{run}:{award}")
    }

    /// The run after a failure: tried again later, and later each time.
    pub fn failed(mut self, problem: String, now: Timestamp) -> Self {
        self.attempts += 1;
        self.due = now.plus_seconds(back_off_seconds(self.attempts));
        self.problem = Some(problem);
        self
    }
}

/// How long to wait after so many failures: 2, 4, 8 ... at most 600 s.
pub fn back_off_seconds(attempts: i64) -> i64 {
    const LONGEST: i64 = 600;
    let doublings = u32::try_from(attempts.clamp(1, 10)).unwrap_or(10);
    2_i64.pow(doublings).min(LONGEST)
}

/// True for a month of the calendar, `2026-03`.
pub fn is_month(text: &str) -> bool {
    let date: Result<basis::PartialDate, _> = text.parse();
    date.is_ok_and(|date| date.month().is_some() && date.day().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_and_waits() {
        for (text, expected) in
            [("2026-03", true), ("2026", false), ("2026-03-01", false), ("2026-13", false)]
        {
            assert_eq!(is_month(text), expected, "{text}");
        }
        assert_eq!([1, 2, 9, 50].map(back_off_seconds), [2, 4, 512, 600]);
    }
}
