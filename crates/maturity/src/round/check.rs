//! What does not fit: in the round itself, and between the round and its instrument. All faults at once, because a
//! person mends them in one sitting.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::instrument::{Instrument, TOP};
use crate::round::{Answer, Evidence, Measurement, Outcome, Round, Target};

mod catalogue;

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RoundFault {
    /// `answers.ID-01.level`
    pub path: String,
    /// What is wrong there.
    pub says: String,
    /// What to do about it.
    pub remedy: String,
}

impl Round {
    /// Everything that does not fit, in the order of the document. A round with faults can be scored: what is not
    /// understood does not count.
    #[must_use]
    pub fn check(&self, instrument: &Instrument) -> Vec<RoundFault> {
        let mut check = Check { round: self, instrument, faults: Vec::new() };
        check.head();
        check.targets();
        check.answers();
        check.evidence();
        check.measurements();
        check.catalogues();
        check.faults
    }
}

struct Check<'r> {
    round: &'r Round,
    instrument: &'r Instrument,
    faults: Vec<RoundFault>,
}

impl Check<'_> {
    fn fault(
        &mut self,
        path: impl Into<String>,
        says: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let (path, says, remedy) = (path.into(), says.into(), remedy.into());
        self.faults.push(RoundFault { path, says, remedy });
    }

    fn head(&mut self) {
        let (round, instrument) = (self.round, self.instrument);
        if round.instrument.id != instrument.id || round.instrument.version != instrument.version {
            let says = format!(
                "the round answers {} {}, and this is {} {}",
                round.instrument.id, round.instrument.version, instrument.id, instrument.version
            );
            self.fault(
                "instrument",
                says,
                "migrate the round, or use the instrument it was answered under",
            );
        }
        if !instrument.has_profile(&round.profile) {
            let mut known = vec!["full"];
            known.extend(instrument.profiles.iter().map(|profile| profile.id.as_str()));
            known.dedup();
            let says = format!("the instrument has no profile `{}`", round.profile);
            self.fault("profile", says, format!("write one of {}", known.join(", ")));
        }
        if !round.as_of.is_full() {
            let says = format!("`{}` is not a full date", round.as_of);
            self.fault(
                "as_of",
                says,
                "write year, month and day, such as 2026-03-14: ages are counted up to it",
            );
        }
        if round.country.name.trim().is_empty() {
            self.fault("country.name", "it is empty", "name the country, or the invented one");
        }
    }

    fn targets(&mut self) {
        let round = self.round;
        for (id, target) in &round.targets {
            let path = format!("targets.{id}");
            self.indicator(&path, id);
            match target {
                Target::Level { level, .. } => self.level(&format!("{path}.level"), *level),
                Target::NotPlanned { reason } if reason.trim().is_empty() => {
                    let remedy = "write why it is not planned and who decided";
                    self.fault(format!("{path}.reason"), "it is empty", remedy);
                }
                Target::NotPlanned { .. } => {}
            }
        }
    }

    fn answers(&mut self) {
        let round = self.round;
        for (id, answer) in &round.answers {
            let path = format!("answers.{id}");
            self.indicator(&path, id);
            self.answer(&path, answer);
        }
    }

    fn answer(&mut self, path: &str, answer: &Answer) {
        if let Some(level) = answer.level {
            self.level(&format!("{path}.level"), level);
        }
        self.institution(&format!("{path}.institution"), &answer.institution);
        for (n, id) in answer.evidence.iter().enumerate() {
            if !self.round.evidence.iter().any(|evidence| evidence.id == *id) {
                let says = format!("there is no evidence `{id}`");
                self.fault(
                    format!("{path}.evidence[{n}]"),
                    says,
                    "add it under evidence, or mend the id",
                );
            }
        }
        let Some(review) = &answer.review else {
            return;
        };
        if let Some(level) = review.level {
            self.level(&format!("{path}.review.level"), level);
        }
        if review.reviewer.trim().is_empty() {
            self.fault(
                format!("{path}.review.reviewer"),
                "it is empty",
                "name the reviewer's office",
            );
        }
        if review.level.is_some() && review.reason.trim().is_empty() {
            let remedy = "say why the level differs from the answer";
            self.fault(format!("{path}.review.reason"), "it is empty", remedy);
        }
    }

    fn evidence(&mut self) {
        let round = self.round;
        self.unique("evidence", round.evidence.iter().map(|evidence| evidence.id.as_str()));
        for (n, evidence) in round.evidence.iter().enumerate() {
            self.one_evidence(&format!("evidence[{n}]"), evidence);
        }
    }

    fn one_evidence(&mut self, path: &str, evidence: &Evidence) {
        if let Some(digest) = &evidence.sha256 {
            self.sha256(&format!("{path}.sha256"), digest);
        }
        if self.round.as_of.surely_before(evidence.date) {
            let says = format!("{} is after the round's day {}", evidence.date, self.round.as_of);
            self.fault(
                format!("{path}.date"),
                says,
                "mend the date, or move as_of: it does not count now",
            );
        }
        let ends_first =
            evidence.expires.is_some_and(|expires| expires.surely_before(evidence.date));
        if ends_first {
            let says = "it expired before its own date";
            self.fault(format!("{path}.expires"), says, "mend one of the two dates");
        }
    }

    fn measurements(&mut self) {
        let round = self.round;
        for (n, measurement) in round.measurements.iter().enumerate() {
            self.measurement(&format!("measurements[{n}]"), measurement);
        }
    }

    fn measurement(&mut self, path: &str, measurement: &Measurement) {
        self.indicator(&format!("{path}.indicator"), &measurement.indicator);
        let indicator = self.instrument.indicator(&measurement.indicator);
        let fits = indicator.is_none_or(|indicator| indicator.probes.contains(&measurement.probe));
        if !fits {
            let says = format!("{} does not measure {}", measurement.probe, measurement.indicator);
            let remedy =
                "name a probe that the instrument lists for the indicator: it does not count now";
            self.fault(format!("{path}.probe"), says, remedy);
        }
        if let Outcome::Level(level) = measurement.outcome {
            self.level(&format!("{path}.outcome"), level);
        }
        // Where clocks run ahead of UTC it is already tomorrow: only the day after that is wrong.
        let last_day = measurement.at.plus_seconds(-24 * 3600).date_at(0);
        if self.round.as_of.surely_before(last_day) {
            let says = format!("{} is after the round's day {}", measurement.at, self.round.as_of);
            self.fault(format!("{path}.at"), says, "move as_of: it does not count now");
        }
        for (n, exchange) in measurement.exchanges.iter().enumerate() {
            self.sha256(&format!("{path}.exchanges[{n}].request_sha256"), &exchange.request_sha256);
            self.sha256(
                &format!("{path}.exchanges[{n}].response_sha256"),
                &exchange.response_sha256,
            );
        }
    }

    fn indicator(&mut self, path: &str, id: &str) {
        if self.instrument.indicator(id).is_none() {
            let says = format!("the instrument has no indicator `{id}`");
            self.fault(path, says, "mend the id, or migrate the round to this version");
        }
    }

    fn level(&mut self, path: &str, level: u8) {
        if level > TOP {
            let remedy = "write 0, 1, 2, 3 or 4, and leave it out when it is not known";
            self.fault(path, format!("there is no level {level}"), remedy);
        }
    }

    fn institution(&mut self, path: &str, id: &str) {
        if !self.round.institutions.iter().any(|institution| institution.id == id) {
            let says = format!("there is no institution `{id}`");
            self.fault(path, says, "add it under institutions, or mend the id");
        }
    }

    fn sha256(&mut self, path: &str, digest: &str) {
        let is_hex = digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if digest.len() != 64 || !is_hex {
            let remedy = "write the SHA-256 as 64 digits of lower-case hex, as sha256sum prints it";
            self.fault(path, "it is no SHA-256", remedy);
        }
    }

    fn unique<'n>(&mut self, list: &str, ids: impl Iterator<Item = &'n str>) {
        let mut seen = BTreeSet::new();
        for (n, id) in ids.enumerate() {
            let path = format!("{list}[{n}].id");
            if id.trim().is_empty() {
                self.fault(path, "it is empty", "give it an id that nothing else in the list has");
            } else if !seen.insert(id) {
                self.fault(path, format!("`{id}` is there already"), "give each its own id");
            }
        }
    }
}
