//! The three times of a fact.

use crate::{PartialDate, Timestamp};
use serde::{Deserialize, Serialize};

/// When a fact happened, from when it counts, and when we wrote it down: three questions, often three answers.
///
/// A birth in "1962" (occurred) is declared by court order of March (effective) and entered by a disconnected office whose
/// record reaches the registry in April (recorded).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Times {
    /// When it happened in the world, as precisely as anybody knows.
    pub occurred: PartialDate,
    /// From when it has effect in law.
    pub effective: Timestamp,
    /// When the record was made; set by the system, never by a caller.
    pub recorded: Timestamp,
}

impl Times {
    /// The usual case: it has effect as soon as it is recorded, at `now`.
    #[must_use]
    pub const fn recorded_now(occurred: PartialDate, now: Timestamp) -> Self {
        Self { occurred, effective: now, recorded: now }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_three_times_in_json() {
        let json = r#"{"occurred":"1962","effective":"2026-03-01T00:00:00Z","recorded":"2026-04-02T08:00:00Z"}"#;
        let times: Times = serde_json::from_str(json).unwrap();
        assert!(times.effective < times.recorded);
        assert_eq!(serde_json::to_string(&times).unwrap(), json);
    }

    #[test]
    fn has_effect_when_recorded_unless_said_otherwise() {
        let now = Timestamp::from_micros(7);
        let times = Times::recorded_now(PartialDate::UNKNOWN, now);
        assert_eq!((times.effective, times.recorded), (now, now));
    }
}
