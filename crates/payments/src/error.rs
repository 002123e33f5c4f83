//! What can go wrong, in one enum; and what the caller is told, in one table.

use crate::model::Unpayable;
use crate::model::batch::BatchError;
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
    /// Accounts of persons and clearing accounts are opened with the first payment, not by hand.
    #[error("such an account is opened with the first payment to it: name another kind")]
    OpensByItself,
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
    /// The token means somebody else to this programme.
    #[error("the token means somebody else: draw a new one for each person")]
    TokenUsed,
    /// A part has more lines than one message may.
    #[error("a part has at most {0} lines: send several")]
    TooManyLines(usize),
    /// Something cannot be done to a batch.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// A task of the engine ended before its work did.
    #[error("a task of the engine has stopped")]
    Stopped,
    /// The key store cannot be written.
    #[error(transparent)]
    Keys(#[from] kernel::keys::KeyError),
    /// A template or catalogue of the pages, which the tests rule out.
    #[error(transparent)]
    Pages(#[from] ui::TextsError),
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
            Self::OpensByItself => (BAD, "person-account", "The account cannot be opened by hand"),
            Self::TokenUsed => (CLASH, "token-used", "The token means somebody else"),
            Self::TooManyLines(_) => (BAD, "too-many-lines", "The part is too long"),
            Self::Batch(error) => return Some(batch_row(error)),
            Self::KeyDiffers => (BAD, "key-differs", "Two ids for one payment"),
            Self::Unpayable(Unpayable::NotYours) => {
                (StatusCode::FORBIDDEN, "not-your-account", "The account belongs to another")
            }
            Self::Unpayable(_) => (BAD, "unpayable", "The payment cannot be ordered"),
            Self::AccountDiffers => (CLASH, "account-id-used", "The id belongs to another account"),
            Self::OrderDiffers => (CLASH, "payment-id-used", "The id belongs to another payment"),
            Self::Stopped
            | Self::Keys(_)
            | Self::Pages(_)
            | Self::Fields(_)
            | Self::Ledger(_)
            | Self::Db(_) => return None,
        })
    }
}

fn batch_row(error: &BatchError) -> (StatusCode, &'static str, &'static str) {
    const CLASH: StatusCode = StatusCode::CONFLICT;
    const NEVER: StatusCode = StatusCode::FORBIDDEN;
    match error {
        BatchError::Unknown => (StatusCode::NOT_FOUND, "batch-unknown", "There is no such batch"),
        BatchError::Differs => (CLASH, "batch-id-used", "The id belongs to another batch"),
        BatchError::Field(..) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "invalid-field", "A field cannot be accepted")
        }
        BatchError::NotOpen => (CLASH, "batch-not-open", "The batch takes nothing more"),
        BatchError::NotClosed => (CLASH, "batch-not-closed", "The batch cannot be approved now"),
        BatchError::NotApproved => (CLASH, "batch-not-approved", "The batch was not approved"),
        BatchError::TooLate => (CLASH, "batch-approved", "The batch was approved"),
        BatchError::Incomplete { .. } => (CLASH, "batch-incomplete", "The batch is not complete"),
        BatchError::FourEyes => (NEVER, "four-eyes", "Two officers are needed"),
        BatchError::OfficerNeeded => (NEVER, "officer-needed", "An officer is needed"),
        BatchError::Funds(_) => (CLASH, "insufficient-funds", "The account does not hold enough"),
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
            Error::Batch(BatchError::Field(field, remedy)) => problem.field(field, remedy),
            Error::OpensByItself => problem.field("kind", "send `source` or `programme`"),
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
