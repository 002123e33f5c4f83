//! Probes: what a running system shows over HTTP, our own and foreign ones alike.
//!
//! # Invariants
//! - Only targets of the operator's list are asked, slowly; a redirect to another host ends the probe.
//! - Nothing is written at a target. What would need it says so.
//! - A level is never more than what was seen; a probe that cannot see says why.
//! - Every request stands in the measurement, by digest.

mod components;
mod demo;
mod directory;
mod fetch;
mod guard;
mod html;
mod levels;
mod openapi;
mod openid;
mod pages;
mod seen;
pub mod targets;
mod trails;
mod unbuilt;

pub use levels::{Word, word};
pub use seen::Seen;
pub use targets::{Target, Targets, TargetsError};

use std::collections::BTreeMap;

use basis::{Clock, Timestamp};
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
/// `last_seen` says when a target last answered, by name; [`seen_until`] makes it from earlier measurements. Without
/// it nobody can tell an outage from something that was never there.
pub async fn run(
    targets: &Targets,
    instrument: &Instrument,
    clock: &Clock,
    last_seen: &BTreeMap<String, Timestamp>,
) -> Vec<Measurement> {
    let mut pace = Pace::default();
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
        for target in targets.of_probe(probe) {
            asked = true;
            let found = look(probe, target, &mut pace, clock).await;
            let seen_before = last_seen.get(&target.name).copied();
            all.extend(
                indicators.iter().map(|indicator| found.measurement(indicator, seen_before)),
            );
        }
        if !asked {
            let why = if is_built(probe) { "no target for it" } else { unbuilt::reason(probe) };
            let found = Found::without_target(probe, clock.now(), why);
            all.extend(indicators.iter().map(|indicator| found.measurement(indicator, None)));
        }
    }
    all
}

/// When each target last answered, as measurements tell.
#[must_use]
pub fn seen_until<'a>(
    measurements: impl IntoIterator<Item = &'a Measurement>,
) -> BTreeMap<String, Timestamp> {
    let mut seen: BTreeMap<String, Timestamp> = BTreeMap::new();
    for one in measurements {
        let answers = |exchange: &HttpExchange| !matches!(exchange.status, 0 | 502..=504);
        if one.exchanges.iter().any(answers) && !matches!(one.outcome, Outcome::Unavailable { .. })
        {
            let latest = seen.entry(one.target.clone()).or_insert(one.at);
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
            | "P-LOGCHAIN"
    )
}

/// What one probe found at one target.
struct Found<'a> {
    probe: &'a str,
    target: &'a str,
    at: Timestamp,
    seen: Result<Seen, Trouble>,
    exchanges: Vec<HttpExchange>,
}

async fn look<'a>(probe: &'a str, target: &'a Target, pace: &mut Pace, clock: &Clock) -> Found<'a> {
    let at = clock.now();
    let client = match fetch::client() {
        Ok(client) => client,
        Err(trouble) => {
            let (target, seen) = (target.name.as_str(), Err(trouble));
            return Found { probe, target, at, seen, exchanges: Vec::new() };
        }
    };
    let mut visit = Visit::new(&client, target, pace, clock);
    let seen = ask(probe, &mut visit, at).await;
    Found { probe, target: &target.name, at, seen, exchanges: visit.into_exchanges() }
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
        "P-LOGCHAIN" => trails::look(visit).await,
        other => Err(Trouble::Refused(unbuilt::reason(other).to_owned())),
    }
}

impl<'a> Found<'a> {
    fn without_target(probe: &'a str, at: Timestamp, why: &str) -> Self {
        let seen = Err(Trouble::Refused(why.to_owned()));
        Self { probe, target: NOBODY, at, seen, exchanges: Vec::new() }
    }

    fn measurement(&self, indicator: &str, seen_before: Option<Timestamp>) -> Measurement {
        let (outcome, says) = match &self.seen {
            Ok(seen) => match word(seen, indicator) {
                Word::Level(level) => (Outcome::Level(level), seen.says()),
                Word::NotSeen(what) => {
                    (Outcome::CannotBeMeasured, format!("{}; not seen: {what}", seen.says()))
                }
            },
            Err(Trouble::Refused(why)) => (Outcome::CannotBeMeasured, why.clone()),
            Err(Trouble::Down(why)) => self.down(why, seen_before),
        };
        Measurement {
            probe: self.probe.to_owned(),
            indicator: indicator.to_owned(),
            target: self.target.to_owned(),
            at: self.at,
            outcome,
            says: sentence(&says),
            exchanges: self.exchanges.clone(),
        }
    }

    /// An outage is one only of something that was there before.
    fn down(&self, why: &str, seen_before: Option<Timestamp>) -> (Outcome, String) {
        let Some(before) = seen_before else {
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
