//! What can go wrong, and how callers are told.

use crate::model::Invalid;
use contracts::CallError;
use http::StatusCode;
use kernel::db::DbError;
use kernel::fields::FieldsError;
use kernel::problem::Problem;

/// An error of the block.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such registration.
    #[error("there is no birth with this registration id")]
    BirthNotFound,
    /// A field cannot be registered.
    #[error("a field cannot be registered as it is")]
    Invalid(#[from] Invalid),
    /// The identity authority knows nobody with this VID.
    #[error("nobody has this VID")]
    MotherNotFound,
    /// The idempotency key was used for another body.
    #[error("this Idempotency-Key was used for another request: use a new one")]
    KeyReused,
    /// The event cannot be handled here.
    #[error("this block does not take events of topic {0}")]
    UnknownTopic(String),
    /// The event's payload is not what its topic says.
    #[error("the event's payload is not readable: {0}")]
    Payload(String),
    /// Sealing or opening personal fields.
    #[error(transparent)]
    Fields(#[from] FieldsError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Another block.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A stored record is not what was written.
    #[error("registration {0} is damaged")]
    Damaged(basis::Id),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::BirthNotFound => Self::not_found(text),
            Error::Invalid(invalid) => {
                Self::bad_request(text).field(invalid.field(), invalid.to_string())
            }
            Error::MotherNotFound => Self::bad_request(text).field(
                "mother_vid",
                "compare with the mother's card, or leave it out and give her name",
            ),
            Error::KeyReused => {
                Self::new(StatusCode::CONFLICT, "idempotency-mismatch", "Key used before")
                    .detail(text)
            }
            Error::UnknownTopic(_) | Error::Payload(_) => Self::bad_request(text),
            Error::Db(error) => error.into(),
            Error::Call(error) => error.into(),
            Error::Fields(_) | Error::Damaged(_) => Self::internal(error),
        }
    }
}
