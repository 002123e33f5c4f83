//! A grievance: what may become of it, and what a person may write.

use basis::{Id, Timestamp};
use contracts::Pseudonym;
use contracts::governance::{Grievance, GrievanceStatus, TrackerLine};
use serde::{Deserialize, Serialize};

/// Longest text of a person or an officer, in characters.
pub const TEXT_LENGTH_MAX: usize = 2_000;

/// Longest free text of a tracker line, in characters.
const LINE_LENGTH_MAX: usize = 200;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// A grievance without its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Made by the form.
    pub id: Id,
    /// The number to quote.
    pub number: String,
    /// Whose it is.
    pub subject: Pseudonym,
    /// Where it stands.
    pub status: GrievanceStatus,
    /// The officer who took it up.
    pub officer: Option<String>,
    /// When it was lodged.
    pub lodged: Timestamp,
    /// When an answer is due.
    pub due: Timestamp,
    /// When it was answered.
    pub answered: Option<Timestamp>,
}

/// What the person sent; sealed as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// The line of the tracker.
    pub line: TrackerLine,
    /// In their own words.
    pub text: String,
    /// The language to answer in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// A field that cannot be accepted, with what to send instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} cannot be accepted: {remedy}")]
pub struct Invalid {
    /// Name of the field.
    pub field: &'static str,
    /// What to send instead.
    pub remedy: String,
}

/// Why a step cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Step {
    /// Another officer has it.
    #[error("another officer has taken it up")]
    OfAnother,
    /// Nobody has it yet.
    #[error("take it up before you answer it")]
    NotTakenUp,
    /// It is answered.
    #[error("it is answered already")]
    Answered,
}

impl Held {
    /// Lets an officer take it up; `Ok(false)` if they have it already.
    ///
    /// # Errors
    /// [`Step::OfAnother`], [`Step::Answered`].
    pub fn take_up(&mut self, officer: &str) -> Result<bool, Step> {
        match self.status {
            GrievanceStatus::Answered => Err(Step::Answered),
            GrievanceStatus::TakenUp if self.officer.as_deref() == Some(officer) => Ok(false),
            GrievanceStatus::TakenUp => Err(Step::OfAnother),
            GrievanceStatus::Lodged => {
                self.status = GrievanceStatus::TakenUp;
                self.officer = Some(officer.to_owned());
                Ok(true)
            }
        }
    }

    /// Lets the officer who has it answer it.
    ///
    /// # Errors
    /// Any [`Step`].
    pub fn answer(&mut self, officer: &str, now: Timestamp) -> Result<(), Step> {
        match self.status {
            GrievanceStatus::Answered => Err(Step::Answered),
            GrievanceStatus::Lodged => Err(Step::NotTakenUp),
            GrievanceStatus::TakenUp if self.officer.as_deref() != Some(officer) => {
                Err(Step::OfAnother)
            }
            GrievanceStatus::TakenUp => {
                self.status = GrievanceStatus::Answered;
                self.answered = Some(now);
                Ok(())
            }
        }
    }

    /// True if the answer should have been given by now.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.status != GrievanceStatus::Answered && now >= self.due
    }

    /// As the person sees it.
    #[must_use]
    pub fn shown(self, words: Words, answer: Option<String>) -> Grievance {
        Grievance {
            number: self.number,
            line: words.line,
            text: words.text,
            status: self.status,
            lodged: self.lodged,
            due: self.due,
            answer,
        }
    }
}

/// The status as it is stored.
#[must_use]
pub fn status_name(status: GrievanceStatus) -> &'static str {
    match status {
        GrievanceStatus::Lodged => "lodged",
        GrievanceStatus::TakenUp => "taken-up",
        GrievanceStatus::Answered => "answered",
    }
}

/// The status with this name.
#[must_use]
pub fn status_of(name: &str) -> Option<GrievanceStatus> {
    let all = [GrievanceStatus::Lodged, GrievanceStatus::TakenUp, GrievanceStatus::Answered];
    all.into_iter().find(|status| status_name(*status) == name)
}

/// `G-2026-000012`.
#[must_use]
pub fn number(series: &str, count: i64) -> String {
    format!("G-{series}-{count:06}")
}

/// The series of numbers that a time falls into: its year in UTC.
#[must_use]
pub fn series(now: Timestamp) -> String {
    now.to_rfc3339().chars().take(4).collect()
}

/// When an answer is due.
#[must_use]
pub fn due(lodged: Timestamp, days: u32) -> Timestamp {
    lodged.plus_seconds(i64::from(days) * DAY_SECONDS)
}

/// Checks what a person wrote, or an officer's answer.
///
/// # Errors
/// [`Invalid`].
pub fn check_text(field: &'static str, text: &str) -> Result<(), Invalid> {
    let length = text.trim().chars().count();
    if length == 0 || length > TEXT_LENGTH_MAX {
        return Err(Invalid { field, remedy: format!("write 1 to {TEXT_LENGTH_MAX} characters") });
    }
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.chars().any(odd) {
        return Err(Invalid { field, remedy: "write text without control characters".to_owned() });
    }
    Ok(())
}

/// Checks what a person sent.
///
/// # Errors
/// [`Invalid`].
pub fn check_words(words: &Words) -> Result<(), Invalid> {
    check_text("text", &words.text)?;
    let line = &words.line;
    let texts = [
        ("line.officer", line.officer.as_deref()),
        ("line.case", line.case.as_deref()),
        ("line.purpose", Some(line.purpose.as_str())),
        ("language", words.language.as_deref()),
    ];
    for (field, text) in texts {
        let fits = |text: &str| {
            text.chars().count() <= LINE_LENGTH_MAX && !text.chars().any(char::is_control)
        };
        if !text.is_none_or(fits) {
            let remedy = format!("send at most {LINE_LENGTH_MAX} characters of text");
            return Err(Invalid { field, remedy });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(status: GrievanceStatus, officer: Option<&str>) -> Held {
        let lodged = Timestamp::from_micros(1_773_475_200_000_000);
        Held {
            id: Id::from_bytes([1; 16]),
            number: number(&series(lodged), 12),
            subject: Pseudonym(Id::from_bytes([2; 16])),
            status,
            officer: officer.map(str::to_owned),
            lodged,
            due: due(lodged, 30),
            answered: None,
        }
    }

    #[test]
    fn steps_follow_each_other() {
        use GrievanceStatus::*;
        let take = |status, has| held(status, has).take_up("c-1");
        assert_eq!(take(Lodged, None), Ok(true));
        assert_eq!(take(TakenUp, Some("c-1")), Ok(false), "twice is once");
        assert_eq!(take(TakenUp, Some("c-2")), Err(Step::OfAnother));
        assert_eq!(take(Answered, Some("c-1")), Err(Step::Answered));
        let answer = |status, has| held(status, has).answer("c-1", Timestamp::EPOCH);
        assert_eq!(answer(Lodged, None), Err(Step::NotTakenUp));
        assert_eq!(answer(TakenUp, Some("c-2")), Err(Step::OfAnother));
        assert_eq!(answer(TakenUp, Some("c-1")), Ok(()));
        assert_eq!(answer(Answered, Some("c-1")), Err(Step::Answered));
    }

    #[test]
    fn an_answer_is_overdue_from_the_day_it_was_due() {
        let open = held(GrievanceStatus::Lodged, None);
        assert!(!open.is_overdue(open.due.plus_seconds(-1)));
        assert!(open.is_overdue(open.due));
        assert!(!held(GrievanceStatus::Answered, None).is_overdue(open.due));
        assert_eq!(open.number, "G-2026-000012");
        assert_eq!(open.due.seconds_since(open.lodged), 30 * 86_400);
    }

    #[test]
    fn names_of_statuses_come_back() {
        for name in ["lodged", "taken-up", "answered"] {
            assert_eq!(status_of(name).map(status_name), Some(name));
        }
        assert_eq!(status_of("lost"), None);
    }

    #[test]
    fn texts_have_bounds() {
        for (text, good) in [("Why?", true), ("Line\nfeed", true), ("  ", false), ("\u{7}", false)]
        {
            assert_eq!(check_text("text", text).is_ok(), good, "{text:?}");
        }
        assert!(check_text("text", &"é".repeat(TEXT_LENGTH_MAX)).is_ok());
        assert!(check_text("text", &"é".repeat(TEXT_LENGTH_MAX + 1)).is_err());
    }
}
