//! The question the exchange asks before it lets a call through: does this person agree to this
//! use, now?

use super::agreement::{Agreement, AgreementState, AgreementTerms};
use super::record::{Record, State};
use basis::Timestamp;
use contracts::consent::NotGiven;
use contracts::{ServiceId, SubsystemId};

/// A use of data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The service that would answer.
    pub service: ServiceId,
    /// The information system that would use the data.
    pub client: SubsystemId,
    /// Purpose code.
    pub purpose: String,
}

/// What stands in the store about an agreement and one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The agreement.
    pub agreement: Agreement,
    /// What the person agreed to: the terms of the revision their record names; without a record
    /// the latest terms.
    pub terms: AgreementTerms,
    /// The record that counts, if the person has answered.
    pub record: Option<Record>,
}

/// A consent that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The fields agreed to.
    pub fields: Vec<String>,
    /// Until when, if it ends by itself.
    pub valid_until: Option<Timestamp>,
}

/// Whether the consent stands at `now`.
///
/// The terms are those the person read, not those published since: a wider agreement covers
/// nothing until the person answers to it. They are looked at before the record, so that a client
/// the agreement does not name learns nothing about the person.
///
/// # Errors
/// The first reason in the order of [`NotGiven`].
pub fn verify(
    standing: Option<&Standing>,
    wanted: &Use,
    now: Timestamp,
) -> Result<Granted, NotGiven> {
    let standing = standing.ok_or(NotGiven::AgreementUnknown)?;
    if standing.agreement.state == AgreementState::Terminated {
        return Err(NotGiven::AgreementTerminated);
    }
    let scope = standing.terms.scope.as_ref().ok_or(NotGiven::ServiceNotCovered)?;
    if scope.service != wanted.service {
        return Err(NotGiven::ServiceNotCovered);
    }
    if !scope.clients.contains(&wanted.client) {
        return Err(NotGiven::ClientNotCovered);
    }
    if scope.purpose != wanted.purpose {
        return Err(NotGiven::PurposeNotCovered);
    }
    let record = standing.record.as_ref().ok_or(NotGiven::NotAsked)?;
    match record.state_at(now) {
        State::Given => {
            Ok(Granted { fields: standing.terms.fields(), valid_until: record.valid_until })
        }
        State::Refused => Err(NotGiven::Refused),
        State::Withdrawn => Err(NotGiven::Withdrawn),
        State::Expired => Err(NotGiven::Expired),
        // The store never takes a replaced record for the one that counts; if it did, no.
        State::Replaced => Err(NotGiven::NotAsked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples;

    const NOW: Timestamp = samples::NOW;

    fn standing() -> Standing {
        Standing {
            agreement: samples::agreement(),
            terms: samples::terms(),
            record: Some(samples::record()),
        }
    }

    fn wanted() -> Use {
        Use {
            service: "TB/GOV/NIA/residents/records".parse().unwrap(),
            client: "TB/COM/LAKESIDE/patients".parse().unwrap(),
            purpose: "treatment".to_owned(),
        }
    }

    #[test]
    fn a_given_consent_allows_what_it_names() {
        let granted = verify(Some(&standing()), &wanted(), NOW).unwrap();
        assert_eq!(granted.valid_until, samples::record().valid_until);
        assert_eq!(granted.fields, ["name", "birth_date"]);
    }

    #[test]
    fn every_difference_has_its_reason() {
        type Change = fn(&mut Standing, &mut Use);
        let table: [(NotGiven, Change); 9] = [
            (NotGiven::AgreementTerminated, |s, _| s.agreement.state = AgreementState::Terminated),
            (NotGiven::ServiceNotCovered, |s, _| s.terms.scope = None),
            (NotGiven::ServiceNotCovered, |_, w| {
                w.service = "TB/GOV/CRO/civil/births".parse().unwrap()
            }),
            (NotGiven::ClientNotCovered, |_, w| {
                w.client = "TB/COM/LAKESIDE/billing".parse().unwrap()
            }),
            (NotGiven::PurposeNotCovered, |_, w| w.purpose = "research".to_owned()),
            (NotGiven::NotAsked, |s, _| s.record = None),
            (NotGiven::Refused, |s, _| state(s, State::Refused)),
            (NotGiven::Withdrawn, |s, _| state(s, State::Withdrawn)),
            (NotGiven::NotAsked, |s, _| state(s, State::Replaced)),
        ];
        for (reason, change) in table {
            let (mut standing, mut wanted) = (standing(), wanted());
            change(&mut standing, &mut wanted);
            assert_eq!(verify(Some(&standing), &wanted, NOW), Err(reason));
        }
        assert_eq!(verify(None, &wanted(), NOW), Err(NotGiven::AgreementUnknown));
    }

    fn state(standing: &mut Standing, state: State) {
        standing.record = standing.record.take().map(|record| Record { state, ..record });
    }

    #[test]
    fn the_clock_alone_ends_a_consent() {
        let mut standing = standing();
        let end = NOW.plus_seconds(60);
        standing.record = Some(Record { valid_until: Some(end), ..samples::record() });
        assert!(verify(Some(&standing), &wanted(), end.plus_micros(-1)).is_ok());
        assert_eq!(verify(Some(&standing), &wanted(), end), Err(NotGiven::Expired));
    }

    #[test]
    fn an_agreement_that_is_not_offered_any_more_still_covers_who_agreed() {
        let mut standing = standing();
        standing.agreement.state = AgreementState::Draft;
        standing.agreement.published = None;
        assert!(verify(Some(&standing), &wanted(), NOW).is_ok());
    }

    #[test]
    fn a_client_that_is_not_named_learns_nothing_about_the_person() {
        let stranger = Use { client: "TB/COM/LAKESIDE/billing".parse().unwrap(), ..wanted() };
        let answers =
            [State::Given, State::Refused, State::Withdrawn, State::Expired].map(|answer| {
                let mut standing = standing();
                state(&mut standing, answer);
                verify(Some(&standing), &stranger, NOW)
            });
        assert!(answers.iter().all(|answer| *answer == Err(NotGiven::ClientNotCovered)));
    }
}
