//! What can go wrong, and how callers are told.

use contracts::CallError;
use http::StatusCode;
use kernel::db::DbError;
use kernel::keys::KeyError;
use kernel::problem::Problem;

/// An error of the block.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The JWS does not verify or holds no checkpoint.
    #[error("the checkpoint is not authentic: {0}")]
    NotAuthentic(String),
    /// The installation's key or speaker differs from the first ones seen.
    #[error("installation {0} was first seen with another key or subsystem")]
    OtherSpeaker(String),
    /// Another checkpoint for the same position was received before.
    #[error("a different checkpoint for {block} position {position} was received before")]
    SaidOtherwise {
        /// Whose trail.
        block: String,
        /// The position.
        position: i64,
    },
    /// No such block here.
    #[error("there is no block {0} in this installation")]
    NoSuchBlock(String),
    /// The checkpoint file cannot be read or written.
    #[error("checkpoint file: {0}")]
    File(#[from] std::io::Error),
    /// The key store.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Signing.
    #[error(transparent)]
    Sign(#[from] credential::JoseError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The other side.
    #[error(transparent)]
    Call(#[from] CallError),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::NotAuthentic(_) => {
                Self::new(StatusCode::BAD_REQUEST, "checkpoint-not-authentic", "Not authentic")
                    .detail(text)
            }
            Error::OtherSpeaker(_) => {
                Self::new(StatusCode::CONFLICT, "other-speaker", "Key or subsystem changed")
                    .detail(text)
            }
            Error::SaidOtherwise { .. } => {
                Self::new(StatusCode::CONFLICT, "said-otherwise", "A different checkpoint is known")
                    .detail(text)
            }
            Error::NoSuchBlock(_) => Self::not_found(text),
            Error::Db(error) => error.into(),
            Error::Call(error) => error.into(),
            other => Self::internal(other),
        }
    }
}
