//! What can go wrong, in one enum; and what each caller is told, in one table.

use crate::model::application::Refusal;
use crate::model::package::PackageError;
use contracts::CallError;
use http::StatusCode;
use kernel::db::DbError;
use kernel::fields::FieldsError;
use kernel::keys::KeyError;
use kernel::problem::Problem;

/// An error of this block. Texts name the field or the remedy and repeat no personal data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A service package cannot be used.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// Two packages have one code.
    #[error("two service packages have the code `{0}`: rename one")]
    PackageTwice(String),
    /// There is no such service.
    #[error("there is no service with this code: see the catalogue")]
    ServiceUnknown,
    /// The person has no such application, or there is no such case.
    #[error("there is no such application")]
    ApplicationUnknown,
    /// The form has no such step.
    #[error("the form has no such step")]
    StepUnknown,
    /// The package has no such read by consent.
    #[error("the package has no such read by consent")]
    ReadUnknown,
    /// The application cannot take this step.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A field holds what it may not hold.
    #[error("{field}: {remedy}")]
    Invalid {
        /// The field as the caller wrote it.
        field: &'static str,
        /// What to send instead.
        remedy: &'static str,
    },
    /// There is no such run.
    #[error("there is no such run")]
    RunUnknown,
    /// The run is not where it would have to be.
    #[error("the run is not closed: wait until all instructions were taken")]
    RunNotClosed,
    /// The payments block refused an instruction of a run.
    #[error("the payments block refused instruction {position} of the run: {field} {reason}")]
    InstructionRefused {
        /// Its place in the run, from 1.
        position: i64,
        /// The field.
        field: String,
        /// What is wrong with it; names no person.
        reason: String,
    },
    /// Who opened a run may not approve it.
    #[error("you opened this run: another officer must approve it")]
    FourEyes,
    /// The programme's account does not hold what a run would pay.
    #[error(
        "the programme's account does not hold the sum of this run: ask the treasury for a budget release, then approve again"
    )]
    Funds,
    /// A person's fields cannot be encrypted or decrypted.
    #[error(transparent)]
    Fields(#[from] FieldsError),
    /// The key store.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// What is stored cannot be read back.
    #[error("what is stored cannot be read: {0}")]
    Stored(&'static str),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Another block.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A template or catalogue of ours.
    #[error(transparent)]
    Pages(#[from] ui::TextsError),
}

impl Error {
    /// Status, slug and title; none for errors that are told by what they wrap.
    fn row(&self) -> Option<(StatusCode, &'static str, &'static str)> {
        const NO: StatusCode = StatusCode::NOT_FOUND;
        const CLASH: StatusCode = StatusCode::CONFLICT;
        const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;
        Some(match self {
            Self::ServiceUnknown => (NO, "service-unknown", "There is no such service"),
            Self::ApplicationUnknown => (NO, "application-unknown", "There is no such application"),
            Self::StepUnknown => (NO, "step-unknown", "There is no such step"),
            Self::ReadUnknown => (NO, "read-unknown", "There is no such read"),
            Self::RunUnknown => (NO, "run-unknown", "There is no such run"),
            Self::RunNotClosed => (CLASH, "run-not-closed", "The run is not closed"),
            Self::FourEyes => (FORBIDDEN, "four-eyes", "Another officer must do this"),
            Self::Funds => (CLASH, "insufficient-funds", "The account does not hold enough"),
            Self::Invalid { .. } => {
                (StatusCode::BAD_REQUEST, "invalid-field", "A field cannot be accepted")
            }
            Self::Refused(refusal) => match refusal {
                Refusal::Sent => (CLASH, "sent", "The application was sent"),
                Refusal::Decided => (CLASH, "decided", "The application was decided"),
                Refusal::Withdrawn => (CLASH, "withdrawn", "The application was withdrawn"),
                Refusal::Incomplete => (CLASH, "incomplete", "The application is not complete"),
                Refusal::TakenByOther => (CLASH, "taken", "Another officer has the case"),
                Refusal::NotTaken => (FORBIDDEN, "not-taken", "The case is not yours"),
                Refusal::NotWaiting => (CLASH, "not-waiting", "The case waits for no decision"),
                Refusal::WrongRole(_) => (FORBIDDEN, "wrong-role", "Another role decides"),
                Refusal::FourEyes => (FORBIDDEN, "four-eyes", "Another officer must do this"),
                Refusal::NotEligible => (CLASH, "not-eligible", "A rule is not met"),
            },
            _ => return None,
        })
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let Some((status, slug, title)) = error.row() else {
            return match error {
                Error::Db(error) => error.into(),
                Error::Fields(error) => error.into(),
                Error::Call(error) => error.into(),
                other => Self::internal(other),
            };
        };
        let problem = Self::new(status, slug, title).detail(format!("{error}."));
        match error {
            Error::Invalid { field, remedy } => problem.field(field, remedy),
            _ => problem,
        }
    }
}
