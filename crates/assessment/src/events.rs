//! What is written into the audit trail.

use kernel::audit::AuditEvent;

/// A round was opened.
pub const ROUND_OPENED: AuditEvent = AuditEvent {
    name: "assessment.round.opened",
    says: "A round of the country's assessment was opened.",
};
/// A round was opened from a file.
pub const ROUND_IMPORTED: AuditEvent = AuditEvent {
    name: "assessment.round.imported",
    says: "A round of the country's assessment was opened from a file.",
};
/// A round went to another state.
pub const ROUND_MOVED: AuditEvent = AuditEvent {
    name: "assessment.round.moved",
    says: "A round went into review, back to its respondents, or was closed.",
};
/// Indicators were assigned.
pub const INDICATORS_ASSIGNED: AuditEvent = AuditEvent {
    name: "assessment.indicators.assigned",
    says: "Indicators of a round were assigned to institutions.",
};
/// Catalogues were replaced.
pub const CATALOGUE_REPLACED: AuditEvent = AuditEvent {
    name: "assessment.catalogue.replaced",
    says: "The institutions, systems, services, laws and targets of a round were replaced.",
};
/// An answer was given.
pub const ANSWER_GIVEN: AuditEvent = AuditEvent {
    name: "assessment.answer.given",
    says: "An indicator of a round was answered, or its answer changed.",
};
/// An answer was reviewed.
pub const ANSWER_REVIEWED: AuditEvent = AuditEvent {
    name: "assessment.answer.reviewed",
    says: "A reviewer accepted an answer or set a level beside it.",
};
/// Evidence was added.
pub const EVIDENCE_ADDED: AuditEvent = AuditEvent {
    name: "assessment.evidence.added",
    says: "A link or a file was added to a round's evidence.",
};
/// A file was read.
pub const EVIDENCE_READ: AuditEvent = AuditEvent {
    name: "assessment.evidence.read",
    says: "The content of an evidence file was read.",
};
/// Measurements came in.
pub const MEASUREMENTS_ADDED: AuditEvent = AuditEvent {
    name: "assessment.measurements.added",
    says: "What probes found was added to a round.",
};
/// A filled spreadsheet came in.
pub const SPREADSHEET_TAKEN_IN: AuditEvent = AuditEvent {
    name: "assessment.spreadsheet.taken_in",
    says: "Answers, evidence or catalogues of a round were taken from a spreadsheet.",
};
/// An institution signed.
pub const ROUND_SIGNED_OFF: AuditEvent = AuditEvent {
    name: "assessment.round.signed_off",
    says: "An institution signed a round, with or without dissent.",
};
/// Enough institutions signed.
pub const QUORUM_REACHED: AuditEvent = AuditEvent {
    name: "assessment.round.quorum_reached",
    says: "Enough institutions signed a round; its content stands from here.",
};

/// The catalogue.
pub const AUDIT_EVENTS: &[AuditEvent] = &[
    ROUND_OPENED,
    ROUND_IMPORTED,
    ROUND_MOVED,
    INDICATORS_ASSIGNED,
    CATALOGUE_REPLACED,
    ANSWER_GIVEN,
    ANSWER_REVIEWED,
    EVIDENCE_ADDED,
    EVIDENCE_READ,
    MEASUREMENTS_ADDED,
    SPREADSHEET_TAKEN_IN,
    ROUND_SIGNED_OFF,
    QUORUM_REACHED,
];
