//! Consent records: what one person answered to one revision of one agreement.
//!
//! ```text
//!          give             withdraw, or refuse
//! (none) -------> given ------------------------> withdrawn
//!    |              |  valid_until passes
//!    |              +---------------------------> expired
//!    |   refuse
//!    +----------------------------------------> refused
//!
//! withdrawn, expired, refused: give again leads to given
//! any of them: replaced, once the person answers to a later revision
//! ```
//! A record names one agreement revision for ever. Of one person's records for one agreement all
//! but one are `replaced`, so the answer that counts is never in doubt.

use super::agreement::Offer;
use super::check::Invalid;
use super::digest::Digest;
use basis::{Id, Timestamp};
use contracts::Pseudonym;
use contracts::consent::{MyRecord, RecordState};
use serde_json::{Value, json};

const SECONDS_PER_DAY: i64 = 86_400;

/// A consent record (GovStack `ConsentRecord`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The record's id.
    pub id: Id,
    /// The agreement answered to.
    pub agreement: Id,
    /// The revision of it the person read.
    pub agreement_revision: Id,
    /// That revision's hash.
    pub agreement_hash: Digest,
    /// The person, in our sector.
    pub subject: Pseudonym,
    /// What they answered; [`Record::state_at`] tells what it is worth now.
    pub state: State,
    /// Until when, if the consent ends by itself.
    pub valid_until: Option<Timestamp>,
    /// When the state was decided.
    pub decided: Timestamp,
    /// Whether the person signed it with a key of their own.
    pub signing: Signing,
    /// The record's latest revision.
    pub latest: Id,
}

/// The states of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The person agrees.
    Given,
    /// The person was asked and said no.
    Refused,
    /// The person agreed and took it back.
    Withdrawn,
    /// The consent has run out.
    Expired,
    /// The person answered to a later revision of the agreement.
    Replaced,
}

/// Whether the person signed the record with a key of their own (GovStack `state`). Our own seal
/// is on every revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// Not signed, or changed since.
    Unsigned,
    /// Signed as it is now.
    Signed,
}

/// What a person answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// True to give, false to refuse.
    pub give: bool,
    /// An earlier end than the agreement sets, if the person wants one.
    pub valid_until: Option<Timestamp>,
}

impl Offer {
    /// The record of a person's first answer to this offer, before its first revision is made.
    #[must_use]
    pub fn answered(&self, id: Id, subject: Pseudonym, decision: Decision) -> Record {
        Record {
            id,
            agreement: self.agreement,
            agreement_revision: self.revision,
            agreement_hash: self.hash,
            subject,
            state: decision.state,
            valid_until: decision.valid_until,
            decided: decision.decided,
            signing: Signing::Unsigned,
            latest: id,
        }
    }
}

/// The part of a record that an act of the person or the clock decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The new state.
    pub state: State,
    /// Until when.
    pub valid_until: Option<Timestamp>,
    /// When it was decided.
    pub decided: Timestamp,
}

/// A record cannot take this step from where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordRefusal {
    /// There is no consent to withdraw: it was never given or has run out.
    #[error("this consent does not stand, so there is nothing to withdraw")]
    NotGiven,
    /// A later record counts.
    #[error("a later answer replaced this record: use the later one")]
    Replaced,
}

impl State {
    /// The state's name in tables, snapshots and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
        }
    }
}

impl From<State> for RecordState {
    fn from(state: State) -> Self {
        match state {
            State::Given => Self::Given,
            State::Refused => Self::Refused,
            State::Withdrawn => Self::Withdrawn,
            State::Expired => Self::Expired,
            State::Replaced => Self::Replaced,
        }
    }
}

impl Signing {
    /// GovStack's word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Signed => "signed",
        }
    }
}

impl Record {
    /// The state at `now`: a consent past its end has expired, whether or not anyone has written
    /// that down yet.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> State {
        let ended = self.valid_until.is_some_and(|end| end <= now);
        match self.state {
            State::Given if ended => State::Expired,
            state => state,
        }
    }

    /// What withdrawing does to this record; none if it is withdrawn already, so that
    /// withdrawing twice is withdrawing once.
    ///
    /// # Errors
    /// [`RecordRefusal`] when there is no consent to withdraw.
    pub fn withdraw(&self, now: Timestamp) -> Result<Option<Decision>, RecordRefusal> {
        match self.state_at(now) {
            State::Given => {
                Ok(Some(Decision { state: State::Withdrawn, valid_until: None, decided: now }))
            }
            State::Withdrawn => Ok(None),
            State::Refused | State::Expired => Err(RecordRefusal::NotGiven),
            State::Replaced => Err(RecordRefusal::Replaced),
        }
    }

    /// What the passing of time does to this record; none while it runs or if it is no consent.
    #[must_use]
    pub fn expire(&self, now: Timestamp) -> Option<Decision> {
        let expired = self.state == State::Given && self.state_at(now) == State::Expired;
        expired.then_some(Decision {
            state: State::Expired,
            valid_until: self.valid_until,
            decided: now,
        })
    }

    /// What a later answer does to this record.
    #[must_use]
    pub const fn replace(&self, now: Timestamp) -> Decision {
        Decision { state: State::Replaced, valid_until: self.valid_until, decided: now }
    }

    /// The record after a decision, before its new revision is made. A signature was over what it
    /// said before, so it is void (GovStack: "updating a signed Consent Record invalidates its
    /// signature").
    #[must_use]
    pub fn after(self, decision: Decision) -> Self {
        Self {
            state: decision.state,
            valid_until: decision.valid_until,
            decided: decision.decided,
            signing: Signing::Unsigned,
            ..self
        }
    }

    /// The record as the person sees it at `now`.
    #[must_use]
    pub fn mine(&self, now: Timestamp) -> MyRecord {
        MyRecord {
            record: self.id,
            agreement: self.agreement,
            agreement_revision: self.agreement_revision,
            state: self.state_at(now).into(),
            changed: self.decided,
            valid_until: self.valid_until,
        }
    }

    /// What a revision of the record says: `objectData` of its snapshot. GovStack's members
    /// first, ours after; `signing` is not among them, since signing must not change the signed.
    #[must_use]
    pub fn data(&self) -> Value {
        json!({
            "dataAgreement": self.agreement,
            "dataAgreementRevision": self.agreement_revision,
            "dataAgreementRevisionHash": self.agreement_hash,
            "individual": self.subject,
            "optIn": self.state == State::Given,
            "state": self.state.as_str(),
            "validUntil": self.valid_until,
            "decided": self.decided,
        })
    }
}

impl Answer {
    /// What this answer to `offer` decides, for a person who has not answered before.
    ///
    /// # Errors
    /// [`Invalid`] when the end wished for is past or later than the agreement allows.
    pub fn decide(&self, offer: &Offer, now: Timestamp) -> Result<Decision, Invalid> {
        if !self.give {
            return Ok(Decision { state: State::Refused, valid_until: None, decided: now });
        }
        Ok(Decision { state: State::Given, valid_until: self.end(offer, now)?, decided: now })
    }

    /// What this answer decides for a person who answered to the same revision before; none if it
    /// says nothing new.
    ///
    /// # Errors
    /// As [`Answer::decide`].
    pub fn decide_again(
        &self,
        offer: &Offer,
        prior: &Record,
        now: Timestamp,
    ) -> Result<Option<Decision>, Invalid> {
        let decision = self.decide(offer, now)?;
        let same_end = self.valid_until.is_none() || self.valid_until == prior.valid_until;
        Ok(match (prior.state_at(now), decision.state) {
            (State::Given, State::Given) if same_end => None,
            // No after yes is a withdrawal; no after no says nothing new.
            (State::Given, State::Refused) => {
                Some(Decision { state: State::Withdrawn, ..decision })
            }
            (State::Refused | State::Withdrawn, State::Refused) => None,
            _ => Some(decision),
        })
    }

    /// When a consent given now ends: at the earlier of the person's wish and the agreement's
    /// limit.
    fn end(&self, offer: &Offer, now: Timestamp) -> Result<Option<Timestamp>, Invalid> {
        let limit =
            offer.terms.valid_days.map(|days| now.plus_seconds(i64::from(days) * SECONDS_PER_DAY));
        let Some(wish) = self.valid_until else { return Ok(limit) };
        if wish <= now {
            return Err(Invalid {
                field: "valid_until",
                remedy: "write a time to come, or leave it out",
            });
        }
        if limit.is_some_and(|limit| wish > limit) {
            let remedy = "write a time within the agreement's `valid_days`, or leave it out";
            return Err(Invalid { field: "valid_until", remedy });
        }
        Ok(Some(wish))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples;

    const NOW: Timestamp = samples::NOW;

    fn record(state: State, valid_until: Option<Timestamp>) -> Record {
        Record { state, valid_until, ..samples::record() }
    }

    /// From each state, what each act leads to. The last column is the error or `-`.
    #[test]
    fn acts_lead_from_state_to_state() {
        let table = [
            ("given", State::Given, "unchanged", "withdrawn", "withdrawn"),
            ("refused", State::Refused, "given", "unchanged", "! does not stand"),
            ("withdrawn", State::Withdrawn, "given", "unchanged", "unchanged"),
            ("expired", State::Expired, "given", "refused", "! does not stand"),
            ("replaced", State::Replaced, "given", "refused", "! later answer"),
        ];
        for (name, state, give, refuse, withdraw) in table {
            let record = record(state, None);
            assert_eq!(answered(&record, true), give, "{name}: give");
            assert_eq!(answered(&record, false), refuse, "{name}: refuse");
            let found = match record.withdraw(NOW) {
                Ok(Some(decision)) => decision.state.as_str().to_owned(),
                Ok(None) => "unchanged".to_owned(),
                Err(refusal) => format!("! {refusal}"),
            };
            let wanted = withdraw.trim_start_matches("! ");
            assert!(found.contains(wanted), "{name}: withdraw gave {found}");
            assert_eq!(found.starts_with('!'), withdraw.starts_with('!'), "{name}: {found}");
        }
    }

    fn answered(record: &Record, give: bool) -> &'static str {
        let answer = Answer { give, valid_until: None };
        let decision = answer.decide_again(&samples::offer(), record, NOW).unwrap();
        decision.map_or("unchanged", |decision| decision.state.as_str())
    }

    #[test]
    fn a_first_answer_runs_as_long_as_the_agreement_allows() {
        let valid_until = Some(NOW.plus_seconds(365 * SECONDS_PER_DAY));
        for (give, state, valid_until) in
            [(true, State::Given, valid_until), (false, State::Refused, None)]
        {
            let answer = Answer { give, valid_until: None };
            let decision = answer.decide(&samples::offer(), NOW).unwrap();
            assert_eq!(decision, Decision { state, valid_until, decided: NOW });
        }
    }

    #[test]
    fn an_end_lies_ahead_and_within_the_agreements_limit() {
        let within = NOW.plus_seconds(60);
        let beyond = NOW.plus_seconds(366 * SECONDS_PER_DAY);
        for (wish, good) in
            [(within, true), (beyond, false), (NOW, false), (NOW.plus_seconds(-1), false)]
        {
            let answer = Answer { give: true, valid_until: Some(wish) };
            let outcome = answer.decide(&samples::offer(), NOW);
            assert_eq!(outcome.is_ok(), good, "{wish}");
            if let Err(invalid) = outcome {
                assert_eq!(invalid.field, "valid_until");
            }
        }
    }

    #[test]
    fn another_end_is_another_answer() {
        let prior = record(State::Given, Some(NOW.plus_seconds(600)));
        let shorter = Answer { give: true, valid_until: Some(NOW.plus_seconds(60)) };
        let decision = shorter.decide_again(&samples::offer(), &prior, NOW).unwrap().unwrap();
        assert_eq!(decision.valid_until, shorter.valid_until);
    }

    #[test]
    fn a_consent_past_its_end_has_expired_before_anyone_writes_it_down() {
        let record = record(State::Given, Some(NOW));
        assert_eq!(record.state_at(NOW.plus_micros(-1)), State::Given);
        assert_eq!(record.state_at(NOW), State::Expired);
        assert_eq!(record.expire(NOW.plus_micros(-1)), None);
        assert_eq!(record.expire(NOW).map(|decision| decision.state), Some(State::Expired));
        assert_eq!(record.withdraw(NOW), Err(RecordRefusal::NotGiven));
    }

    #[test]
    fn a_change_voids_the_persons_signature() {
        let signed = Record { signing: Signing::Signed, ..record(State::Given, None) };
        let decision = signed.withdraw(NOW).unwrap().unwrap();
        let after = signed.after(decision);
        assert_eq!((after.signing, after.state), (Signing::Unsigned, State::Withdrawn));
    }
}
