//! What can go wrong, and how callers are told. A transfer that was rejected is no error but an answer.

use http::StatusCode;
use kernel::db::DbError;
use kernel::fields::FieldsError;
use kernel::problem::Problem;

/// An error of a simulated institution.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field is not as it must be.
    #[error("`{field}` cannot be taken")]
    Invalid {
        /// Which field.
        field: String,
        /// What to send instead.
        remedy: &'static str,
    },
    /// The institution was told to fail now and then.
    #[error("the institution cannot take anything now; nothing was booked")]
    Failing,
    /// The institution was told to lose an answer.
    #[error("the answer was lost; whether anything was booked must be asked")]
    AnswerLost,
    /// No such transfer arrived from this member.
    #[error("no transfer with this id arrived from your member")]
    TransferUnknown,
    /// The id stands for another SMS.
    #[error("this id was used for another message: make a new id")]
    SmsDiffers,
    /// A stored entry is not what was written.
    #[error("an entry of `{0}` is damaged")]
    Damaged(&'static str),
    /// Sealing or opening.
    #[error(transparent)]
    Fields(#[from] FieldsError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::Invalid { field, remedy } => Self::bad_request(text).field(field, remedy),
            Error::Failing => Self::unavailable(text, 1),
            Error::AnswerLost => {
                Self::new(StatusCode::GATEWAY_TIMEOUT, "answer-lost", "The answer was lost")
                    .detail(text)
            }
            Error::TransferUnknown => Self::not_found(text),
            Error::SmsDiffers => Self::conflict(text),
            Error::Db(error) => error.into(),
            Error::Fields(error) => error.into(),
            Error::Damaged(_) => Self::internal(error),
        }
    }
}
