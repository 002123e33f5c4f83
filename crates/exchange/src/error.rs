//! What can go wrong in the exchange's own use cases (not in calls: those end in
//! [`contracts::WireError`]), and how callers see it.

use contracts::ids::IdError;
use http::StatusCode;
use kernel::db::DbError;
use kernel::keys::KeyError;
use kernel::problem::Problem;

use crate::ca::CaError;

/// An error of an administrative use case, of joining, or of the directory.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Field encryption.
    #[error(transparent)]
    Fields(#[from] kernel::fields::FieldsError),
    /// A page's template or text.
    #[error(transparent)]
    Ui(#[from] ui::TextsError),
    /// The key store.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The certificate authority.
    #[error(transparent)]
    Ca(#[from] CaError),
    /// TLS set-up.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// A signature or sealed value could not be made.
    #[error("the key cannot be used: {0}")]
    Jose(#[from] credential::JoseError),
    /// Input that cannot be accepted.
    #[error("{field}: {remedy}")]
    Invalid {
        /// Name of the field.
        field: &'static str,
        /// What to send instead.
        remedy: String,
    },
    /// Something that is not there.
    #[error("there is no {what} {id}")]
    Unknown {
        /// `member`, `subsystem`, `service`, `agreement`, `officer`.
        what: &'static str,
        /// Its identifier.
        id: String,
    },
    /// An identifier that is not one.
    #[error(transparent)]
    Id(#[from] IdError),
    /// The acting officer may not do this for that member.
    #[error("{0}")]
    Forbidden(String),
    /// The state does not allow it; the text says what does.
    #[error("{0}")]
    Conflict(String),
    /// A join token is wrong, used or expired.
    #[error("{0}")]
    JoinRefused(&'static str),
    /// Another installation did not answer as it should.
    #[error("{0}")]
    Peer(String),
}

impl ExchangeError {
    /// An input error of one field.
    pub fn invalid(field: &'static str, remedy: impl Into<String>) -> Self {
        Self::Invalid { field, remedy: remedy.into() }
    }
}

impl From<ExchangeError> for Problem {
    fn from(error: ExchangeError) -> Self {
        let text = error.to_string();
        match error {
            ExchangeError::Db(error) => error.into(),
            ExchangeError::Invalid { field, remedy } => {
                Problem::bad_request("One field cannot be accepted.").field(field, remedy)
            }
            ExchangeError::Id(_) => Problem::bad_request(text),
            ExchangeError::Unknown { .. } => Problem::not_found(text),
            ExchangeError::Forbidden(_) => Problem::forbidden(text),
            ExchangeError::Conflict(_) => Problem::conflict(text),
            ExchangeError::JoinRefused(_) => Problem::new(
                StatusCode::FORBIDDEN,
                "join-refused",
                "The join token is not accepted",
            )
            .detail(text),
            ExchangeError::Peer(_) => Problem::new(
                StatusCode::BAD_GATEWAY,
                "peer-failed",
                "Another installation did not answer as it should",
            )
            .detail(text),
            internal @ (ExchangeError::Keys(_)
            | ExchangeError::Fields(_)
            | ExchangeError::Ui(_)
            | ExchangeError::Ca(_)
            | ExchangeError::Tls(_)
            | ExchangeError::Jose(_)) => Problem::internal(internal),
        }
    }
}
