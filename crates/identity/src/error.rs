//! What can go wrong, in one enum; and what each caller is told, in one table. OAuth paths have an
//! error of their own, because RFC 6749 says what it looks like.

use crate::model::client::FieldRefusal;
use contracts::CallError;
use credential::JoseError;
use http::StatusCode;
use kernel::db::DbError;
use kernel::fields::FieldsError;
use kernel::keys::KeyError;
use kernel::problem::Problem;

/// An error of this block. Texts name the field or the remedy and repeat no personal data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody here has this identifier.
    #[error("nobody has this identifier")]
    PersonUnknown,
    /// The sector does not know the pseudonym.
    #[error("the sector knows nobody by this pseudonym")]
    PseudonymUnknown,
    /// The identifier's system is not one that the caller may ask by.
    #[error("{0} is not a system this caller may ask by")]
    SystemRefused(String),
    /// A service that only one subsystem may call was called by another.
    #[error("this service is for {0}")]
    CallerRefused(String),
    /// Too many things are asked for at once, or none.
    #[error("{0}: send 1 to {max} at once", max = contracts::identity::MANY_MAX)]
    HowMany(&'static str),
    /// The exchange did not say which sector the caller is of.
    #[error("the call does not say which sector its caller is of")]
    SectorMissing,
    /// The event cannot be handled here.
    #[error("this block does not take events of topic {0}")]
    TopicUnknown(String),
    /// The event's payload is not what its topic says.
    #[error("the event's payload is not readable: {0}")]
    Payload(String),
    /// A person follows from this registration already.
    #[error("a person follows from this registration already")]
    AlreadyCreated,
    /// A field cannot be accepted.
    #[error(transparent)]
    Field(#[from] FieldRefusal),
    /// Another process is comparing already.
    #[error("a reconciliation is running; ask for its result in a minute")]
    Reconciling,
    /// No free number was found.
    #[error("no free number was found in {0} draws")]
    NumbersExhausted(u32),
    /// A stored value is not what was written.
    #[error("the stored {0} is damaged")]
    Damaged(&'static str),
    /// Sealing or opening personal fields.
    #[error(transparent)]
    Fields(#[from] FieldsError),
    /// The key store.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// Signing.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Another block.
    #[error(transparent)]
    Call(#[from] CallError),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::PersonUnknown | Error::PseudonymUnknown => Self::not_found(text),
            Error::SystemRefused(_) => Self::forbidden(text).field("system", "send VID"),
            Error::CallerRefused(_) => Self::forbidden(text),
            Error::SectorMissing | Error::TopicUnknown(_) | Error::Payload(_) => {
                Self::bad_request(text)
            }
            Error::HowMany(field) => Self::bad_request(text).field(field, "send 1 to 1000"),
            Error::AlreadyCreated => Self::conflict(text),
            Error::Field(refusal) => Self::bad_request(text).field(refusal.field, refusal.remedy),
            Error::Reconciling => Self::new(
                StatusCode::CONFLICT,
                "reconciliation-running",
                "A reconciliation is running",
            )
            .detail(text),
            Error::Fields(error) => error.into(),
            Error::Db(error) => error.into(),
            Error::Call(error) => error.into(),
            Error::NumbersExhausted(_) | Error::Damaged(_) | Error::Keys(_) | Error::Jose(_) => {
                Self::internal(error)
            }
        }
    }
}

/// An error of the token endpoint (RFC 6749 section 5.2).
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Not a token request.
    #[error("{0}")]
    InvalidRequest(&'static str),
    /// The client did not prove who it is.
    #[error("{0}")]
    InvalidClient(String),
    /// The code is not good, or not for this client, address or verifier.
    #[error("{0}")]
    InvalidGrant(&'static str),
    /// Another grant type than `authorization_code`.
    #[error("send grant_type=authorization_code")]
    UnsupportedGrantType,
    /// Our fault.
    #[error(transparent)]
    Server(#[from] Error),
}

impl TokenError {
    /// The registered error code; `server_error` and `temporarily_unavailable` are borrowed from
    /// section 4.1.2.1.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidRequest(_) => "invalid_request",
            Self::InvalidClient(_) => "invalid_client",
            Self::InvalidGrant(_) => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::Server(_) => "server_error",
        }
    }
}

impl From<DbError> for TokenError {
    fn from(error: DbError) -> Self {
        Self::Server(error.into())
    }
}
