//! What can go wrong, and which page says so.

use contracts::CallError;
use http::StatusCode;
use kernel::db::DbError;
use kernel::fields::FieldsError;
use kernel::keys::KeyError;
use relying_party::OidcError;

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
    /// No office offers a service of this code.
    #[error("no catalogue has this service")]
    ServiceUnknown,
    /// A catalogue that may have the service did not answer.
    #[error("a catalogue of services did not answer")]
    CatalogueMissing,
    /// The resident has no such application.
    #[error("there is no such application of this resident")]
    ApplicationUnknown,
    /// The application was sent or decided meanwhile.
    #[error("the application can no longer be changed")]
    ApplicationSent,
    /// Answers or consents are missing.
    #[error("the application is not complete")]
    Incomplete,
    /// The resident has no such message.
    #[error("there is no such message for this resident")]
    MessageUnknown,
    /// No block of the country keeps inboxes.
    #[error("no subsystem of the country keeps inboxes")]
    NoInbox,
    /// The identity authority does not tell residents about their sign-ins.
    #[error("no service tells residents about their sign-ins")]
    NoSignIns,
    /// No block of the country takes complaints.
    #[error("no service of the country takes complaints")]
    NoGrievances,
    /// A line of the tracker came back that was not made for this resident.
    #[error("this line was not made by the tracker for this resident")]
    LineUnreadable,
    /// Another block did not answer as it should.
    #[error("another block: {0}")]
    Source(CallError),
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
    Ui(#[from] ui::TextsError),
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
            Self::Consents(_) | Self::Source(_) | Self::CatalogueMissing => {
                (StatusCode::SERVICE_UNAVAILABLE, "error.unavailable")
            }
            Self::AgreementUnknown
            | Self::ServiceUnknown
            | Self::ApplicationUnknown
            | Self::MessageUnknown
            | Self::NoInbox
            | Self::NoSignIns
            | Self::NoGrievances => (StatusCode::NOT_FOUND, "error.not-found"),
            Self::ApplicationSent => (StatusCode::CONFLICT, "applications.sent-already"),
            Self::Incomplete => (StatusCode::CONFLICT, "applications.incomplete"),
            Self::LineUnreadable => (StatusCode::BAD_REQUEST, "grievances.line-lost"),
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
                | Self::ServiceUnknown
                | Self::ApplicationUnknown
                | Self::ApplicationSent
                | Self::Incomplete
                | Self::MessageUnknown
                | Self::NoInbox
                | Self::NoSignIns
                | Self::NoGrievances
                | Self::LineUnreadable
        )
    }
}
