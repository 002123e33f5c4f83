//! What the block writes into the audit trail. A transfer leaves no entry: the order says who wanted it, and the ledger's
//! log is its own audit trail.

use kernel::audit::AuditEvent;

/// An account was opened.
pub const ACCOUNT_OPENED: AuditEvent = AuditEvent {
    name: "payments.account.opened",
    says: "An account was opened, by an officer or with the first payment to a person.",
};

/// Somebody's way to be paid was noted.
pub const BENEFICIARY_REGISTERED: AuditEvent = AuditEvent {
    name: "payments.beneficiary.registered",
    says: "A programme said, for the first time or anew, where a beneficiary is paid.",
};
/// A batch was opened.
pub const BATCH_OPENED: AuditEvent = AuditEvent {
    name: "payments.batch.opened",
    says: "A programme announced a batch of payments.",
};
/// A batch was closed.
pub const BATCH_CLOSED: AuditEvent = AuditEvent {
    name: "payments.batch.closed",
    says: "An officer closed a batch: it holds what was announced, and waits for another officer.",
};
/// A batch was approved.
pub const BATCH_APPROVED: AuditEvent = AuditEvent {
    name: "payments.batch.approved",
    says: "An officer approved a batch that another officer had closed; its money moves.",
};
/// A batch was given up.
pub const BATCH_CANCELLED: AuditEvent = AuditEvent {
    name: "payments.batch.cancelled",
    says: "An officer gave a batch up before approval; no money moved.",
};
/// What failed is tried again.
pub const BATCH_RESENT: AuditEvent = AuditEvent {
    name: "payments.batch.resent",
    says: "An officer had the failed payments of a batch tried again.",
};
/// A batch came to its end.
pub const BATCH_DONE: AuditEvent = AuditEvent {
    name: "payments.batch.done",
    says: "Every payment of a batch is either booked by the provider or failed with the money back.",
};

/// Topic of the event that tells others of it.
pub const DONE: &str = "payments.batch.done";

/// Every audit event of the block.
pub const AUDIT_EVENTS: &[AuditEvent] = &[
    ACCOUNT_OPENED,
    BENEFICIARY_REGISTERED,
    BATCH_OPENED,
    BATCH_CLOSED,
    BATCH_APPROVED,
    BATCH_CANCELLED,
    BATCH_RESENT,
    BATCH_DONE,
];
