//! What can go wrong, in one enum; and what each caller is told, in one table.

use crate::model::grievance::{Invalid, Step};
use http::StatusCode;
use kernel::db::DbError;
use kernel::fields::FieldsError;
use kernel::keys::KeyError;
use kernel::problem::Problem;

/// An error of this block. Texts name the field or the remedy and repeat no personal data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such grievance.
    #[error("there is no complaint with this number")]
    GrievanceUnknown,
    /// There is no such mandate.
    #[error("there is no such mandate")]
    MandateUnknown,
    /// A mandate is for a member that the directory does not have.
    #[error("the directory has no such member")]
    MemberUnknown,
    /// A field holds what it may not hold.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The id was used for something else.
    #[error("this id was used for another complaint: open the form anew")]
    OtherContent,
    /// The grievance cannot take this step.
    #[error(transparent)]
    Step(#[from] Step),
    /// What is stored is not what was written.
    #[error("a stored {0} is damaged")]
    Damaged(&'static str),
    /// Sealing or opening personal fields.
    #[error(transparent)]
    Fields(#[from] FieldsError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The key store.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The pages are broken, which the tests rule out.
    #[error(transparent)]
    Ui(#[from] ui::TextsError),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        let conflict =
            |slug, title| Self::new(StatusCode::CONFLICT, slug, title).detail(text.clone());
        match error {
            Error::GrievanceUnknown | Error::MandateUnknown => Self::not_found(text),
            Error::MemberUnknown => {
                Self::bad_request(text).field("member", "send the identifier of a member")
            }
            Error::Invalid(invalid) => {
                Self::bad_request("A field cannot be accepted").field(invalid.field, invalid.remedy)
            }
            Error::OtherContent => conflict("id-used", "The id was used before"),
            Error::Step(_) => conflict("wrong-step", "The complaint cannot take this step now"),
            Error::Db(error) => error.into(),
            Error::Damaged(_) | Error::Fields(_) | Error::Keys(_) | Error::Ui(_) => {
                Self::internal(error)
            }
        }
    }
}
