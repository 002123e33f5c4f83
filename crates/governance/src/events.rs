//! What is written into the audit trail.

use kernel::audit::AuditEvent;

/// A person complained.
pub const GRIEVANCE_LODGED: AuditEvent = AuditEvent {
    name: "governance.grievance.lodged",
    says: "A resident lodged a complaint about a use of their data.",
};
/// An officer looks into it.
pub const GRIEVANCE_TAKEN_UP: AuditEvent = AuditEvent {
    name: "governance.grievance.taken_up",
    says: "An officer took up a resident's complaint.",
};
/// An officer answered.
pub const GRIEVANCE_ANSWERED: AuditEvent = AuditEvent {
    name: "governance.grievance.answered",
    says: "An officer answered a resident's complaint.",
};
/// The person was told.
pub const GRIEVANCE_NOTICED: AuditEvent = AuditEvent {
    name: "governance.grievance.noticed",
    says: "A resident was sent a message that their complaint is answered.",
};
/// A mandate was entered.
pub const MANDATE_PUBLISHED: AuditEvent = AuditEvent {
    name: "governance.mandate.published",
    says: "A member's mandate was entered in the public register.",
};
/// A mandate was ended.
pub const MANDATE_ENDED: AuditEvent = AuditEvent {
    name: "governance.mandate.ended",
    says: "The end of a member's mandate was entered in the public register.",
};

/// The catalogue.
pub const AUDIT_EVENTS: &[AuditEvent] = &[
    GRIEVANCE_LODGED,
    GRIEVANCE_TAKEN_UP,
    GRIEVANCE_ANSWERED,
    GRIEVANCE_NOTICED,
    MANDATE_PUBLISHED,
    MANDATE_ENDED,
];
