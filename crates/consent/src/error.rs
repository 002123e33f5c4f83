//! What can go wrong, in one enum; and what each caller is told, in one table.

use crate::model::agreement::AgreementRefusal;
use crate::model::canonical::NotCanonical;
use crate::model::check::Invalid;
use crate::model::record::RecordRefusal;
use crate::model::reference::BadReference;
use crate::model::signature::SignatureRefusal;
use http::StatusCode;
use kernel::db::DbError;
use kernel::fields::FieldsError;
use kernel::keys::KeyError;
use kernel::problem::Problem;

/// An error of this block. Texts name the field or the remedy and repeat no personal data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A path or query names an object in a form that nothing here has.
    #[error(transparent)]
    BadReference(#[from] BadReference),
    /// A field holds what it may not hold.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// What was sent cannot be kept as canonical JSON.
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
    /// A person's signature is not accepted.
    #[error(transparent)]
    Signature(#[from] SignatureRefusal),
    /// A draft does not fit what we would hand out now.
    #[error("the draft is not one we handed out in the last 15 minutes: ask for a new draft")]
    DraftStale,
    /// There is no such policy.
    #[error("there is no such policy")]
    PolicyUnknown,
    /// There is no such agreement, or it is not offered to the asker.
    #[error("there is no such data agreement")]
    AgreementUnknown,
    /// There is no such record, or it is another person's.
    #[error("there is no such consent record")]
    RecordUnknown,
    /// There is no such individual.
    #[error("there is no such individual")]
    IndividualUnknown,
    /// There is no such revision of this object.
    #[error("there is no such revision of it")]
    RevisionUnknown,
    /// There is nothing to sign: nobody asked for a signature under this revision.
    #[error("there is no signature to complete: create it first")]
    SignatureUnknown,
    /// Another object has this code.
    #[error("another object has this code: choose another one")]
    CodeTaken,
    /// A published agreement stands under the policy, so it cannot be deleted.
    #[error("a published data agreement stands under this policy: terminate it first")]
    PolicyInUse,
    /// A deleted policy takes no change and no agreement.
    #[error("the policy is deleted: name another one")]
    PolicyDeleted,
    /// The agreement cannot take this step.
    #[error(transparent)]
    Agreement(#[from] AgreementRefusal),
    /// The person has read another revision than the one published now.
    #[error("the data agreement has changed since it was shown: read it again, then answer")]
    AgreementChanged,
    /// The record cannot take this step.
    #[error(transparent)]
    Record(#[from] RecordRefusal),
    /// The same `Idempotency-Key` came with another body before.
    #[error("this Idempotency-Key was used for another request: use a new one")]
    IdempotencyMismatch,
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// A seal could not be made.
    #[error("sealing failed: {0}")]
    Seal(#[from] credential::JoseError),
    /// A person's fields cannot be encrypted or decrypted.
    #[error(transparent)]
    Fields(#[from] FieldsError),
    /// What is stored cannot be read back.
    #[error("stored JSON cannot be read: {0}")]
    Stored(#[from] serde_json::Error),
    /// Our own templates or texts are broken, which the tests rule out.
    #[error(transparent)]
    Pages(#[from] ui::TextsError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Error {
    /// Status, slug and title. The status serves GovStack's paths as well: their YAML names 200
    /// and 400 only, and leaves the others to HTTP.
    fn row(&self) -> Option<(StatusCode, &'static str, &'static str)> {
        const BAD: StatusCode = StatusCode::BAD_REQUEST;
        const NO: StatusCode = StatusCode::NOT_FOUND;
        const CLASH: StatusCode = StatusCode::CONFLICT;
        Some(match self {
            Self::BadReference(_) => (BAD, "bad-reference", "The path names no object"),
            Self::Invalid(_) => (BAD, "invalid-field", "A field cannot be accepted"),
            Self::NotCanonical(_) => (BAD, "not-canonical", "A number cannot be kept exactly"),
            Self::Signature(_) => (BAD, "signature-refused", "The signature cannot be accepted"),
            Self::DraftStale => (BAD, "draft-stale", "The draft is out of date"),
            Self::PolicyUnknown => (NO, "policy-unknown", "There is no such policy"),
            Self::AgreementUnknown => (NO, "agreement-unknown", "There is no such agreement"),
            Self::RecordUnknown => (NO, "record-unknown", "There is no such consent record"),
            Self::IndividualUnknown => (NO, "individual-unknown", "There is no such individual"),
            Self::RevisionUnknown => (NO, "revision-unknown", "There is no such revision"),
            Self::SignatureUnknown => (NO, "signature-unknown", "There is no such signature"),
            Self::CodeTaken => (CLASH, "code-taken", "The code is taken"),
            Self::PolicyInUse => (CLASH, "policy-in-use", "The policy is in use"),
            Self::PolicyDeleted => (CLASH, "policy-deleted", "The policy is deleted"),
            Self::Agreement(_) => (CLASH, "agreement-terminated", "The agreement has ended"),
            Self::AgreementChanged => (CLASH, "agreement-changed", "The agreement has changed"),
            Self::Record(RecordRefusal::NotGiven) => (CLASH, "not-given", "No consent stands"),
            Self::Record(RecordRefusal::Replaced) => {
                (CLASH, "record-replaced", "A later answer counts")
            }
            Self::IdempotencyMismatch => {
                (CLASH, "idempotency-mismatch", "The key was used for another request")
            }
            Self::Keys(_)
            | Self::Seal(_)
            | Self::Fields(_)
            | Self::Stored(_)
            | Self::Pages(_)
            | Self::Db(_) => return None,
        })
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let Some((status, slug, title)) = error.row() else {
            return match error {
                Error::Db(error) => error.into(),
                Error::Fields(error) => error.into(),
                other => Self::internal(other),
            };
        };
        let problem = Self::new(status, slug, title).detail(format!("{error}."));
        match error {
            Error::Invalid(invalid) => problem.field(invalid.field, invalid.remedy),
            _ => problem,
        }
    }
}
