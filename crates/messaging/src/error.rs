//! What can go wrong, and how callers are told. That a channel failed is no error but an answer.

use crate::model::templates::RenderError;
use kernel::db::DbError;
use kernel::fields::FieldsError;
use kernel::problem::Problem;

/// An error of this block.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The template cannot be filled with what was sent.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// An address is none.
    #[error("`{0}` is no address")]
    Address(&'static str),
    /// The id stands for another message.
    #[error("this id was used for another message: make a new id")]
    MessageDiffers,
    /// The inbox has no such message.
    #[error("your inbox has no such message")]
    MessageUnknown,
    /// A receipt for something that the gateway was not given.
    #[error("no SMS with this id was handed to your gateway")]
    ReceiptUnknown,
    /// A stored value is not what was written.
    #[error("a stored `{0}` is damaged")]
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
            Error::Render(error) => Self::bad_request(text).field(error.field(), error.remedy()),
            Error::Address("sms") => {
                Self::bad_request(text).field("sms", "send + and 8 to 15 digits (E.164)")
            }
            Error::Address(field) => {
                Self::bad_request(text).field(field, "send an address, as name@example.org")
            }
            Error::MessageDiffers => Self::conflict(text),
            Error::MessageUnknown | Error::ReceiptUnknown => Self::not_found(text),
            Error::Fields(error) => error.into(),
            Error::Db(error) => error.into(),
            Error::Damaged(_) => Self::internal(error),
        }
    }
}
