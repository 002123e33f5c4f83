//! The revisions that a workbook was made from: what tells whether somebody changed the same since.

use std::collections::BTreeMap;

/// What stood in a round when it was written into a workbook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Revision of the round, which counts changes of its lists.
    pub round: i64,
    /// Revision of each answer there was.
    pub answers: BTreeMap<String, i64>,
}

impl Fetched {
    /// As one line of text: `round 3; ID-01 2; ID-02 1`.
    #[must_use]
    pub fn written(&self) -> String {
        let answers =
            self.answers.iter().map(|(indicator, revision)| format!("; {indicator} {revision}"));
        std::iter::once(format!("round {}", self.round)).chain(answers).collect()
    }

    /// Reads [`Fetched::written`]; none for any other text.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.split("; ");
        let round = parts.next()?.strip_prefix("round ")?.parse().ok()?;
        let answers = parts.map(|part| {
            let (indicator, revision) = part.split_once(' ')?;
            Some((indicator.to_owned(), revision.parse().ok()?))
        });
        Some(Self { round, answers: answers.collect::<Option<_>>()? })
    }

    /// The revision of an answer then; 0 where there was none.
    #[must_use]
    pub fn revision(&self, indicator: &str) -> i64 {
        self.answers.get(indicator).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_was_written() {
        let answers = BTreeMap::from([("ID-01".to_owned(), 2), ("ID-02".to_owned(), 1)]);
        for fetched in [Fetched::default(), Fetched { round: 3, answers }] {
            assert_eq!(Fetched::read(&fetched.written()), Some(fetched));
        }
        for other in ["", "round", "round x", "round 1; ID-01", "round 1; ID-01 x", "ID-01 1"] {
            assert_eq!(Fetched::read(other), None, "{other}");
        }
    }
}
