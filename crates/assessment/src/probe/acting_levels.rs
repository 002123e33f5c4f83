//! From what probes that act saw, and from traffic, to a level: the second half of the table in `levels`, under the same
//! rule. One flow, one person and one line were tried, which never shows that all are so.

use super::acting::{Bulk, Called, Complained, Consented, KnownBad, Login, Tracked};
use super::levels::Word::{self, Level, NotSeen};
use super::seen::Seen;
use super::traffic::Traffic;

/// Systems on a tracker from which on it tells of most core systems: identity, a register, and who decides.
const CORE_SYSTEMS: usize = 3;

/// None for what other rows of the table are about.
pub(super) fn word(seen: &Seen, indicator: &str) -> Option<Word> {
    let word = match (seen, indicator) {
        (Seen::Login(seen), "ID-04") => authentication(seen),
        (Seen::Login(seen), "SAF-05") => minimal(seen),

        (Seen::Called(seen), "DX-03") => authenticated(seen),
        (Seen::Called(_), "DX-01") => NotSeen("how many sectors take part"),
        (Seen::Called(_), "INT-02") => NotSeen("how many systems speak it"),

        (Seen::KnownBad(seen), "DX-08") => checked_before_release(seen),
        (Seen::KnownBad(seen), "SAF-04") => refused_automatically(seen),
        (Seen::KnownBad(_), "SAF-01") => NotSeen("impact assessments"),
        (Seen::KnownBad(_), "SAF-10") => NotSeen("who may order hidden access"),
        (Seen::KnownBad(_), "SAF-11") => NotSeen("retention"),

        (Seen::Consented(seen), "DX-07") => consent(seen),
        (Seen::Tracked(seen), "SAF-02") => tracker(seen),

        (Seen::Complained(seen), "SAF-03") => redress(seen),
        (Seen::Complained(_), "PAY-08") => NotSeen("liability and refunds for payments"),
        (Seen::Complained(_), "XB-08") => NotSeen("cases and looks across a border"),

        (Seen::Bulk(seen), "PAY-03") => digital_transfers(seen),
        (Seen::Traffic(seen), "INT-03") => ministry_pairs(seen),
        (Seen::Traffic(seen), "DX-02") => private_members(seen),
        (Seen::Traffic(_), "DX-11") => NotSeen("availability: the log holds calls and no outages"),
        _ => return None,
    };
    Some(word)
}

/// 4 asks for a conformance test, which `P-BBTEST` would run.
fn authentication(seen: &Login) -> Word {
    if !seen.flaws.is_empty() || !seen.passed.is_empty() { Level(2) } else { Level(3) }
}

/// Only the bottom can be seen: 3 and 4 turn on what every service gets, and on selective disclosure.
fn minimal(seen: &Login) -> Word {
    if seen.unasked.is_empty() {
        return NotSeen("what other services get, and selective disclosure");
    }
    Level(0)
}

/// What passes without a valid token rules out everything above transport encryption. Signatures between
/// installations do not show at the caller's end.
fn authenticated(seen: &Called) -> Word {
    if seen.answered.is_empty() {
        return NotSeen("signatures and time stamps between institutions");
    }
    Level(0)
}

/// 4 asks that both ends check, and the caller's end hides from here whether the other would have.
fn checked_before_release(seen: &KnownBad) -> Word {
    let passed = |what: &str| seen.answered.contains(&what);
    if passed("no purpose") || passed("no legal basis") {
        return Level(0);
    }
    if seen.answered.is_empty() { Level(3) } else { Level(2) }
}

/// One flow shows that some are guarded, or that not all are.
fn refused_automatically(seen: &KnownBad) -> Word {
    if seen.answered.is_empty() {
        return NotSeen("flows beside the one that was tried");
    }
    if seen.refused.is_empty() { Level(0) } else { Level(2) }
}

/// 4 asks that all flows on consent are so. A use that goes on, or that never needed the consent, leaves a form that
/// is filled in and nothing else.
fn consent(seen: &Consented) -> Word {
    if !seen.refused_before || seen.stopped_after_seconds.is_none() {
        return Level(1);
    }
    // People are to see it, too.
    if seen.shown { Level(3) } else { Level(2) }
}

/// 4 asks for all core systems; that nobody is missing, this page cannot know.
fn tracker(seen: &Tracked) -> Word {
    if seen.after_seconds.is_none() {
        // There is a page, and whoever relies on it is told too little.
        return Level(1);
    }
    let says_who_and_why = seen.names_officer && seen.names_ground;
    if !says_who_and_why || seen.incomplete || seen.sources < CORE_SYSTEMS {
        return Level(2);
    }
    Level(3)
}

/// 4 asks for independent escalation and public figures.
fn redress(seen: &Complained) -> Word {
    if !seen.lodged {
        return Level(0);
    }
    if seen.numbered && seen.has_limit && seen.answered { Level(3) } else { Level(2) }
}

/// A batch shows that it can be done, or that nobody is paid this way; never how many are.
fn digital_transfers(seen: &Bulk) -> Word {
    if seen.paid_once {
        return NotSeen("what share of payments goes this way");
    }
    Level(0)
}

/// The log of one installation is a part; only all of them make a figure, unless a part is enough for the top.
fn ministry_pairs(seen: &Traffic) -> Word {
    match seen.pairs.len() {
        50.. => Level(4),
        _ if !seen.complete => {
            NotSeen("all calls of 90 days: some logs were not read to their end")
        }
        20.. => Level(3),
        5.. => Level(2),
        1.. => Level(1),
        0 => Level(0),
    }
}

/// Whether it is a pilot, the operator says in the list: a call does not show it.
fn private_members(seen: &Traffic) -> Word {
    match seen {
        Traffic { private_calls: 0, complete: false, .. } => NotSeen("all calls of 90 days"),
        Traffic { private_calls: 0, private_members: 0, .. } => Level(0),
        Traffic { private_calls: 0, .. } => Level(1),
        Traffic { in_production: false, .. } => Level(2),
        Traffic { on_consent: 0, .. } => Level(3),
        _ => Level(4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(seen: Seen, indicator: &str, expected: u8) {
        assert_eq!(word(&seen, indicator), Some(Level(expected)), "{indicator}: {}", seen.says());
    }

    #[test]
    fn an_attack_that_passes_lowers_the_level() {
        let passed = vec!["a code that was used before"];
        check(Seen::Login(Login { passed, ..Login::default() }), "ID-04", 2);
        let flaws = vec!["the ID token carries another nonce".to_owned()];
        check(Seen::Login(Login { flaws, ..Login::default() }), "ID-04", 2);
        let unasked = vec!["birthdate".to_owned()];
        check(Seen::Login(Login { unasked, ..Login::default() }), "SAF-05", 0);
    }

    #[test]
    fn a_call_that_should_be_refused_and_is_not_lowers_the_level() {
        let answered = vec!["a caller without a token"];
        check(Seen::Called(Called { answered, ..Called::default() }), "DX-03", 0);
        for (what, level) in [("no purpose", 0), ("a purpose outside of every agreement", 2)] {
            let bad = KnownBad { answered: vec![what], ..KnownBad::default() };
            check(Seen::KnownBad(bad.clone()), "DX-08", level);
            check(Seen::KnownBad(bad), "SAF-04", 0);
        }
    }

    #[test]
    fn a_consent_counts_when_its_withdrawal_stops_the_use() {
        let good = Consented {
            refused_before: true,
            stopped_after_seconds: Some(0),
            shown: true,
            ..Consented::default()
        };
        check(Seen::Consented(good.clone()), "DX-07", 3);
        check(Seen::Consented(Consented { shown: false, ..good.clone() }), "DX-07", 2);
        let goes_on = Consented { stopped_after_seconds: None, ..good.clone() };
        check(Seen::Consented(goes_on), "DX-07", 1);
        check(Seen::Consented(Consented { refused_before: false, ..good }), "DX-07", 1);
    }

    #[test]
    fn a_tracker_counts_when_it_says_who_and_why() {
        let good = Tracked {
            after_seconds: Some(0),
            names_officer: true,
            names_ground: true,
            can_ask: true,
            sources: CORE_SYSTEMS,
            incomplete: false,
        };
        check(Seen::Tracked(good.clone()), "SAF-02", 3);
        for worse in [
            Tracked { names_ground: false, ..good.clone() },
            Tracked { sources: CORE_SYSTEMS - 1, ..good.clone() },
            Tracked { incomplete: true, ..good.clone() },
        ] {
            check(Seen::Tracked(worse), "SAF-02", 2);
        }
        check(Seen::Tracked(Tracked { after_seconds: None, ..good }), "SAF-02", 1);
    }

    #[test]
    fn a_complaint_counts_when_it_is_followed_to_its_end() {
        let lodged = Complained { lodged: true, ..Complained::default() };
        check(Seen::Complained(Complained::default()), "SAF-03", 0);
        check(Seen::Complained(lodged.clone()), "SAF-03", 2);
        let whole = Complained { numbered: true, has_limit: true, answered: true, ..lodged };
        check(Seen::Complained(whole), "SAF-03", 3);
    }

    #[test]
    fn a_batch_that_pays_shows_no_share_and_one_that_does_not_shows_none() {
        let paid = Bulk { paid_once: true, ..Bulk::default() };
        assert!(matches!(word(&Seen::Bulk(paid), "PAY-03"), Some(NotSeen(_))));
        check(Seen::Bulk(Bulk::default()), "PAY-03", 0);
    }

    #[test]
    fn a_part_of_the_logs_gives_no_figure() {
        let part = Traffic { calls: 3, ..Traffic::default() };
        assert!(matches!(word(&Seen::Traffic(part.clone()), "INT-03"), Some(NotSeen(_))));
        check(Seen::Traffic(Traffic { complete: true, ..part.clone() }), "INT-03", 0);
        let open = Traffic { complete: true, private_members: 2, ..part };
        check(Seen::Traffic(open.clone()), "DX-02", 1);
        check(Seen::Traffic(Traffic { private_calls: 1, ..open }), "DX-02", 2);
    }
}
