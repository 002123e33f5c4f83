//! What can go wrong, in one enum; and what each caller is told, in one table.

use crate::model::check::{WRONGS_MAX, Wrong};
use crate::model::state::Refusal;
use http::StatusCode;
use kernel::db::DbError;
use kernel::fields::FieldsError;
use kernel::keys::KeyError;
use kernel::problem::{FieldError, Problem};
use maturity::sheet::{SheetError, SheetFault};

/// An error of this block. Texts name the field or the remedy.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such round.
    #[error("there is no such round")]
    RoundUnknown,
    /// The instrument's profile does not ask it.
    #[error("this round does not ask for such an indicator")]
    IndicatorUnknown,
    /// There is no such evidence, or it is a link.
    #[error("this round holds no such evidence file")]
    EvidenceUnknown,
    /// Fields hold what they may not hold; all of them.
    #[error("{} fields cannot be accepted", .0.len())]
    Invalid(Vec<Wrong>),
    /// A spreadsheet cannot be taken in; all of its faults.
    #[error("{} places of the spreadsheet cannot be accepted, and nothing was taken over", .0.len())]
    Spreadsheet(Vec<SheetFault>),
    /// No spreadsheet came out.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// The round cannot take this step.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The change was made from an older revision.
    #[error("it is at revision {current}: read it again and send the change with that")]
    Moved {
        /// The revision it is at.
        current: i64,
    },
    /// The signature names another content than the round has.
    #[error("the round's digest is {current}: read the round again before signing")]
    OtherDigest {
        /// The digest it has.
        current: String,
    },
    /// The indicator is another institution's.
    #[error("this indicator is not assigned to the institution that answers")]
    NotAssigned,
    /// The file is larger than the block takes.
    #[error("a file may have at most {limit_bytes} bytes")]
    TooLarge {
        /// The bound.
        limit_bytes: usize,
    },
    /// What is stored is not what was written.
    #[error("a stored {0} is damaged")]
    Damaged(&'static str),
    /// Sealing or opening files.
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

impl From<Wrong> for Error {
    fn from(wrong: Wrong) -> Self {
        Self::Invalid(vec![wrong])
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        let conflict =
            |slug, title| Self::new(StatusCode::CONFLICT, slug, title).detail(text.clone());
        match error {
            Error::RoundUnknown | Error::IndicatorUnknown | Error::EvidenceUnknown => {
                Self::not_found(text)
            }
            Error::Invalid(wrongs) => {
                let detail = match wrongs.as_slice() {
                    [wrong] => format!("`{}`: {}.", wrong.field, wrong.remedy),
                    _ => format!("{text}; each is named with its remedy."),
                };
                wrongs
                    .into_iter()
                    .fold(Self::bad_request(detail), |all, one| all.field(one.field, one.remedy))
            }
            Error::Spreadsheet(faults) => {
                let shown = faults.into_iter().take(WRONGS_MAX);
                shown.fold(Self::bad_request(format!("{text}.")), |all, fault| {
                    all.field_error(field_error(fault))
                })
            }
            Error::Refused(refusal) => conflict(refusal.slug(), "The round cannot take this step"),
            Error::Moved { .. } => conflict("moved-on", "Somebody else was quicker"),
            Error::OtherDigest { .. } => conflict("other-digest", "The round has other content"),
            Error::NotAssigned => Self::forbidden(text),
            Error::TooLarge { limit_bytes } => Self::too_large(limit_bytes),
            Error::Db(error) => error.into(),
            Error::Damaged(_)
            | Error::Fields(_)
            | Error::Keys(_)
            | Error::Sheet(_)
            | Error::Ui(_) => Self::internal(error),
        }
    }
}

/// The place as a person reads it: `Answers, row 7, C (Level)`.
fn field_error(fault: SheetFault) -> FieldError {
    let row = if fault.row > 0 { format!("row {}", fault.row) } else { String::new() };
    let place = [fault.sheet, row, fault.column];
    let place: Vec<String> = place.into_iter().filter(|part| !part.is_empty()).collect();
    let field = if place.is_empty() { "file".to_owned() } else { place.join(", ") };
    FieldError { field, detail: fault.says, remedy: fault.remedy }
}
