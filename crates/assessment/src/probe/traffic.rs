//! `P-DX-HEALTH` and `P-DX-NONGOV`: who really called whom in the last 90 days, from the hop logs of all installations
//! that the list names for the probe. Each needs an operator's token: `GET /exchange/v1/hops`.
//!
//! The same rows are the flows of the assessment's matrix: [`flows`].

use std::collections::{BTreeMap, BTreeSet};

use basis::{Clock, Timestamp};
use maturity::round::{Flow, HttpExchange};
use serde::Deserialize;

use super::fetch::{self, Pace, Trouble, Visit};
use super::seen::Seen;
use super::targets::{Target, Targets};
use super::{Found, directory};

/// The probes that read it.
pub(super) const READS_IT: [&str; 2] = ["P-DX-HEALTH", "P-DX-NONGOV"];

const HOPS: &str = "/exchange/v1/hops?limit=200";
const DAYS: i64 = 90;
/// Pages of 200 read of one log: more than a demo or a pilot writes.
const PAGES_MAX: usize = 250;
/// Class of government members.
const GOVERNMENT: &str = "GOV";

/// Calls that were answered, in all logs together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Calls.
    pub calls: u64,
    /// Pairs of government members between which data passed, in one direction or both.
    pub pairs: BTreeSet<(String, String)>,
    /// Members that are not of the government, whether they call or not.
    pub private_members: usize,
    /// Calls by them or to them.
    pub private_calls: u64,
    /// Calls that rest on a person's consent.
    pub on_consent: u64,
    /// Whether every log was read back to the first of the 90 days.
    pub complete: bool,
    /// Whether the operator says of all that they are in production.
    pub in_production: bool,
}

impl Traffic {
    /// One sentence.
    #[must_use]
    pub fn says(&self) -> String {
        let Self { calls, pairs, private_members, private_calls, on_consent, .. } = self;
        format!(
            "{calls} calls in 90 days between {} pairs of government members; {private_calls} by or to one of \
             {private_members} other members, {on_consent} on a person's consent",
            pairs.len()
        )
    }
}

#[derive(Deserialize)]
struct Page {
    hops: Vec<Hop>,
}

#[derive(Clone, Debug, Deserialize)]
struct Hop {
    id: String,
    direction: String,
    recorded: Timestamp,
    client: String,
    service: String,
    basis: String,
    #[serde(default)]
    agreement: Option<String>,
    correlation: String,
    #[serde(default)]
    refusal: Option<String>,
    #[serde(default)]
    status: Option<u16>,
}

/// One log, and what belongs to reading it.
#[derive(Default)]
struct Log {
    hops: Vec<Hop>,
    /// Services that carry the exchange's own work.
    infrastructure: BTreeSet<String>,
    private_members: usize,
    complete: bool,
}

/// One picture out of the logs of all targets of a probe.
pub(super) async fn across<'p>(
    probe: &'p str,
    targets: &Targets,
    pace: &mut Pace,
    clock: &Clock,
) -> Found<'p> {
    let at = clock.now();
    let asked: Vec<&Target> = targets.of_probe(probe).collect();
    let names: Vec<&str> = asked.iter().map(|target| target.name.as_str()).collect();
    let target = names.join(", ");
    let mut exchanges = Vec::new();
    let mut logs = Vec::new();
    for one in &asked {
        match read(one, pace, clock, &mut exchanges).await {
            Ok(log) => logs.push(log),
            Err(trouble) => return Found { probe, target, at, seen: Err(trouble), exchanges },
        }
    }
    let mut seen = together(&logs);
    seen.in_production = asked.iter().all(|target| target.in_production);
    Found { probe, target, at, seen: Ok(Seen::Traffic(seen)), exchanges }
}

/// Flows between institutions as the logs of the targets of `P-DX-HEALTH` show them, for the round's matrix.
///
/// # Errors
/// Why a log cannot be read, in a sentence that names the target.
pub async fn flows(targets: &Targets, clock: &Clock) -> Result<Vec<Flow>, String> {
    let (mut pace, mut logs) = (Pace::default(), Vec::new());
    for target in targets.of_probe(READS_IT[0]) {
        let log = read(target, &mut pace, clock, &mut Vec::new()).await;
        logs.push(log.map_err(|trouble| format!("{}: {trouble}", target.name))?);
    }
    let mut found: BTreeMap<(String, String, String), Flow> = BTreeMap::new();
    for hop in calls(&logs) {
        // Whoever is asked gives.
        let (from, to) = (member(&hop.service), member(&hop.client));
        let key = (from.clone(), to.clone(), hop.service.clone());
        let flow = found.entry(key).or_insert_with(|| Flow {
            from,
            to,
            subject: hop.service.clone(),
            path: "exchange".to_owned(),
            agreement: hop.agreement.clone(),
            legal_basis: Some(hop.basis.clone()),
            calls: Some(0),
        });
        flow.calls = flow.calls.map(|calls| calls + 1);
    }
    Ok(found.into_values().collect())
}

async fn read(
    target: &Target,
    pace: &mut Pace,
    clock: &Clock,
    exchanges: &mut Vec<HttpExchange>,
) -> Result<Log, Trouble> {
    let client = fetch::client()?;
    let mut visit = Visit::new(&client, target, pace, clock);
    let log = read_log(&mut visit, clock.now()).await;
    exchanges.extend(visit.into_exchanges());
    log
}

async fn read_log(visit: &mut Visit<'_>, now: Timestamp) -> Result<Log, Trouble> {
    let (infrastructure, private_members) = directory::around(visit, GOVERNMENT).await?;
    let mut log = Log { infrastructure, private_members, ..Log::default() };
    let first = now.plus_seconds(-DAYS * 24 * 3600);
    let mut address = HOPS.to_owned();
    for _ in 0..PAGES_MAX {
        let answer = visit.get_with_token(&address).await?;
        if !answer.is_success() {
            let why = format!("the hop log answers {} to the token of the list", answer.status);
            return Err(Trouble::Refused(why));
        }
        let page: Page = serde_json::from_slice(&answer.body)
            .map_err(|error| Trouble::Refused(format!("the hop log cannot be read: {error}")))?;
        let Some(last) = page.hops.last() else {
            log.complete = true;
            return Ok(log);
        };
        address = format!("{HOPS}&before={}", last.id);
        let is_older = last.recorded < first;
        log.hops.extend(page.hops.into_iter().filter(|hop| hop.recorded >= first));
        if is_older {
            log.complete = true;
            return Ok(log);
        }
    }
    Ok(log)
}

fn together(logs: &[Log]) -> Traffic {
    let mut seen = Traffic {
        complete: logs.iter().all(|log| log.complete),
        private_members: logs.iter().map(|log| log.private_members).max().unwrap_or_default(),
        ..Traffic::default()
    };
    for hop in calls(logs) {
        seen.calls += 1;
        seen.on_consent += u64::from(hop.basis == "consent");
        let (from, to) = (member(&hop.client), member(&hop.service));
        if !is_government(&from) || !is_government(&to) {
            seen.private_calls += 1;
        } else if from != to {
            seen.pairs.insert(if from < to { (from, to) } else { (to, from) });
        }
    }
    seen
}

/// Answered calls that are not the exchange's own work. One between two installations stands in both logs, and
/// counts where it came in, or where it went out if the other log is not there.
fn calls(logs: &[Log]) -> Vec<&Hop> {
    let mut once: BTreeMap<(&str, &str), &Hop> = BTreeMap::new();
    for log in logs {
        for hop in log.hops.iter().filter(|hop| !log.infrastructure.contains(&hop.service)) {
            let is_answered = hop.status.is_some_and(|status| (200..300).contains(&status));
            if !is_answered || hop.refusal.is_some() || member(&hop.client) == member(&hop.service)
            {
                continue;
            }
            let known = once.entry((&hop.correlation, &hop.service)).or_insert(hop);
            if hop.direction == "in" {
                *known = hop;
            }
        }
    }
    once.into_values().collect()
}

/// `TB/GOV/MSP/benefits` is of `GOV/MSP`.
fn member(id: &str) -> String {
    id.split('/').skip(1).take(2).collect::<Vec<_>>().join("/")
}

fn is_government(member: &str) -> bool {
    member.split('/').next() == Some(GOVERNMENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(correlation: &str, direction: &str, client: &str, status: Option<u16>) -> Hop {
        Hop {
            id: "1".to_owned(),
            direction: direction.to_owned(),
            recorded: "2026-11-28T09:00:00Z".parse().unwrap(),
            client: client.to_owned(),
            service: "TB/GOV/NIA/residents/records".to_owned(),
            basis: "law".to_owned(),
            agreement: None,
            correlation: correlation.to_owned(),
            refusal: None,
            status,
        }
    }

    #[test]
    fn a_call_that_stands_in_two_logs_is_one() {
        let ministry = "TB/GOV/MSP/benefits";
        let of = |hops| Log { hops, complete: true, ..Log::default() };
        let out = of(vec![hop("a", "out", ministry, Some(200)), hop("b", "out", ministry, None)]);
        let into = of(vec![
            hop("a", "in", ministry, Some(200)),
            hop("c", "in", "TB/COM/LAKESIDE/patients", Some(200)),
            hop("d", "local", "TB/GOV/NIA/portal", Some(200)),
            hop("e", "in", ministry, Some(403)),
        ]);
        let seen = together(&[out, into]);
        assert_eq!((seen.calls, seen.private_calls, seen.pairs.len()), (2, 1, 1));
    }
}
