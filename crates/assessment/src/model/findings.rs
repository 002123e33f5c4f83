//! What a reviewer looks at first: claims that measurements contradict, what nobody answered, and
//! evidence that was too old on the round's day.

use maturity::result::Measured;
use maturity::round::Outcome;
use maturity::{Instrument, Round};
use serde::Serialize;
use utoipa::ToSchema;

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
    /// What the institution says.
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

/// What is to be looked at, as `maturity` scores the round.
#[must_use]
pub fn of(instrument: &Instrument, round: &Round) -> Findings {
    let mut findings = Findings::default();
    let scores = maturity::score::score(instrument, round).indicators;
    for score in &scores {
        let Some(asked) = instrument.indicator(&score.id) else { continue };
        if !instrument.asks(&round.profile, asked) {
            continue;
        }
        let Some(claimed) = score.claimed else {
            findings.unanswered.push(score.id.clone());
            continue;
        };
        let answer = round.answers.get(&score.id);
        if answer.is_none_or(|answer| answer.review.is_none()) {
            findings.unreviewed.push(score.id.clone());
        }
        if let (true, Measured::Level(measured)) = (score.contradicted, score.measured) {
            let (probe, says) = seen(round, &score.id, measured);
            let indicator = score.id.clone();
            findings.contradictions.push(Contradiction {
                indicator,
                claimed,
                measured,
                probe,
                says,
            });
        }
    }
    let expired = round.evidence.iter().filter_map(|one| {
        let naming = scores.iter().filter(|score| score.expired.contains(&one.id));
        let indicators: Vec<String> = naming.map(|score| score.id.clone()).collect();
        let (evidence, title) = (one.id.clone(), one.title.clone());
        (!indicators.is_empty()).then_some(Expired { evidence, title, indicators })
    });
    findings.expired = expired.collect();
    findings
}

/// The latest measurement that saw this level: its probe, and what it says.
fn seen(round: &Round, indicator: &str, level: u8) -> (String, String) {
    let all = round.measurements.iter();
    let same = all.filter(|one| one.indicator == indicator && one.outcome == Outcome::Level(level));
    let latest = same.max_by_key(|one| one.at);
    latest.map(|one| (one.probe.clone(), one.says.clone())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn round() -> Round {
        serde_json::from_value(json!({
            "schema": "dpi-assessment-round/1", "id": "r", "country": {"code": "TB", "name": "T"},
            "instrument": {"id": "dpi-baseline", "version": "0.1.0"}, "profile": "full",
            "as_of": "2026-03-01",
            "answers": {
                "ID-01": {"level": 3, "institution": "GOV/A", "evidence": ["E-1", "E-2", "E-3"]},
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
                {"probe": "P-OIDC-META", "indicator": "ID-01", "target": "t", "says": "old",
                 "at": "2026-02-01T00:00:00Z", "outcome": {"level": 1}},
                {"probe": "P-OIDC-META", "indicator": "ID-01", "target": "t", "says": "new",
                 "at": "2026-02-02T00:00:00Z", "outcome": {"level": 2}},
                {"probe": "P-ENROL-STATS", "indicator": "ID-02", "target": "t", "says": "the claim is right",
                 "at": "2026-02-02T00:00:00Z", "outcome": {"level": 2}},
                {"probe": "P-OIDC-META", "indicator": "ID-06", "target": "t", "says": "not here",
                 "at": "2026-02-02T00:00:00Z", "outcome": "cannot_be_measured"}
            ]
        }))
        .expect("a round")
    }

    #[test]
    fn the_latest_measurement_stands_against_the_claim() {
        let instrument = Instrument::built_in();
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
        let instrument = Instrument::built_in();
        let expired = of(&instrument, &round()).expired;
        let ids: Vec<&str> = expired.iter().map(|one| one.evidence.as_str()).collect();
        assert_eq!(ids, ["E-1", "E-3"]);
        assert_eq!(expired[0].indicators, ["ID-01"]);
    }
}
