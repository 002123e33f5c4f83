//! Probes: what a running system shows over HTTP, our own and foreign ones alike.
//!
//! # Invariants
//! - Only targets of the operator's list are asked, slowly; a redirect to another host ends the probe.
//! - Probes that act do so only at targets that allow writes, as the synthetic persons and test institutions named there.
//! - A level is never more than what was seen; a probe that cannot see says why.
//! - Every request stands in the measurement, by digest.

mod acting;
mod acting_levels;
mod components;
mod directory;
mod fetch;
mod guard;
mod html;
mod levels;
mod openapi;
mod openid;
mod pages;
mod seen;
pub mod synthetic;
pub mod targets;
pub mod traffic;
mod unbuilt;

pub use levels::{Word, word};
pub use seen::Seen;
pub use targets::{Target, Targets, TargetsError};

use std::collections::BTreeMap;

use basis::{Clock, Rng, Timestamp};
use maturity::Instrument;
use maturity::round::{HttpExchange, Measurement, Outcome};

use fetch::{Pace, Trouble, Visit};

/// Longest sentence of a measurement.
const SAYS_CHARS_MAX: usize = 900;
/// Stands for the target where the list names none.
const NOBODY: &str = "none";

/// Runs every probe of the instrument at every target that lists it, one after the other: one measurement for each
/// target and each indicator that names the probe.
///
/// `last_seen` says when something was last there; [`seen_until`] makes it from earlier measurements. Without it nobody
/// can tell an outage from something that was never there.
pub async fn run(
    targets: &Targets,
    instrument: &Instrument,
    clock: &Clock,
    last_seen: &BTreeMap<String, Timestamp>,
) -> Vec<Measurement> {
    let mut pace = Pace::default();
    let mut stage = acting::Stage::new(clock.clone(), Rng::system());
    let mut all = Vec::new();
    for probe in &instrument.probes {
        let probe = probe.id.as_str();
        let named =
            instrument.indicators.iter().filter(|one| one.probes.iter().any(|p| p == probe));
        let indicators: Vec<&str> = named.map(|indicator| indicator.id.as_str()).collect();
        if indicators.is_empty() {
            continue;
        }
        let mut asked = false;
        if traffic::READS_IT.contains(&probe) && targets.of_probe(probe).next().is_some() {
            asked = true;
            // One picture out of all logs: what one of them does not hold, another may.
            let found = traffic::across(probe, targets, &mut pace, clock).await;
            all.extend(indicators.iter().map(|one| found.measurement(one, last_seen)));
        }
        for target in targets.of_probe(probe).filter(|_| !traffic::READS_IT.contains(&probe)) {
            asked = true;
            let found = match acting::ACTING.contains(&probe) {
                true => act(probe, target, targets, &mut pace, &mut stage).await,
                false => look(probe, target, &mut pace, clock).await,
            };
            all.extend(indicators.iter().map(|one| found.measurement(one, last_seen)));
        }
        if !asked {
            let why = if is_built(probe) { "no target for it" } else { unbuilt::reason(probe) };
            let found = Found::without_target(probe, clock.now(), why);
            all.extend(indicators.iter().map(|one| found.measurement(one, last_seen)));
        }
    }
    all
}

/// What a probe looks for, for one indicator.
fn part(target: &str, probe: &str, indicator: &str) -> String {
    format!("{target} {probe} {indicator}")
}

/// When each probe last found at a target what an indicator asks for, by the names of target, probe and indicator.
/// What gave no level then cannot be missed now.
#[must_use]
pub fn seen_until<'a>(
    measurements: impl IntoIterator<Item = &'a Measurement>,
) -> BTreeMap<String, Timestamp> {
    let mut seen: BTreeMap<String, Timestamp> = BTreeMap::new();
    for one in measurements {
        if matches!(one.outcome, Outcome::Level(_)) {
            let part = part(&one.target, &one.probe, &one.indicator);
            let latest = seen.entry(part).or_insert(one.at);
            *latest = one.at.max(*latest);
        }
    }
    seen
}

/// Whether this version can run the probe.
#[must_use]
pub fn is_built(probe: &str) -> bool {
    matches!(
        probe,
        "P-OIDC-META"
            | "P-OPENAPI"
            | "P-TLS"
            | "P-SECTXT"
            | "P-STATUS"
            | "P-CATALOG"
            | "P-A11Y"
            | "P-I18N"
            | "P-LOWBW"
            | "P-DX-LIST"
            | "P-AGREE"
            | "P-MANDATE"
    ) || acting::ACTING.contains(&probe)
        || traffic::READS_IT.contains(&probe)
}

/// What one probe found at one target.
struct Found<'a> {
    probe: &'a str,
    target: String,
    at: Timestamp,
    seen: Result<Seen, Trouble>,
    exchanges: Vec<HttpExchange>,
}

async fn look<'a>(probe: &'a str, target: &Target, pace: &mut Pace, clock: &Clock) -> Found<'a> {
    let at = clock.now();
    let client = match fetch::client() {
        Ok(client) => client,
        Err(trouble) => {
            let (target, seen) = (target.name.clone(), Err(trouble));
            return Found { probe, target, at, seen, exchanges: Vec::new() };
        }
    };
    let mut visit = Visit::new(&client, target, pace, clock);
    let seen = ask(probe, &mut visit, at).await;
    Found { probe, target: target.name.clone(), at, seen, exchanges: visit.into_exchanges() }
}

async fn act<'a>(
    probe: &'a str,
    target: &Target,
    targets: &Targets,
    pace: &mut Pace,
    stage: &mut acting::Stage,
) -> Found<'a> {
    let (at, name) = (stage.clock.now(), target.name.clone());
    let client = match stage.browser(target) {
        Ok(client) => client,
        Err(trouble) => {
            return Found { probe, target: name, at, seen: Err(trouble), exchanges: Vec::new() };
        }
    };
    let clock = stage.clock.clone();
    let others = acting::others(targets, target);
    let mut visit = Visit::new(&client, target, pace, &clock).with_others(others);
    let seen = acting::ask(probe, &mut visit, stage).await;
    Found { probe, target: name, at, seen, exchanges: visit.into_exchanges() }
}

async fn ask(probe: &str, visit: &mut Visit<'_>, now: Timestamp) -> Result<Seen, Trouble> {
    match probe {
        "P-OIDC-META" => openid::look(visit).await,
        "P-OPENAPI" => openapi::look(visit).await,
        "P-TLS" => guard::tls(visit).await,
        "P-SECTXT" => guard::security_txt(visit, now).await,
        "P-STATUS" => components::status(visit).await,
        "P-CATALOG" => pages::catalogue(visit).await,
        "P-A11Y" => pages::accessibility(visit).await,
        "P-I18N" => pages::languages(visit).await,
        "P-LOWBW" => pages::weight(visit).await,
        "P-DX-LIST" => directory::members(visit).await,
        "P-AGREE" => directory::agreements(visit, now).await,
        "P-MANDATE" => components::mandates(visit).await,
        other => Err(Trouble::Refused(unbuilt::reason(other).to_owned())),
    }
}

impl<'a> Found<'a> {
    fn without_target(probe: &'a str, at: Timestamp, why: &str) -> Self {
        let seen = Err(Trouble::Refused(why.to_owned()));
        Self { probe, target: NOBODY.to_owned(), at, seen, exchanges: Vec::new() }
    }

    fn measurement(&self, indicator: &str, last_seen: &BTreeMap<String, Timestamp>) -> Measurement {
        let before = last_seen.get(&part(&self.target, self.probe, indicator)).copied();
        let (outcome, says) = match &self.seen {
            Ok(seen) if seen.is_nothing() && before.is_some() => self.down(&seen.says(), before),
            Ok(seen) => match word(seen, indicator) {
                Word::Level(level) => (Outcome::Level(level), seen.says()),
                Word::NotSeen(what) => {
                    (Outcome::CannotBeMeasured, format!("{}; not seen: {what}", seen.says()))
                }
            },
            Err(Trouble::Refused(why)) => (Outcome::CannotBeMeasured, why.clone()),
            Err(Trouble::Gone(why) | Trouble::Down(why)) => self.down(why, before),
        };
        Measurement {
            probe: self.probe.to_owned(),
            indicator: indicator.to_owned(),
            target: self.target.clone(),
            at: self.at,
            outcome,
            says: sentence(&says),
            exchanges: self.exchanges.clone(),
        }
    }

    /// An outage is one only of something that was there before.
    fn down(&self, why: &str, before: Option<Timestamp>) -> (Outcome, String) {
        let Some(before) = before else {
            return (Outcome::CannotBeMeasured, format!("{why}, and it was never seen before"));
        };
        let seconds = u64::try_from(self.at.seconds_since(before)).unwrap_or_default();
        (Outcome::Unavailable { seconds }, format!("{why}; it last answered at {before}"))
    }
}

/// One line of bounded length: parts of it are words of the target, which may say anything.
fn sentence(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut line: String = text.chars().take(SAYS_CHARS_MAX).map(plain).collect();
    line.push_str(if text.chars().count() > SAYS_CHARS_MAX { "..." } else { "." });
    if line.starts_with("http") {
        return line;
    }
    let first = line.chars().next().map_or(0, char::len_utf8);
    line[..first].to_uppercase() + &line[first..]
}
