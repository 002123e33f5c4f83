//! What a round may hold. Every wrong field is named, with what to send instead.

use super::digest::is_sha256;
use super::scope;
use super::state::Quorum;
use basis::PartialDate;
use maturity::instrument::TOP;
use maturity::round::{
    Answer, Evidence, Institution, Measurement, Outcome, Review, SCHEMA, Target,
};
use maturity::{Instrument, Round};
use std::collections::{BTreeMap, BTreeSet};

/// Longest title, name or role, in characters.
const SHORT_MAX: usize = 200;
/// Longest note, reason or dissent, in characters.
const LONG_MAX: usize = 4_000;
/// Longest address, in characters.
const ADDRESS_MAX: usize = 2_000;
/// Most signatures a quorum can ask for.
const QUORUM_MAX: usize = 50;
const WHOLE_DAY: &str = "send year, month and day: ages of evidence are counted up to it";
/// Most wrong fields that are named at once.
pub const WRONGS_MAX: usize = 100;

/// A field that cannot be accepted, and what to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// As in the body: `answers.ID-01.level`.
    pub field: String,
    /// What to do about it.
    pub remedy: String,
}

impl Wrong {
    /// A wrong field.
    #[must_use]
    pub fn new(field: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { field: field.into(), remedy: remedy.into() }
    }
}

/// Gathers what is wrong, below a place in the body.
struct Wrongs<'p> {
    at: &'p str,
    all: Vec<Wrong>,
}

impl Wrongs<'_> {
    fn expect(&mut self, holds: bool, field: &str, remedy: impl Into<String>) {
        if !holds && self.all.len() < WRONGS_MAX {
            self.all.push(Wrong::new(format!("{}{field}", self.at), remedy));
        }
    }

    fn short(&mut self, text: &str, field: &str) {
        let good = !text.trim().is_empty() && fits(text, SHORT_MAX);
        self.expect(good, field, "write 1 to 200 characters on one line");
    }

    fn perhaps_short(&mut self, text: &str, field: &str) {
        self.expect(fits(text, SHORT_MAX), field, "write at most 200 characters on one line");
    }

    fn perhaps_long(&mut self, text: &str, field: &str) {
        let good = text.chars().count() <= LONG_MAX && !text.chars().any(is_odd);
        self.expect(good, field, "write at most 4,000 characters");
    }

    fn long(&mut self, text: &str, field: &str) {
        self.expect(!text.trim().is_empty(), field, "say it in a sentence");
        self.perhaps_long(text, field);
    }
}

/// A round to be opened.
#[must_use]
pub fn opening(
    instrument: &Instrument,
    title: &str,
    about: &str,
    profile: &str,
    as_of: PartialDate,
    quorum: &Quorum,
    institutions: &[Institution],
) -> Vec<Wrong> {
    let mut wrongs = Wrongs { at: "", all: Vec::new() };
    wrongs.short(title, "title");
    wrongs.perhaps_long(about, "scope");
    let profiles = scope::profiles(instrument);
    let known: Vec<&str> = profiles.iter().map(|(id, _)| id.as_str()).collect();
    wrongs.expect(
        known.contains(&profile),
        "profile",
        format!("send one of: {}", known.join(", ")),
    );
    wrongs.expect(as_of.is_full(), "as_of", WHOLE_DAY);
    wrongs.all.extend(self::quorum(quorum, institutions));
    wrongs.all
}

/// A quorum.
#[must_use]
pub fn quorum(quorum: &Quorum, institutions: &[Institution]) -> Vec<Wrong> {
    let mut wrongs = Wrongs { at: "quorum.", all: Vec::new() };
    let named: BTreeSet<&String> = quorum.institutions.iter().collect();
    let once = named.len() == quorum.institutions.len() && named.len() <= QUORUM_MAX;
    wrongs.expect(once, "institutions", "name each institution once, 50 at most");
    for institution in &named {
        let known = institutions.iter().any(|one| one.id == **institution);
        wrongs.expect(
            known,
            "institutions",
            "name institutions of the round only, as CLASS/MEMBER",
        );
    }
    let enough = (1..=named.len()).contains(&usize::try_from(quorum.needed).unwrap_or(usize::MAX));
    wrongs.expect(enough, "needed", "send at least 1 and at most the number of institutions");
    wrongs.all
}

/// An answer to an indicator of `round`, which holds the evidence that it may name.
#[must_use]
pub fn answer(at: &str, answer: &Answer, round: &Round) -> Vec<Wrong> {
    let mut wrongs = Wrongs { at, all: Vec::new() };
    let level = answer.level.is_none_or(|level| level <= TOP);
    wrongs.expect(level, "level", "send 0 to 4, or null where it is not known");
    let known = round.institutions.iter().any(|one| one.id == answer.institution);
    wrongs.expect(known, "institution", "name an institution of the round, as CLASS/MEMBER");
    wrongs.perhaps_short(&answer.respondent, "respondent");
    wrongs.perhaps_long(&answer.note, "note");
    let held: BTreeSet<&str> = round.evidence.iter().map(|one| one.id.as_str()).collect();
    let there = answer.evidence.iter().all(|id| held.contains(id.as_str()));
    wrongs.expect(there, "evidence", "name evidence of this round; add it first");
    if let Some(review) = &answer.review {
        wrongs.all.extend(self::review(&format!("{at}review."), review));
    }
    wrongs.all
}

/// A reviewer's word.
#[must_use]
pub fn review(at: &str, review: &Review) -> Vec<Wrong> {
    let mut wrongs = Wrongs { at, all: Vec::new() };
    wrongs.expect(
        review.level.is_none_or(|level| level <= TOP),
        "level",
        "send 0 to 4, or null to accept the answer",
    );
    // Who accepts says so by accepting; another level needs its reason.
    match review.level {
        Some(_) => wrongs.long(&review.reason, "reason"),
        None => wrongs.perhaps_long(&review.reason, "reason"),
    }
    wrongs.all
}

/// What is said of a piece of evidence. `file` tells whether content comes with it.
#[must_use]
pub fn evidence(at: &str, evidence: &Evidence, file: bool) -> Vec<Wrong> {
    let mut wrongs = Wrongs { at, all: Vec::new() };
    wrongs.short(&evidence.title, "title");
    wrongs.short(&evidence.publisher, "publisher");
    let source = &evidence.source;
    if file {
        wrongs.short(source, "source");
    } else {
        let address = ["https://", "http://"]
            .iter()
            .any(|scheme| source.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
        let plain = fits(source, ADDRESS_MAX) && !source.contains(char::is_whitespace);
        wrongs.expect(
            address && plain,
            "source",
            "send an address that begins with https://, or the file itself",
        );
    }
    let digest = evidence.sha256.as_deref().is_none_or(is_sha256);
    wrongs.expect(digest, "sha256", "send 64 digits of lower-case hexadecimal, or leave it out");
    let order = evidence.expires.is_none_or(|end| !end.surely_before(evidence.date));
    wrongs.expect(order, "expires", "send a day that is not before the date");
    wrongs.all
}

/// What probes found.
#[must_use]
pub fn measurements(instrument: &Instrument, found: &[Measurement]) -> Vec<Wrong> {
    let mut all = Vec::new();
    for (index, one) in found.iter().enumerate() {
        let at = format!("measurements[{index}].");
        let mut wrongs = Wrongs { at: &at, all: Vec::new() };
        let indicator = instrument.indicator(&one.indicator);
        wrongs.expect(indicator.is_some(), "indicator", "name an indicator of the instrument");
        let fits = indicator.is_none_or(|asked| asked.probes.contains(&one.probe));
        wrongs.expect(fits, "probe", "name a probe that the instrument lists for the indicator");
        wrongs.short(&one.target, "target");
        wrongs.perhaps_long(&one.says, "says");
        let level = !matches!(one.outcome, Outcome::Level(level) if level > TOP);
        wrongs.expect(level, "outcome", "send a level of 0 to 4");
        let digests = one.exchanges.iter().all(|exchange| {
            is_sha256(&exchange.request_sha256) && is_sha256(&exchange.response_sha256)
        });
        wrongs.expect(digests, "exchanges", "send digests as 64 digits of lower-case hexadecimal");
        all.extend(wrongs.all);
    }
    all.truncate(WRONGS_MAX);
    all
}

/// Institutions and targets of a round; systems, services, flows and laws are the catalogue's own words.
#[must_use]
pub fn catalogue(instrument: &Instrument, round: &Round) -> Vec<Wrong> {
    let mut wrongs = Wrongs { at: "", all: Vec::new() };
    wrongs.expect(round.as_of.is_full(), "as_of", WHOLE_DAY);
    let ids: BTreeSet<&str> = round.institutions.iter().map(|one| one.id.as_str()).collect();
    wrongs.expect(ids.len() == round.institutions.len(), "institutions", "name each once");
    for (index, one) in round.institutions.iter().enumerate() {
        wrongs.short(&one.id, &format!("institutions[{index}].id"));
        wrongs.short(&one.name, &format!("institutions[{index}].name"));
    }
    let owner = |institution: &str| ids.contains(institution);
    for (index, one) in round.systems.iter().enumerate() {
        let field = format!("systems[{index}].institution");
        wrongs.expect(owner(&one.institution), &field, "name an institution of the round");
    }
    for (index, one) in round.services.iter().enumerate() {
        let field = format!("services[{index}].institution");
        wrongs.expect(owner(&one.institution), &field, "name an institution of the round");
    }
    for (indicator, target) in &round.targets {
        let field = format!("targets.{indicator}");
        let known = instrument.indicator(indicator).is_some();
        wrongs.expect(known, &field, "name an indicator of the instrument");
        let level = !matches!(target, Target::Level { level, .. } if *level > TOP);
        wrongs.expect(level, &field, "send a level of 0 to 4");
    }
    wrongs.all
}

/// Who is to answer what.
#[must_use]
pub fn assignments(
    asked: &BTreeSet<&str>,
    institutions: &[Institution],
    given: &BTreeMap<String, String>,
) -> Vec<Wrong> {
    let mut wrongs = Wrongs { at: "assignments.", all: Vec::new() };
    for (indicator, institution) in given {
        let known = asked.contains(indicator.as_str());
        wrongs.expect(known, indicator, "name an indicator of the round's profile");
        let there = institutions.iter().any(|one| one.id == *institution);
        wrongs.expect(there, indicator, "name an institution of the round, as CLASS/MEMBER");
    }
    wrongs.all
}

/// A whole round from a file: what `maturity` finds, and what only matters here.
#[must_use]
pub fn whole(instrument: &Instrument, round: &Round) -> Vec<Wrong> {
    let mut wrongs = Wrongs { at: "", all: Vec::new() };
    wrongs.expect(round.schema == SCHEMA, "schema", format!("send {SCHEMA}"));
    let signed = round.sign_offs.is_empty();
    wrongs.expect(signed, "sign_offs", "leave them out: institutions sign here");
    let faults = round.check(instrument).into_iter();
    wrongs.all.extend(faults.map(|fault| Wrong::new(fault.path, fault.remedy)));
    for (indicator, one) in &round.answers {
        let at = format!("answers.{indicator}.");
        let known =
            |wrong: &Wrong| wrongs.all.iter().any(|one| one.field.starts_with(&wrong.field));
        let more: Vec<Wrong> =
            answer(&at, one, round).into_iter().filter(|wrong| !known(wrong)).collect();
        wrongs.all.extend(more);
    }
    wrongs.all.truncate(WRONGS_MAX);
    wrongs.all
}

/// A signature's words.
#[must_use]
pub fn signature(role: &str, dissent: Option<&str>, paper: Option<&str>) -> Vec<Wrong> {
    let mut wrongs = Wrongs { at: "", all: Vec::new() };
    wrongs.short(role, "role");
    if let Some(dissent) = dissent {
        wrongs.long(dissent, "dissent");
    }
    let digest = paper.is_none_or(is_sha256);
    wrongs.expect(digest, "paper", "send the paper's SHA-256, 64 digits of lower-case hexadecimal");
    wrongs.all
}

fn fits(text: &str, max: usize) -> bool {
    text.chars().count() <= max && !text.chars().any(char::is_control)
}

/// Control characters that no text area sends.
fn is_odd(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}
