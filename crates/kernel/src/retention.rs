//! How long kinds of records are kept, and whether a person's erasure reaches them.

/// Kinds of records by what keeps them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RetentionClass {
    /// Births, deaths, identities, evidence: kept for good; the law keeps them beyond a wish to erase.
    Vital,
    /// Postings and what they rest on: kept as bookkeeping law says.
    Ledger,
    /// Applications, consents, messages: kept while the case can be disputed.
    Case,
    /// Read logs and message metadata: kept for oversight; holds pseudonyms, no content.
    Log,
    /// Sign-in sessions, codes, idempotency answers: kept for hours or days.
    Session,
}

impl RetentionClass {
    /// Whether erasing a person may destroy the keys of these records. Where it may not, the record outlives the wish and
    /// the block must say so to the person.
    #[must_use]
    pub fn erasure_destroys_keys(self) -> bool {
        matches!(self, Self::Case | Self::Session)
    }

    /// Days kept after the record is closed, unless the country pack says otherwise; `None` is for good.
    #[must_use]
    pub fn keep_days(self) -> Option<u32> {
        match self {
            Self::Vital => None,
            Self::Ledger => Some(3653),
            Self::Case => Some(1826),
            Self::Log => Some(1096),
            Self::Session => Some(30),
        }
    }
}

/// The class of one kind of record that a block keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Name of the record as in the store: `birth`, `data_agreement`.
    pub record: &'static str,
    /// What keeps it.
    pub class: RetentionClass,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_for_good_cannot_be_erased() {
        let all = [
            RetentionClass::Vital,
            RetentionClass::Ledger,
            RetentionClass::Case,
            RetentionClass::Log,
            RetentionClass::Session,
        ];
        for class in all {
            assert!(class.keep_days().is_some() || !class.erasure_destroys_keys(), "{class:?}");
        }
        assert_eq!(serde_json::to_string(&RetentionClass::Vital).unwrap(), "\"vital\"");
    }
}
