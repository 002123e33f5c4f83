//! Records and their revisions: where a record stands, how it moves on, what of it may be shown.

use super::register::RegisterCode;
use basis::{Id, Timestamp};
use contracts::{CallContext, Pseudonym};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Where a record stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The record, for good.
    pub id: Id,
    /// The register it belongs to.
    pub register: RegisterCode,
    /// The person it is about; in a register about things the record's own id.
    pub subject: Pseudonym,
    /// Its latest revision, from 1.
    pub latest: i64,
    /// Whether the latest revision deletes it.
    pub deleted: bool,
    /// When the latest revision was recorded.
    pub recorded: Timestamp,
}

/// One state of a record, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The record.
    pub record: Id,
    /// Its number, from 1 without gaps.
    pub revision: i64,
    /// The schema version the data follow.
    pub schema_version: i64,
    /// From when it has effect.
    pub effective: Timestamp,
    /// When it was recorded.
    pub recorded: Timestamp,
    /// Who recorded it.
    pub actor: String,
    /// In which case.
    pub case: Option<String>,
    /// Whether it deletes the record.
    pub deleted: bool,
    /// The [`Content`], sealed.
    pub sealed: Vec<u8>,
}

/// What a revision says. Sealed as a whole: a reason tells about the person as much as the data do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// The data; none where the revision deletes.
    pub data: Option<Value>,
    /// Why it was recorded.
    pub reason: String,
}

/// What a change does to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// New data for a record that stands.
    Update,
    /// New data for a record that was deleted.
    Restore,
    /// No data any more.
    Delete,
}

/// Why a record does not take a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordRefusal {
    /// Somebody else was faster, or the caller has never seen the record.
    #[error("the record is at revision {current}: read it again and send the change with that")]
    Stale {
        /// The revision it is at.
        current: i64,
    },
    /// A deleted record cannot be deleted again.
    #[error("the record is deleted already")]
    Deleted,
}

impl Record {
    /// A record with its first revision. `subject` is none where the register is about things.
    #[must_use]
    pub fn new(id: Id, register: RegisterCode, subject: Option<Pseudonym>, now: Timestamp) -> Self {
        let subject = subject.unwrap_or(Pseudonym(id));
        Self { id, register, subject, latest: 1, deleted: false, recorded: now }
    }

    /// The record after a change by somebody who has seen revision `expected`, and what the change
    /// is. New data for a deleted record restore it.
    ///
    /// # Errors
    /// [`RecordRefusal`].
    pub fn change(
        &self,
        expected: i64,
        deletes: bool,
        now: Timestamp,
    ) -> Result<(Self, Step), RecordRefusal> {
        if expected != self.latest {
            return Err(RecordRefusal::Stale { current: self.latest });
        }
        let step = match (self.deleted, deletes) {
            (true, true) => return Err(RecordRefusal::Deleted),
            (false, true) => Step::Delete,
            (true, false) => Step::Restore,
            (false, false) => Step::Update,
        };
        // A clock that was set back must not make revisions overtake each other.
        let recorded = now.max(self.recorded);
        let changed = Self { latest: self.latest + 1, deleted: deletes, recorded, ..self.clone() };
        Ok((changed, step))
    }
}

impl Revision {
    /// Binds sealed content to its record and place in the history.
    #[must_use]
    pub fn label(record: Id, revision: i64) -> String {
        format!("revision:{record}:{revision}")
    }
}

/// Cuts data to the fields that the call's agreement allows.
#[must_use]
pub fn cut(data: Value, ctx: &CallContext) -> Value {
    match data {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(name, _)| ctx.allows_field(name));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        // Data are an object by schema; anything else has no field that could be allowed.
        _ => Value::Object(Map::new()),
    }
}

/// Names of the fields in the data, for the read log.
pub fn fields(data: &Value) -> impl Iterator<Item = &String> {
    data.as_object().into_iter().flat_map(Map::keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::LegalBasis;
    use serde_json::json;

    fn record() -> Record {
        let id = Id::from_bytes([1; 16]);
        let register = "residents".parse().unwrap();
        Record::new(id, register, Some(Pseudonym(Id::from_bytes([2; 16]))), at(100))
    }

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    #[test]
    fn a_record_of_a_thing_is_its_own_subject() {
        let Record { id, register, .. } = record();
        assert_eq!(Record::new(id, register, None, at(1)).subject, Pseudonym(id));
    }

    #[test]
    fn a_change_moves_on_by_one_revision() {
        let (updated, step) = record().change(1, false, at(200)).unwrap();
        assert_eq!((updated.latest, updated.recorded, step), (2, at(200), Step::Update));
        let (deleted, step) = updated.change(2, true, at(300)).unwrap();
        assert_eq!((deleted.latest, deleted.deleted, step), (3, true, Step::Delete));
        let (restored, step) = deleted.change(3, false, at(400)).unwrap();
        assert_eq!((restored.latest, restored.deleted, step), (4, false, Step::Restore));
    }

    #[test]
    fn whoever_has_not_seen_the_latest_revision_changes_nothing() {
        for expected in [0, 2, -1] {
            let refused = record().change(expected, false, at(200)).unwrap_err();
            assert_eq!(refused, RecordRefusal::Stale { current: 1 });
        }
        let (deleted, _) = record().change(1, true, at(200)).unwrap();
        assert_eq!(deleted.change(2, true, at(300)), Err(RecordRefusal::Deleted));
        assert_eq!(deleted.change(1, true, at(300)), Err(RecordRefusal::Stale { current: 2 }));
    }

    #[test]
    fn a_clock_set_back_does_not_reorder_history() {
        let (updated, _) = record().change(1, false, at(50)).unwrap();
        assert_eq!(updated.recorded, at(100));
    }

    #[test]
    fn data_are_cut_to_the_fields_allowed() {
        let mut ctx = CallContext::new(
            "TB/GOV/MSP/benefits".parse().unwrap(),
            "TB/GOV/NIA/residents/records".parse().unwrap(),
            "benefit-eligibility",
            LegalBasis::law("Act"),
            Id::from_bytes([3; 16]),
            at(1),
        );
        let data = json!({ "name": "A", "village": "B", "phone": "C" });
        assert_eq!(cut(data.clone(), &ctx), data);
        ctx.fields = vec!["village".to_owned(), "income".to_owned()];
        assert_eq!(cut(data.clone(), &ctx), json!({ "village": "B" }));
        assert_eq!(fields(&data).collect::<Vec<_>>(), ["name", "phone", "village"]);
        assert_eq!(cut(json!("A"), &ctx), json!({}));
    }
}
