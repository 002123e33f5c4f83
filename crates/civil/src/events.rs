//! Events this block tells.

use basis::Id;
use contracts::civil::{BirthRegistered, TOPIC_BIRTH_REGISTERED};
use kernel::outbox::Event;

/// A birth was registered.
#[must_use]
pub fn birth_registered(registration: Id) -> Event {
    let payload = serde_json::to_value(BirthRegistered { registration }).expect("an id is JSON");
    Event { topic: TOPIC_BIRTH_REGISTERED, object: registration, payload }
}
