//! What a reviewer looks at first: claims that measurements contradict, what nobody answered, and
//! evidence that was too old on the round's day.

use basis::{PartialDate, Timestamp};
use maturity::round::{Evidence, Outcome};
use maturity::{Instrument, Round};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::scope;

/// The three lists, and what is still to be reviewed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Findings {
    /// Claims beside measurements that say otherwise.
    pub contradictions: Vec<Contradiction>,
    /// Indicators without an answer, and those answered with "we do not know".
    pub unanswered: Vec<String>,
    /// Evidence that counts as none.
    pub expired: Vec<Expired>,
    /// Answers that no reviewer has looked at.
    pub unreviewed: Vec<String>,
}

/// Both sides stand side by side; neither is taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Contradiction {
    /// The indicator.
    pub indicator: String,
    /// What the institution says, or the reviewer where one set a level.
    pub claimed: u8,
    /// What the probe saw.
    pub measured: u8,
    /// The probe.
    pub probe: String,
    /// In a sentence.
    pub says: String,
}

/// Evidence that was too old.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Expired {
    /// Its id.
    pub evidence: String,
    /// Its title.
    pub title: String,
    /// Answers that name it.
    pub indicators: Vec<String>,
}

/// What is to be looked at.
#[must_use]
pub fn of(instrument: &Instrument, round: &Round) -> Findings {
    let asked = scope::indicators(instrument, &round.profile).unwrap_or_default();
    let mut findings = Findings::default();
    let measured = latest(round);
    for indicator in asked {
        let answer = round.answers.get(&indicator.id);
        let Some(level) = answer.and_then(|answer| answer.level) else {
            findings.unanswered.push(indicator.id.clone());
            continue;
        };
        let review = answer.and_then(|answer| answer.review.as_ref());
        if review.is_none() {
            findings.unreviewed.push(indicator.id.clone());
        }
        let claimed = review.and_then(|review| review.level).unwrap_or(level);
        let seen = measured.get(indicator.id.as_str()).into_iter().flatten();
        for (probe, (_, measured, says)) in seen.filter(|(_, (_, level, _))| *level != claimed) {
            findings.contradictions.push(Contradiction {
                indicator: indicator.id.clone(),
                claimed,
                measured: *measured,
                probe: (*probe).to_owned(),
                says: (*says).to_owned(),
            });
        }
    }
    let expired = round.evidence.iter().filter(|one| is_expired(instrument, one, round.as_of));
    findings.expired = expired.map(|one| named_by(round, one)).collect();
    findings
}

type Seen<'r> = (Timestamp, u8, &'r str);

/// By indicator and probe, the level seen last.
fn latest(round: &Round) -> BTreeMap<&str, BTreeMap<&str, Seen<'_>>> {
    let mut all: BTreeMap<&str, BTreeMap<&str, Seen<'_>>> = BTreeMap::new();
    for one in &round.measurements {
        let Outcome::Level(level) = one.outcome else { continue };
        let of = all.entry(one.indicator.as_str()).or_default();
        let before = of.get(one.probe.as_str());
        if before.is_none_or(|(at, _, _)| *at <= one.at) {
            of.insert(one.probe.as_str(), (one.at, level, one.says.as_str()));
        }
    }
    all
}

fn named_by(round: &Round, evidence: &Evidence) -> Expired {
    let naming = round.answers.iter().filter(|(_, answer)| answer.evidence.contains(&evidence.id));
    Expired {
        evidence: evidence.id.clone(),
        title: evidence.title.clone(),
        indicators: naming.map(|(indicator, _)| indicator.clone()).collect(),
    }
}

/// Whether it counts as none on the round's day. A date that is not known counts for it.
#[must_use]
pub fn is_expired(instrument: &Instrument, evidence: &Evidence, as_of: PartialDate) -> bool {
    if evidence.expires.is_some_and(|end| end.surely_before(as_of)) {
        return true;
    }
    let max_age_days = instrument.evidence_rule.max_age_days.get(&evidence.kind);
    let days = |date: Option<PartialDate>| -> Option<i64> {
        let midnight: Timestamp = format!("{}T00:00:00Z", date?).parse().ok()?;
        Some(midnight.unix_seconds() / DAY_SECONDS)
    };
    let (Some(max), Some(made), Some(now)) =
        (max_age_days, days(evidence.date.latest()), days(as_of.earliest()))
    else {
        return false;
    };
    now - made > i64::from(*max)
}

const DAY_SECONDS: i64 = 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::built_in;
    use serde_json::json;

    fn round() -> Round {
        serde_json::from_value(json!({
            "schema": "dpi-assessment-round/1", "id": "r", "country": {"code": "TB", "name": "T"},
            "instrument": {"id": "dpi-baseline", "version": "0.1.0"}, "profile": "full",
            "as_of": "2026-03-01",
            "answers": {
                "ID-01": {"level": 3, "institution": "GOV/A", "evidence": ["E-1"]},
                "ID-02": {"level": 2, "institution": "GOV/A",
                    "review": {"reviewer": "GOV/A", "level": 1, "reason": "half of it"}},
                "ID-03": {"level": null, "institution": "GOV/A"}
            },
            "evidence": [
                {"id": "E-1", "kind": "interview", "title": "Talk", "source": "https://a.example/1",
                 "publisher": "A", "date": "2025-02-28"},
                {"id": "E-2", "kind": "interview", "title": "Talk", "source": "https://a.example/2",
                 "publisher": "A", "date": "2025-03-01"},
                {"id": "E-3", "kind": "gazette", "title": "Act", "source": "https://a.example/3",
                 "publisher": "A", "date": "1999", "expires": "2026-02"}
            ],
            "measurements": [
                {"probe": "P-A", "indicator": "ID-01", "target": "t", "says": "old",
                 "at": "2026-02-01T00:00:00Z", "outcome": {"level": 1}},
                {"probe": "P-A", "indicator": "ID-01", "target": "t", "says": "new",
                 "at": "2026-02-02T00:00:00Z", "outcome": {"level": 2}},
                {"probe": "P-A", "indicator": "ID-02", "target": "t", "says": "the reviewer is right",
                 "at": "2026-02-02T00:00:00Z", "outcome": {"level": 1}},
                {"probe": "P-B", "indicator": "ID-01", "target": "t", "says": "not here",
                 "at": "2026-02-02T00:00:00Z", "outcome": "cannot_be_measured"}
            ]
        }))
        .expect("a round")
    }

    #[test]
    fn the_latest_measurement_stands_against_the_claim() {
        let instrument = built_in().expect("it parses");
        let findings = of(&instrument, &round());
        let found: Vec<(&str, u8, u8, &str)> = findings
            .contradictions
            .iter()
            .map(|one| (one.indicator.as_str(), one.claimed, one.measured, one.says.as_str()))
            .collect();
        assert_eq!(found, [("ID-01", 3, 2, "new")]);
        assert_eq!(findings.unreviewed, ["ID-01"]);
        assert!(findings.unanswered.contains(&"ID-03".to_owned()));
        assert!(!findings.unanswered.contains(&"ID-01".to_owned()));
    }

    #[test]
    fn evidence_grows_old_by_its_kind_or_ends_on_its_day() {
        let instrument = built_in().expect("it parses");
        let expired = of(&instrument, &round()).expired;
        let ids: Vec<&str> = expired.iter().map(|one| one.evidence.as_str()).collect();
        assert_eq!(ids, ["E-1", "E-3"]);
        assert_eq!(expired[0].indicators, ["ID-01"]);
    }
}
