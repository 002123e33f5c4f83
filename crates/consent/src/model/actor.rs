//! Who acts, as revisions and audit rows name them.

use contracts::Pseudonym;
use serde_json::{Value, json};

/// Who does something to an object of this block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The person a record is about.
    Resident {
        /// The person, in our sector.
        subject: Pseudonym,
        /// The subsystem they used, e.g. the portal's.
        through: String,
    },
    /// An officer, as `officer:CLASS/MEMBER/ID`.
    Officer(String),
    /// The block itself, by the name of its job.
    Job(&'static str),
}

impl Actor {
    /// The name for audit rows: no pseudonym, so that the trail can be shown to auditors.
    #[must_use]
    pub fn audit_name(&self) -> String {
        match self {
            Self::Resident { through, .. } => format!("resident:{through}"),
            Self::Officer(name) => name.clone(),
            Self::Job(name) => format!("job:{name}"),
        }
    }

    /// GovStack's `authorizedByIndividual`: the person, if it is they who act.
    #[must_use]
    pub fn individual(&self) -> Value {
        match self {
            Self::Resident { subject, .. } => json!(subject),
            Self::Officer(_) | Self::Job(_) => Value::Null,
        }
    }

    /// GovStack's `authorizedByOther`: whoever else acts.
    #[must_use]
    pub fn other(&self) -> Value {
        match self {
            Self::Resident { .. } => Value::Null,
            Self::Officer(_) | Self::Job(_) => json!(self.audit_name()),
        }
    }
}
