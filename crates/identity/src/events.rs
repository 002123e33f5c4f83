//! What this block writes into the audit trail and tells other blocks.

use basis::Id;
use contracts::identity::{
    PersonCreated, PersonsCreated, TOPIC_PERSON_CREATED, TOPIC_PERSONS_CREATED,
};
use kernel::audit::AuditEvent;
use kernel::outbox::Event;

/// A person exists.
pub const PERSON_CREATED: AuditEvent = AuditEvent {
    name: "identity.person.created",
    says: "A person was created because a birth was registered.",
};
/// A person was looked up.
pub const PERSON_RESOLVED: AuditEvent = AuditEvent {
    name: "identity.person.resolved",
    says: "Another body looked a person up by an identifier and got the pseudonym of its sector.",
};
/// Many persons were looked up.
pub const PERSONS_RESOLVED: AuditEvent = AuditEvent {
    name: "identity.persons.resolved",
    says: "Another body looked many persons up at once; the detail counts them and names those found.",
};
/// VIDs were read for cards.
pub const VIDS_LISTED: AuditEvent = AuditEvent {
    name: "identity.vids.listed",
    says: "An officer got the VIDs of many registrations at once, to print cards; the detail names the persons.",
};
/// A pseudonym exists.
pub const PSEUDONYM_CREATED: AuditEvent = AuditEvent {
    name: "identity.pseudonym.created",
    says: "A person got a pseudonym in a sector, on its first use there.",
};
/// A VID was replaced.
pub const VID_REPLACED: AuditEvent = AuditEvent {
    name: "identity.vid.replaced",
    says: "An officer revoked a person's VID and gave out a new one.",
};
/// An authenticator was enrolled.
pub const AUTHENTICATOR_ENROLLED: AuditEvent = AuditEvent {
    name: "identity.authenticator.enrolled",
    says: "An officer enrolled an authenticator for a person; the one before it was revoked.",
};
/// An authenticator is locked.
pub const AUTHENTICATOR_LOCKED: AuditEvent = AuditEvent {
    name: "identity.authenticator.locked",
    says: "An authenticator was locked for a while after wrong codes in a row.",
};
/// A passkey was added.
pub const PASSKEY_ADDED: AuditEvent = AuditEvent {
    name: "identity.passkey.added",
    says: "A person who was signed in added a passkey.",
};
/// A passkey was removed.
pub const PASSKEY_REMOVED: AuditEvent = AuditEvent {
    name: "identity.passkey.removed",
    says: "A person who was signed in removed a passkey.",
};
/// A passkey is locked.
pub const PASSKEY_LOCKED: AuditEvent = AuditEvent {
    name: "identity.passkey.locked",
    says: "A passkey was locked for a while after answers in a row that did not verify.",
};
/// A provider was registered.
pub const PROVIDER_REGISTERED: AuditEvent = AuditEvent {
    name: "identity.provider.registered",
    says: "An officer registered another OpenID provider that people may sign in by.",
};
/// A provider was changed.
pub const PROVIDER_UPDATED: AuditEvent = AuditEvent {
    name: "identity.provider.updated",
    says: "An officer changed the registration of another OpenID provider, or switched it on or off.",
};
/// A person linked a provider.
pub const FOREIGN_LINKED: AuditEvent = AuditEvent {
    name: "identity.foreign.linked",
    says: "A person proved by number and code to be whom another OpenID provider vouched for.",
};
/// A person unlinked a provider.
pub const FOREIGN_UNLINKED: AuditEvent = AuditEvent {
    name: "identity.foreign.unlinked",
    says: "A person unlinked another OpenID provider.",
};
/// A sign-in at a provider came to nothing.
pub const FOREIGN_REFUSED: AuditEvent = AuditEvent {
    name: "identity.foreign.refused",
    says: "A sign-in at another OpenID provider came to nothing; the detail says why.",
};
/// Somebody signed in.
pub const LOGIN_SUCCEEDED: AuditEvent = AuditEvent {
    name: "identity.login.succeeded",
    says: "A person signed in; the detail says by what: code, passkey or foreign provider.",
};
/// Somebody did not get in.
pub const LOGIN_REFUSED: AuditEvent = AuditEvent {
    name: "identity.login.refused",
    says: "A sign-in was refused: a code was wrong or had been used, or a passkey's answer did not verify.",
};
/// Somebody signed out.
pub const LOGIN_ENDED: AuditEvent =
    AuditEvent { name: "identity.login.ended", says: "A person signed out." };
/// A relying party was answered.
pub const CODE_ISSUED: AuditEvent = AuditEvent {
    name: "identity.code.issued",
    says: "A relying party was told that a person is signed in, with the claims the person allowed.",
};
/// The release of claims was refused.
pub const CLAIMS_REFUSED: AuditEvent = AuditEvent {
    name: "identity.claims.refused",
    says: "A person did not allow the release of claims to a relying party.",
};
/// A code came twice.
pub const CODE_REPLAYED: AuditEvent = AuditEvent {
    name: "identity.code.replayed",
    says: "A code was presented a second time; everything made from it was revoked.",
};
/// A relying party was registered.
pub const CLIENT_REGISTERED: AuditEvent = AuditEvent {
    name: "identity.client.registered",
    says: "An officer registered a relying party.",
};
/// A relying party was changed.
pub const CLIENT_UPDATED: AuditEvent = AuditEvent {
    name: "identity.client.updated",
    says: "An officer changed the registration of a relying party.",
};
/// The registers were compared.
pub const RECONCILIATION_FINISHED: AuditEvent = AuditEvent {
    name: "identity.reconciliation.finished",
    says: "The persons were compared with the civil register; the detail counts what differed.",
};

/// Every audit event of the block.
pub const AUDIT_EVENTS: &[AuditEvent] = &[
    PERSON_CREATED,
    PERSON_RESOLVED,
    PERSONS_RESOLVED,
    VIDS_LISTED,
    PSEUDONYM_CREATED,
    VID_REPLACED,
    AUTHENTICATOR_ENROLLED,
    AUTHENTICATOR_LOCKED,
    PASSKEY_ADDED,
    PASSKEY_REMOVED,
    PASSKEY_LOCKED,
    PROVIDER_REGISTERED,
    PROVIDER_UPDATED,
    FOREIGN_LINKED,
    FOREIGN_UNLINKED,
    FOREIGN_REFUSED,
    LOGIN_SUCCEEDED,
    LOGIN_REFUSED,
    LOGIN_ENDED,
    CODE_ISSUED,
    CLAIMS_REFUSED,
    CODE_REPLAYED,
    CLIENT_REGISTERED,
    CLIENT_UPDATED,
    RECONCILIATION_FINISHED,
];

/// Tells that a person follows from a registration. It names the registration alone: who is told
/// asks for the pseudonym of its own sector.
#[must_use]
pub fn person_created(registration: Id) -> Event {
    let payload = serde_json::to_value(PersonCreated { registration }).expect("an id is JSON");
    Event { topic: TOPIC_PERSON_CREATED, object: registration, payload }
}

/// Tells that persons follow from registrations that were imported together. `id` names the telling,
/// for there is no one thing that it is about.
#[must_use]
pub fn persons_created(id: Id, registrations: &[Id]) -> Event {
    let payload = PersonsCreated { registrations: registrations.to_vec() };
    let payload = serde_json::to_value(payload).expect("ids are JSON");
    Event { topic: TOPIC_PERSONS_CREATED, object: id, payload }
}
