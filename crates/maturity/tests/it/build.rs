//! Rounds for tests.

use basis::PartialDate;
use maturity::instrument::{Auto, EvidenceKind, Indicator};
use maturity::round::{Answer, Evidence, Measurement, Outcome, Review};
use maturity::{Instrument, Round};

pub(crate) const OFFICE: &str = "GOV/DIG";

/// An invented country's round without an answer, on 30 June 2026.
pub(crate) fn empty() -> Round {
    let instrument = Instrument::built_in();
    let text = format!(
        r#"{{ "schema": "dpi-assessment-round/1", "id": "r1",
              "country": {{ "code": "XA", "name": "Amani", "invented": true }},
              "instrument": {{ "id": "{}", "version": "{}" }},
              "profile": "full", "as_of": "2026-06-30",
              "institutions": [{{ "id": "{OFFICE}", "name": "Digital Office", "sector": "digital" }}] }}"#,
        instrument.id, instrument.version
    );
    Round::parse(&text).unwrap()
}

pub(crate) fn date(text: &str) -> PartialDate {
    text.parse().unwrap()
}

/// A claim without evidence.
pub(crate) fn claim(level: Option<u8>) -> Answer {
    Answer {
        level,
        institution: OFFICE.to_owned(),
        respondent: "head of unit".to_owned(),
        evidence: Vec::new(),
        note: String::new(),
        review: None,
    }
}

pub(crate) fn review(level: u8) -> Review {
    Review { reviewer: "audit office".to_owned(), level: Some(level), reason: "seen".to_owned() }
}

/// Evidence of a kind, with the kind's name and date as its id.
pub(crate) fn evidence(kind: EvidenceKind, on: &str) -> Evidence {
    Evidence {
        id: format!("{} {on}", kind.name()),
        kind,
        title: "Evidence".to_owned(),
        source: "evidence.pdf".to_owned(),
        sha256: None,
        publisher: "Digital Office".to_owned(),
        date: date(on),
        expires: None,
    }
}

/// Adds the evidence to the round, once, and to the indicator's answer.
pub(crate) fn attach(round: &mut Round, indicator: &str, evidence: Evidence) {
    round.answers.get_mut(indicator).unwrap().evidence.push(evidence.id.clone());
    if !round.evidence.iter().any(|known| known.id == evidence.id) {
        round.evidence.push(evidence);
    }
}

/// Evidence that carries any level and never grows old.
pub(crate) fn gazette() -> Evidence {
    evidence(EvidenceKind::Gazette, "2020")
}

/// A round in which every indicator stands at the level given for it, on strong evidence.
pub(crate) fn standing(level_of: impl Fn(&Indicator) -> u8) -> Round {
    let mut round = empty();
    for indicator in Instrument::built_in().indicators {
        round.answers.insert(indicator.id.clone(), claim(Some(level_of(&indicator))));
        attach(&mut round, &indicator.id, gazette());
    }
    round
}

pub(crate) fn measurement(indicator: &Indicator, at: &str, outcome: Outcome) -> Measurement {
    Measurement {
        probe: indicator.probes[0].clone(),
        indicator: indicator.id.clone(),
        target: "demo".to_owned(),
        at: at.parse().unwrap(),
        outcome,
        says: "seen".to_owned(),
        exchanges: Vec::new(),
    }
}

/// The first indicator of this kind in the built-in instrument.
pub(crate) fn first(auto: Auto) -> Indicator {
    let all = Instrument::built_in().indicators;
    all.into_iter().find(|indicator| indicator.auto == auto).unwrap()
}
