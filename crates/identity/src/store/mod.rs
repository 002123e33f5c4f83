//! Every SQL string of the block: functions that bind and map, and decide nothing.

pub mod authenticators;
pub mod clients;
pub mod grants;
pub mod persons;
pub mod pseudonyms;
pub mod reconciliation;
pub mod sessions;

use crate::model::person::{Person, PersonId};
use kernel::db::{DbError, Row, Value};

/// A blind index over a value that stands only sealed.
pub type Index = [u8; 32];

/// A person column.
fn person_id(row: &Row) -> Result<PersonId, DbError> {
    row.get("person").map(PersonId)
}

/// A person with the reference for audit rows.
fn person(row: &Row) -> Result<Person, DbError> {
    Ok(Person { id: person_id(row)?, reference: row.get("reference")? })
}

impl From<PersonId> for Value {
    fn from(id: PersonId) -> Self {
        id.0.into()
    }
}
