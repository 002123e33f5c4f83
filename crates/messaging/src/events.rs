//! What the audit trail says.

use kernel::audit::AuditEvent;

/// A message was taken.
pub const MESSAGE_SENT: AuditEvent = AuditEvent {
    name: "messaging.message.sent",
    says: "An information system sent a message to a person; the entry names template and channels.",
};

/// A channel was given up on.
pub const DELIVERY_FAILED: AuditEvent = AuditEvent {
    name: "messaging.delivery.failed",
    says: "A message could not be delivered by SMS or e-mail; it lies in the person's inbox.",
};

/// All of them.
pub const AUDIT_EVENTS: &[AuditEvent] = &[MESSAGE_SENT, DELIVERY_FAILED];
