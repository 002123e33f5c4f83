//! How high the evidence of an answer carries it.

use basis::PartialDate;

use crate::instrument::{EvidenceRule, TOP};
use crate::round::{Answer, Evidence, Round};
use crate::score::days;

/// What the evidence of one answer is worth.
pub(super) struct Support {
    /// The highest level it carries.
    pub(super) cap: u8,
    /// Ids of what was offered and does not count for its dates.
    pub(super) expired: Vec<String>,
}

pub(super) fn support(rule: &EvidenceRule, round: &Round, answer: Option<&Answer>) -> Support {
    let mut support = Support { cap: rule.none.min(TOP), expired: Vec::new() };
    for id in answer.iter().flat_map(|answer| &answer.evidence) {
        let Some(evidence) = round.evidence.iter().find(|evidence| evidence.id == *id) else {
            continue;
        };
        if is_fresh(rule, evidence, round.as_of) {
            let cap = rule.caps.get(&evidence.kind).copied().unwrap_or(rule.none);
            support.cap = support.cap.max(cap.min(TOP));
        } else {
            support.expired.push(id.clone());
        }
    }
    support
}

/// Dates not known to the day are read against the claim: evidence is as old as it may be, expires as soon as it may,
/// and the round's day is the last that it may be. A kind that never grows old needs no date.
fn is_fresh(rule: &EvidenceRule, evidence: &Evidence, as_of: PartialDate) -> bool {
    let today = as_of.latest().and_then(days::number);
    let first = |date: PartialDate| date.earliest().and_then(days::number);
    let expires = evidence.expires.and_then(first);
    if expires.is_some_and(|expires| today.is_none_or(|today| expires < today)) {
        return false;
    }
    let age = match (today, first(evidence.date)) {
        (Some(today), Some(date)) => Some(today - date),
        _ => None,
    };
    if age.is_some_and(|days| days < 0) {
        return false;
    }
    match rule.max_age_days.get(&evidence.kind) {
        None => true,
        Some(max) => age.is_some_and(|days| days <= i64::from(*max)),
    }
}
