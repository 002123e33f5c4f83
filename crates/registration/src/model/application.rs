//! An application and what may become of it.

use basis::{Id, Timestamp};
use contracts::Pseudonym;
use contracts::registration::ApplicationStatus as Status;

const DAY_SECONDS: i64 = 24 * 3_600;

/// An application without what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: Id,
    /// The applicant in our sector.
    pub subject: Pseudonym,
    /// Code of the package.
    pub service: String,
    /// The number people quote; none for a draft.
    pub number: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// How many roles of the chain have approved.
    pub stage: i64,
    /// The officer who works on it.
    pub taken_by: Option<String>,
    /// The language that messages come in.
    pub language: String,
    /// When it was started.
    pub started: Timestamp,
    /// When it last changed.
    pub changed: Timestamp,
    /// When it was sent first.
    pub submitted: Option<Timestamp>,
    /// When it was decided.
    pub decided: Option<Timestamp>,
}

/// Why an application cannot take a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It was sent, so its answers stand.
    #[error("the application was sent: its answers cannot be changed any more")]
    Sent,
    /// It was decided.
    #[error("the application was decided")]
    Decided,
    /// It was withdrawn.
    #[error("the application was withdrawn: start a new one")]
    Withdrawn,
    /// Something is missing.
    #[error("answers or consents are missing: complete every step first")]
    Incomplete,
    /// Another officer works on it.
    #[error("another officer works on this case: choose one that is free")]
    TakenByOther,
    /// Nobody works on it, or somebody else.
    #[error("you do not work on this case: take it first")]
    NotTaken,
    /// It is not waiting for a decision.
    #[error("the case does not wait for a decision")]
    NotWaiting,
    /// The officer's roles do not decide at this point.
    #[error("the case waits for a {0}: you do not hold that role")]
    WrongRole(&'static str),
    /// The officer has approved at an earlier point of the chain.
    #[error("you have approved this case before: another officer must do it now")]
    FourEyes,
    /// A rule is not met.
    #[error("a rule of the decision table is not met: reject it, or send it back with a question")]
    NotEligible,
}

/// What an approval led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approved {
    /// The next role of the chain decides now.
    Passed,
    /// It is granted.
    Granted,
}

impl Application {
    /// True while the applicant can write.
    pub fn is_open_to_applicant(&self) -> bool {
        matches!(self.status, Status::Draft | Status::SentBack)
    }

    /// May answers be changed?
    ///
    /// # Errors
    /// [`Refusal::Sent`], [`Refusal::Decided`], [`Refusal::Withdrawn`].
    pub fn check_writable(&self) -> Result<(), Refusal> {
        match self.status {
            Status::Draft | Status::SentBack => Ok(()),
            Status::Submitted => Err(Refusal::Sent),
            Status::Approved | Status::Rejected => Err(Refusal::Decided),
            Status::Withdrawn => Err(Refusal::Withdrawn),
        }
    }

    /// Sends it. `false` when it was sent before, which changes nothing.
    ///
    /// # Errors
    /// [`Refusal::Withdrawn`], [`Refusal::Incomplete`].
    pub fn submit(&mut self, complete: bool, now: Timestamp) -> Result<bool, Refusal> {
        match self.status {
            Status::Submitted | Status::Approved | Status::Rejected => return Ok(false),
            Status::Withdrawn => return Err(Refusal::Withdrawn),
            Status::Draft | Status::SentBack => {}
        }
        if !complete {
            return Err(Refusal::Incomplete);
        }
        self.status = Status::Submitted;
        self.changed = now;
        self.submitted.get_or_insert(now);
        Ok(true)
    }

    /// Takes it back. `false` when that was done before.
    ///
    /// # Errors
    /// [`Refusal::Decided`].
    pub fn withdraw(&mut self, now: Timestamp) -> Result<bool, Refusal> {
        match self.status {
            Status::Approved | Status::Rejected => return Err(Refusal::Decided),
            Status::Withdrawn => return Ok(false),
            Status::Draft | Status::Submitted | Status::SentBack => {}
        }
        self.status = Status::Withdrawn;
        self.changed = now;
        Ok(true)
    }

    /// Gives it to an officer. `false` when they have it already.
    ///
    /// # Errors
    /// [`Refusal::NotWaiting`], [`Refusal::TakenByOther`].
    pub fn take(&mut self, officer: &str) -> Result<bool, Refusal> {
        if !matches!(self.status, Status::Submitted | Status::SentBack) {
            return Err(Refusal::NotWaiting);
        }
        match self.taken_by.as_deref() {
            Some(holder) if holder == officer => Ok(false),
            Some(_) => Err(Refusal::TakenByOther),
            None => {
                self.taken_by = Some(officer.to_owned());
                Ok(true)
            }
        }
    }

    /// Only who has taken a case sees what it says.
    ///
    /// # Errors
    /// [`Refusal::NotTaken`].
    pub fn check_holder(&self, officer: &str) -> Result<(), Refusal> {
        if self.taken_by.as_deref() == Some(officer) {
            return Ok(());
        }
        Err(Refusal::NotTaken)
    }

    /// May this officer decide now? `chain` are the package's roles, `roles` the officer's.
    ///
    /// # Errors
    /// [`Refusal::NotTaken`], [`Refusal::NotWaiting`], [`Refusal::WrongRole`].
    pub fn check_decider(
        &self,
        officer: &str,
        chain: &[String],
        roles: &[String],
    ) -> Result<(), Refusal> {
        if self.status != Status::Submitted {
            return Err(Refusal::NotWaiting);
        }
        self.check_holder(officer)?;
        let needed = self.waits_for(chain);
        if needed.is_some_and(|needed| roles.iter().any(|role| role == needed)) {
            return Ok(());
        }
        Err(Refusal::WrongRole(crate::permissions::deciding_role(needed.unwrap_or_default())))
    }

    /// The role that decides next.
    pub fn waits_for<'c>(&self, chain: &'c [String]) -> Option<&'c str> {
        let stage = usize::try_from(self.stage).ok()?;
        chain.get(stage).map(String::as_str)
    }

    /// Approves at this point of the chain.
    pub fn approve(&mut self, chain: &[String], now: Timestamp) -> Approved {
        self.stage += 1;
        self.changed = now;
        if self.waits_for(chain).is_some() {
            self.taken_by = None;
            return Approved::Passed;
        }
        self.status = Status::Approved;
        self.decided = Some(now);
        Approved::Granted
    }

    /// Refuses it.
    pub fn reject(&mut self, now: Timestamp) {
        self.status = Status::Rejected;
        self.changed = now;
        self.decided = Some(now);
    }

    /// Asks the applicant something; the officer keeps the case.
    pub fn send_back(&mut self, now: Timestamp) {
        self.status = Status::SentBack;
        self.changed = now;
    }

    /// Whether an officer's look at other registers stands on this case: it is about the person, is
    /// open or was approved within the days of its follow-up, and the officer works on it.
    pub fn stands(
        &self,
        subject: Pseudonym,
        officer: &str,
        follow_up_days: u32,
        now: Timestamp,
    ) -> bool {
        let open = match (self.status, self.decided) {
            (Status::Submitted | Status::SentBack, _) => true,
            (Status::Approved, Some(decided)) => {
                now <= decided.plus_seconds(i64::from(follow_up_days) * DAY_SECONDS)
            }
            _ => false,
        };
        open && self.subject == subject && self.check_holder(officer).is_ok()
    }

    /// When an answer is due.
    pub fn due(&self, answer_days: u32) -> Option<Timestamp> {
        self.submitted.map(|sent| sent.plus_seconds(i64::from(answer_days) * DAY_SECONDS))
    }
}

/// The name of a status in the store, as in JSON.
pub fn status_name(status: Status) -> &'static str {
    match status {
        Status::Draft => "draft",
        Status::Submitted => "submitted",
        Status::SentBack => "sent-back",
        Status::Approved => "approved",
        Status::Rejected => "rejected",
        Status::Withdrawn => "withdrawn",
    }
}

/// The status with this name.
pub fn status_from(name: &str) -> Option<Status> {
    let all = [
        Status::Draft,
        Status::Submitted,
        Status::SentBack,
        Status::Approved,
        Status::Rejected,
        Status::Withdrawn,
    ];
    all.into_iter().find(|status| status_name(*status) == name)
}

/// What happened to an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// `started`, `submitted`, `taken` ...: the last part of its text's key.
    pub kind: String,
    /// Who: `resident` or an officer.
    pub actor: String,
}

/// The number people quote: `CB-2026-000117`.
pub fn number(prefix: &str, year: i16, count: i64) -> String {
    format!("{prefix}-{year:04}-{count:06}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_000_000);
    const MOTHER: Pseudonym = Pseudonym(Id::from_bytes([1; 16]));

    fn application(status: Status) -> Application {
        Application {
            id: Id::from_bytes([7; 16]),
            subject: MOTHER,
            service: "child-benefit".to_owned(),
            number: None,
            status,
            stage: 0,
            taken_by: None,
            language: "en".to_owned(),
            started: NOW,
            changed: NOW,
            submitted: None,
            decided: None,
        }
    }

    fn texts(all: &[&str]) -> Vec<String> {
        all.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn sending_twice_is_sending_once() {
        let mut one = application(Status::Draft);
        assert_eq!(one.submit(false, NOW), Err(Refusal::Incomplete));
        assert_eq!(one.submit(true, NOW), Ok(true));
        assert_eq!(one.submit(false, NOW.plus_seconds(1)), Ok(false));
        assert_eq!(one.submitted, Some(NOW));
        assert_eq!(one.check_writable(), Err(Refusal::Sent));
    }

    #[test]
    fn what_was_decided_cannot_be_taken_back() {
        for (status, expected) in [
            (Status::Draft, Ok(true)),
            (Status::Submitted, Ok(true)),
            (Status::SentBack, Ok(true)),
            (Status::Withdrawn, Ok(false)),
            (Status::Approved, Err(Refusal::Decided)),
            (Status::Rejected, Err(Refusal::Decided)),
        ] {
            assert_eq!(application(status).withdraw(NOW), expected, "{status:?}");
        }
    }

    #[test]
    fn only_the_officer_who_took_it_decides_and_only_in_the_chains_role() {
        let chain = texts(&["caseworker", "supervisor"]);
        let (worker, boss) = (texts(&["caseworker"]), texts(&["supervisor"]));
        let mut one = application(Status::Submitted);
        assert_eq!(one.check_decider("b-7", &chain, &worker), Err(Refusal::NotTaken));
        assert_eq!(one.take("b-7"), Ok(true));
        assert_eq!(one.take("b-7"), Ok(false));
        assert_eq!(one.take("b-8"), Err(Refusal::TakenByOther));
        let wrong = Err(Refusal::WrongRole("caseworker"));
        assert_eq!(one.check_decider("b-7", &chain, &boss), wrong);
        assert_eq!(one.check_decider("b-7", &chain, &worker), Ok(()));
        assert_eq!(one.approve(&chain, NOW), Approved::Passed);
        assert_eq!(one.check_decider("b-7", &chain, &boss), Err(Refusal::NotTaken));
        assert_eq!(one.take("b-9"), Ok(true));
        assert_eq!(one.check_decider("b-9", &chain, &boss), Ok(()));
        assert_eq!(one.approve(&chain, NOW), Approved::Granted);
        assert_eq!(one.check_decider("b-9", &chain, &boss), Err(Refusal::NotWaiting));
    }

    #[test]
    fn a_case_stands_for_its_person_its_officer_and_its_time() {
        let mut one = application(Status::Submitted);
        one.taken_by = Some("b-7".to_owned());
        let other = Pseudonym(Id::from_bytes([2; 16]));
        assert!(one.stands(MOTHER, "b-7", 0, NOW));
        assert!(!one.stands(other, "b-7", 0, NOW), "about somebody else");
        assert!(!one.stands(MOTHER, "b-8", 0, NOW), "another officer");
        one.approve(&texts(&["caseworker"]), NOW);
        assert!(one.stands(MOTHER, "b-7", 1, NOW.plus_seconds(DAY_SECONDS)));
        assert!(!one.stands(MOTHER, "b-7", 1, NOW.plus_seconds(DAY_SECONDS + 1)), "too late");
        one.status = Status::Rejected;
        assert!(!one.stands(MOTHER, "b-7", 1, NOW));
    }

    #[test]
    fn every_status_has_its_name_back() {
        for name in ["draft", "submitted", "sent-back", "approved", "rejected", "withdrawn"] {
            assert_eq!(status_from(name).map(status_name), Some(name));
        }
        assert_eq!(status_from("lost"), None);
        assert_eq!(number("CB", 2026, 117), "CB-2026-000117");
    }
}
