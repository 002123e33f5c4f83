//! What the audit trails of simulated institutions say.

use kernel::audit::AuditEvent;

/// A message of transfers was decided.
pub const TRANSFERS_TAKEN: AuditEvent = AuditEvent {
    name: "simulator.transfers.taken",
    says: "A simulated bank took a message of transfers; the entry counts what became of them.",
};

/// Accepted transfers were booked.
pub const TRANSFERS_BOOKED: AuditEvent = AuditEvent {
    name: "simulator.transfers.booked",
    says: "A simulated bank booked transfers that it had accepted before.",
};

/// A bank was told to behave otherwise.
pub const BEHAVIOUR_SET: AuditEvent = AuditEvent {
    name: "simulator.behaviour.set",
    says: "An officer told a simulated bank how to behave.",
};

/// The SMS were looked at.
pub const SMS_READ: AuditEvent = AuditEvent {
    name: "simulator.sms.read",
    says: "An officer read the messages that a simulated SMS gateway was given.",
};

/// A bank's events.
pub const BANK: &[AuditEvent] = &[TRANSFERS_TAKEN, TRANSFERS_BOOKED, BEHAVIOUR_SET];

/// An SMS gateway's events.
pub const SMS: &[AuditEvent] = &[SMS_READ];
