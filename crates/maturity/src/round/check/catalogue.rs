//! Institutions, systems, services, flows, laws and signatures of a round.

use super::Check;
use crate::round::{Flow, LegalInstrument, Service, System};

/// Highest level of a service: proactive.
const DIGITAL_LEVELS: std::ops::RangeInclusive<u8> = 1..=5;
const COMMITMENT_MAX: u8 = 4;
const RECIPIENTS: [&str; 3] = ["individual", "business", "agency"];
const PATHS: [&str; 4] = ["exchange", "private link", "file", "paper"];
const LAW_LEVELS: [&str; 3] = ["soft", "regional", "national"];
const LAW_STATES: [&str; 3] = ["in force", "draft", "missing"];

impl Check<'_> {
    pub(super) fn catalogues(&mut self) {
        let round = self.round;
        self.unique("institutions", round.institutions.iter().map(|one| one.id.as_str()));
        self.unique("systems", round.systems.iter().map(|one| one.id.as_str()));
        for (n, system) in round.systems.iter().enumerate() {
            self.system(&format!("systems[{n}]"), system);
        }
        self.unique("services", round.services.iter().map(|one| one.id.as_str()));
        for (n, service) in round.services.iter().enumerate() {
            self.service(&format!("services[{n}]"), service);
        }
        for (n, flow) in round.flows.iter().enumerate() {
            self.flow(&format!("flows[{n}]"), flow);
        }
        self.unique("laws", round.laws.iter().map(|one| one.id.as_str()));
        for (n, law) in round.laws.iter().enumerate() {
            self.law(&format!("laws[{n}]"), law);
        }
        for (n, sign_off) in round.sign_offs.iter().enumerate() {
            self.institution(&format!("sign_offs[{n}].institution"), &sign_off.institution);
        }
    }

    fn system(&mut self, path: &str, system: &System) {
        self.institution(&format!("{path}.institution"), &system.institution);
        for (n, id) in system.uses.iter().enumerate() {
            self.known_system(&format!("{path}.uses[{n}]"), id);
        }
        if system.uses.contains(&system.id) {
            self.fault(format!("{path}.uses"), "it uses itself", "list the shared systems it uses");
        }
    }

    fn service(&mut self, path: &str, service: &Service) {
        self.institution(&format!("{path}.institution"), &service.institution);
        for (n, id) in service.systems.iter().enumerate() {
            self.known_system(&format!("{path}.systems[{n}]"), id);
        }
        for (n, recipient) in service.recipients.iter().enumerate() {
            self.word(&format!("{path}.recipients[{n}]"), recipient, &RECIPIENTS);
        }
        if service.digital_level.is_some_and(|level| !DIGITAL_LEVELS.contains(&level)) {
            let remedy =
                "write 1 information, 2 form to download, 3 web form, 4 fully online, 5 proactive";
            self.fault(format!("{path}.digital_level"), "it is 1 to 5", remedy);
        }
        if service.commitment.is_some_and(|commitment| commitment > COMMITMENT_MAX) {
            let remedy = "write 0, 1, 2, 3 or 4, and leave it out when it is not known";
            self.fault(format!("{path}.commitment"), "it is 0 to 4", remedy);
        }
    }

    fn flow(&mut self, path: &str, flow: &Flow) {
        self.institution(&format!("{path}.from"), &flow.from);
        self.institution(&format!("{path}.to"), &flow.to);
        self.word(&format!("{path}.path"), &flow.path, &PATHS);
    }

    fn law(&mut self, path: &str, law: &LegalInstrument) {
        self.word(&format!("{path}.level"), &law.level, &LAW_LEVELS);
        self.word(&format!("{path}.status"), &law.status, &LAW_STATES);
    }

    fn known_system(&mut self, path: &str, id: &str) {
        if !self.round.systems.iter().any(|system| system.id == id) {
            let says = format!("there is no system `{id}`");
            self.fault(path, says, "add it under systems, or mend the id");
        }
    }

    fn word(&mut self, path: &str, found: &str, words: &[&str]) {
        if !words.contains(&found) {
            let remedy = format!("write one of: {}", words.join(", "));
            self.fault(path, format!("`{found}` is not known here"), remedy);
        }
    }
}
