//! What can go wrong, in one enum; and what the caller is told, in one table.

use crate::model::Unpayable;
use http::StatusCode;
use kernel::db::DbError;
use kernel::fields::FieldsError;
use kernel::problem::Problem;
use ledger::LedgerError;

/// An error of this block. A payment that the ledger refused is none: that is an answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such account, or it is not the asker's business.
    #[error("there is no such account")]
    AccountUnknown,
    /// An account named in an order does not exist.
    #[error("the account in `{0}` does not exist: open it first")]
    OrderAccountUnknown(&'static str),
    /// The id of an account is used for another one.
    #[error("this id belongs to an account of another kind, currency or owner: mint a new id")]
    AccountDiffers,
    /// A person's account is opened with the first payment, not by hand.
    #[error("a person's account is opened with the first payment to them: name another kind")]
    PersonByHand,
    /// Such an order cannot be made.
    #[error(transparent)]
    Unpayable(#[from] Unpayable),
    /// The id of an order is used for another one.
    #[error("this id belongs to a payment with another content: mint a new id for a new payment")]
    OrderDiffers,
    /// There is no such order, or it is another member's.
    #[error("there is no such payment")]
    OrderUnknown,
    /// The `Idempotency-Key` is not the id of the order.
    #[error("the Idempotency-Key and the id differ: send the payment's id in both")]
    KeyDiffers,
    /// The installation's instance or owner cannot be part of an identifier.
    #[error(transparent)]
    Owner(#[from] contracts::ids::IdError),
    /// Sealing or opening.
    #[error(transparent)]
    Fields(#[from] FieldsError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Error {
    fn row(&self) -> Option<(StatusCode, &'static str, &'static str)> {
        const BAD: StatusCode = StatusCode::BAD_REQUEST;
        const NO: StatusCode = StatusCode::NOT_FOUND;
        const CLASH: StatusCode = StatusCode::CONFLICT;
        Some(match self {
            Self::AccountUnknown => (NO, "account-unknown", "There is no such account"),
            Self::OrderUnknown => (NO, "payment-unknown", "There is no such payment"),
            Self::OrderAccountUnknown(_) => {
                (BAD, "order-account-unknown", "An account does not exist")
            }
            Self::PersonByHand => (BAD, "person-account", "The account cannot be opened by hand"),
            Self::KeyDiffers => (BAD, "key-differs", "Two ids for one payment"),
            Self::Unpayable(Unpayable::NotYours) => {
                (StatusCode::FORBIDDEN, "not-your-account", "The account belongs to another")
            }
            Self::Unpayable(_) => (BAD, "unpayable", "The payment cannot be ordered"),
            Self::AccountDiffers => (CLASH, "account-id-used", "The id belongs to another account"),
            Self::OrderDiffers => (CLASH, "payment-id-used", "The id belongs to another payment"),
            Self::Owner(_) | Self::Fields(_) | Self::Ledger(_) | Self::Db(_) => return None,
        })
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let Some((status, slug, title)) = error.row() else {
            return match error {
                Error::Db(error) => error.into(),
                Error::Fields(error) => error.into(),
                Error::Ledger(error) => ledger_problem(error),
                other => Self::internal(other),
            };
        };
        let problem = Self::new(status, slug, title).detail(format!("{error}."));
        match error {
            Error::Unpayable(reason) => problem.field(reason.field(), reason.to_string()),
            Error::OrderAccountUnknown(field) => {
                problem.field(field, "send the id of an open account")
            }
            Error::PersonByHand => problem.field("kind", "send `source` or `programme`"),
            _ => problem,
        }
    }
}

/// Whether money moved is not known then, and the same id finds out.
fn ledger_problem(error: LedgerError) -> Problem {
    match error {
        LedgerError::Corrupt { .. } => Problem::internal(error),
        LedgerError::Unavailable(_) | LedgerError::Fenced | LedgerError::Stopped => {
            tracing::error!(%error, "The ledger cannot answer");
            Problem::unavailable("The ledger cannot answer now. Ask again with the same id.", 1)
        }
    }
}
