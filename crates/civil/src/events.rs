//! Events this block tells.

use basis::Id;
use contracts::civil::{
    BirthRegistered, BirthsImported, TOPIC_BIRTH_REGISTERED, TOPIC_BIRTHS_IMPORTED,
};
use kernel::outbox::Event;

/// A birth was registered.
#[must_use]
pub fn birth_registered(registration: Id) -> Event {
    let payload = serde_json::to_value(BirthRegistered { registration }).expect("an id is JSON");
    Event { topic: TOPIC_BIRTH_REGISTERED, object: registration, payload }
}

/// Many births were entered from a paper book.
#[must_use]
pub fn births_imported(batch: Id, count: u32) -> Event {
    let payload = serde_json::to_value(BirthsImported { batch, count });
    let payload = payload.expect("an id and a number are JSON");
    Event { topic: TOPIC_BIRTHS_IMPORTED, object: batch, payload }
}
