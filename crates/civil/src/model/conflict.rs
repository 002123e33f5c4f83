//! Why a registration of a post needs an officer's look, and what the officer may decide.

use basis::Id;
use serde::{Deserialize, Serialize};

/// What speaks against taking a registration as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The certificate number is not in the delegation's range.
    OutsideRange,
    /// It was written outside of the delegation's time.
    OutsidePeriod,
    /// A field cannot stand in the register.
    InvalidField,
    /// Another registration has the certificate number.
    NumberTaken,
    /// Nobody has the number that the mother showed.
    MotherUnknown,
    /// The mother has a child of the same date; twins look like this, too.
    SameMotherAndDate,
    /// A child of the same name, date and place is registered.
    SameChildDateAndPlace,
}

impl Reason {
    /// The code in JSON and tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OutsideRange => "outside-range",
            Self::OutsidePeriod => "outside-period",
            Self::InvalidField => "invalid-field",
            Self::NumberTaken => "number-taken",
            Self::MotherUnknown => "mother-unknown",
            Self::SameMotherAndDate => "same-mother-and-date",
            Self::SameChildDateAndPlace => "same-child-date-and-place",
        }
    }
}

/// Codes with spaces between, as the store keeps them.
#[must_use]
pub fn joined(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.as_str()).collect::<Vec<_>>().join(" ")
}

/// What an officer decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Resolution {
    /// It is a birth of its own: it stands in the register from now on.
    Keep,
    /// It is the same birth as another registration, which stays as it is.
    Merge,
    /// It is not to stand in the register.
    Reject,
}

/// The resolution of a conflict, as an officer sends it.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveIn {
    /// What is decided.
    pub resolution: Resolution,
    /// Why; kept sealed. 1 to 1,000 bytes.
    pub remark: String,
    /// The registration to merge into, where it is not the one that the conflict names.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = "uuid")]
    pub into: Option<Id>,
}

/// The longest remark, in bytes.
const REMARK_BYTES_MAX: usize = 1_000;

impl ResolveIn {
    /// Whether the remark says something and can be printed.
    #[must_use]
    pub fn has_remark(&self) -> bool {
        let control = |character: char| character.is_control() && character != '\n';
        !self.remark.trim().is_empty()
            && self.remark.len() <= REMARK_BYTES_MAX
            && !self.remark.chars().any(control)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolution_needs_a_remark() {
        let with = |remark: &str| ResolveIn {
            resolution: Resolution::Keep,
            remark: remark.to_owned(),
            into: None,
        };
        assert!(with("Twins, seen both").has_remark());
        for bad in ["", "  ", "a\tb", &"x".repeat(1_001)] {
            assert!(!with(bad).has_remark(), "{bad:?}");
        }
    }
}
