//! What the block tells: entries of the audit trail. None names a person or repeats an answer.

use kernel::audit::AuditEvent;

/// An application was sent.
pub const SUBMITTED: AuditEvent = AuditEvent {
    name: "registration.application.submitted",
    says: "A resident sent an application.",
};
/// An application was taken back.
pub const WITHDRAWN: AuditEvent = AuditEvent {
    name: "registration.application.withdrawn",
    says: "A resident took an application back.",
};
/// An officer took a case.
pub const TAKEN: AuditEvent = AuditEvent {
    name: "registration.case.taken",
    says: "An officer took a case from the pool; only they see and decide it.",
};
/// A role of the chain approved; the next one decides.
pub const RECOMMENDED: AuditEvent = AuditEvent {
    name: "registration.case.recommended",
    says: "An officer approved a case that another role decides next.",
};
/// An application was granted.
pub const APPROVED: AuditEvent =
    AuditEvent { name: "registration.case.approved", says: "An officer granted an application." };
/// An application was refused.
pub const REJECTED: AuditEvent =
    AuditEvent { name: "registration.case.rejected", says: "An officer refused an application." };
/// An application was sent back.
pub const SENT_BACK: AuditEvent = AuditEvent {
    name: "registration.case.sent-back",
    says: "An officer sent an application back with a question.",
};
/// Awards were taken over.
pub const AWARDS_IMPORTED: AuditEvent = AuditEvent {
    name: "registration.awards.imported",
    says: "An officer took over awards from an earlier system.",
};
/// A run was opened.
pub const RUN_OPENED: AuditEvent = AuditEvent {
    name: "registration.run.opened",
    says: "An officer opened the payment run of a month.",
};
/// A run was closed.
pub const RUN_CLOSED: AuditEvent = AuditEvent {
    name: "registration.run.closed",
    says: "All instructions of a run were taken; it waits for the second pair of eyes.",
};
/// A run was approved.
pub const RUN_APPROVED: AuditEvent = AuditEvent {
    name: "registration.run.approved",
    says: "An officer approved a payment run that another officer had opened.",
};
/// A read by consent got its data agreement.
pub const CONSENT_BOUND: AuditEvent = AuditEvent {
    name: "registration.consent.bound",
    says: "An officer said which data agreement a read of a service package rests on.",
};

/// Every audit event of the block.
pub const AUDIT_EVENTS: &[AuditEvent] = &[
    SUBMITTED,
    WITHDRAWN,
    TAKEN,
    RECOMMENDED,
    APPROVED,
    REJECTED,
    SENT_BACK,
    AWARDS_IMPORTED,
    RUN_OPENED,
    RUN_CLOSED,
    RUN_APPROVED,
    CONSENT_BOUND,
];
