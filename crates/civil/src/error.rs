//! What can go wrong, and how callers are told.

use crate::model::Invalid;
use crate::model::delegation::{NoNumber, Unusable};
use contracts::CallError;
use contracts::batches::RefusedLine;
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
    /// The call's purpose does not cover what it asks for.
    #[error("the agreement covers what is about one person; ask for that person's part")]
    Purpose,
    /// More lines than one import takes.
    #[error("too many lines: send at most 1,000 births in one call")]
    TooManyLines,
    /// No line of an import could be taken.
    #[error("no line can be registered: each entry names line and field")]
    AllRefused(Vec<RefusedLine>),
    /// There is no such batch.
    #[error("there is no import with this id")]
    BatchNotFound,
    /// Only the registrar can do this.
    #[error("this is a post: it is done at the registrar's own installation")]
    OnlyAtRegistrar,
    /// Only a post can do this.
    #[error("this is the registrar: it is done at a post that works under a delegation")]
    OnlyAtPost,
    /// No number is left to register with.
    #[error(transparent)]
    NoNumber(#[from] NoNumber),
    /// A delegation cannot be used.
    #[error(transparent)]
    Delegation(#[from] Unusable),
    /// A delegation that is asked for cannot be given.
    #[error("the delegation cannot be given: {field} {remedy}")]
    Ungranted {
        /// The field.
        field: &'static str,
        /// What to send instead.
        remedy: &'static str,
    },
    /// The registrar's key is not known here yet.
    #[error("the registrar's key is not known here yet: connect the post to the registrar once")]
    RegistrarKeyUnknown,
    /// A page of a post is empty or too long.
    #[error("send 1 to 50 registrations in one page")]
    PageSize,
    /// There is no such conflict.
    #[error("there is no conflict with this registration id")]
    ConflictNotFound,
    /// Somebody decided already.
    #[error("the conflict was decided already: list the open ones again")]
    ConflictClosed,
    /// The officer's decision cannot stand.
    #[error("the decision cannot stand: {field} {remedy}")]
    Undecidable {
        /// The field.
        field: &'static str,
        /// What to send instead.
        remedy: &'static str,
    },
    /// A key cannot sign.
    #[error(transparent)]
    Signing(#[from] credential::JoseError),
    /// The key store.
    #[error(transparent)]
    Keys(#[from] kernel::keys::KeyError),
    /// The pages are broken, which the tests rule out.
    #[error(transparent)]
    Ui(#[from] ui::TextsError),
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
        if let Some((status, slug, title)) = row(&error) {
            return Self::new(status, slug, title).detail(text);
        }
        match error {
            Error::BirthNotFound => Self::not_found(text),
            Error::Invalid(invalid) => {
                Self::bad_request(text).field(invalid.field(), invalid.to_string())
            }
            Error::MotherNotFound => Self::bad_request(text).field(
                "mother_vid",
                "compare with the mother's card, or leave it out and give her name",
            ),
            Error::AllRefused(lines) => {
                let named = |line: RefusedLine| {
                    (format!("lines[{}].{}", line.line, line.field), line.reason)
                };
                let problem =
                    Self::new(StatusCode::BAD_REQUEST, "import-refused", "No line was taken")
                        .detail(text);
                let shown = lines.into_iter().take(LINES_SHOWN).map(named);
                shown.fold(problem, |problem, (field, reason)| problem.field(field, reason))
            }
            Error::Ungranted { field, remedy } | Error::Undecidable { field, remedy } => {
                Self::bad_request(text).field(field, remedy)
            }
            Error::UnknownTopic(_) | Error::Payload(_) => Self::bad_request(text),
            Error::Db(error) => error.into(),
            Error::Call(error) => error.into(),
            _ => Self::internal(error),
        }
    }
}

/// Refused lines that a problem names.
const LINES_SHOWN: usize = 100;

/// Status, slug and title of errors that need no more.
fn row(error: &Error) -> Option<(StatusCode, &'static str, &'static str)> {
    const NO: StatusCode = StatusCode::FORBIDDEN;
    const CLASH: StatusCode = StatusCode::CONFLICT;
    const GONE: StatusCode = StatusCode::NOT_FOUND;
    const BAD: StatusCode = StatusCode::BAD_REQUEST;
    Some(match error {
        Error::KeyReused => (CLASH, "idempotency-mismatch", "Key used before"),
        Error::Purpose => (NO, "purpose-not-covered", "The purpose does not cover this"),
        Error::TooManyLines => (StatusCode::PAYLOAD_TOO_LARGE, "too-many-lines", "Too many lines"),
        Error::BatchNotFound => (GONE, "batch-unknown", "There is no such import"),
        Error::OnlyAtRegistrar => (CLASH, "only-at-registrar", "This is a post"),
        Error::OnlyAtPost => (CLASH, "only-at-post", "This is the registrar"),
        Error::NoNumber(NoNumber::NoDelegation) => (CLASH, "no-delegation", "No delegation"),
        Error::NoNumber(NoNumber::UsedUp) => (CLASH, "numbers-used-up", "No numbers left"),
        Error::NoNumber(NoNumber::Ended) => (CLASH, "delegation-ended", "The delegation has ended"),
        Error::NoNumber(NoNumber::NotYet) => {
            (CLASH, "delegation-not-yet", "The delegation is not in force yet")
        }
        Error::Delegation(_) => (BAD, "delegation-refused", "The delegation cannot be used"),
        Error::RegistrarKeyUnknown => {
            (CLASH, "registrar-key-unknown", "The registrar's key is not known")
        }
        Error::PageSize => (BAD, "page-size", "The page is empty or too long"),
        Error::ConflictNotFound => (GONE, "conflict-unknown", "There is no such conflict"),
        Error::ConflictClosed => (CLASH, "conflict-closed", "The conflict was decided"),
        _ => return None,
    })
}
