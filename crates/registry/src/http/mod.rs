//! The API: `registers` and `records` for officers, `exchange` for other members and the person.

mod exchange;
mod headers;
mod import;
mod records;
mod registers;

use crate::model::actor::Actor;
use crate::service::{Registry, Subject};
use contracts::Pseudonym;
use kernel::auth::{Officer, Permission};
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Every route of the block.
pub fn api(registry: Registry) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(registers::list_registers, registers::create_register))
        .routes(routes!(registers::show_register))
        .routes(routes!(registers::show_version))
        .routes(routes!(registers::save_draft))
        .routes(routes!(registers::publish_version))
        .routes(routes!(records::create_record))
        .routes(routes!(import::import_records))
        .routes(routes!(records::find_record))
        .routes(routes!(records::show_record, records::update_record))
        .routes(routes!(records::delete_record))
        .routes(routes!(records::show_history))
        .routes(routes!(exchange::read_own))
        .routes(routes!(exchange::show_read_log))
        .routes(routes!(exchange::note_attempt))
        .with_state(registry)
}

/// Whom a record is about: exactly one of the two.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SubjectIn {
    /// The person as the register's sector knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    pseudonym: Option<Pseudonym>,
    /// The VID the person shows at the desk. It is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vid: Option<String>,
}

/// The longest VID, in bytes; its form is the identity authority's business.
const VID_BYTES_MAX: usize = 64;

impl SubjectIn {
    fn subject(self) -> Result<Subject, Problem> {
        match (self.pseudonym, self.vid) {
            (Some(pseudonym), None) => Ok(Subject::Pseudonym(pseudonym)),
            (None, Some(vid)) if (1..=VID_BYTES_MAX).contains(&vid.len()) => Ok(Subject::Vid(vid)),
            (None, Some(_)) => Err(invalid("subject.vid", "send the number on the card")),
            _ => Err(invalid("subject", "send either `pseudonym` or `vid`")),
        }
    }
}

/// The officer as the service knows actors.
fn actor<P: Permission>(officer: Officer<P>) -> Actor {
    Actor { name: officer.actor(), officer: Some(officer.id), case: officer.case }
}

fn invalid(field: &str, remedy: &str) -> Problem {
    Problem::new(http::StatusCode::BAD_REQUEST, "invalid-field", "A field cannot be accepted")
        .field(field, remedy)
}
