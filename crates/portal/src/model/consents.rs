//! A resident's consents, sorted by what they can do about them.

use contracts::consent::{MyAgreement, RecordState};

/// Agreements by where the resident stands with them, each list in the order the consent block gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consents {
    /// Waiting for an answer.
    pub asked: Vec<MyAgreement>,
    /// In force.
    pub given: Vec<MyAgreement>,
    /// Refused, withdrawn, run out, or no longer asked.
    pub past: Vec<MyAgreement>,
}

/// Sorts a resident's agreements.
#[must_use]
pub fn sort(agreements: Vec<MyAgreement>) -> Consents {
    let mut consents = Consents::default();
    for agreement in agreements {
        match standing(&agreement) {
            Standing::Asked => consents.asked.push(agreement),
            Standing::Given => consents.given.push(agreement),
            Standing::Refused | Standing::Withdrawn | Standing::Expired | Standing::Ended => {
                consents.past.push(agreement);
            }
        }
    }
    consents
}

/// Where a resident stands with one agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is no answer that counts.
    Asked,
    /// Consent stands.
    Given,
    /// The resident said no.
    Refused,
    /// The resident took it back.
    Withdrawn,
    /// It has run out.
    Expired,
    /// Nobody asks any more.
    Ended,
}

impl Standing {
    /// Stable name, the end of its text keys.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Given => "given",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Ended => "ended",
        }
    }
}

/// Where the resident stands. Whether consent stands now is the consent block's word, not ours to work out from the record.
#[must_use]
pub fn standing(agreement: &MyAgreement) -> Standing {
    if agreement.given {
        return Standing::Given;
    }
    match agreement.answer.as_ref().map(|answer| answer.state) {
        Some(RecordState::Refused) => Standing::Refused,
        Some(RecordState::Withdrawn) => Standing::Withdrawn,
        Some(RecordState::Expired) => Standing::Expired,
        // A later revision asks anew, and so does an answer that no longer stands for another reason.
        Some(RecordState::Given | RecordState::Replaced) | None if agreement.offered => {
            Standing::Asked
        }
        Some(RecordState::Given | RecordState::Replaced) | None => Standing::Ended,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::{Id, Timestamp};
    use contracts::consent::MyRecord;

    fn agreement(given: bool, state: Option<RecordState>) -> MyAgreement {
        let id = Id::from_bytes([1; 16]);
        MyAgreement {
            agreement: id,
            revision: id,
            title: "Treatment".to_owned(),
            purpose: None,
            controller: None,
            clients: Vec::new(),
            service: None,
            fields: Vec::new(),
            valid_days: None,
            policy_url: None,
            offered: true,
            given,
            answer: state.map(|state| MyRecord {
                record: id,
                agreement: id,
                agreement_revision: id,
                state,
                changed: Timestamp::EPOCH,
                valid_until: None,
            }),
        }
    }

    #[test]
    fn standings() {
        let check = |given, state, expected| {
            assert_eq!(standing(&agreement(given, state)), expected, "{state:?}")
        };
        check(false, None, Standing::Asked);
        check(true, Some(RecordState::Given), Standing::Given);
        check(false, Some(RecordState::Given), Standing::Asked);
        check(false, Some(RecordState::Replaced), Standing::Asked);
        check(false, Some(RecordState::Refused), Standing::Refused);
        check(false, Some(RecordState::Withdrawn), Standing::Withdrawn);
        check(false, Some(RecordState::Expired), Standing::Expired);
        let closed = MyAgreement { offered: false, ..agreement(false, Some(RecordState::Given)) };
        assert_eq!(standing(&closed), Standing::Ended);
    }

    #[test]
    fn sorted_by_what_can_be_done() {
        let sorted = sort(vec![
            agreement(false, Some(RecordState::Withdrawn)),
            agreement(true, Some(RecordState::Given)),
            agreement(false, None),
            agreement(false, Some(RecordState::Expired)),
        ]);
        assert_eq!((sorted.asked.len(), sorted.given.len(), sorted.past.len()), (1, 1, 2));
    }
}
