//! What is known of a person here.

use basis::{Id, PartialDate, PersonName};
use std::fmt;

/// The secret id of a person. It never leaves this block: no service answers it, no event and no
/// audit row carries it, and it does not print.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PersonId(pub Id);

impl PersonId {
    /// The 16 bytes under which the person's fields are sealed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonId(hidden)")
    }
}

/// A person in the records of this block: the secret id, and the reference that names them in audit
/// rows, where the id must not stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// Secret.
    pub id: PersonId,
    /// Random; means nothing anywhere else.
    pub reference: Id,
}

/// The facts, as the civil registrar stated them.
#[derive(Clone, PartialEq, Eq)]
pub struct Facts {
    /// The person's name; one word is enough.
    pub name: PersonName,
    /// When they were born; may be partial or unknown.
    pub born: PartialDate,
    /// As in the birth record, if it says.
    pub sex: Option<String>,
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Facts(hidden)")
    }
}
