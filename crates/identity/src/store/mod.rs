//! Every SQL string of the block: functions that bind and map, and decide nothing.

pub mod authenticators;
pub mod clients;
pub mod grants;
pub mod history;
pub mod passkeys;
pub mod persons;
pub mod providers;
pub mod pseudonyms;
pub mod reconciliation;
pub mod sessions;

use crate::model::method::from_name;
use crate::model::person::{Person, PersonId};
use contracts::identity::SignInMethod;
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

/// A column `method`.
fn method(row: &Row) -> Result<SignInMethod, DbError> {
    let name: String = row.get("method")?;
    let corrupt = || DbError::Corrupt { column: "method".to_owned(), expected: "a way to sign in" };
    from_name(&name).ok_or_else(corrupt)
}

impl From<PersonId> for Value {
    fn from(id: PersonId) -> Self {
        id.0.into()
    }
}
