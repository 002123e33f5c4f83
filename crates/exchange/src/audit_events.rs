//! What the exchange writes into the audit trail. Calls are not here: they are the hop log's.

use kernel::audit::AuditEvent;

/// A member was added or renamed.
pub const MEMBER_PUT: AuditEvent = AuditEvent {
    name: "exchange.member.put",
    says: "A member of the exchange was added or renamed.",
};
/// A subsystem was added or changed.
pub const SUBSYSTEM_PUT: AuditEvent = AuditEvent {
    name: "exchange.subsystem.put",
    says: "A member's subsystem was added, or its sector or name changed.",
};
/// A service was added, changed or switched.
pub const SERVICE_PUT: AuditEvent = AuditEvent {
    name: "exchange.service.put",
    says: "A service was added, changed, or switched on or off.",
};
/// Access was granted.
pub const RIGHT_GRANTED: AuditEvent = AuditEvent {
    name: "exchange.right.granted",
    says: "A subsystem was granted access to a service.",
};
/// Access was revoked.
pub const RIGHT_REVOKED: AuditEvent = AuditEvent {
    name: "exchange.right.revoked",
    says: "A subsystem's access to a service was revoked.",
};
/// An agreement was recorded.
pub const AGREEMENT_CREATED: AuditEvent = AuditEvent {
    name: "exchange.agreement.created",
    says: "An agreement on the use of a service, with purpose and legal basis, was recorded.",
};
/// An agreement was suspended.
pub const AGREEMENT_SUSPENDED: AuditEvent = AuditEvent {
    name: "exchange.agreement.suspended",
    says: "An agreement was suspended by the provider.",
};
/// An agreement was resumed.
pub const AGREEMENT_RESUMED: AuditEvent = AuditEvent {
    name: "exchange.agreement.resumed",
    says: "A suspended agreement was put in force again.",
};
/// An agreement ends soon.
pub const AGREEMENT_ENDS_SOON: AuditEvent = AuditEvent {
    name: "exchange.agreement.ends_soon",
    says: "The provider was warned that an agreement ends within 30 days.",
};
/// An officer was registered, or got other roles or another key.
pub const OFFICER_PUT: AuditEvent = AuditEvent {
    name: "exchange.officer.put",
    says: "An officer was registered, or given other roles or another key.",
};
/// An officer was dismissed.
pub const OFFICER_DISMISSED: AuditEvent = AuditEvent {
    name: "exchange.officer.dismissed",
    says: "An officer was dismissed and can no longer sign in.",
};
/// An officer signed in.
pub const OFFICER_SIGNED_IN: AuditEvent = AuditEvent {
    name: "exchange.officer.signed_in",
    says: "An officer signed in, with a registered key or at the desk with a one-time code.",
};
/// A wrong code at the desk.
pub const OFFICER_REFUSED: AuditEvent = AuditEvent {
    name: "exchange.officer.refused",
    says: "Somebody gave an officer's number and a wrong one-time code at the desk.",
};
/// Too many of them.
pub const OFFICER_LOCKED: AuditEvent = AuditEvent {
    name: "exchange.officer.locked",
    says: "After too many wrong codes an officer cannot sign in at the desk for a while.",
};
/// An officer left the desk.
pub const OFFICER_SIGNED_OUT: AuditEvent = AuditEvent {
    name: "exchange.officer.signed_out",
    says: "An officer signed out of the desk; the session is void.",
};
/// A token to join was made.
pub const JOIN_TOKEN_CREATED: AuditEvent = AuditEvent {
    name: "exchange.join_token.created",
    says: "A one-time token to join the instance was made.",
};
/// An installation joined, on the hub.
pub const INSTALLATION_JOINED: AuditEvent = AuditEvent {
    name: "exchange.installation.joined",
    says: "An installation joined the instance and got its certificate from this hub.",
};
/// This installation joined.
pub const JOINED_HUB: AuditEvent =
    AuditEvent { name: "exchange.hub.joined", says: "This installation joined an instance." };

/// The catalogue.
pub const AUDIT_EVENTS: &[AuditEvent] = &[
    MEMBER_PUT,
    SUBSYSTEM_PUT,
    SERVICE_PUT,
    RIGHT_GRANTED,
    RIGHT_REVOKED,
    AGREEMENT_CREATED,
    AGREEMENT_SUSPENDED,
    AGREEMENT_RESUMED,
    AGREEMENT_ENDS_SOON,
    OFFICER_PUT,
    OFFICER_DISMISSED,
    OFFICER_SIGNED_IN,
    OFFICER_REFUSED,
    OFFICER_LOCKED,
    OFFICER_SIGNED_OUT,
    JOIN_TOKEN_CREATED,
    INSTALLATION_JOINED,
    JOINED_HUB,
];
