//! What the block writes into the audit trail. A transfer leaves no entry: the order says who wanted it, and the ledger's
//! log is its own audit trail.

use kernel::audit::AuditEvent;

/// An account was opened.
pub const ACCOUNT_OPENED: AuditEvent = AuditEvent {
    name: "payments.account.opened",
    says: "An account was opened, by an officer or with the first payment to a person.",
};

/// Every audit event of the block.
pub const AUDIT_EVENTS: &[AuditEvent] = &[ACCOUNT_OPENED];
