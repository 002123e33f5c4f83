//! What the block tells: entries of the audit trail and events for other blocks.
//!
//! Neither names a person. Events carry ids of records and agreements only; a block that needs
//! more asks for it, on a legal basis of its own.

use crate::model::record::{Record, State};
use basis::Id;
use kernel::audit::AuditEvent;
use kernel::outbox::Event;
use serde_json::json;

/// A policy was created.
pub const POLICY_CREATED: AuditEvent =
    AuditEvent { name: "consent.policy.created", says: "An officer created a policy." };
/// A policy was changed.
pub const POLICY_UPDATED: AuditEvent = AuditEvent {
    name: "consent.policy.updated",
    says: "An officer changed a policy; a new revision holds the change.",
};
/// A policy was deleted.
pub const POLICY_DELETED: AuditEvent = AuditEvent {
    name: "consent.policy.deleted",
    says: "An officer deleted a policy; its revisions stay.",
};
/// An agreement was created.
pub const AGREEMENT_CREATED: AuditEvent = AuditEvent {
    name: "consent.agreement.created",
    says: "An officer created a data agreement as a draft.",
};
/// An agreement was changed.
pub const AGREEMENT_UPDATED: AuditEvent = AuditEvent {
    name: "consent.agreement.updated",
    says: "An officer changed a data agreement; a new revision holds the change.",
};
/// An agreement was published.
pub const AGREEMENT_PUBLISHED: AuditEvent = AuditEvent {
    name: "consent.agreement.published",
    says: "An officer offered the latest revision of a data agreement to residents.",
};
/// An agreement is not offered any more.
pub const AGREEMENT_UNPUBLISHED: AuditEvent = AuditEvent {
    name: "consent.agreement.unpublished",
    says: "An officer stopped offering a data agreement; consents given stand.",
};
/// An agreement ended.
pub const AGREEMENT_TERMINATED: AuditEvent = AuditEvent {
    name: "consent.agreement.terminated",
    says: "An officer ended a data agreement; no consent to it allows anything any more.",
};
/// A consent was given.
pub const RECORD_GIVEN: AuditEvent =
    AuditEvent { name: "consent.record.given", says: "A person consented to a data agreement." };
/// A consent was refused.
pub const RECORD_REFUSED: AuditEvent = AuditEvent {
    name: "consent.record.refused",
    says: "A person was asked and refused a data agreement.",
};
/// A consent was withdrawn.
pub const RECORD_WITHDRAWN: AuditEvent =
    AuditEvent { name: "consent.record.withdrawn", says: "A person withdrew a consent." };
/// A consent ran out.
pub const RECORD_EXPIRED: AuditEvent =
    AuditEvent { name: "consent.record.expired", says: "A consent reached its end." };
/// A record was replaced.
pub const RECORD_REPLACED: AuditEvent = AuditEvent {
    name: "consent.record.replaced",
    says: "A person answered to a later revision of a data agreement, which replaces this record.",
};
/// A record was signed.
pub const RECORD_SIGNED: AuditEvent = AuditEvent {
    name: "consent.record.signed",
    says: "A person signed a consent record with a key of their own.",
};
/// Records were deleted.
pub const RECORD_FORGOTTEN: AuditEvent = AuditEvent {
    name: "consent.record.forgotten",
    says: "A consent record was deleted because the person asked to be forgotten and the agreement allows it.",
};
/// An individual was entered.
pub const INDIVIDUAL_CREATED: AuditEvent =
    AuditEvent { name: "consent.individual.created", says: "An officer entered an individual." };
/// An individual was changed.
pub const INDIVIDUAL_UPDATED: AuditEvent = AuditEvent {
    name: "consent.individual.updated",
    says: "An officer changed how an individual is named.",
};
/// An individual was deleted.
pub const INDIVIDUAL_FORGOTTEN: AuditEvent = AuditEvent {
    name: "consent.individual.forgotten",
    says: "An individual and the key to their fields were deleted, since no record of theirs is left.",
};

/// Every audit event of the block.
pub const AUDIT_EVENTS: &[AuditEvent] = &[
    POLICY_CREATED,
    POLICY_UPDATED,
    POLICY_DELETED,
    AGREEMENT_CREATED,
    AGREEMENT_UPDATED,
    AGREEMENT_PUBLISHED,
    AGREEMENT_UNPUBLISHED,
    AGREEMENT_TERMINATED,
    RECORD_GIVEN,
    RECORD_REFUSED,
    RECORD_WITHDRAWN,
    RECORD_EXPIRED,
    RECORD_REPLACED,
    RECORD_SIGNED,
    RECORD_FORGOTTEN,
    INDIVIDUAL_CREATED,
    INDIVIDUAL_UPDATED,
    INDIVIDUAL_FORGOTTEN,
];

/// The audit event of a decision that leads to this state.
#[must_use]
pub const fn audit_event(state: State) -> &'static AuditEvent {
    match state {
        State::Given => &RECORD_GIVEN,
        State::Refused => &RECORD_REFUSED,
        State::Withdrawn => &RECORD_WITHDRAWN,
        State::Expired => &RECORD_EXPIRED,
        State::Replaced => &RECORD_REPLACED,
    }
}

/// A consent stands from now on, or on other terms.
pub const TOPIC_GIVEN: &str = "consent.record.given";
/// A consent stands no more, because the person said so.
pub const TOPIC_WITHDRAWN: &str = "consent.record.withdrawn";
/// A consent stands no more, because its time is over.
pub const TOPIC_EXPIRED: &str = "consent.record.expired";
/// No consent to this agreement stands any more.
pub const TOPIC_TERMINATED: &str = "consent.agreement.terminated";

/// What others are told when a record that stood at `before` (none if it is new) comes to stand
/// at `record.state`; nothing where nothing changes for them.
#[must_use]
pub fn record_event(before: Option<State>, record: &Record, answered: State) -> Option<Event> {
    let stood = before == Some(State::Given);
    let topic = match record.state {
        State::Given => TOPIC_GIVEN,
        State::Expired => TOPIC_EXPIRED,
        State::Withdrawn => TOPIC_WITHDRAWN,
        // The later answer tells for itself if it is a yes; a no ends the consent that stood.
        State::Replaced if stood && answered != State::Given => TOPIC_WITHDRAWN,
        State::Replaced | State::Refused => return None,
    };
    let payload = json!({ "record": record.id, "agreement": record.agreement });
    Some(Event { topic, object: record.id, payload })
}

/// What others are told when an agreement ends.
#[must_use]
pub fn agreement_terminated(agreement: Id) -> Event {
    Event { topic: TOPIC_TERMINATED, object: agreement, payload: json!({ "agreement": agreement }) }
}
