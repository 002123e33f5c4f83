//! What can go wrong, in one enum; and what each caller is told, in one table.

use crate::model::check::Invalid;
use crate::model::fault::{FAULTS_MAX, Fault};
use crate::model::record::RecordRefusal;
use basis::Id;
use contracts::CallError;
use contracts::batches::RefusedLine;
use http::{StatusCode, header};
use kernel::db::DbError;
use kernel::fields::FieldsError;
use kernel::problem::{FieldError, Problem};

/// An error of this block. Texts name the field or the remedy and repeat no personal data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such register.
    #[error("there is no register with this code")]
    RegisterUnknown,
    /// A register with this code exists.
    #[error("there is a register with this code: choose another one")]
    RegisterExists,
    /// The register has no such schema version.
    #[error("the register has no such version of its schema")]
    VersionUnknown,
    /// The register takes no records before its schema is published.
    #[error("the register's schema is not published yet: publish it first")]
    NotPublished,
    /// The schema is not one that a register can use.
    #[error("the schema cannot be used: each entry names the place")]
    SchemaRefused(Vec<Fault>),
    /// The new version would not read what was written under the published one.
    #[error("earlier records could not be read under the new version: each entry names the field")]
    Breaking(Vec<Fault>),
    /// The data do not follow the register's schema.
    #[error("the data do not follow the register's schema: each entry names the field")]
    DataRefused(Vec<Fault>),
    /// More lines than one import takes.
    #[error("too many lines: send at most 1,000 records in one call")]
    TooManyLines,
    /// No line of an import could be entered.
    #[error("no line can be entered: each entry names line and field")]
    AllRefused(Vec<RefusedLine>),
    /// There is no such record, or it was deleted, or not yet there at the time asked for.
    #[error("there is no such record")]
    RecordUnknown,
    /// The person has a record in this register.
    #[error(
        "the person has record {record} in this register, at revision {revision}: change that one"
    )]
    RecordExists {
        /// The record.
        record: Id,
        /// The revision it is at.
        revision: i64,
    },
    /// The record cannot take this change.
    #[error(transparent)]
    Record(#[from] RecordRefusal),
    /// A field holds what it may not hold.
    #[error("a field cannot be accepted")]
    Invalid(#[from] Invalid),
    /// Nobody has the VID given.
    #[error("nobody has this VID")]
    SubjectUnknown,
    /// The same `Idempotency-Key` came with another body before.
    #[error("this Idempotency-Key was used for another request: use a new one")]
    IdempotencyMismatch,
    /// A person's fields cannot be encrypted or decrypted.
    #[error(transparent)]
    Fields(#[from] FieldsError),
    /// What is stored cannot be read back.
    #[error("what is stored cannot be read: {0}")]
    Stored(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The identity authority.
    #[error(transparent)]
    Call(#[from] CallError),
}

impl Error {
    /// Status, slug and title; none for errors that are told by what they wrap.
    fn row(&self) -> Option<(StatusCode, &'static str, &'static str)> {
        const BAD: StatusCode = StatusCode::BAD_REQUEST;
        const NO: StatusCode = StatusCode::NOT_FOUND;
        const CLASH: StatusCode = StatusCode::CONFLICT;
        Some(match self {
            Self::RegisterUnknown => (NO, "register-unknown", "There is no such register"),
            Self::RegisterExists => (CLASH, "register-exists", "The code is taken"),
            Self::VersionUnknown => (NO, "version-unknown", "There is no such version"),
            Self::NotPublished => (CLASH, "register-not-published", "The register is a draft"),
            Self::SchemaRefused(_) => (BAD, "schema-refused", "The schema cannot be used"),
            Self::Breaking(_) => (CLASH, "breaking-change", "The version breaks earlier records"),
            Self::DataRefused(_) => (BAD, "data-refused", "The data do not follow the schema"),
            Self::TooManyLines => {
                (StatusCode::PAYLOAD_TOO_LARGE, "too-many-lines", "There are too many lines")
            }
            Self::AllRefused(_) => (BAD, "import-refused", "No line was entered"),
            Self::RecordUnknown => (NO, "record-unknown", "There is no such record"),
            Self::RecordExists { .. } => (CLASH, "record-exists", "There is a record already"),
            Self::Record(RecordRefusal::Stale { .. }) => {
                (CLASH, "stale-revision", "The record has changed")
            }
            Self::Record(RecordRefusal::Deleted) => {
                (CLASH, "record-deleted", "The record is deleted")
            }
            Self::Invalid(_) => (BAD, "invalid-field", "A field cannot be accepted"),
            Self::SubjectUnknown => (BAD, "subject-unknown", "There is no such person"),
            Self::IdempotencyMismatch => {
                (CLASH, "idempotency-mismatch", "The key was used for another request")
            }
            Self::Fields(_) | Self::Stored(_) | Self::Db(_) | Self::Call(_) => return None,
        })
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let Some((status, slug, title)) = error.row() else {
            return match error {
                Error::Db(error) => error.into(),
                Error::Fields(error) => error.into(),
                Error::Call(error) => error.into(),
                other => Self::internal(other),
            };
        };
        let problem = Self::new(status, slug, title).detail(format!("{error}."));
        match error {
            Error::SchemaRefused(faults) | Error::Breaking(faults) | Error::DataRefused(faults) => {
                faults.into_iter().map(field_error).fold(problem, Self::field_error)
            }
            Error::AllRefused(lines) => {
                let shown = lines.into_iter().take(FAULTS_MAX);
                shown.fold(problem, |problem, RefusedLine { line, field, reason }| {
                    problem.field(format!("lines[{line}].{field}"), reason)
                })
            }
            Error::Invalid(invalid) => problem.field(invalid.field, invalid.remedy),
            Error::SubjectUnknown => {
                problem.field("subject.vid", "compare it with the person's card")
            }
            Error::Record(RecordRefusal::Stale { current }) => {
                problem.header(header::ETAG, &format!("\"{current}\""))
            }
            _ => problem,
        }
    }
}

fn field_error(fault: Fault) -> FieldError {
    FieldError { field: fault.place, detail: fault.detail, remedy: fault.remedy }
}
