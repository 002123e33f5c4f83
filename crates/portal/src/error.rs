//! What can go wrong, and which page says so.

use crate::oidc::OidcError;
use contracts::CallError;
use http::StatusCode;
use kernel::db::DbError;
use kernel::fields::FieldsError;
use kernel::keys::KeyError;

/// An error of the block. Texts repeat no personal data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The answer of the issuer belongs to no sign-in that is on its way in this browser.
    #[error("no such sign-in is on its way in this browser: start again")]
    SignInStale,
    /// The resident, or the issuer, broke the sign-in off.
    #[error("the issuer ended the sign-in: {0}")]
    SignInEnded(String),
    /// The issuer cannot be reached, or what it says cannot be believed.
    #[error(transparent)]
    Oidc(#[from] OidcError),
    /// The consent block did not answer as it should.
    #[error("my-consents: {0}")]
    Consents(CallError),
    /// No such agreement is offered to the resident, or there is no receipt for it.
    #[error("there is no such agreement for this resident")]
    AgreementUnknown,
    /// The agreement has another text by now than the one the resident answered to.
    #[error("the agreement was changed after it was shown")]
    AgreementChanged,
    /// Encrypted fields.
    #[error(transparent)]
    Fields(#[from] FieldsError),
    /// The key store.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// A session row that holds something else than it should.
    #[error("a session row cannot be read: {0}")]
    Session(#[from] serde_json::Error),
    /// The templates or texts.
    #[error(transparent)]
    Ui(#[from] ui::UiError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Error {
    /// Status and text key of the page that says so.
    #[must_use]
    pub fn page(&self) -> (StatusCode, &'static str) {
        match self {
            Self::SignInStale => (StatusCode::BAD_REQUEST, "sign-in.stale"),
            Self::SignInEnded(_) => (StatusCode::FORBIDDEN, "sign-in.ended"),
            Self::Oidc(OidcError::Unreachable(_)) => {
                (StatusCode::SERVICE_UNAVAILABLE, "sign-in.unreachable")
            }
            Self::Oidc(_) => (StatusCode::BAD_GATEWAY, "sign-in.failed"),
            Self::Consents(_) => (StatusCode::SERVICE_UNAVAILABLE, "error.unavailable"),
            Self::AgreementUnknown => (StatusCode::NOT_FOUND, "error.not-found"),
            Self::AgreementChanged => (StatusCode::CONFLICT, "consents.changed"),
            Self::Fields(_) | Self::Keys(_) | Self::Session(_) | Self::Ui(_) | Self::Db(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "error.failed")
            }
        }
    }

    /// Whether an operator should hear of it.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        !matches!(
            self,
            Self::SignInStale
                | Self::SignInEnded(_)
                | Self::AgreementUnknown
                | Self::AgreementChanged
        )
    }
}
