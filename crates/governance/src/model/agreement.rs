//! The agreements of the exchange's directory, as this block shows them: who may ask what of whom.

use basis::{Id, Timestamp};
use contracts::context::BasisKind;
use contracts::{ServiceId, SubsystemId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An agreement that ends within this time is marked, in seconds.
pub const SOON_SECONDS: i64 = 30 * 24 * 60 * 60;

/// An agreement as the directory has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Identifier.
    pub id: Id,
    /// What is asked.
    pub service: ServiceId,
    /// Who asks.
    pub client: SubsystemId,
    /// Purpose code.
    pub purpose: String,
    /// Kind of legal basis.
    pub basis: BasisKind,
    /// The law or contract; empty where any will do.
    pub reference: String,
    /// Which fields; empty for all the service offers.
    pub fields: Vec<String>,
    /// Whether officers need a case that stands.
    pub case: bool,
    /// In force from.
    pub valid_from: Timestamp,
    /// In force until, not included.
    pub valid_until: Option<Timestamp>,
    /// Whether the provider has stopped it.
    pub suspended: bool,
}

/// Whether calls pass under an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AgreementState {
    /// They do.
    InForce,
    /// They do, and will not in a month.
    EndsSoon,
    /// Not yet.
    NotYet,
    /// The provider has stopped it.
    Suspended,
    /// It has ended.
    Ended,
}

impl AgreementState {
    /// As JSON and texts name it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "in-force",
            Self::EndsSoon => "ends-soon",
            Self::NotYet => "not-yet",
            Self::Suspended => "suspended",
            Self::Ended => "ended",
        }
    }
}

impl Listed {
    /// Whether calls pass under it at this time.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> AgreementState {
        if self.valid_until.is_some_and(|until| now >= until) {
            return AgreementState::Ended;
        }
        if self.suspended {
            return AgreementState::Suspended;
        }
        if now < self.valid_from {
            return AgreementState::NotYet;
        }
        match self.valid_until {
            Some(until) if until.seconds_since(now) < SOON_SECONDS => AgreementState::EndsSoon,
            _ => AgreementState::InForce,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agreement_goes_from_not_yet_to_ended() {
        let at = |seconds| Timestamp::EPOCH.plus_seconds(seconds);
        let agreement = Listed {
            id: Id::from_bytes([1; 16]),
            service: "TB/GOV/NIA/residents/records".parse().expect("a service"),
            client: "TB/GOV/MSP/benefits".parse().expect("a subsystem"),
            purpose: "help".to_owned(),
            basis: BasisKind::Law,
            reference: "Act".to_owned(),
            fields: Vec::new(),
            case: false,
            valid_from: at(10),
            valid_until: Some(at(10 + 2 * SOON_SECONDS)),
            suspended: false,
        };
        let state = |seconds| agreement.state(at(seconds)).as_str();
        assert_eq!(state(9), "not-yet");
        assert_eq!(state(10), "in-force");
        assert_eq!(state(10 + SOON_SECONDS), "in-force");
        assert_eq!(state(11 + SOON_SECONDS), "ends-soon");
        assert_eq!(state(10 + 2 * SOON_SECONDS), "ended");
        let suspended = Listed { suspended: true, ..agreement.clone() };
        assert_eq!(suspended.state(at(11)), AgreementState::Suspended);
        let endless = Listed { valid_until: None, ..agreement };
        assert_eq!(endless.state(at(i64::MAX / 2_000_000)), AgreementState::InForce);
    }
}
