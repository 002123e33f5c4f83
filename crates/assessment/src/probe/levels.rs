//! From what was seen to a level: one table, one row for each indicator that a built probe is named for.
//!
//! A level is given only when all that its text asks for was seen, or when what was seen rules the higher ones out.
//! Where the levels of an indicator turn on something this probe does not see, it says so and gives none: a probe for a
//! `full` indicator replaces the claim, and must not replace it by what is merely the end of its own sight.

use super::acting::Trails;
use super::acting_levels;
use super::components::Mandates;
use super::directory::{Agreements, Directory};
use super::openapi::Interfaces;
use super::openid::Openid;
use super::pages::{Accessibility, Catalogue, Languages, WEIGHT_BYTES_MAX, Weight};
use super::seen::Seen;

/// What a probe says about one indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// The level.
    Level(u8),
    /// What this probe would have to see and does not.
    NotSeen(&'static str),
}

use Word::{Level, NotSeen};

/// The table.
#[must_use]
pub fn word(seen: &Seen, indicator: &str) -> Word {
    if let Some(word) = acting_levels::word(seen, indicator) {
        return word;
    }
    match (seen, indicator) {
        (Seen::Openid(seen), "ID-04") => online_authentication(seen),
        (Seen::Openid(seen), "ID-06") => assurance(seen),
        (Seen::Openid(_), "ID-01") => NotSeen("how much of the country is served"),

        (Seen::Interfaces(seen), "INT-05") => open_interfaces(seen),
        (Seen::Interfaces(seen), "PAY-06") => payment_interface(seen),
        (Seen::Interfaces(_), "CAP-04") => NotSeen("whether code, lessons and suppliers are there"),

        (Seen::Directory(seen), "DX-01") => exchange_in_operation(seen),
        // 4 asks for a public history of changes, which the directory does not show.
        (Seen::Directory(seen), "DX-04") if seen.members.is_empty() => NotSeen("any member"),
        (Seen::Directory(_), "DX-04") => Level(3),
        (Seen::Directory(_), "INT-03") => NotSeen("calls: rights are not use"),
        (Seen::Directory(_), "GOV-06") => NotSeen("how long joining takes"),

        (Seen::Agreements(seen), "GOV-05") => agreements(seen),
        (Seen::Agreements(seen), "DX-08") => purpose_in_request(seen),
        (Seen::Agreements(_), "LEG-06") => NotSeen("the law"),

        (Seen::Mandates(seen), "GOV-02") => mandates(seen),

        (Seen::Trails(seen), "SAF-06") => tamper_evidence(seen),
        (Seen::Trails(_), "DX-03") => {
            NotSeen("signatures of messages: trails are kept beside them")
        }
        (Seen::Trails(_), "GOV-04") => NotSeen("audits of security, privacy and standards"),
        (Seen::Trails(_), "SAF-10") => NotSeen("who may order hidden access"),

        (Seen::Accessibility(seen), "INC-01") => accessibility(seen),
        (Seen::Languages(seen), "INC-02") => languages(seen),
        (Seen::Weight(seen), "INC-03") => low_bandwidth(seen),
        (Seen::Weight(_), "INF-04") => NotSeen("how many people have a smartphone"),

        (Seen::Catalogue(seen), "SVC-01") => catalogue(seen),
        (Seen::Catalogue(_), "SVC-06") => NotSeen("visits, days and costs of each service"),
        (Seen::Catalogue(_), "SVC-08") => NotSeen("whether the list is ranked"),

        (Seen::Facts(_), "DX-11") => NotSeen("availability over time: this is one moment"),
        (Seen::Facts(_), "INF-07") => NotSeen("where the system stands"),
        (Seen::Facts(_), "INF-08") => NotSeen("strategy, response team and exercises"),
        _ => NotSeen("what this indicator asks for"),
    }
}

/// 4 asks for a conformance test and refused attacks, which `P-OIDC-AUTH` and `P-BBTEST` would try.
fn online_authentication(seen: &Openid) -> Word {
    match seen {
        Openid { found: false, .. } => Level(0),
        // Something is there that no standard client can use.
        Openid { broken, .. } if !broken.is_empty() => Level(1),
        Openid { weak, .. } if !weak.is_empty() => Level(2),
        _ => Level(3),
    }
}

fn assurance(seen: &Openid) -> Word {
    match seen {
        Openid { found: false, .. } => NotSeen("a login"),
        // Who names no levels has at most one.
        Openid { assurance_levels: 0 | 1, .. } => Level(1),
        _ => NotSeen("whether services enforce the levels that are named"),
    }
}

/// Of this target's interfaces; the country's share is the lowest of its targets. 4 asks that descriptions are
/// checked automatically, which one run does not show.
fn open_interfaces(seen: &Interfaces) -> Word {
    match percent(seen.truthful, seen.expected) {
        None => NotSeen("any interface"),
        Some(0) => Level(0),
        Some(1..25) => Level(1),
        Some(25..50) => Level(2),
        Some(_) => Level(3),
    }
}

fn payment_interface(seen: &Interfaces) -> Word {
    if seen.payments {
        return NotSeen("which message standard it keeps, though it is documented in public");
    }
    NotSeen("an interface of payments")
}

/// 4 asks for nationwide service with measured levels.
fn exchange_in_operation(seen: &Directory) -> Word {
    if seen.services == 0 || seen.sectors < 2 {
        return Level(1);
    }
    if seen.sectors < 3 { Level(2) } else { Level(3) }
}

/// 4 asks that access control enforces the register, which only a call without an agreement shows.
fn agreements(seen: &Agreements) -> Word {
    match percent(seen.rights - seen.without.len(), seen.rights) {
        None => NotSeen("any right to a service that may give personal data"),
        Some(100) => Level(3),
        Some(51..) => Level(2),
        Some(1..) => Level(1),
        Some(_) => Level(0),
    }
}

/// The directory shows what was agreed; whether a request carries it, only a request shows.
fn purpose_in_request(seen: &Agreements) -> Word {
    if seen.rights > 0 && seen.rights == seen.without.len() {
        return Level(0);
    }
    NotSeen("requests: agreements are no proof that each carries its purpose")
}

/// 4 asks that the country itself checks mandates against running systems.
fn mandates(seen: &Mandates) -> Word {
    match percent(seen.components - seen.without.len(), seen.components) {
        None => NotSeen("any component"),
        Some(100) => Level(3),
        Some(51..) => Level(2),
        Some(1..) => Level(1),
        Some(_) => Level(0),
    }
}

/// 4 asks for a daily check, and one run is one check. A row that is not what it was shows that rows can be edited,
/// even though it was noticed: 1, as there are trails in one place.
fn tamper_evidence(seen: &Trails) -> Word {
    if seen.findings.is_empty() { Level(3) } else { Level(1) }
}

/// 4 asks for tests with people.
fn accessibility(seen: &Accessibility) -> Word {
    if seen.pages == 0 {
        return NotSeen("any page");
    }
    match seen.good {
        0 => Level(1),
        good if good < seen.pages => Level(2),
        _ => Level(3),
    }
}

/// 4 asks for a voice option. Which languages are official only the country knows.
fn languages(seen: &Languages) -> Word {
    let speaks = |language: &&String| seen.answered.contains(*language);
    if seen.answered.len() < 2 && seen.official.len() != 1 {
        return Level(0);
    }
    if seen.official.is_empty() {
        return NotSeen("which languages are official: name `official_languages` for the target");
    }
    if !seen.official.iter().all(|language| speaks(&language)) {
        return if seen.answered.is_empty() { Level(0) } else { Level(1) };
    }
    if seen.local.iter().any(|language| speaks(&language)) { Level(3) } else { Level(2) }
}

/// 3 and 4 ask for SMS and capture without a link.
fn low_bandwidth(seen: &Weight) -> Word {
    if !seen.need_scripts.is_empty() || seen.heaviest_bytes > WEIGHT_BYTES_MAX {
        return Level(0);
    }
    if seen.elsewhere > 0 {
        return NotSeen("files from hosts that are not in the list of targets");
    }
    if seen.pages == 0 { NotSeen("any page") } else { Level(2) }
}

/// 3 asks for completeness, which only the country can vouch for.
fn catalogue(seen: &Catalogue) -> Word {
    match seen {
        Catalogue { services: 0, .. } => Level(0),
        Catalogue { machine_readable: true, .. } => Level(2),
        _ => Level(1),
    }
}

/// Whole percents, rounded down; none of nothing.
fn percent(part: usize, whole: usize) -> Option<usize> {
    (part * 100).checked_div(whole)
}
