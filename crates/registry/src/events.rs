//! What the block tells: entries of the audit trail and events for other blocks.
//!
//! Neither names a person or repeats data. Reads are no audit events: they stand in the read log,
//! where the person sees them.

use crate::model::record::{Record, Step};
use kernel::audit::AuditEvent;
use kernel::outbox::Event;
use serde_json::json;

/// A register was created.
pub const REGISTER_CREATED: AuditEvent = AuditEvent {
    name: "registry.register.created",
    says: "An officer created a register with a draft of its schema.",
};
/// A draft was saved.
pub const SCHEMA_SAVED: AuditEvent = AuditEvent {
    name: "registry.schema.saved",
    says: "An officer saved a draft of the next version of a register's schema.",
};
/// A version was published.
pub const SCHEMA_PUBLISHED: AuditEvent = AuditEvent {
    name: "registry.schema.published",
    says: "An officer published a version of a register's schema; it never changes from then on.",
};
/// A record was created.
pub const RECORD_CREATED: AuditEvent =
    AuditEvent { name: "registry.record.created", says: "An officer entered a record." };
/// A record was updated.
pub const RECORD_UPDATED: AuditEvent = AuditEvent {
    name: "registry.record.updated",
    says: "An officer changed a record; a new revision holds the change.",
};
/// A record was deleted.
pub const RECORD_DELETED: AuditEvent = AuditEvent {
    name: "registry.record.deleted",
    says: "An officer deleted a record; its history stays.",
};
/// A record was restored.
pub const RECORD_RESTORED: AuditEvent = AuditEvent {
    name: "registry.record.restored",
    says: "An officer gave new data to a deleted record, which stands again.",
};
/// Many records were entered at once.
pub const RECORDS_IMPORTED: AuditEvent = AuditEvent {
    name: "registry.records.imported",
    says: "An officer entered many records at once; no event was sent for each.",
};

/// Every audit event of the block.
pub const AUDIT_EVENTS: &[AuditEvent] = &[
    REGISTER_CREATED,
    SCHEMA_SAVED,
    SCHEMA_PUBLISHED,
    RECORD_CREATED,
    RECORD_UPDATED,
    RECORD_DELETED,
    RECORD_RESTORED,
    RECORDS_IMPORTED,
];

/// A record exists from now on.
pub const TOPIC_CREATED: &str = "registry.record.created";
/// A record has another revision; `change` is `updated`, `restored` or `deleted`.
pub const TOPIC_CHANGED: &str = "registry.record.changed";

/// The audit event of a change.
#[must_use]
pub const fn audit_event(step: Step) -> &'static AuditEvent {
    match step {
        Step::Update => &RECORD_UPDATED,
        Step::Restore => &RECORD_RESTORED,
        Step::Delete => &RECORD_DELETED,
    }
}

/// What others are told of a new record.
#[must_use]
pub fn record_created(record: &Record) -> Event {
    let payload = json!({
        "record": record.id, "register": record.register, "revision": record.latest,
    });
    Event { topic: TOPIC_CREATED, object: record.id, payload }
}

/// What others are told of a changed record.
#[must_use]
pub fn record_changed(record: &Record, step: Step) -> Event {
    let change = match step {
        Step::Update => "updated",
        Step::Restore => "restored",
        Step::Delete => "deleted",
    };
    let payload = json!({
        "record": record.id, "register": record.register, "revision": record.latest,
        "change": change,
    });
    Event { topic: TOPIC_CHANGED, object: record.id, payload }
}
